"""Connective as a signature provider: the one flow of every version, and what a package at Connective means to us.

The draft is ours until `send`: it makes a package there, uploads, seats the people and starts it, with a checkpoint
after each step. Nothing can be signed before the last one, so an unfinished draft is deleted when a step is refused; once
the start was asked for, only what Connective shows counts.
Design: architecture, "The provider port"; contracts/connective.md §A8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO

from esign.domain.capabilities import Capabilities
from esign.domain.content import HEAD, PDF, XML, ZIP, is_what_it_says
from esign.domain.document import FileKind
from esign.domain.errors import (
    OutcomeUnknown,
    Problem,
    ProviderConflict,
    ProviderError,
    ProviderNotFound,
    ProviderRefused,
    Unprocessable,
)
from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.status import PackageStatus
from esign.placement.place import resolve
from esign.ports import (
    Absent,
    DocumentSource,
    Found,
    ListedEnvelope,
    ProviderIdentity,
    SignedFile,
    Snapshot,
    Unknown,
)
from esign.providers.connective.api import Api
from esign.providers.connective.capabilities import capabilities
from esign.providers.connective.client_v3 import ConnectiveV3
from esign.providers.connective.options import ConnectiveSettings, parse_options
from esign.providers.connective.places import TARGET
from esign.providers.connective.plan import Plan, make_plan, representations
from esign.providers.connective.request_v3 import instant_package
from esign.providers.connective.rules import plan_problems
from esign.providers.connective.snapshot import snapshot
from esign.providers.connective.status import package_status, started
from esign.providers.connective.submission import Submission, opened, start_asked
from esign.providers.fetching import streamed

# contracts/connective.md §A2, Delete Package: not in a final state. A status that nobody knows is none either.
_KEPT = frozenset({None, PackageStatus.DRAFT, PackageStatus.IN_PROCESS, PackageStatus.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectiveProvider:
    """Any version. `tidy` is the same API with a little time of its own, to delete a refused draft when none is left."""

    api: Api
    tidy: Callable[[], Api]
    settings: ConnectiveSettings
    evidence_optional: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return capabilities(self.settings.api_version, self.settings.order_model)

    def verify(self) -> ProviderIdentity:
        return self.api.identify()

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:
        try:
            return self._plan(package, documents, verify=True)[1]
        except Unprocessable as refused:
            return refused.problems

    def unsigned_documents(self, package: Package) -> frozenset[DocumentId]:
        return frozenset(representations(package, parse_options(package.provider.options)).values())

    def _plan(self, package: Package, documents: DocumentSource, *, verify: bool) -> tuple[Plan, tuple[Problem, ...]]:
        options = parse_options(package.provider.options)
        shown = representations(package, options)
        placement = resolve(package, documents, target=TARGET, verify=verify, seen_as=shown)
        plan = make_plan(package, placement, self.settings, options)
        return plan, plan_problems(package, plan, placement, self.settings, options)

    def _accepted(self, package: Package, documents: DocumentSource) -> Plan:
        plan, problems = self._plan(package, documents, verify=False)
        if problems:
            raise ProviderRefused("Connective cannot take this package.", code="invalid_package", problems=problems)
        return plan

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,
        checkpoint: Callable[[Progress], None],
        callback_url: str | None,
    ) -> ProviderReference:
        """`progress`: see `submission`. Raises ProviderRefused with all problems."""
        done = dict(progress)
        asked = start_asked(done)
        try:
            plan = self._accepted(package, documents)
            return Submission(self.api, plan, documents, checkpoint, done).run(callback_url)
        except OutcomeUnknown:
            raise
        except ProviderError as refusal:
            return self._left(done, refusal, asked=asked)

    def _left(self, done: Progress, refusal: ProviderError, *, asked: bool) -> ProviderReference:
        """What a refusal leaves: the draft is deleted, and one that is out all the same is ours.

        `asked`: it was to be started before this Send, which may commit after our time-out: then a draft is no proof, and
        nothing is deleted. Raises the refusal where nobody can sign what is left, OutcomeUnknown where that is not certain.
        """
        draft = done.get("package")
        tidy = self.tidy()
        if draft is None or (not asked and _deleted(tidy, draft)):
            raise refusal
        try:
            left = _there(tidy, draft, done)
        except ProviderError as failure:
            raise OutcomeUnknown(f"{refusal.detail}; what became of the draft is not known") from failure
        if isinstance(left, Found) and left.started:
            return left.reference
        if isinstance(left, Found) and asked:
            raise OutcomeUnknown(f"{refusal.detail}; an earlier call may still start the draft") from refusal
        raise refusal  # nobody can sign a draft that nobody started

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        draft = progress.get("package")
        if not draft:
            return self.api.search(package)
        return _there(self.api, draft, progress)

    def read(self, package: Package) -> Snapshot:
        return snapshot(package, self.api.look(envelope(package)))

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        there = envelope(package)
        view = self.api.look(there)
        if package_status(view.status) is not PackageStatus.SIGNED:
            raise ProviderConflict("Connective has not finished this package yet.")
        for document in view.documents:
            kind = XML if document.type.lower().endswith("xml") else PDF
            fetch = partial(self.api.fetch_document, there, document.id, kind)
            ours = package.document(document.reference) if document.reference else None
            name = f"{document.name or 'document'}.{'xml' if kind == XML else 'pdf'}"
            yield SignedFile(FileKind.SIGNED_DOCUMENT, name, kind, partial(streamed, fetch), ours.id if ours else None)
        for trail in self.api.evidence(there):
            yield SignedFile(
                FileKind.AUDIT_TRAIL,
                trail.name,
                trail.content_type,
                partial(streamed, trail.fetch),
                optional=self.evidence_optional,
            )

    def withdraw(self, package: Package, reason: str | None) -> None:  # noqa: ARG002 - Connective takes no reason
        """Revoked where it is out for signature, deleted where it is a draft; doing it again changes nothing."""
        there = envelope(package)
        try:
            self.api.revoke(there)
        except ProviderConflict:
            match package_status(self.api.look(there).status):
                case PackageStatus.CANCELLED:
                    return
                case PackageStatus.DRAFT:
                    self.api.delete(there)
                case _:
                    raise

    def remove_copy(self, package: Package) -> None:
        """Delete Package, which Connective refuses (409) where it can still be signed or taken up again."""
        there = envelope(package)
        if package_status(self.api.look(there).status) in _KEPT:
            raise ProviderConflict("Connective has not ended this package.")
        self.api.delete(there)

    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        """The recipient's own; with option `faceToFace` the package's, where all sign on one screen (F2FSigningUrl)."""
        view = self.api.look(envelope(package))
        if package.provider.options.get("faceToFace") and view.face_to_face_url:
            return (view.face_to_face_url,)
        mine = (person for person in view.stakeholders if person.reference == recipient)
        return tuple(url for person in mine for actor in person.actors for url in actor.links)

    def bundle(self, package: Package, into: IO[bytes]) -> str:
        """All signed documents in one file; its content type, told from its bytes: a zip, or the bare document."""
        self.api.fetch_package(envelope(package), into)
        into.seek(0)
        head = into.read(HEAD)
        return next((kind for kind in (ZIP, PDF, XML) if is_what_it_says(kind, head)), "application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectiveV3Provider(ConnectiveProvider):
    """v3 and v3.1, with what only they can do. `client` serves `esign connective` and the extra operations."""

    client: ConnectiveV3

    def send_instantly(
        self, package: Package, documents: DocumentSource, *, callback_url: str | None, template: str | None = None
    ) -> ProviderReference:
        """One document, created and started by one call (Create Instant Package); a lost reply is found by `find`.

        `template`: the code of a signing template of the portal. Raises ProviderRefused with all problems.
        """
        plan = self._accepted(package, documents)
        if len(plan.documents) != 1:
            raise ProviderRefused("An instant package holds exactly one document.", code="invalid_package")
        document = plan.documents[0]
        with opened(documents, document) as (file, shown):
            made = self.client.instant_package(instant_package(plan, callback_url, template), file, shown)
        return (made.id,)

    def remind(self, package: Package) -> None:
        self.client.send_reminders(envelope(package))

    def extend_expiry(self, package: Package, until: datetime) -> None:
        self.client.set_expiry(envelope(package), until)

    def skip_signers(self, package: Package) -> None:
        self.client.skip_signers(envelope(package))

    def list_envelopes(
        self, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[ListedEnvelope, ...], str | None]:
        page = self.client.package_list(token=cursor or "", quantity=limit)
        lines = tuple(
            ListedEnvelope((item.id,), item.reference or None, item.status, package_status(item.status))
            for item in page.items
        )
        return lines, (page.token or None) if page.items and page.token != cursor else None


def _there(api: Api, draft: str, progress: Progress) -> Found | Absent:
    try:
        view = api.look(draft)
    except ProviderNotFound:
        return Absent()
    return Found((draft,), started=started(view.status), progress=progress)


def _deleted(api: Api, draft: str) -> bool:
    """Whether it is certainly gone."""
    try:
        api.delete(draft)
    except ProviderError as failure:
        return isinstance(failure, ProviderNotFound)
    return True


def envelope(package: Package) -> str:
    """Connective's id of the package. Raises ProviderNotFound when it never got one."""
    known = package.provider.reference[:1] or tuple(filter(None, [package.provider.progress.get("package")]))
    if not known:
        raise ProviderNotFound("The package has no counterpart at Connective.")
    return str(known[0])
