"""addDocuments: files by content, by source URL, by upload link, or a provider's template, into a package in DRAFT.

The bytes go to the document store before the table knows of them: a crash in between leaves an object that nobody
points to, never a document without bytes.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from esign.domain.document import MAX_PACKAGE, Document, Upload
from esign.domain.drafts import NewDocument, Template
from esign.domain.errors import Clash, Problem
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, document_id, number_of
from esign.domain.package import Package
from esign.domain.status import DocumentStatus, PackageStatus
from esign.domain.wording import many
from esign.operations.check_package import warnings_of
from esign.operations.claim import Claim
from esign.operations.packages import Change, change, load, refuse_repeated, require
from esign.operations.provider_access import ProviderAccess
from esign.operations.staging import Staged, key_of, package_too_large, put_all, require_number, stage_all
from esign.ports import AccountStore, Clock, DocumentFetcher, DocumentStore, PackageStore


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """`upload` tells how to PUT the bytes, where the document awaits them."""

    document: Document
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class AddedDocuments:
    """`warnings`: what the provider could not take of the package as it is now; Send would refuse it."""

    documents: tuple[AddedDocument, ...]
    warnings: tuple[Problem, ...] = ()


def add_documents(
    account: AccountId,
    package_id: str,
    items: tuple[NewDocument, ...],
    *,
    packages: PackageStore,
    documents: DocumentStore,
    fetcher: DocumentFetcher,
    accounts: AccountStore,
    access: ProviderAccess,
    clock: Clock,
    claim: Claim | None = None,
) -> AddedDocuments:
    """All or none. Raises NotFound, WrongState, Unprocessable with every problem, TooLarge, Clash (same external id,
    other content), UnsafeAddress. One query and one transaction, beside the bytes themselves; the account for warnings."""
    package = load(packages, account, package_id)
    require(package, PackageStatus.DRAFT, to="add documents")
    refuse_repeated([item.external_id for item in items], pointer="/documents")
    with ExitStack() as stack:
        staged = stage_all(package, items, fetcher=fetcher, accounts=accounts, stack=stack)
        put_all(package, staged, documents)
    numbered: tuple[Document, ...] = ()

    def decide(current: Package) -> Change | None:
        nonlocal numbered
        require(current, PackageStatus.DRAFT, to="add documents")
        numbered = _numbered(current, staged)
        return _add(current, numbered, staged, clock)

    changed = change(packages, package, decide, claim=claim)
    added = tuple(with_upload(document, documents=documents, clock=clock) for document in numbered)
    return AddedDocuments(added, warnings_of(changed, access))


def _add(package: Package, numbered: tuple[Document, ...], staged: tuple[Staged, ...], clock: Clock) -> Change | None:
    added = tuple(document for document in numbered if package.document(document.id) is None)
    if not added:
        return None
    after = replace(package, documents=package.documents + added, updated_at=clock.now())
    _check_limits(after, staged)
    text = f"Coupa added {many(len(added), 'document')}."
    told = entry(clock.now(), EntryKind.COUPA_CALL, text)
    return Change(after, timeline=(told,), made=[document.id for document in numbered])


def _numbered(package: Package, staged: tuple[Staged, ...]) -> tuple[Document, ...]:
    """The items as documents of this package; those that are there already stay as they are."""
    number = max((number_of(d.id) for d in package.documents), default=0)
    order = max((d.order for d in package.documents), default=0)
    documents = []
    for item in staged:
        known = _existing(package, item)
        if known is None:
            number, order = number + 1, order + 1
        documents.append(known or _document(package, item, number, order))
    return tuple(documents)


def _existing(package: Package, item: Staged) -> Document | None:
    """The document that this request added before: by its external id. Raises Clash when it is another one."""
    if item.new.external_id is None:
        return None
    found = next((d for d in package.documents if d.external_id == item.new.external_id), None)
    if found is None:
        return None
    template = item.new.source.id if isinstance(item.new.source, Template) else None
    if (found.sha256, found.template) != (item.sha256, template):
        raise Clash(
            "The package has a document of this externalId with another content.",
            code="external_id_in_use",
            problems=(Problem(f"{item.pointer}/externalId", "external_id_in_use", "Take another externalId."),),
        )
    return found


def _document(package: Package, item: Staged, number: int, order: int) -> Document:
    return Document(
        id=document_id(package.id, number),
        external_id=item.new.external_id,
        name=item.new.name,
        content_type=item.content_type,
        order=item.new.order if item.new.order is not None else order,
        status=DocumentStatus.AWAITING_UPLOAD if item.awaits_upload else DocumentStatus.STORED,
        size=item.size,
        sha256=item.sha256,
        key=key_of(package, item) if item.sha256 else None,
        template=item.new.source.id if isinstance(item.new.source, Template) else None,
    )


def _check_limits(package: Package, staged: tuple[Staged, ...]) -> None:
    """Once more, of the package as it is by now: another request may have added some since these were staged."""
    require_number(len(package.documents), pointer=staged[-1].pointer)
    if sum(d.size or 0 for d in package.documents) > MAX_PACKAGE:
        raise package_too_large()


def with_upload(document: Document, *, documents: DocumentStore, clock: Clock) -> AddedDocument:
    """With a fresh link, where the document awaits its bytes. No call goes out."""
    if document.status is not DocumentStatus.AWAITING_UPLOAD or document.key is None:
        return AddedDocument(document)
    upload = documents.presign_upload(
        document.key,
        size=document.size or 0,
        sha256=document.sha256 or "",
        content_type=document.content_type,
        now=clock.now(),
    )
    return AddedDocument(document, upload)
