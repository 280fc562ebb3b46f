"""addDocuments, as Coupa may send it. See `esign.coupa.models`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from esign.coupa.scalars import Base64, MediaType, Name, Order, Sha256, Size, Url
from esign.coupa.wire import OneOf, Wire
from esign.domain.document import MAX_DOCUMENTS


class UploadShape(Wire):
    """The caller will PUT this many bytes with this digest to the link that the answer holds."""

    size: Size = Field(description="bytes")
    sha256: Sha256 = Field(description="hex")


class TemplateShape(Wire):
    """A document that the provider makes itself."""

    id: Name


class DocumentShape(OneOf):
    """A document, given in exactly one of four ways."""

    ways = ("content", "source_url", "upload", "template")

    name: Name
    external_id: Name | None = None
    content_type: MediaType | None = None
    order: Order | None = None
    content: Base64 | None = Field(default=None, description="base64; at most 4 MiB decoded in the sum of one request")
    source_url: Url | None = Field(default=None, description="https, on a host that the account allows")
    upload: UploadShape | None = None
    template: TemplateShape | None = None


class DocumentsRequest(Wire):
    """addDocuments."""

    documents: Annotated[list[DocumentShape], Field(min_length=1, max_length=MAX_DOCUMENTS)]
