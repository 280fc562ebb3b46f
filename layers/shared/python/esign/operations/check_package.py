"""What a Send would refuse, told beforehand: all of it to an operator, and as warnings while a draft is being filled.

No call goes to the provider and nothing is changed. Send asks the same (`look_over`), so that nobody is told two things.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import BinaryIO

from esign.domain.content import HEAD, is_what_it_says
from esign.domain.document import Document
from esign.domain.errors import ConnectorError, Problem
from esign.domain.ids import AccountId, DocumentId
from esign.domain.package import Package
from esign.domain.status import DocumentStatus
from esign.operations.packages import load
from esign.operations.preflight import every_problem
from esign.operations.provider_access import ProviderAccess
from esign.operations.staged_documents import StagedDocuments
from esign.ports import DocumentStore, NotShown, PackageStore, SignatureProvider

_STILL_TO_COME = frozenset({"no_documents", "no_signers", "upload_missing"})  # of a draft that is being filled


@dataclass(frozen=True, slots=True)
class LookedOver:
    """The package with uploads that have arrived marked as stored, and every problem with it."""

    package: Package
    problems: tuple[Problem, ...]


def check_package(
    account: AccountId, package_id: str, *, packages: PackageStore, documents: DocumentStore, access: ProviderAccess
) -> LookedOver:
    """Raises NotFound, and Unprocessable when the account itself is not set up rightly."""
    package = load(packages, account, package_id)
    return look_over(package, documents, access.unbudgeted(account))


def look_over(package: Package, documents: DocumentStore, provider: SignatureProvider) -> LookedOver:
    """Uploads, what the provider declares, and its own rules: every problem of all three."""
    looked, problems = [], []
    for index, document in enumerate(package.documents):
        arrived, problem = _arrived(document, documents, f"/documents/{index}")
        looked.append(arrived)
        if problem is not None:
            problems.append(problem)
    ready = replace(package, documents=tuple(looked))
    refused = {problem.pointer for problem in problems}
    found = every_problem(ready, provider, StagedDocuments(ready, documents))
    problems += [p for p in found if not (p.code == "upload_missing" and p.pointer in refused)]
    return LookedOver(ready, tuple(problems))


def warnings_of(package: Package, access: ProviderAccess) -> tuple[Problem, ...]:
    """What is known to be wrong already, as pointers into the whole package; its documents are not looked into.

    A warning is a courtesy: where the account cannot be judged, there is none; nor where the function has not the library
    that the vendor's rules ask for (GoSign by SOAP), which those that send have.
    """
    try:
        found = every_problem(package, access.unbudgeted(package.account), _Closed())
    except (ConnectorError, ImportError):
        return ()
    return tuple(problem for problem in found if problem.code not in _STILL_TO_COME)


class _Closed:
    """A `DocumentSource` that shows nothing."""

    def open(self, document: DocumentId) -> AbstractContextManager[BinaryIO]:
        raise NotShown(document)


def _arrived(document: Document, documents: DocumentStore, pointer: str) -> tuple[Document, Problem | None]:
    if document.status is DocumentStatus.STORED or document.key is None:
        return document, None
    found = documents.inspect(document.key)
    if found is None:
        return document, None  # the preflight names it
    if found.size != document.size or found.sha256 not in {None, document.sha256}:
        detail = "The uploaded bytes differ from the announced size or SHA-256. Upload the announced file."
        return document, Problem(pointer, "upload_differs", detail)
    if not is_what_it_says(document.content_type, found.first_bytes[:HEAD]):
        detail = f"The uploaded bytes are not those of {document.content_type}. Upload the announced file."
        return document, Problem(pointer, "content_mismatch", detail)
    return replace(document, status=DocumentStatus.STORED), None
