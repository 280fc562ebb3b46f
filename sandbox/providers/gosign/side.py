"""The GoSign simulator in the words of sandbox.provider_side, one side per door of the vendor's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from sandbox.provider_side import ProviderSide
from sandbox.providers.gosign import pages
from sandbox.providers.gosign.server import GosignSimulator
from sandbox.providers.gosign.settings import Customer

Reference = Sequence[str]
Settings = dict[str, Any]
BODY = {"externalSystemCode": "COUPA", "loadedByExtId": "segr"}  # what REST v1's bodies need (§4.1)
COMPANION = {**BODY, "companion": True}
DIGITAL = {"trustLevel": "DIGITAL_PDF"}


def _identity(simulator: GosignSimulator) -> Settings:
    """§12, both ways: our calls and GoSign's bear the identity provider's tokens."""
    trust = Customer().identity
    tenant = f"{simulator.url}/idp/{trust.tenant}"
    return {
        "integration": "oauth",
        **DIGITAL,
        "notifications": {"authentication": "jwt"},
        "identityProvider": {
            "tokenUrl": f"{tenant}/oauth2/v2.0/token",
            "scope": f"{trust.audience}/.default",
            "issuer": f"{tenant}/v2.0",
            "tenantId": trust.tenant,
            "notificationAudience": trust.notification_audience,
            "authorizedParty": trust.gosign_client,
        },
    }


DOORS: dict[str, Callable[[GosignSimulator], Settings]] = {
    "gosign-rest": lambda _: {"integration": "rest", **BODY, **DIGITAL},
    "gosign-oauth": lambda _: {"integration": "oauth", **DIGITAL},
    "gosign-oauth-companion": lambda _: {"integration": "oauth", **COMPANION, **DIGITAL},
    "gosign5": lambda _: {"integration": "gosign5", "signatureType": "SIMPLE"},
    "gosign5-fea-otp": lambda _: {"integration": "gosign5", "signatureType": "FEA_OTP"},
    "gosign-idp": _identity,
    "gosign-soap": lambda _: {"integration": "soap", **COMPANION, **DIGITAL},
    "gosign-legalbus": lambda simulator: {
        "integration": "legalbus",
        "legalbusUrl": simulator.legalbus,
        **COMPANION,
        **DIGITAL,
    },
}
SIGNING_TRIES = 4
BY_SOAP = frozenset({"gosign-soap", "gosign-legalbus"})  # §7, §11: their notifications are SOAP calls
VERSIONS = {
    "gosign-rest": "rest",
    "gosign-oauth": "oauth",
    "gosign-oauth-companion": "oauth",
    "gosign5": "gs5",
    "gosign5-fea-otp": "gs5",
    "gosign-idp": "oauth",
    "gosign-soap": "soap",
    "gosign-legalbus": "legalbus",
}


class GosignSide(ProviderSide):
    """One customer of GoSign. A reference is the envelope's externalId."""

    provider = "gosign"
    template = None

    def __init__(self, simulator: GosignSimulator, door: str) -> None:
        self._simulator, self._control, self._door = simulator, simulator.control, door
        self._control.configure(habits={"channel": "soap" if door in BY_SOAP else "rest"})

    @property
    def settings(self) -> Settings:
        return {"baseUrl": self._simulator.url, **DOORS[self._door](self._simulator)}

    @property
    def credentials(self) -> dict[str, str]:
        if self._door == "gosign-idp":
            return {"idpClientId": "connector", "idpClientSecret": "idp-secret"}
        code = {"customerCode": Customer().code}
        grant = {"username": "segr", "password": "user-password"}
        grant |= {"clientId": "connector", "clientSecret": "client-secret"}
        return {**(grant if VERSIONS[self._door] in {"oauth", "gs5"} else {}), **code}

    def wants(self, email: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """§9.7.2: what the service of one-time codes must know of a person."""
        if self._door != "gosign5-fea-otp":
            return {}, {}
        person = {"countryCode": "IT", "serialType": "TIN", "fiscalCode": "RSSMRA80A01H501U"}
        return {"externalId": email, "phone": "+39 320 1234567"}, person

    def register(self, address: str, authentication: Mapping[str, str]) -> None:
        """SOAP's services have an address of their own below the account's."""
        jwt = self.settings.get("notifications", {}).get("authentication") == "jwt"
        shown = dict(authentication) or ({"scheme": "jwt"} if jwt else {})
        self._control.register(f"{address}/soap" if self._door in BY_SOAP else address, shown)

    def invitations(self, reference: Reference, email: str) -> list[str]:
        found = pages.invitation(self._simulator.simulator, reference[0], email)
        return [found] if found else []

    def sign(self, reference: Reference, email: str) -> None:
        """As a person would: again in a moment, where GoSign got no answer to whether she may sign (§8.3)."""
        for _ in range(SIGNING_TRIES - 1):
            try:
                self._control.sign(reference[0], email)
            except httpx.HTTPStatusError as refused:
                if refused.response.status_code != httpx.codes.CONFLICT:
                    raise
                time.sleep(1)
            else:
                return
        self._control.sign(reference[0], email)

    def decline(self, reference: Reference, email: str, reason: str) -> None:
        self._control.reject(reference[0], email, reason)

    def expire(self, reference: Reference) -> None:
        self._control.expire(reference[0])

    def go_down(self) -> None:
        self._simulator.go_down()

    def come_back(self) -> None:
        self._simulator.come_back()

    def lose_next_reply_of_send(self) -> None:
        self._control.fault("InsertEnvelope", "lost_reply", version=VERSIONS[self._door])

    def reply_still_to_lose(self) -> bool:
        return bool(self._simulator.simulator.get_value("faults"))

    def lose_callbacks(self, *, lose: bool) -> None:
        self._control.configure(habits={"drop": lose})

    def envelopes(self, package_id: str) -> int:
        return sum(package_id in envelope["externalId"] for envelope in self._control.envelopes())

    def signatures(self, signers: int) -> int:
        """§9.7: a simple signature of GoSign 5 is no certificate's."""
        return 0 if self._door == "gosign5" else signers

    def authority(self) -> bytes | None:
        return self._control.authority()
