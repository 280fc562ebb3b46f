"""The Contract Signatures simulator in the words of sandbox.provider_side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sandbox.provider_side import ProviderSide
from sandbox.providers.contract_signatures import pages
from sandbox.providers.contract_signatures.server import KEY, ContractSignaturesSimulator

Reference = Sequence[str]


class ContractSignaturesSide(ProviderSide):
    """One customer's site and the key of its administrator. A reference is the contract's id."""

    provider = "contract-signatures"
    template = "1234567"  # the example's page

    def __init__(
        self,
        simulator: ContractSignaturesSimulator,
        host_app: Literal["confluence", "confluence-v2", "jira"] = "confluence",
    ) -> None:
        self._simulator = simulator
        self._service = simulator.service
        self._host_app = host_app

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "baseUrl": self._simulator.url,
            "hostApp": self._host_app,
            "siteUrl": self._simulator.site_url,
            "templateId": self.template,
            "watchers": True,
        }

    @property
    def credentials(self) -> dict[str, str]:
        ((email, token),) = self._simulator.site.users.items()
        return {"apiKey": KEY, "atlassianEmail": email, "atlassianToken": token}

    def register(self, address: str, authentication: Mapping[str, str]) -> None:  # noqa: ARG002 - there is none
        """In the app's administration: for all three kinds of events."""
        self._service.webhooks.append(address)

    def invitations(self, reference: Reference, email: str) -> list[str]:
        return [f"{self._simulator.url}{link}" for link in pages.links(self._service, reference[0], email)]

    def sign(self, reference: Reference, email: str) -> None:
        self._service.sign(reference[0], email)

    def decline(self, reference: Reference, email: str, reason: str) -> None:  # noqa: ARG002 - nowhere to be read
        self._service.reject(reference[0], email)

    def expire(self, reference: Reference) -> None:
        self._service.expire(reference[0])

    def go_down(self) -> None:
        self._simulator.go_down()

    def come_back(self) -> None:
        self._simulator.come_back()

    def lose_next_reply_of_send(self) -> None:
        self._service.fault("createContract", "lost_reply")

    def reply_still_to_lose(self) -> bool:
        return self._service.faults_to_come

    def lose_callbacks(self, *, lose: bool) -> None:
        self._service.configure(callbacks={"drop": lose})

    def envelopes(self, package_id: str) -> int:
        """Found by the token that the name of a recoverable contract must bear: the end of the package's id [I]."""
        return sum(package_id[-8:].lower() in made.name.lower() for made in self._service.contracts.values())

    def signatures(self, signers: int) -> int:  # noqa: ARG002 - the vendor's one, however many signed
        return int(self._service.switches.sealed)

    def authority(self) -> bytes | None:
        return self._service.notary.root_pem
