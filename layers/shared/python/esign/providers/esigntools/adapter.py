"""eSignTools as a signature provider: what its agreements are to us.

Design: architecture, "The provider port"; contracts/esigntools.md §3.6. `package.provider.reference` holds the ids of the
agreements, in the order of the package's documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import IO
from urllib.parse import urlsplit

from esign.domain.capabilities import Capabilities
from esign.domain.content import PDF
from esign.domain.document import FileKind
from esign.domain.errors import Problem, ProviderConflict, ProviderNotFound, ProviderRefused, Unprocessable
from esign.domain.ids import DocumentId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.status import PackageStatus
from esign.placement.place import resolve
from esign.ports import Absent, DocumentSource, Found, ProviderIdentity, SignedFile, Snapshot, Unknown
from esign.providers.esigntools.capabilities import declared
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.options import EsignToolsSettings, parse_options
from esign.providers.esigntools.places import target
from esign.providers.esigntools.request import agreements
from esign.providers.esigntools.rules import package_problems
from esign.providers.esigntools.snapshot import snapshot
from esign.providers.esigntools.status import ABORTED, CLOSED, DELETED, OPEN, package_status, word
from esign.providers.esigntools.submission import Submission, check_named, delete_quietly, found, is_agreement
from esign.providers.esigntools.wire import AgreementView
from esign.providers.fetching import streamed

Views = list[tuple[DocumentId, AgreementView]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EsignToolsProvider:
    """`tidy` is the same API with a little time of its own, to take back agreements when none is left."""

    client: EsignTools
    tidy: Callable[[], EsignTools]
    settings: EsignToolsSettings
    evidence_optional: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return declared()

    def verify(self) -> ProviderIdentity:
        self.client.authenticate()
        return ProviderIdentity(f"eSignTools at {urlsplit(self.settings.base).hostname}")

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:
        try:
            options = parse_options(package.provider.options)
        except Unprocessable as refused:
            return refused.problems
        placement = resolve(package, documents, target=target(package, self.settings, options))
        return package_problems(package, placement)

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,
        checkpoint: Callable[[Progress], None],
        callback_url: str | None,
    ) -> ProviderReference:
        """Raises ProviderRefused with all problems; for `progress` see `submission`."""
        options = parse_options(package.provider.options)
        places = target(package, self.settings, options)
        placement = resolve(package, documents, target=places, verify=False)
        if problems := package_problems(package, placement):
            raise ProviderRefused("eSignTools cannot take this package.", code="invalid_package", problems=problems)
        submission = Submission(self.client, self.tidy, documents, checkpoint, dict(progress))
        return submission.run(agreements(package, placement, self.settings, options), callback_url)

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        return found(package, progress)

    def check_reference(self, package: Package, reference: ProviderReference) -> None:
        check_named(package, reference)

    def read(self, package: Package) -> Snapshot:
        """A refused document ends its package, so what is still open of it is then taken from the signers."""
        views = self._views(package, all_may_be_gone=package.withdrawing)
        seen = snapshot(package, views)
        if seen.status is not PackageStatus.DECLINED or not any(word(view.status) == OPEN for _, view in views):
            return seen
        return snapshot(package, [(document, self._closed(view)) for document, view in views])

    def _closed(self, view: AgreementView) -> AgreementView:
        if word(view.status) != OPEN:
            return view
        try:
            delete_quietly(self.client, view.id)
        except ProviderConflict:
            return view  # signed in this moment; it is declined as a whole
        return view.model_copy(update={"status": DELETED})

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        """The current file is the signed one only of what is CLOSED; the proof is fetched beside each."""
        views = self._views(package)
        if any(word(view.status) != CLOSED for _, view in views):
            raise ProviderConflict("eSignTools has not closed every document of this package yet.")
        for document, view in views:
            stem = PurePath(_name(package, document)).stem
            fetch = partial(_made, partial(self.client.current_file, view.id))
            yield SignedFile(FileKind.SIGNED_DOCUMENT, f"{stem}.pdf", PDF, partial(streamed, fetch), document)
        for document, view in views:
            stem = PurePath(_name(package, document)).stem
            fetch = partial(_made, partial(self.client.proof, view.id))
            optional = self.evidence_optional
            yield SignedFile(
                FileKind.AUDIT_TRAIL, f"{stem} - proof.pdf", PDF, partial(streamed, fetch), optional=optional
            )

    def withdraw(self, package: Package, reason: str | None) -> None:  # noqa: ARG002 - eSignTools takes no reason
        """Every agreement that can still be signed is deleted. Those that are signed stay; if all are, or one that is
        open is refused, ProviderConflict."""
        views = self._views(package, all_may_be_gone=True)
        unsigned = [view for _, view in views if word(view.status) not in {CLOSED, ABORTED}]
        if not unsigned:
            raise ProviderConflict("Every document of this package is signed or refused.")
        self._take_back(view.id for view in unsigned if word(view.status) != DELETED)

    def put_away(self, package: Package) -> None:
        """What an expired package left open is taken from its signers. What has ended there stays as it is."""
        if package.status is PackageStatus.EXPIRED:
            views = self._views(package, all_may_be_gone=True)
            self._take_back(view.id for _, view in views if word(view.status) == OPEN)

    def _take_back(self, agreements: Iterable[str]) -> None:
        """All that eSignTools lets go, then ProviderConflict if it kept one."""
        kept = list[ProviderConflict]()
        for agreement in agreements:
            try:
                delete_quietly(self.client, agreement)
            except ProviderConflict as signed:
                kept.append(signed)
        if kept:
            raise kept[0]

    def remind(self, package: Package) -> None:
        """The mail of every document that is still open goes out again. Raises ProviderConflict where there is none."""
        still_open = [view.id for _, view in self._views(package) if word(view.status) == OPEN]
        if not [mailed for agreement in still_open if (mailed := self.client.send_mails(agreement))]:
            raise ProviderConflict("eSignTools sent no mail: nobody has anything left to sign.")

    def _views(self, package: Package, *, all_may_be_gone: bool = False) -> Views:
        """One that is gone counts as deleted beside others (seeds/003, Agreements settings: 404).

        Raises ProviderNotFound where nothing would be left, unless that may be: a 404 is not believed at once.
        """
        views, missing = Views(), list[ProviderNotFound]()
        for document, agreement in _agreements_of(package):
            try:
                views.append((document, self.client.agreement(agreement)))
            except ProviderNotFound as none:
                missing.append(none)
                views.append((document, AgreementView(id=agreement, status=DELETED)))
        together = package_status([view.status for _, view in views], withdrawn=all_may_be_gone)
        if missing and together is PackageStatus.DELETED:
            raise missing[0]
        return views


def _agreements_of(package: Package) -> Iterator[tuple[DocumentId, str]]:
    """Ours and theirs. Raises ProviderNotFound where there are none, or no agreement can have such an id."""
    documents = [document.id for document in package.documents]
    made = package.provider.progress.get("agreements", {})
    if package.provider.reference:
        known = list(zip(documents, package.provider.reference, strict=True))
    else:
        known = [(document, str(made[document])) for document in documents if document in made]
    if not known or not all(is_agreement(agreement) for _, agreement in known):
        raise ProviderNotFound("The package has no counterpart at eSignTools.")
    yield from known


def _name(package: Package, document: DocumentId) -> str:
    known = package.document(document)
    return known.name if known else document


def _made(fetch: Callable[[IO[bytes]], object], body: IO[bytes]) -> None:
    """Of an agreement that is closed, "not found" means "not yet"."""
    try:
        fetch(body)
    except ProviderNotFound as not_yet:
        raise ProviderConflict("eSignTools has not made this file yet.", fault=not_yet.fault) from not_yet
