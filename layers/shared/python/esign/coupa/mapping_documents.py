"""addDocuments, from what Coupa sent to what the domain understands: base64 decoded, sizes summed, all findings at once."""

from __future__ import annotations

import binascii
import io

from esign.coupa.models_documents import DocumentShape, DocumentsRequest
from esign.coupa.problems import pointer, read_request, refusal
from esign.domain.document import MAX_INLINE
from esign.domain.drafts import InlineContent, NewDocument, Source, SourceUrl, Template, UploadRequest
from esign.domain.errors import Problem, TooLarge


def new_documents(body: object) -> tuple[NewDocument, ...]:
    """The documents to add, base64 decoded. Raises TooLarge, MalformedRequest (not base64), Unprocessable (0 bytes)."""
    request = read_request(DocumentsRequest, body)
    _check_inline_size(request)
    problems: list[Problem] = []
    documents = tuple(_document(shape, index, problems) for index, shape in enumerate(request.documents))
    if problems:
        raise refusal(problems)
    return documents


def _check_inline_size(request: DocumentsRequest) -> None:
    """Before anything is decoded: base64 writes 3 bytes as 4 characters, and pads."""
    total = 0
    for index, shape in enumerate(request.documents):
        text = shape.content or ""
        total += len(text) // 4 * 3 - text[-2:].count("=")
        if total > MAX_INLINE:
            detail = f"Contents may have {MAX_INLINE} bytes in all per request; use `upload` or `sourceUrl` for more."
            raise TooLarge(detail, problems=(Problem(pointer("documents", index, "content"), "too_large", detail),))


def _document(shape: DocumentShape, index: int, problems: list[Problem]) -> NewDocument:
    return NewDocument(
        name=shape.name,
        source=_source(shape, index, problems),
        content_type=shape.content_type,
        external_id=shape.external_id,
        order=shape.order,
    )


def _source(shape: DocumentShape, index: int, problems: list[Problem]) -> Source:
    if shape.content is not None:
        return _inline(shape.content, pointer("documents", index, "content"), problems)
    if shape.source_url is not None:
        return SourceUrl(shape.source_url)
    if shape.upload is not None:
        return UploadRequest(shape.upload.size, shape.upload.sha256)
    assert shape.template is not None, "the model has checked that one of the four is there"  # noqa: S101
    return Template(shape.template.id)


def _inline(text: str, where: str, problems: list[Problem]) -> InlineContent:
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error is one; a text that is not ASCII another
        problems.append(Problem(where, "bad_base64", "This is not base64 (RFC 4648 §4, padded, without line breaks)."))
        return InlineContent(io.BytesIO(), 0)
    if not decoded:
        problems.append(Problem(where, "empty_document", "The document has 0 bytes."))
    return InlineContent(io.BytesIO(decoded), len(decoded))
