"""The eSignTools simulator in the words of sandbox.provider_side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.provider_side import ProviderSide
from sandbox.providers.esigntools import pages
from sandbox.providers.esigntools.app import BASE
from sandbox.providers.esigntools.server import EsigntoolsSimulator

Reference = Sequence[str]


class EsigntoolsSide(ProviderSide):
    """One API user. A reference is the ids of the package's agreements, one per document."""

    provider = "esigntools"

    def __init__(self, simulator: EsigntoolsSimulator) -> None:
        self._simulator = simulator
        self._service = simulator.service

    @property
    def settings(self) -> dict[str, Any]:
        return {"baseUrl": self._simulator.url}

    @property
    def credentials(self) -> dict[str, str]:
        return {"username": "api", "password": "secret"}

    def register(self, address: str, authentication: Mapping[str, str]) -> None:
        """Every agreement brings its callbackUrl."""

    def invitations(self, reference: Reference, email: str) -> list[str]:
        origin = self._simulator.url.removesuffix(BASE)
        return [f"{origin}{link}" for one in reference for link in pages.links(self._service, int(one), email)]

    def sign(self, reference: Reference, email: str) -> None:
        for agreement in reference:
            self._service.sign(int(agreement), email)

    def decline(self, reference: Reference, email: str, reason: str) -> None:  # noqa: ARG002 - nowhere to write it
        self._service.reject(int(reference[0]), email)

    def expire(self, reference: Reference) -> None:
        for agreement in reference:
            self._service.expire(int(agreement))

    def go_down(self) -> None:
        self._simulator.go_down()

    def come_back(self) -> None:
        self._simulator.come_back()

    def lose_next_reply_of_send(self) -> None:
        self._service.fault("createAgreement", "lost_reply")

    def reply_still_to_lose(self) -> bool:
        return self._service.faults_to_come

    def lose_callbacks(self, *, lose: bool) -> None:
        self._service.configure(callbacks={"drop": lose})

    def envelopes(self, package_id: str) -> int:
        """Found by the callback address, the only place where an agreement bears our id."""
        return sum(package_id in (made.callback_url or "") for made in self._service.agreements.values())

    template = None

    def signatures(self, signers: int) -> int:
        return {"seal": 1, "per_signer": signers, "none": 0}[self._service.switches.signature]

    def authority(self) -> bytes:
        return self._simulator.service.notary.root_pem
