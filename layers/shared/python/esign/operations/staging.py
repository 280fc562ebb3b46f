"""Documents as Coupa hands them over, looked at and put into the document store; the table hears of them afterwards.

Keys name the content, so two concurrent requests cannot overwrite each other's bytes. Knows no rule of a package but where
its documents lie.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from esign.domain import content
from esign.domain.document import MAX_UPLOAD
from esign.domain.drafts import InlineContent, NewDocument, SourceUrl, Template, UploadRequest
from esign.domain.errors import ConnectorError, Problem, TooLarge, Unprocessable
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.ports import AccountStore, DocumentFetcher, DocumentStore


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
    account: AccountId,
    items: tuple[NewDocument, ...],
    *,
    fetcher: DocumentFetcher,
    accounts: AccountStore,
    stack: ExitStack,
) -> tuple[Staged, ...]:
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
) -> Staged:
    match item.source:
        case Template():
            return Staged(item, pointer, item.content_type or content.PDF)
        case UploadRequest(size=size, sha256=digest):
            return Staged(item, pointer, item.content_type or content.PDF, size, digest.lower())
        case InlineContent(body=body, size=size):
            return _examined(item, pointer, body, size, content.sha256_of(body), item.content_type)
        case SourceUrl(url=url):
            got = stack.enter_context(fetcher.fetch(url, hosts=hosts, max_bytes=MAX_UPLOAD))
            return _examined(item, pointer, got.body, got.size, got.sha256, item.content_type)


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
