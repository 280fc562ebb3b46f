"""GoSign as a signature provider: one insertion, reads by whichever door shows most, and what comes back.

An envelope is inserted whole and out for signature at once: GoSign's own drafts can be started in its pages only
(seeds/004 §5.1). Our package id is its externalId, so a lost reply is found, and never a second envelope made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from esign.domain.capabilities import Capabilities
from esign.domain.content import P7M, PDF
from esign.domain.document import FileKind
from esign.domain.errors import Problem, ProviderConflict, ProviderNotFound, ProviderRefused, Unprocessable
from esign.domain.ids import RecipientId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.status import PackageStatus
from esign.http.redaction import safe_text
from esign.ports import (
    Absent,
    DocumentSource,
    Found,
    ProviderIdentity,
    SignedFile,
    Snapshot,
    TakenInCharge,
    Unknown,
)
from esign.providers.gosign.client_oauth import OAuthV2
from esign.providers.gosign.client_rest import RestV1
from esign.providers.gosign.doors import Deletes, Reads, Writes
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.errors import ALREADY_EXISTS
from esign.providers.gosign.fetched import Fetched
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.people import users_of
from esign.providers.gosign.plan import planned
from esign.providers.gosign.record import as_json, as_pdf
from esign.providers.gosign.settings import GosignSettings
from esign.providers.gosign.snapshot import snapshot
from esign.providers.gosign.status import STORED, package_status, status_of
from esign.providers.gosign.wire import DocumentView, EnvelopeView

if TYPE_CHECKING:
    from esign.providers.gosign.client_soap import SignBook

_GONE = frozenset({PackageStatus.CANCELLED, PackageStatus.DELETED})
_OPEN = frozenset({PackageStatus.DRAFT, PackageStatus.IN_PROCESS})
_REPORT = "R"  # §4.1, docType
Opened = Callable[[], AbstractContextManager[Iterator[bytes]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GosignProvider:
    """Any door. `reads` is None where an account can read nothing (SOAP or LegalBus without a companion).

    `rest` and `sign_book` serve `esign gosign`: None where the account has no customer code.
    """

    writes: Writes
    reads: Reads | None
    deletes: Deletes | None
    declared: Capabilities
    settings: GosignSettings
    evidence_optional: bool = False
    rest: RestV1 | None = None
    sign_book: Callable[[], SignBook] | None = None

    @property
    def capabilities(self) -> Capabilities:
        return self.declared

    def verify(self) -> ProviderIdentity:
        return self._reads().identify()

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:
        try:
            return planned(package, documents, self.settings, verify=True)[1]
        except Unprocessable as refused:
            return refused.problems

    def brings_people(self, package: Package) -> bool:
        """A policy "contains all the characteristics necessary to define the signature actions" (§6.5)."""
        return bool(package.provider.options.get("policy"))

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,  # noqa: ARG002 - one step: there is nothing to go on from
        checkpoint: Callable[[Progress], None],  # noqa: ARG002
        callback_url: str | None,  # noqa: ARG002 - InfoCert registers the account's address (§7, §8)
    ) -> ProviderReference | TakenInCharge:
        """Raises ProviderRefused with all problems; an envelope of ours that is there already is a success."""
        envelope, problems = planned(package, documents, self.settings, verify=False)
        if problems:
            raise ProviderRefused("GoSign cannot take this package.", code="invalid_package", problems=problems)
        try:
            taken = self._insert(envelope, documents)
        except ProviderConflict as conflict:
            if conflict.fault is None or conflict.fault.code != ALREADY_EXISTS:
                raise
            if not isinstance(self.find(package, {}), Found):
                raise
            taken = None
        return taken or (envelope.external_id,)

    def _insert(self, envelope: Envelope, documents: DocumentSource) -> TakenInCharge | None:
        with ExitStack() as files:
            opened = {part.id: files.enter_context(documents.open(part.id)) for part in envelope.documents}
            return self.writes.insert(envelope, opened)

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        if self.reads is None:
            return Unknown("GoSign shows this account nothing: look at GoSign, or add a companion REST v1 access.")
        try:
            view = self.reads.look(package.id, documents=True)
        except ProviderNotFound:
            return Absent()
        if not _is_ours(package, view):
            return Unknown("GoSign has an envelope of this name with other documents.")
        started = package_status(view.status) is not PackageStatus.DRAFT
        return Found((package.id,), started=started, progress=progress)

    def read(self, package: Package) -> Snapshot:
        options = parse_options(package.provider.options)
        try:
            view = self._reads().look(envelope_id(package))
        except ProviderNotFound:
            if not package.withdrawing:
                raise
            view = EnvelopeView(external_id=envelope_id(package), status="DEL")  # as we asked
        return snapshot(package, view, options)

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        """Documents and the report; where a door gives no report, the connector's own record, marked as such."""
        reads, there = self._reads(), envelope_id(package)
        view = reads.look(there, documents=True)
        if not _is_signed(package, view):
            raise ProviderConflict("GoSign has not finished this envelope yet.")
        fetched = Fetched(partial(reads.fetch, there), view.documents)
        for number, shown in enumerate(view.documents):
            yield self._file(package, shown, partial(fetched.open, number))
        if not reads.shows_people:
            yield from _own_record(package, view, fetched)

    def _file(self, package: Package, shown: DocumentView, opened: Opened) -> SignedFile:
        ours = package.document(shown.external_id) if shown.external_id else None
        report = shown.doc_type == _REPORT and ours is None
        return SignedFile(
            kind=FileKind.AUDIT_TRAIL if report else FileKind.SIGNED_DOCUMENT,
            name=shown.original_fname or shown.title or ("report.pdf" if report else "document"),
            content_type=_content_type(shown),
            open=opened,
            document=ours.id if ours else None,
            optional=report and self.evidence_optional,
        )

    def withdraw(self, package: Package, reason: str | None) -> None:  # noqa: ARG002 - GoSign takes no reason
        """Deletes what is known to be open: that is GoSign's only way. All else stays, since it may be the only copy."""
        there = envelope_id(package)
        try:
            view = self._reads().look(there)
        except ProviderNotFound:
            return
        status = status_of(view)
        if status in _GONE:
            return
        if status is None:
            raise ProviderConflict(_doubtful(view))
        if status not in _OPEN:
            raise ProviderConflict("GoSign has ended this envelope.")
        with suppress(ProviderNotFound):
            self._deletes().delete(there)

    def remove_copy(self, package: Package) -> None:
        """Of what has ended; GoSign purges it some days later (§5.3)."""
        there = envelope_id(package)
        with suppress(ProviderNotFound):
            if status_of(self._reads().look(there)) in _OPEN | {None}:
                raise ProviderConflict("GoSign has not ended this envelope.")
            self._deletes().delete(there)

    def _reads(self) -> Reads:
        if self.reads is None:
            raise ProviderRefused("This account of GoSign can read nothing.", code="companion_missing")
        return self.reads

    def _deletes(self) -> Deletes:
        if self.deletes is None:
            raise ProviderRefused("This account of GoSign can delete nothing.", code="companion_missing")
        return self.deletes


@dataclass(frozen=True, slots=True, kw_only=True)
class GosignOAuthProvider(GosignProvider):
    """OAuth2 v2 and GoSign 5, which have getUrl (§9.5)."""

    client: OAuthV2

    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        """One per person; after signing they come to the recipient's redirect URL."""
        ours = package.recipient(recipient)
        if ours is None:
            return ()
        users = users_of(ours, parse_options(package.provider.options))
        return tuple(self.client.signing_url(envelope_id(package), user, ours.redirect_url) for user in users)


def envelope_id(package: Package) -> str:
    """GoSign's externalId of the package. Raises ProviderNotFound when it never got one."""
    if not package.provider.reference:
        raise ProviderNotFound("The package has no counterpart at GoSign.")
    return package.provider.reference[0]


def _is_signed(package: Package, view: EnvelopeView) -> bool:
    """Also what was read as signed and is archived since, where a door shows nothing of the time before (§9.6)."""
    status = status_of(view)
    archived = status is None and view.status.strip().upper() in STORED
    return status is PackageStatus.SIGNED or (archived and package.status is PackageStatus.SIGNED)


def _doubtful(view: EnvelopeView) -> str:
    """Of an unknown word, or an archived envelope of which nobody tells what it was before (§9.6)."""
    return (
        f"GoSign's status '{safe_text(view.status)}' does not tell whether this envelope can still be signed, and deleting "
        "it might purge the only signed copy: look at the envelope in GoSign, and withdraw it there."
    )


def _is_ours(package: Package, view: EnvelopeView) -> bool:
    """The same id and, where documents are shown, ours."""
    shown = {document.external_id for document in view.documents}
    return not shown or {document.id for document in package.documents} <= shown


def _content_type(shown: DocumentView) -> str:
    """A P7M is no PDF: type and name come from the answer (contracts/gosign.md §1.3)."""
    told = shown.mime_type.partition(";")[0].strip().lower()
    if "pkcs7" in told or shown.original_fname.lower().endswith(".p7m"):
        return P7M
    return told or PDF


def _own_record(package: Package, view: EnvelopeView, fetched: Fetched) -> Iterator[SignedFile]:
    for name, kind, write in (
        ("audit-record.json", "application/json", as_json),
        ("audit-record.pdf", PDF, as_pdf),
    ):

        @contextmanager
        def opened(write: Callable[..., bytes] = write) -> Iterator[Iterator[bytes]]:
            ours = {d.external_id: n for n, d in enumerate(view.documents) if package.document(d.external_id)}
            yield iter([write(package, view.status, {name: fetched.sha256(n) for name, n in ours.items()})])

        yield SignedFile(FileKind.AUDIT_TRAIL, name, kind, opened)
