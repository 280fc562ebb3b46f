"""The Connective simulator in the words of sandbox.provider_side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.provider_side import ProviderSide
from sandbox.providers.connective.server import ConnectiveSimulator

Reference = Sequence[str]


class ConnectiveSide(ProviderSide):
    """One customer's environment, reached by API v3 or v4 as the account's `apiVersion` says."""

    provider = "connective"

    def __init__(self, simulator: ConnectiveSimulator, api_version: str) -> None:
        self._simulator = simulator
        self._control = simulator.control
        self._version = api_version

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "baseUrl": self._simulator.url,
            "apiVersion": self._version,
            "initiator": "contracts@customer.example",
        }

    @property
    def credentials(self) -> dict[str, str]:
        return {"username": "api", "password": "secret"}

    def register(self, address: str, authentication: Mapping[str, str]) -> None:
        """Connective is told an address with each package."""

    def invitations(self, reference: Reference, email: str) -> list[str]:
        shown = next((one for one in self._control.packages() if one["PackageId"] == reference[0]), None)
        return [url for person in shown["Stakeholders"] for url in _links(person, email)] if shown else []

    def sign(self, reference: Reference, email: str) -> None:
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
        self._control.fault("CreatePackage", "lost_reply")

    def reply_still_to_lose(self) -> bool:
        return self._simulator.faults_to_come

    def lose_callbacks(self, *, lose: bool) -> None:
        self._control.configure(callbacks={"drop": lose})

    def envelopes(self, package_id: str) -> int:
        return sum(p["ExternalPackageReference"] == package_id for p in self._control.packages())

    template = None

    def signatures(self, signers: int) -> int:
        return signers

    def authority(self) -> bytes | None:
        return self._control.authority()


def _links(person: Mapping[str, Any], email: str) -> list[str]:
    """Of a person the one action URL, of a group the member's own."""
    urls = [(person["EmailAddress"], actor["ActionUrl"]) for actor in person["Actors"]]
    urls += [(one["EmailAddress"], one["Url"]) for actor in person["Actors"] for one in actor["ActionUrls"]]
    return [url for address, url in urls if url and address == email]
