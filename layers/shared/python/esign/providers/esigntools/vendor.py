"""What this folder offers to the registry of providers. Each function loads only what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.errors import Problem
from esign.providers.esigntools.capabilities import declared
from esign.providers.esigntools.credentials import FIELDS

if TYPE_CHECKING:
    from esign.providers.esigntools.adapter import EsignToolsProvider
    from esign.providers.guide import Guide
    from esign.providers.opening import Opening


def capabilities(settings: Mapping[str, Any]) -> Capabilities:  # noqa: ARG001 - every account can do the same
    return declared()


def check_options(options: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Pointers start at /provider/options."""
    from esign.providers.esigntools.options import parse_options
    from esign.providers.typed import problems_of

    return problems_of(parse_options, options)


def check_settings(settings: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Pointers start at /settings."""
    from esign.providers.esigntools.options import parse_settings
    from esign.providers.typed import problems_of

    return problems_of(parse_settings, settings)


def credential_names(settings: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG001 - every account needs the same
    return FIELDS


def guide() -> Guide:
    from esign.providers.esigntools.guide import GUIDE

    return GUIDE


def open_provider(account: Account, opening: Opening) -> EsignToolsProvider:
    """The account's provider, for one invocation. Raises Unprocessable (settings) or, when called, CredentialsRefused."""
    from esign.providers.esigntools.connect import connect

    return connect(account, opening)
