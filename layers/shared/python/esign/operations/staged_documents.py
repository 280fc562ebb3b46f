"""The bytes of a package's documents, fetched from the document store only when a provider asks for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from esign.domain.errors import NotFound
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.status import DocumentStatus
from esign.ports import DocumentStore, NotShown


@dataclass(frozen=True, slots=True)
class StagedDocuments:
    """A `DocumentSource` over the document store. What has not been uploaded yet is not shown."""

    package: Package
    store: DocumentStore

    def open(self, document: DocumentId) -> AbstractContextManager[BinaryIO]:
        found = self.package.document(document)
        if found is None or found.key is None:
            raise NotFound("The document has no bytes here.", code="document_not_found")
        if found.status is DocumentStatus.AWAITING_UPLOAD:
            raise NotShown(document)
        return self.store.fetch(found.key)
