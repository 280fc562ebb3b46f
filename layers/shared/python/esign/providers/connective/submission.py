"""One submission to Connective, step by step: create, upload, seat, start. Knows no version; `Api` does.

`progress` names what is done, in at most 3 KB: {package: id, documents: {our id: their id}, people: true}. The last note
comes right before the start is asked for, so it says that as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from esign.domain.package import Progress, ProviderReference
from esign.ports import DocumentSource
from esign.providers.connective.api import Api, Uploaded
from esign.providers.connective.plan import Plan, PlannedDocument


def start_asked(progress: Progress) -> bool:
    """Whether the start may have been asked for by whoever left this progress; what became of it is not known."""
    return bool(progress.get("people"))


@dataclass(slots=True)
class Submission:
    """`progress` is the caller's own, and brought forward in place: it is read after a failure."""

    api: Api
    plan: Plan
    documents: DocumentSource
    checkpoint: Callable[[Progress], None]
    progress: dict[str, Any]

    @property
    def draft(self) -> str | None:
        """Connective's id of the package, once there is one."""
        return self.progress.get("package")

    def run(self, callback_url: str | None) -> ProviderReference:
        """From where `progress` says; no step that is done is done again."""
        resumed = self.draft
        draft = resumed or self.api.create(self.plan, callback_url)
        self._done(package=draft)
        if not self.progress.get("people"):
            # A reply may have been lost after the last checkpoint: what is there counts, not what was noted.
            uploads = self.api.uploads(draft, self.plan) if resumed else {}
            for document in self.plan.documents:
                if document.id not in uploads:
                    uploads[document.id] = self._upload(draft, document)
                    self._done(documents={ours: there.id for ours, there in uploads.items()})
            self.api.seat(draft, self.plan, uploads)
            self._done(people=True)
        self.api.start(draft)
        return (draft,)

    def _done(self, **step: Any) -> None:  # noqa: ANN401 - JSON
        if any(self.progress.get(name) != value for name, value in step.items()):
            self.progress |= step
            self.checkpoint(dict(self.progress))

    def _upload(self, draft: str, document: PlannedDocument) -> Uploaded:
        with opened(self.documents, document) as (file, representation):
            return self.api.upload(draft, document, file, representation)


@contextmanager
def opened(source: DocumentSource, document: PlannedDocument) -> Iterator[tuple[BinaryIO, BinaryIO | None]]:
    """The document's file and, where it has one, that of its representation."""
    with ExitStack() as files:
        shown = files.enter_context(source.open(document.representation)) if document.representation else None
        yield files.enter_context(source.open(document.id)), shown
