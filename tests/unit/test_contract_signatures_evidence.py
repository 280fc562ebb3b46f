"""From everybody having signed to the evidence: nothing is stored that has not the vendor's digest, or is not there yet."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import httpx
import pytest

from esign.domain.document import FileKind
from esign.domain.errors import ContractBroken, ProviderNotFound
from esign.domain.ids import AccountId
from esign.domain.status import PackageStatus
from esign.operations.collect_evidence import collect_evidence
from esign.operations.refresh import Next
from tests.fakes.connector import Connector
from tests.fakes.contract_signatures import CONTRACT, Scripted, a_contract, a_contract_package, a_provider

ONE = f"GET /webapi/contracts/{CONTRACT}"
FILE = "/wiki/rest/api/content/654321/child/attachment/{}/download"
FINAL, CERTIFICATE = b"%PDF-1.7 final", b"%PDF-1.7 certificate"


def attachment(name: str, body: bytes) -> dict[str, Any]:
    return {"id": name, "version": 1, "creationTimestamp": "", "sha3": hashlib.sha3_512(body).hexdigest()}


def collecting(*contracts: dict[str, Any], **files: httpx.Response) -> tuple[Connector, Any]:
    """A connector whose provider is the real one over scripted answers, with a package that everybody signed."""
    connector = Connector(account=AccountId("acme"))
    package = a_contract_package(reference=(CONTRACT,), status=PackageStatus.SIGNED)
    shown = [httpx.Response(200, json=a_contract(package, status="signed", **said)) for said in contracts]
    downloads = {f"GET {FILE.format(name)}": answer for name, answer in files.items()}
    provider = a_provider(Scripted({ONE: [*shown], **downloads}))
    connector.providers.provider = cast("Any", _Observable(provider))
    connector.packages.create(package)
    return connector, package


class _Observable:
    """The fakes' registry sets `observe` on the provider that it opens."""

    def __init__(self, provider: Any) -> None:
        self._provider, self.observe = provider, None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


BOTH = {"finalizedPdf": attachment("att1", FINAL), "certificatePdf": attachment("att2", CERTIFICATE)}


def collect(connector: Connector, package: Any) -> Next:
    step = collect_evidence(
        package.account,
        package.id,
        packages=connector.packages,
        access=connector.access,
        evidence=connector.evidence,
        clock=connector.clock,
        timing=connector.timing,
    )
    return step.next


def test_both_pdfs_are_stored_with_their_kind_and_document():
    connector, package = collecting(
        BOTH, att1=httpx.Response(200, content=FINAL), att2=httpx.Response(200, content=CERTIFICATE)
    )
    assert collect(connector, package) is Next.COMPLETE
    files = connector.now(package.id).files
    assert [(f.kind, f.document, f.sha256) for f in files] == [
        (FileKind.SIGNED_DOCUMENT, package.documents[0].id, hashlib.sha256(FINAL).hexdigest()),
        (FileKind.AUDIT_TRAIL, None, hashlib.sha256(CERTIFICATE).hexdigest()),
    ]


@pytest.mark.parametrize("body", [b"%PDF-1.7 forged", FINAL + b"\n", b""])
def test_bytes_with_another_digest_are_stored_nowhere(body):
    connector, package = collecting(BOTH, att1=httpx.Response(200, content=body))
    with pytest.raises(ContractBroken):
        collect(connector, package)
    assert connector.evidence.objects == {}
    assert connector.now(package.id).files == ()


def test_pdfs_that_are_not_there_yet_are_asked_for_again():
    connector, package = collecting(
        {}, BOTH, att1=httpx.Response(200, content=FINAL), att2=httpx.Response(200, content=CERTIFICATE)
    )
    assert collect(connector, package) is Next.DONE
    assert connector.now(package.id).status is PackageStatus.SIGNED
    assert collect(connector, package) is Next.COMPLETE


def test_a_pdf_that_was_removed_from_the_page_is_told():
    connector, package = collecting(BOTH)
    with pytest.raises(ProviderNotFound):
        collect(connector, package)
    assert connector.now(package.id).files == ()
