"""The bytes of a package's documents, fetched from the document store only when a provider asks for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from esign.domain.errors import NotFound
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.ports import DocumentStore


@dataclass(frozen=True, slots=True)
class StagedDocuments:
    """A `DocumentSource` over the document store."""

    package: Package
    store: DocumentStore

    def open(self, document: DocumentId) -> AbstractContextManager[BinaryIO]:
        found = self.package.document(document)
        if found is None or found.key is None:
            raise NotFound("The document has no bytes here.", code="document_not_found")
        return self.store.fetch(found.key)
