"""Contract Signatures as a signature provider.

`send` is one call, with which invitations go out; there is no draft there. What happened to a lost one is found by the mark
in the contract's name. Deleting a contract deletes its signed PDFs too, so nothing that is signed is ever deleted before
our own evidence is complete. Design: architecture, "The provider port"; contracts/contract-signatures.md §2.7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import IO

from esign.domain.capabilities import Capabilities
from esign.domain.content import PDF
from esign.domain.document import FileKind
from esign.domain.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    Problem,
    ProviderConflict,
    ProviderError,
    ProviderNotFound,
    ProviderRefused,
    Unprocessable,
)
from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.status import PackageStatus
from esign.ports import (
    Absent,
    DocumentSource,
    Found,
    ListedEnvelope,
    ProviderIdentity,
    SignedFile,
    Snapshot,
    Unknown,
)
from esign.providers.contract_signatures.atlassian import Site
from esign.providers.contract_signatures.capabilities import declared
from esign.providers.contract_signatures.client import WebApi
from esign.providers.contract_signatures.options import ContractSignaturesSettings, parse_options
from esign.providers.contract_signatures.privileges import prove, remarks, site_remark
from esign.providers.contract_signatures.request import create_body, mark_in, mark_of
from esign.providers.contract_signatures.rules import package_problems
from esign.providers.contract_signatures.search import MAX_PAGE_SIZE, Order, Search
from esign.providers.contract_signatures.snapshot import signer_of, snapshot, withdrawn
from esign.providers.contract_signatures.status import contract_status
from esign.providers.contract_signatures.templates import IssueKey, TemplateId, Unusable, read_template
from esign.providers.contract_signatures.validity import validity_remark
from esign.providers.contract_signatures.wire import Attachment, Contract
from esign.providers.fetching import streamed

_ENOUGH = 5  # contracts that a search for one mark looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSignaturesProvider:
    """One account, for one invocation."""

    api: WebApi
    site: Site
    settings: ContractSignaturesSettings
    evidence_optional: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return declared(self.settings.model_dump(by_alias=True, include={"watchers", "ended_contracts"}))

    def verify(self) -> ProviderIdentity:
        """Six calls that change nothing: one for each privilege, and one at Atlassian."""
        verdicts = prove(self.api.http, self.api.deadline)
        told = [*remarks(verdicts), *validity_remark(self.settings.key_valid_until, datetime.now(UTC))]
        try:
            self.site.identify()
        except CredentialsRefused:
            raise
        except ProviderError as error:
            told.append(site_remark(error))
        proven = ", ".join(privilege for privilege, verdict in verdicts.items() if verdict == "proven")
        return ProviderIdentity(f"Contract Signatures accepts the key for: {proven or 'nothing proven'}.", tuple(told))

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:  # noqa: ARG002 - no files
        try:
            return package_problems(package, self.settings, parse_options(package.provider.options))
        except Unprocessable as refused:
            return refused.problems

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,  # noqa: ARG002 - one step
        checkpoint: Callable[[Progress], None],  # noqa: ARG002
        callback_url: str | None,  # noqa: ARG002 - an administrator registers the account's
    ) -> ProviderReference:
        """Raises ProviderRefused with all problems."""
        if problems := self.preflight(package, documents):
            raise _refused(problems)
        options = parse_options(package.provider.options)
        body = create_body(package, self._template(package), self.settings, options)
        return (self.api.create(body) or self._made(package),)

    def _template(self, package: Package) -> str:
        """Raises ProviderRefused, or ProviderNotFound for an issue that Jira does not show."""
        (document,) = package.documents
        match read_template(document.template or "", self.settings):
            case TemplateId(value):
                return value
            case IssueKey(key):
                return self.site.issue_id(key)
            case Unusable(why):
                raise _refused((Problem("/documents/0/template/id", "template_not_usable", why),))

    def _made(self, package: Package) -> str:
        """The contract that was made by a call whose reply names none."""
        try:
            found = self.find(package, {})
        except ProviderError as error:
            raise OutcomeUnknown("The contract was made; which it is could not be searched for.") from error
        if isinstance(found, Found):
            return found.reference[0]
        raise OutcomeUnknown("The contract was made; neither the reply nor a search tells which it is.")

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:  # noqa: ARG002 - one step
        mark = mark_of(package.id)
        page = self.api.search(Search(substring=mark, page_size=_ENOUGH))
        mine = [contract for contract in page.contracts if mark_in(contract.name) == mark]
        if len(mine) > 1:
            return Unknown("More than one contract carries the mark of this package.")
        return Found((mine[0].id,), started=True, progress={}) if mine else Absent()

    def read(self, package: Package) -> Snapshot:
        try:
            return snapshot(package, self.api.get(contract_of(package)))
        except ProviderNotFound:
            if package.withdrawing:
                return withdrawn(package)
            raise

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        """The PDFs are made some time after the last signature: until then ProviderConflict."""
        contract = self.api.get(contract_of(package))
        if contract_status(contract.status) is not PackageStatus.SIGNED:
            raise ProviderConflict("Not everybody has signed this contract.")
        final, certificate = contract.finalized_pdf, contract.certificate_pdf
        if final is None or (certificate is None and not self.evidence_optional):
            raise ProviderConflict("Everybody has signed; the PDFs are not attached yet.")
        yield self._file(FileKind.SIGNED_DOCUMENT, contract, final, package.documents[0].id)
        yield self._file(FileKind.AUDIT_TRAIL, contract, certificate)

    def _file(
        self, kind: FileKind, contract: Contract, attachment: Attachment | None, document: DocumentId | None = None
    ) -> SignedFile:
        """Its digest is the vendor's own; the bytes come from the customer's Atlassian site."""
        trail = kind is FileKind.AUDIT_TRAIL
        return SignedFile(
            kind,
            "certificate.pdf" if trail else "contract.pdf",
            PDF,
            partial(streamed, partial(self._fetch, contract.template_id, attachment)),
            document,
            digest=("sha3_512", attachment.sha3) if attachment else None,
            optional=trail and self.evidence_optional,
        )

    def _fetch(self, template: str, attachment: Attachment | None, body: IO[bytes]) -> None:
        if attachment is None:
            raise ProviderConflict("The contract has no certificate, or not yet.")
        self.site.fetch(template, attachment, body)

    def withdraw(self, package: Package, reason: str | None) -> None:  # noqa: ARG002 - it takes no reason
        """Deleted while it is out for signature; one that is gone already is withdrawn."""
        there = contract_of(package)
        with suppress(ProviderNotFound):
            if contract_status(self.api.get(there).status) is not PackageStatus.IN_PROCESS:
                raise ProviderConflict("Only a contract that is out for signature is withdrawn.")
            self.api.delete(there)

    def put_away(self, package: Package) -> None:
        """As the account wants it. What we have not kept as evidence is archived, never deleted."""
        policy = self.settings.ended_contracts
        with suppress(ProviderNotFound):
            if policy == "delete" and package.status is PackageStatus.COMPLETE:
                self.api.delete(contract_of(package))
            elif policy != "keep":
                self.api.archive(contract_of(package))

    def remove_copy(self, package: Package) -> None:
        """Delete, which takes the attached PDFs along; not what can still be signed, or is in a state nobody knows."""
        there = contract_of(package)
        if contract_status(self.api.get(there).status) in {None, PackageStatus.IN_PROCESS}:
            raise ProviderConflict("The contract has not ended.")
        self.api.delete(there)

    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        """Of a signer by link; to others the vendor mails it and tells nobody. It carries a secret: never logged."""
        signer = signer_of(package, self.api.get(contract_of(package)), recipient)
        return (signer.access_url,) if signer and signer.access_url else ()

    def list_envelopes(
        self, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[ListedEnvelope, ...], str | None]:
        """The cursor is a page's number. `external_reference` is our mark: the end of a package's id."""
        page, size = int(cursor or "1"), min(limit, MAX_PAGE_SIZE)
        found = self.api.search(Search(order=Order.OLDEST_FIRST, page=page, page_size=size))
        lines = tuple(_line(contract) for contract in found.contracts)
        return lines, str(page + 1) if lines and page * size < found.total_count else None


def contract_of(package: Package) -> str:
    """The vendor's id of the contract. Raises ProviderNotFound when it never got one."""
    if not package.provider.reference:
        raise ProviderNotFound("The package has no counterpart at Contract Signatures.")
    return package.provider.reference[0]


def _line(contract: Contract) -> ListedEnvelope:
    return ListedEnvelope((contract.id,), mark_in(contract.name), contract.status, contract_status(contract.status))


def _refused(problems: tuple[Problem, ...]) -> ProviderRefused:
    return ProviderRefused("Contract Signatures cannot take this package.", code="invalid_package", problems=problems)
