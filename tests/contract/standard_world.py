"""What the worlds of all providers do alike: open an adapter on the simulator, and make a package for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from esign.domain.account import EvidencePolicy
from esign.domain.package import Package, ProviderState
from esign.http.deadline import Deadline
from esign.http.redaction import Exchange
from esign.ports import SignatureProvider
from esign.providers.opening import Opening
from esign.runtime.providers import vendor
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers, a_pdf

SECRET = "hunter2-and-more"  # the password of every world: must never be seen


@dataclass
class StandardWorld:
    """A world adds its account, `settings` and `credentials`, and plays its people. `seen`: every call made."""

    vendor: ClassVar[str]  # as in esign.runtime.providers
    of_documents: ClassVar[Mapping[str, Any]] = {}  # what documents are like for this vendor
    seen: list[Exchange] = field(default_factory=list, kw_only=True)

    def settings(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def credentials(self, secret: str) -> Mapping[str, str]:
        raise NotImplementedError

    def provider(
        self,
        *,
        seconds: float = 20.0,
        password: str | None = None,
        evidence: EvidencePolicy = EvidencePolicy.REQUIRED,
        **settings: Any,
    ) -> SignatureProvider:
        known = self.credentials(password or SECRET)
        return vendor(self.vendor).open_provider(
            an_account(provider=self.vendor, settings={**self.settings(), **settings}, evidence=evidence),
            Opening(
                credentials=lambda: known, deadline=Deadline(seconds), observe=self.seen.append, allow_loopback=True
            ),
        )

    def package(self, recipients: int = 1, documents: int = 1, **changes: Any) -> Package:
        """The default configuration, in order where there are several signers."""
        package = a_package(created_at=datetime.now(UTC), provider=ProviderState(self.vendor), **changes)
        return replace(
            package,
            documents=tuple(a_document(package.id, n, **self.of_documents) for n in range(1, documents + 1)),
            recipients=tuple(a_recipient(package.id, n) for n in range(1, recipients + 1)),
        )

    def papers(self) -> Papers:
        texts = {(1, 72.0, 400.0): "Sign here"}
        return Papers(default=a_pdf(2, texts=texts, signature_fields={"Buyer": (2, 100, 300, 150, 50)}))

    def _id(self, package: Package) -> str:
        return package.provider.reference[0]
