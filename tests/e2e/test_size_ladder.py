"""Documents of every size on their ways in and out: inline, by upload, by source URL; inline, by link, by redirect."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from sandbox.coupa.client import CoupaClient, by_upload, inline
from sandbox.coupa.sample import sample_contract
from sandbox.demo.signatures import covering_signatures
from tests.e2e.drafts import SIGNER, a_complete_package, a_draft, done, eventually, sign, status
from tests.e2e.papers import a_large_pdf, padded
from tests.fakes.http_server import local_server, replies

MIB = 1024 * 1024
INLINE = 4 * MIB
PDF_TYPE = "application/pdf"


def stored(coupa: CoupaClient, package: str) -> list[dict[str, Any]]:
    return list(done(coupa.get_package(package)).json["documents"])


def announced(coupa: CoupaClient, package: str, content: bytes, **more: Any) -> dict[str, Any]:
    """Where and how to PUT the content."""
    item = by_upload("large.pdf", content, contentType=PDF_TYPE, externalId="large", **more)
    return dict(done(coupa.add_documents(package, [item])).json["documents"][0]["upload"])


def test_four_mebibytes_fit_into_a_request(coupa):
    package, content = a_draft(coupa), padded(INLINE)
    answer = coupa.add_documents(package, [inline("whole.pdf", content)])
    assert answer.status == 201
    (document,) = answer.json["documents"]
    assert (document["status"], document["size"]) == ("STORED", INLINE)
    assert document["sha256"] == hashlib.sha256(content).hexdigest()
    assert stored(coupa, package) == [document]


def test_twelve_megabytes_go_by_link_and_are_sent_by_the_workflow(world, coupa):
    package, content = a_draft(coupa), a_large_pdf(12_000_000)
    upload = announced(coupa, package, content)
    assert stored(coupa, package)[0]["status"] == "AWAITING_UPLOAD"
    assert coupa.upload(upload, content).status == 200
    done(coupa.add_recipients(package, [SIGNER]))
    sending = coupa.send_package(package)
    assert (sending.status, sending.json["status"]) == (200, "SENDING")
    assert sending.json["documents"][0]["status"] == "STORED"
    assert eventually(lambda: status(coupa, package) == "IN_PROCESS"), coupa.list_events(package).json
    assert world.side.envelopes(package) == 1
    sign(world, coupa, package)
    assert eventually(lambda: status(coupa, package) == "COMPLETE"), coupa.list_events(package).json
    assert "sha256" in signed_by_link(world, coupa, package, delivery="auto")
    assert coupa.get_signed_documents(package, delivery="inline").code == "too_large"


def signed_by_link(world: Any, coupa: CoupaClient, package: str, *, delivery: str) -> dict[str, Any]:
    """The signed document, which must come by a link to what its digest says."""
    files = done(coupa.get_signed_documents(package, delivery=delivery)).json["documents"]
    assert all("url" in file and "urlExpiresAt" in file and "content" not in file for file in files)
    signed = next(file for file in files if file["kind"] == "SIGNED_DOCUMENT")
    is_the_signed_file(world, coupa.download(signed["url"]).content, signed)
    return dict(signed)


def is_the_signed_file(world: Any, content: bytes, file: dict[str, Any]) -> None:
    assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    assert covering_signatures(content, world.side.authority()) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda upload, content: (upload, bytes(len(content))),
        lambda upload, content: (upload, content[:-1]),
        lambda upload, content: (upload | {"headers": upload["headers"] | {"Content-Type": "text/html"}}, content),
        lambda upload, content: (upload | {"headers": {"Content-Type": PDF_TYPE}}, content),
        lambda upload, content: (upload | {"url": upload["url"].replace("documents", "document5")}, content),
    ],
    ids=["other bytes", "fewer bytes", "another type", "without the checksum", "to another place"],
)
def test_only_the_announced_bytes_can_be_put(coupa, spoil):
    package, content = a_draft(coupa), sample_contract()
    upload = announced(coupa, package, content)
    wrong_upload, wrong_content = spoil(upload, content)
    headers = {n: v for n, v in wrong_upload["headers"].items() if n.lower() != "content-length"}
    assert coupa.upload(wrong_upload | {"headers": headers}, wrong_content).status in {400, 403, 404}
    done(coupa.add_recipients(package, [SIGNER]))
    refused = coupa.send_package(package)
    assert [one["code"] for one in refused.json["errors"]] == ["upload_missing"]
    assert coupa.upload(upload, content).status == 200
    assert done(coupa.send_package(package)).json["status"] == "IN_PROCESS"


def test_the_same_external_id_gives_a_fresh_link_to_the_same_document(coupa):
    package, content = a_draft(coupa), sample_contract()
    first, again = (announced(coupa, package, content) for _ in range(2))
    assert len(stored(coupa, package)) == 1
    assert coupa.upload(again, content).status == coupa.upload(first, content).status == 200


def test_a_source_url_is_fetched_from_a_host_that_the_account_allows(coupa):
    package = a_draft(coupa)
    with local_server(replies(body=sample_contract(), Content_Type=PDF_TYPE)) as source:
        item = {"name": "contract.pdf", "sourceUrl": f"{source.url}/contract.pdf"}
        (document,) = done(coupa.add_documents(package, [item])).json["documents"]
    assert document["sha256"] == hashlib.sha256(sample_contract()).hexdigest()
    assert (document["status"], document["contentType"]) == ("STORED", PDF_TYPE)
    assert [(seen.method, "authorization" in seen.headers) for seen in source.seen] == [("GET", False)]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/contract.pdf",
        "http://127.0.0.2:{port}/contract.pdf",
        "https://127.0.0.1:{port}/contract.pdf",
        "https://example.com/contract.pdf",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1@example.com:{port}/contract.pdf",
    ],
)
def test_a_source_url_of_any_other_host_is_not_called(coupa, url):
    package = a_draft(coupa)
    with local_server(replies(body=sample_contract(), Content_Type=PDF_TYPE)) as source:
        item = {"name": "contract.pdf", "sourceUrl": url.replace("{port}", str(source.port))}
        refused = coupa.add_documents(package, [item])
    assert (refused.status, refused.code) == (422, "unprocessable")
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [
        ("/documents/0/sourceUrl", "unsafe_address")
    ]
    assert source.seen == []
    assert stored(coupa, package) == []


def test_a_source_url_that_leads_elsewhere_is_not_followed(coupa):
    package = a_draft(coupa)
    with local_server(replies(status=302, Location="http://localhost:1/secret")) as source:
        refused = coupa.add_documents(package, [{"name": "a.pdf", "sourceUrl": f"{source.url}/a.pdf"}])
    assert [one["code"] for one in refused.json["errors"]] == ["unsafe_address"]
    assert stored(coupa, package) == []


def test_a_source_url_without_a_document_is_named(coupa):
    package = a_draft(coupa)
    with local_server(replies(status=404)) as source:
        refused = coupa.add_documents(package, [{"name": "a.pdf", "sourceUrl": f"{source.url}/a.pdf"}])
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/documents/0/sourceUrl"
    assert stored(coupa, package) == []


def test_signed_documents_come_inline_by_link_and_by_redirect(world, coupa):
    package = a_complete_package(world, coupa)
    files = done(coupa.get_signed_documents(package)).json["documents"]
    assert {file["kind"] for file in files} == {"SIGNED_DOCUMENT", "AUDIT_TRAIL", "MANIFEST"}
    inline_file = next(file for file in files if file["kind"] == "SIGNED_DOCUMENT")
    is_the_signed_file(world, base64.b64decode(inline_file["content"]), inline_file)
    assert signed_by_link(world, coupa, package, delivery="url")["sha256"] == inline_file["sha256"]
    for name in (inline_file["id"], inline_file["documentId"]):
        redirect = coupa.get_signed_document(package, name)
        assert (redirect.status, redirect.content) == (302, b"")
        is_the_signed_file(world, coupa.download(redirect.headers["location"]).content, inline_file)
    assert coupa.get_signed_document(package, f"{package}_f50").code == "document_not_found"
