"""addDocuments: files by content, by source URL, by upload link, or a provider's template, into a package in DRAFT.

The bytes go to the document store before the table knows of them: a crash in between leaves an object that nobody
points to, never a document without bytes. Keys name the content, so two concurrent requests cannot overwrite each other.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import BinaryIO

from esign.domain import content
from esign.domain.document import MAX_DOCUMENTS, MAX_PACKAGE, MAX_UPLOAD, Document, Upload
from esign.domain.drafts import InlineContent, NewDocument, SourceUrl, Template, UploadRequest
from esign.domain.errors import Clash, ConnectorError, Problem, TooLarge, Unprocessable
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId, document_id, number_of
from esign.domain.package import Package
from esign.domain.status import DocumentStatus, PackageStatus
from esign.operations.check_package import warnings_of
from esign.operations.packages import Change, change, load, refuse_repeated, require
from esign.operations.provider_access import ProviderAccess
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


@dataclass(frozen=True, slots=True)
class _Staged:
    """A new document whose bytes (if any) have been looked at."""

    new: NewDocument
    pointer: str
    content_type: str
    size: int | None = None
    sha256: str | None = None
    body: BinaryIO | None = None

    @property
    def awaits_upload(self) -> bool:
        return isinstance(self.new.source, UploadRequest)


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
) -> AddedDocuments:
    """All or none. Raises NotFound, WrongState, Unprocessable with every problem, TooLarge, Clash (same external id,
    other content), UnsafeAddress. One query and one transaction, beside the bytes themselves; the account for warnings."""
    package = load(packages, account, package_id)
    require(package, PackageStatus.DRAFT, to="add documents")
    refuse_repeated([item.external_id for item in items], pointer="/documents")
    with ExitStack() as stack:
        staged = _stage_all(account, items, fetcher=fetcher, accounts=accounts, stack=stack)
        _put_all(package, staged, documents)
    numbered: tuple[Document, ...] = ()

    def decide(current: Package) -> Change | None:
        nonlocal numbered
        require(current, PackageStatus.DRAFT, to="add documents")
        numbered = _numbered(current, staged)
        return _add(current, numbered, staged, clock)

    changed = change(packages, package, decide)
    added = tuple(with_upload(document, documents=documents, clock=clock) for document in numbered)
    return AddedDocuments(added, warnings_of(changed, access))


def _stage_all(
    account: AccountId,
    items: tuple[NewDocument, ...],
    *,
    fetcher: DocumentFetcher,
    accounts: AccountStore,
    stack: ExitStack,
) -> tuple[_Staged, ...]:
    hosts: tuple[str, ...] = ()
    if any(isinstance(item.source, SourceUrl) for item in items):
        record = accounts.get(account)
        hosts = record.source_hosts if record else ()
    staged, problems = [], []
    for index, item in enumerate(items):
        pointer = f"/documents/{index}"
        try:
            one = _stage(item, pointer, fetcher=fetcher, hosts=hosts, stack=stack)
        except TooLarge:
            raise
        except ConnectorError as error:
            problems.append(Problem(f"{pointer}/sourceUrl", error.kind, error.detail))
            continue
        problems += _problems(one)
        staged.append(one)
    if problems:
        raise Unprocessable("Not every document can be taken; none was.", problems=tuple(problems))
    return tuple(staged)


def _stage(
    item: NewDocument, pointer: str, *, fetcher: DocumentFetcher, hosts: tuple[str, ...], stack: ExitStack
) -> _Staged:
    match item.source:
        case Template():
            return _Staged(item, pointer, item.content_type or content.PDF)
        case UploadRequest(size=size, sha256=digest):
            return _Staged(item, pointer, item.content_type or content.PDF, size, digest.lower())
        case InlineContent(body=body, size=size):
            return _examined(item, pointer, body, size, content.sha256_of(body), item.content_type)
        case SourceUrl(url=url):
            got = stack.enter_context(fetcher.fetch(url, hosts=hosts, max_bytes=MAX_UPLOAD))
            return _examined(item, pointer, got.body, got.size, got.sha256, item.content_type)


def _examined(
    item: NewDocument, pointer: str, body: BinaryIO, size: int, digest: str, content_type: str | None
) -> _Staged:
    body.seek(0)
    told = content_type or content.tell(body.read(content.HEAD), item.name) or ""
    body.seek(0)
    return _Staged(item, pointer, told, size, digest, body)


def _problems(item: _Staged) -> list[Problem]:
    if item.content_type not in content.CONTENT_TYPES:
        known = ", ".join(sorted(content.CONTENT_TYPES))
        return [
            Problem(f"{item.pointer}/contentType", "unknown_content_type", f"Say one of these content types: {known}.")
        ]
    if item.size == 0:
        return [Problem(item.pointer, "empty_document", "The document has 0 bytes.")]
    if item.size is not None and item.size > MAX_UPLOAD:
        return [Problem(item.pointer, "document_too_large", f"A document may have {MAX_UPLOAD} bytes at most.")]
    if item.body is None:
        return []
    head = item.body.read(content.HEAD)
    item.body.seek(0)
    if content.is_what_it_says(item.content_type, head):
        return []
    detail = f"The first bytes are not those of {item.content_type}. Send the file itself, or its right content type."
    return [Problem(item.pointer, "content_mismatch", detail)]


def _put_all(package: Package, staged: tuple[_Staged, ...], documents: DocumentStore) -> None:
    for item in staged:
        if item.body is not None and item.size is not None and item.sha256 is not None:
            documents.put(
                _key(package, item), item.body, size=item.size, sha256=item.sha256, content_type=item.content_type
            )


def _key(package: Package, item: _Staged) -> str:
    return staged_key(package.account, package.id, item.sha256 or "")


def staged_key(account: AccountId, package: PackageId, sha256: str) -> str:
    """Where staged bytes lie. The digest is part of the key inside one package only, never across tenants."""
    return f"{account}/{package}/documents/{sha256}"


def _add(package: Package, numbered: tuple[Document, ...], staged: tuple[_Staged, ...], clock: Clock) -> Change | None:
    added = tuple(document for document in numbered if package.document(document.id) is None)
    if not added:
        return None
    after = replace(package, documents=package.documents + added, updated_at=clock.now())
    _check_limits(after, staged)
    text = f"Coupa added {len(added)} document(s)."
    return Change(after, timeline=(entry(clock.now(), EntryKind.COUPA_CALL, text),))


def _numbered(package: Package, staged: tuple[_Staged, ...]) -> tuple[Document, ...]:
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


def _existing(package: Package, item: _Staged) -> Document | None:
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


def _document(package: Package, item: _Staged, number: int, order: int) -> Document:
    return Document(
        id=document_id(package.id, number),
        external_id=item.new.external_id,
        name=item.new.name,
        content_type=item.content_type,
        order=item.new.order if item.new.order is not None else order,
        status=DocumentStatus.AWAITING_UPLOAD if item.awaits_upload else DocumentStatus.STORED,
        size=item.size,
        sha256=item.sha256,
        key=_key(package, item) if item.sha256 else None,
        template=item.new.source.id if isinstance(item.new.source, Template) else None,
    )


def _check_limits(package: Package, staged: tuple[_Staged, ...]) -> None:
    if len(package.documents) > MAX_DOCUMENTS:
        pointer = staged[-1].pointer
        detail = f"A package holds {MAX_DOCUMENTS} documents at most."
        raise Unprocessable(detail, problems=(Problem(pointer, "too_many_documents", detail),))
    if sum(d.size or 0 for d in package.documents) > MAX_PACKAGE:
        raise TooLarge(f"The documents of a package may have {MAX_PACKAGE} bytes in all.")


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
