"""The secrets of a GoSign account, by door. Never shown, never logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign.providers.keys import needed

if TYPE_CHECKING:
    from esign.providers.gosign.settings import GosignSettings

_OWNER = "GoSign"

# REST v1, SOAP, LegalBus (§4.1) · OAuth2 (§9.1) · external identity provider (§12) · GoSign's calls to us (§8.1)
_BY_CODE = ("customerCode",)
_GRANT = ("username", "password", "clientId", "clientSecret")
_MACHINE = ("idpClientId", "idpClientSecret")
_HEARS = {
    "basic": ("notificationUsername", "notificationPassword"),
    "api-key": ("notificationApiKey",),
}


@dataclass(frozen=True, slots=True)
class PasswordGrant:
    """A GoSign user and the client that asks for them."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MachineClient:
    """An application registered at the customer's identity provider."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


def of_doors(settings: GosignSettings) -> tuple[str, ...]:
    """What the doors of an account's settings ask for, and nothing else."""
    trusted = settings.identity_provider
    token = _MACHINE if trusted and trusted.token_url else _GRANT
    by_code = _BY_CODE if not settings.oauth or settings.companion else ()
    return by_code + (token if settings.oauth else ()) + _HEARS.get(settings.notifications.authentication, ())


def customer_code(stored: Mapping[str, str]) -> str:
    """Raises CredentialsRefused when it is missing, as the two below."""
    return needed(stored, "customerCode", whose=_OWNER)[0]


def password_grant(stored: Mapping[str, str]) -> PasswordGrant:
    return PasswordGrant(*needed(stored, "username", "password", "clientId", "clientSecret", whose=_OWNER))


def machine_client(stored: Mapping[str, str]) -> MachineClient:
    return MachineClient(*needed(stored, "idpClientId", "idpClientSecret", whose=_OWNER))
