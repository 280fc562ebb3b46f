"""What this folder offers to the registry of providers. Each function loads only what it needs.

So a function that only asks for capabilities loads no HTTP library, and none loads zeep or the PDF library before it is
needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.errors import Problem
from esign.providers.gosign.capabilities import declared
from esign.providers.gosign.credentials import of_doors

if TYPE_CHECKING:
    from esign.providers.gosign.adapter import GosignProvider
    from esign.providers.guide import Guide
    from esign.providers.opening import Opening


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    return declared(settings)


def check_options(options: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Pointers start at /provider/options."""
    from esign.providers.gosign.options import parse_options
    from esign.providers.typed import problems_of

    return problems_of(parse_options, options)


def check_settings(settings: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Pointers start at /settings."""
    from esign.providers.gosign.settings import parse_settings
    from esign.providers.typed import problems_of

    return problems_of(parse_settings, settings)


def credential_names(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of the account's doors. Raises Unprocessable for settings that are not right."""
    from esign.providers.gosign.settings import parse_settings

    return of_doors(parse_settings(settings))


def guide() -> Guide:
    from esign.providers.gosign.guide import GUIDE

    return GUIDE


def open_provider(account: Account, opening: Opening) -> GosignProvider:
    """The account's provider, for one invocation. Raises Unprocessable (settings) or, when called, CredentialsRefused."""
    from esign.providers.gosign.connect import connect

    return connect(account, opening)
