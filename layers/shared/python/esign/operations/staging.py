"""Documents as Coupa hands them over, looked at and put into the document store; the table hears of them afterwards.

Keys name the content, so two concurrent requests cannot overwrite each other's bytes. Knows no rule of a package but where
its documents lie and how many and how large they may be: no more than that is ever fetched.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from esign.domain import content
from esign.domain.document import MAX_DOCUMENTS, MAX_PACKAGE, MAX_UPLOAD, Document
from esign.domain.drafts import InlineContent, NewDocument, SourceUrl, Template, UploadRequest
from esign.domain.errors import ConnectorError, Problem, TooLarge, Unprocessable
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.ports import AccountStore, DocumentFetcher, DocumentStore, FetchedDocument


@dataclass(frozen=True, slots=True)
class Staged:
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


def stage_all(
    package: Package,
    items: tuple[NewDocument, ...],
    *,
    fetcher: DocumentFetcher,
    accounts: AccountStore,
    stack: ExitStack,
) -> tuple[Staged, ...]:
    """The items for this package, their bytes open until `stack` ends. Raises Unprocessable with every problem, TooLarge
    as soon as the package has no room for one."""
    others = _others(package, items)
    require_number(len(others) + len(items), pointer=f"/documents/{len(items) - 1}")
    room = MAX_PACKAGE - sum(document.size or 0 for document in others)
    hosts = _hosts(package.account, items, accounts)
    staged, problems = [], []
    for index, item in enumerate(items):
        pointer = f"/documents/{index}"
        try:
            one = _stage(item, pointer, fetcher=fetcher, hosts=hosts, room=room, stack=stack)
        except TooLarge:
            raise
        except ConnectorError as error:
            problems.append(Problem(f"{pointer}/sourceUrl", error.kind, error.detail))
            continue
        problems += _problems(one)
        staged.append(one)
        room -= _taken(one)
        if room < 0:
            raise package_too_large()
    if problems:
        raise Unprocessable("Not every document can be taken; none was.", problems=tuple(problems))
    return tuple(staged)


def require_number(number: int, *, pointer: str) -> None:
    """Raises Unprocessable for more documents than a package may hold."""
    if number > MAX_DOCUMENTS:
        detail = f"A package holds {MAX_DOCUMENTS} documents at most."
        raise Unprocessable(detail, problems=(Problem(pointer, "too_many_documents", detail),))


def package_too_large() -> TooLarge:
    return TooLarge(f"The documents of a package may have {MAX_PACKAGE} bytes in all.")


def _others(package: Package, items: tuple[NewDocument, ...]) -> tuple[Document, ...]:
    """The package's documents but those that are added again: these are counted as they come."""
    again = {item.external_id for item in items if item.external_id is not None}
    return tuple(document for document in package.documents if document.external_id not in again)


def _hosts(account: AccountId, items: tuple[NewDocument, ...], accounts: AccountStore) -> tuple[str, ...]:
    """Where the account may fetch from: asked only if something is to be fetched."""
    if not any(isinstance(item.source, SourceUrl) for item in items):
        return ()
    record = accounts.get(account)
    return record.source_hosts if record else ()


def _taken(item: Staged) -> int:
    """Of the room: one too large takes none, since that is a problem of its own."""
    size = item.size or 0
    return size if size <= MAX_UPLOAD else 0


def _stage(
    item: NewDocument, pointer: str, *, fetcher: DocumentFetcher, hosts: tuple[str, ...], room: int, stack: ExitStack
) -> Staged:
    match item.source:
        case Template():
            return Staged(item, pointer, item.content_type or content.PDF)
        case UploadRequest(size=size, sha256=digest):
            return Staged(item, pointer, item.content_type or content.PDF, size, digest.lower())
        case InlineContent(body=body, size=size):
            return _examined(item, pointer, body, size, content.sha256_of(body), item.content_type)
        case SourceUrl(url=url):
            got = _fetched(url, fetcher=fetcher, hosts=hosts, room=room, stack=stack)
            return _examined(item, pointer, got.body, got.size, got.sha256, item.content_type)


def _fetched(
    url: str, *, fetcher: DocumentFetcher, hosts: tuple[str, ...], room: int, stack: ExitStack
) -> FetchedDocument:
    """Never more than there is room for: all of a request's documents lie in the function's memory and disk together."""
    if not room:
        raise package_too_large()
    try:
        return stack.enter_context(fetcher.fetch(url, hosts=hosts, max_bytes=min(MAX_UPLOAD, room)))
    except TooLarge:
        if room < MAX_UPLOAD:
            raise package_too_large() from None
        raise


def _examined(
    item: NewDocument, pointer: str, body: BinaryIO, size: int, digest: str, content_type: str | None
) -> Staged:
    body.seek(0)
    told = content_type or content.tell(body.read(content.HEAD), item.name) or ""
    body.seek(0)
    return Staged(item, pointer, told, size, digest, body)


def _problems(item: Staged) -> list[Problem]:
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


def put_all(package: Package, staged: tuple[Staged, ...], documents: DocumentStore) -> None:
    for item in staged:
        if item.body is not None and item.size is not None and item.sha256 is not None:
            documents.put(
                key_of(package, item), item.body, size=item.size, sha256=item.sha256, content_type=item.content_type
            )


def key_of(package: Package, item: Staged) -> str:
    """Where staged bytes lie. The digest is part of the key inside one package only, never across tenants."""
    return f"{package.account}/{package.id}/documents/{item.sha256 or ''}"
