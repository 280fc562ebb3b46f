"""The adapter's needs said in API v3 (and the process call of v3.1)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, BinaryIO

from esign.domain.content import XML
from esign.domain.errors import ProviderConflict, ProviderFault, ProviderNotFound, ProviderRefused
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.ports import Absent, Found, ProviderIdentity, Unknown
from esign.providers.connective.api import Evidence, Uploaded, Uploads
from esign.providers.connective.client_v3 import ConnectiveV3
from esign.providers.connective.options import ConnectiveSettings
from esign.providers.connective.plan import Plan, PlannedDocument
from esign.providers.connective.request_v3 import add_document, create_package, set_process
from esign.providers.connective.status import started
from esign.providers.connective.wire import AddedDocument, ListedPackage, PackageView

_NO_PROOFS = (
    "The environment gave no audit proofs for its last finished package. If they are switched off, set auditProofs to "
    "false and the account's evidence to optional."
)
_SEARCHED_PAGES = 20
_PAGE = 100
_CLOCK_SKEW = timedelta(hours=1)  # theirs against ours


@dataclass(frozen=True, slots=True)
class ApiV3:
    client: ConnectiveV3
    settings: ConnectiveSettings

    def identify(self) -> ProviderIdentity:
        """Also finds out whether the environment makes audit proofs, if anything has ever been finished there."""
        page = self.client.package_list(quantity=1, status="Finished", sort_order="DESC")
        what = f"Connective eSignatures, API {self.settings.api_version}"
        if not self.settings.audit_proofs or not page.items:
            return ProviderIdentity(what)
        return ProviderIdentity(what, self._proof_remarks(page.items[0].id))

    def _proof_remarks(self, package: str) -> tuple[str, ...]:
        with tempfile.TemporaryFile() as scratch:
            try:
                self.client.package_proof(package, scratch)
            except (ProviderConflict, ProviderNotFound):
                return (_NO_PROOFS,)
        return ()

    def create(self, plan: Plan, callback_url: str | None) -> str:
        return self.client.create_package(create_package(plan, callback_url))

    def uploads(self, draft: str, plan: Plan) -> dict[DocumentId, Uploaded]:
        """By our reference and labels: a document whose fields are others now is removed and uploaded anew."""
        wanted = {document.id: document for document in plan.documents}
        usable: dict[DocumentId, Uploaded] = {}
        for there in self.client.signing_locations(draft).documents:
            document = wanted.get(DocumentId(there.reference))
            located = locations(document, there) if document and document.id not in usable else None
            if document is None or located is None:
                self.client.delete_document(draft, there.id)
            else:
                usable[document.id] = Uploaded(there.id, located)
        return usable

    def upload(
        self, draft: str, document: PlannedDocument, file: BinaryIO, representation: BinaryIO | None
    ) -> Uploaded:
        added = self.client.add_document(draft, add_document(document), file, representation)
        located = locations(document, added)
        if located is None:
            fault = ProviderFault("connective", code="locations_missing")
            raise ProviderRefused("Connective did not find every signing field of a document.", fault=fault)
        return Uploaded(added.id, located)

    def seat(self, draft: str, plan: Plan, uploads: Uploads) -> None:
        by_place = {(doc, label): where for doc, up in uploads.items() for label, where in up.locations.items()}
        version = self.settings.api_version
        self.client.set_process(draft, set_process(plan, by_place, version=version), version=version)

    def start(self, draft: str) -> None:
        self.client.set_status(draft, "Pending")

    def look(self, package: str) -> PackageView:
        return self.client.package_status(package)

    def search(self, package: Package) -> Found | Absent | Unknown:
        """Through the list of packages created since ours was; the vendor does not promise that references are unique."""
        matches: list[ListedPackage] = []
        token, since = "", package.created_at - _CLOCK_SKEW
        for _ in range(_SEARCHED_PAGES):
            page = self.client.package_list(token=token, quantity=_PAGE, created_after=since)
            matches += [item for item in page.items if item.reference == package.id]
            if not page.items or page.token in {"", token}:
                return _verdict(matches)
            token = page.token
        return Unknown(
            f"Connective's list is longer than {_SEARCHED_PAGES * _PAGE} packages since this one was created"
        )

    def revoke(self, package: str) -> None:
        self.client.set_status(package, "Revoked")

    def delete(self, package: str) -> None:
        self.client.delete_package(package)

    def fetch_document(self, package: str, document: str, _content_type: str, into: IO[bytes]) -> None:
        self.client.download_document(package, document, into)

    def fetch_package(self, package: str, into: IO[bytes]) -> None:
        self.client.download_package(package, into)

    def evidence(self, package: str) -> Iterator[Evidence]:
        """The package's audit proofs hold those of all its documents."""
        if self.settings.audit_proofs:
            yield Evidence("audit-proofs.xml", XML, lambda into: self.client.package_proof(package, into))


def locations(document: PlannedDocument, added: AddedDocument) -> dict[str, str] | None:
    """Label to location id; None when a planned field has no location.

    A field looked up by marker or name may come back under that name instead of our label ("Detected or specified
    label": seeds/001, Add document to package).
    """
    by_label = {location.label: location.id for location in added.locations}
    found = {f.label: by_label.get(f.label) or by_label.get(f.marker or f.form_field or "") for f in document.fields}
    located = {label: where for label, where in found.items() if where}
    return located if len(located) == len(document.fields) else None


def _verdict(matches: list[ListedPackage]) -> Found | Absent | Unknown:
    live = [item for item in matches if started(item.status)]
    if len(live) > 1:
        return Unknown(f"{len(live)} packages at Connective carry this package's reference")
    if live:
        return Found((live[0].id,), started=True, progress={"package": live[0].id})
    if matches:  # drafts: the last one made is the one whose reply was lost
        return Found((matches[-1].id,), started=False, progress={"package": matches[-1].id})
    return Absent()
