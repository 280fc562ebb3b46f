"""One submission to eSignTools: one agreement for each document, each mailed to its signers as soon as it is made.

There is no draft and nothing to find a lost one by, so what is about to be made is noted before, and what is in doubt is
never asked for again. `progress`, at most 2 KB: {agreements: {our document: their id}, asked: our document, undo: true}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esign.domain.errors import OutcomeUnknown, ProviderError, ProviderNotFound, Unprocessable
from esign.domain.ids import DocumentId
from esign.domain.package import Package, Progress, ProviderReference
from esign.ports import Absent, DocumentSource, Found, Unknown
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.request import Agreement

WHY_UNKNOWN = (
    "eSignTools was asked for an agreement and its answer was lost; it has no call to look for one. Look for it by its name "
    "and signers on the eSignTools site."
)


@dataclass(slots=True)
class Submission:
    client: EsignTools
    tidy: Callable[[], EsignTools]  # the same API with a little time of its own
    documents: DocumentSource
    checkpoint: Callable[[Progress], None]
    progress: dict[str, Any]

    @property
    def made(self) -> Mapping[DocumentId, str]:
        made: Mapping[DocumentId, str] = self.progress.get("agreements", {})
        return made

    def run(self, agreements: Sequence[Agreement], callback_url: str | None) -> ProviderReference:
        """From where `progress` says. A refusal takes back what was made; OutcomeUnknown where that fails."""
        if self.progress.get("asked"):
            raise OutcomeUnknown(WHY_UNKNOWN)
        if self.progress.get("undo"):
            self._undo()
            self._note(agreements={}, undo=False)
        try:
            for agreement in agreements:
                if agreement.document not in self.made:
                    self._make(agreement, callback_url)
        except OutcomeUnknown:
            raise
        except ProviderError:
            if self.made:
                self._note(asked=None, undo=True)
                self._undo()
            raise
        return tuple(self.made[agreement.document] for agreement in agreements)

    def _make(self, agreement: Agreement, callback_url: str | None) -> None:
        body = agreement.body | ({"callbackUrl": callback_url} if callback_url else {})
        with self.documents.open(agreement.document) as file:
            self._note(asked=agreement.document)
            made = self.client.create_agreement(body, file, agreement.file_name, agreement.content_type)
        self._note(agreements={**self.made, agreement.document: made}, asked=None)

    def _undo(self) -> None:
        """Their signers must not sign what Coupa has as a draft. Raises OutcomeUnknown: some may still be there."""
        client = self.tidy()
        try:
            for agreement in self.made.values():
                delete_quietly(client, agreement)
        except ProviderError as failure:
            detail = f"eSignTools refused a document, and those before it could not be taken back: {failure.detail}"
            raise OutcomeUnknown(detail, fault=failure.fault) from failure

    def _note(self, **step: Any) -> None:  # noqa: ANN401 - JSON
        self.progress = {name: value for name, value in (self.progress | step).items() if value}
        self.checkpoint(dict(self.progress))


def delete_quietly(client: EsignTools, agreement: str) -> None:
    """One that is gone is no error."""
    try:
        client.delete_agreement(agreement)
    except ProviderNotFound:
        return


def found(package: Package, progress: Progress) -> Found | Absent | Unknown:
    """What the notes alone can tell: nothing was asked for before it was noted."""
    if progress.get("asked"):
        return Unknown(WHY_UNKNOWN)
    made: Mapping[str, str] = progress.get("agreements", {})
    if not made:
        return Absent()
    whole = all(document.id in made for document in package.documents) and not progress.get("undo")
    reference = tuple(made[document.id] for document in package.documents if document.id in made)
    return Found(reference, started=whole, progress=progress)


def check_named(package: Package, reference: ProviderReference) -> None:
    """What a person says was made: an agreement for each document, in their order, and among them those that are noted.

    Raises Unprocessable: a file would else come back as another document's, or an agreement stay that nobody takes back.
    """
    ids = {agreement for agreement in reference if is_agreement(agreement)}
    if not len(ids) == len(reference) == len(package.documents):
        count = len(package.documents)
        raise Unprocessable(
            f"eSignTools has an agreement for each document: give {count} different ids, in the order of the documents."
        )
    made: Mapping[str, object] = package.provider.progress.get("agreements", {})
    for number, (document, agreement) in enumerate(zip(package.documents, reference, strict=True), start=1):
        noted = str(made.get(document.id, agreement))
        if noted != agreement:
            raise Unprocessable(f"Document {number} is agreement {noted}: that is noted from eSignTools' own answer.")


def is_agreement(identifier: str) -> bool:
    """seeds/003: an int64, which goes into paths."""
    return identifier.isascii() and identifier.isdigit()
