"""The adapter's needs said in API v4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from esign.domain.content import PDF
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.http.jsonstream import Base64File
from esign.ports import Absent, Found, ProviderIdentity, Unknown
from esign.providers.connective.api import Evidence, Uploaded, Uploads
from esign.providers.connective.client_v4 import ConnectiveV4
from esign.providers.connective.names import LANGUAGES
from esign.providers.connective.options import ConnectiveSettings
from esign.providers.connective.plan import Plan, PlannedActor, PlannedDocument
from esign.providers.connective.request_v4 import add_document, create_package, stakeholder
from esign.providers.connective.wire import PackageView


@dataclass(frozen=True, slots=True)
class ApiV4:
    client: ConnectiveV4
    settings: ConnectiveSettings

    def identify(self) -> ProviderIdentity:
        """Also says when the account's own signing method is not active in the environment."""
        active = {method.name for method in self.client.signing_methods() if method.active}
        wanted = self.settings.signing_type or "Manual"
        method = self.settings.signing_methods.get(wanted, wanted)
        remark = f"The signing method {method!r} is not active in this environment."
        return ProviderIdentity("Connective eSignatures, API v4", () if not active or method in active else (remark,))

    def create(self, plan: Plan, callback_url: str | None) -> str:
        return self.client.create_package(create_package(plan, callback_url))

    def uploads(self, draft: str, plan: Plan) -> dict[DocumentId, Uploaded]:
        wanted = {document.id for document in plan.documents}
        usable: dict[DocumentId, Uploaded] = {}
        for there in self.client.documents(draft):
            reference = DocumentId(there.reference)
            if reference in wanted and reference not in usable:
                usable[reference] = Uploaded(there.id, {})
            else:
                self.client.delete_document(draft, there.id)
        return usable

    def upload(
        self, draft: str, document: PlannedDocument, file: BinaryIO, representation: BinaryIO | None
    ) -> Uploaded:
        shown = Base64File(representation) if representation else None
        return Uploaded(self.client.add_document(draft, add_document(document, Base64File(file), shown)).id, {})

    def seat(self, draft: str, plan: Plan, uploads: Uploads) -> None:
        """In signing order, since that is all the order there is; those who sit already keep their place."""
        seated = {there.reference for there in self.client.stakeholders(draft)}
        for actor in sorted(plan.actors, key=_turn):
            if actor.id not in seated:
                self.client.add_stakeholder(draft, stakeholder(actor, plan, uploads, self.settings))

    def start(self, draft: str) -> None:
        self.client.set_status(draft, "Pending")

    def look(self, package: str) -> PackageView:
        return self.client.package(package)

    def search(self, _package: Package) -> Found | Absent | Unknown:
        return Unknown(
            "API v4 has no list to search. The reply to Create was lost, so at most an empty draft exists, "
            "which nobody can sign: resolve with --not-sent"
        )

    def revoke(self, package: str) -> None:
        self.client.set_status(package, "Revoked")

    def delete(self, package: str) -> None:
        self.client.delete_package(package)

    def fetch_document(self, package: str, document: str, content_type: str, into: IO[bytes]) -> None:
        self.client.download_document(package, document, content_type, into)

    def fetch_package(self, package: str, into: IO[bytes]) -> None:
        self.client.download_package(package, into)

    def evidence(self, package: str) -> Iterator[Evidence]:
        language = self.settings.default_language if self.settings.default_language in LANGUAGES else "en"
        if self.settings.audit_proofs:
            yield Evidence("audit-trail.pdf", PDF, lambda into: self.client.audit_trail(package, language, into))


def _turn(actor: PlannedActor) -> tuple[int, int]:
    return actor.order, actor.index
