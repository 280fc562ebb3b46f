"""What Coupa sends wrongly: the status, the code and the pointer of contracts/coupa.md §2, and nothing changed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.coupa.client import Answer, CoupaClient, Json, inline
from sandbox.coupa.sample import sample_contract
from tests.e2e.drafts import SIGNER, a_draft, a_ready_draft, a_sent_package, done

MIB = 1024 * 1024
INLINE = 4 * MIB
UNKNOWN = "pkg_" + "0" * 26
JSON = {"content-type": "application/json"}
PDF = base64.b64encode(sample_contract()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A request below /v1 (`{package}` is a draft) and its refusal; `errors` are (pointer, code)."""

    method: str = "POST"
    path: str = "/packages"
    params: dict[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int
    code: str
    errors: tuple[tuple[str, str], ...] = ()


def documents(*items: Any, **refusal: Any) -> Bad:
    return Bad(path="/packages/{package}/documents", json={"documents": list(items)}, **refusal)


def recipients(*items: Any, **refusal: Any) -> Bad:
    return Bad(path="/packages/{package}/recipients", json={"recipients": list(items)}, **refusal)


def malformed(**request: Any) -> Bad:
    return Bad(status=400, code="malformed_request", **request)


def untakable(*errors: tuple[str, str]) -> dict[str, Any]:
    return {"status": 422, "code": "unprocessable", "errors": errors}


def unreadable(*errors: tuple[str, str]) -> dict[str, Any]:
    return {"status": 400, "code": "malformed_request", "errors": errors}


def fields(**place: Any) -> Json:
    return SIGNER | {"fields": [{"documentId": "A-1", **place}]}


CASES: dict[str, Bad] = {
    # The body itself
    "malformed JSON": malformed(content=b'{"name": ', headers=JSON, errors=(("", "not_json"),)),
    "no body": malformed(headers=JSON, errors=(("", "body_required"),)),
    "NaN": malformed(content=b'{"name": "x", "sequentialSigning": NaN}', headers=JSON, errors=(("", "not_json"),)),
    "half a surrogate pair": malformed(content=rb'{"name": "\ud800"}', headers=JSON, errors=(("", "not_json"),)),
    "a key twice": malformed(content=b'{"name": "a", "name": "b"}', headers=JSON, errors=(("", "duplicate_key"),)),
    "nested too deeply": malformed(content=b"[" * 100_000, headers=JSON, errors=(("", "not_json"),)),
    "an array": malformed(json=[], errors=(("", "wrong_type"),)),
    "a form": Bad(
        content=b"name=x",
        headers={"content-type": "application/x-www-form-urlencoded"},
        status=415,
        code="unsupported_media_type",
    ),
    "another charset": Bad(
        content=b'{"name": "x"}',
        headers={"content-type": "application/json; charset=iso-8859-1"},
        status=415,
        code="unsupported_media_type",
    ),
    # Types and members
    "a number for a name": malformed(json={"name": 7}, errors=(("/name", "wrong_type"),)),
    "a text for a flag": malformed(
        json={"name": "x", "sequentialSigning": "yes"}, errors=(("/sequentialSigning", "wrong_type"),)
    ),
    "an unknown member": malformed(json={"name": "x", "colour": "red"}, errors=(("/colour", "unknown_member"),)),
    "an unknown member deep inside": malformed(
        json={"name": "x", "message": {"body/text": "y"}}, errors=(("/message/body~1text", "unknown_member"),)
    ),
    "every problem at once": malformed(
        json={"colour": "red", "language": 1, "expiresAt": "soon"},
        errors=(
            ("/colour", "unknown_member"),
            ("/name", "required"),
            ("/language", "wrong_type"),
            ("/expiresAt", "bad_time"),
        ),
    ),
    "a blank name": Bad(json={"name": " "}, **untakable(("/name", "too_short"))),
    "a time without a zone": Bad(
        json={"name": "x", "expiresAt": "2099-01-01T00:00:00"}, **untakable(("/expiresAt", "bad_time"))
    ),
    "an expiry in the past": Bad(
        json={"name": "x", "expiresAt": "2020-01-01T00:00:00Z"}, **untakable(("/expiresAt", "expiry_in_the_past"))
    ),
    "an unknown provider option": Bad(
        json={"name": "x", "provider": {"options": {"colour": "red"}}},
        **untakable(("/provider/options/colour", "unknown_option")),
    ),
    # Documents
    "base64 that is not": documents(
        {"name": "a.pdf", "content": "JVBERi0xLjc=!"}, **unreadable(("/documents/0/content", "bad_base64"))
    ),
    "base64 with line breaks": documents(
        {"name": "a.pdf", "content": "JVBE\r\nRi0x"}, **unreadable(("/documents/0/content", "bad_base64"))
    ),
    "base64 that is not ASCII": documents(
        {"name": "a.pdf", "content": "JVBERi0é"}, **unreadable(("/documents/0/content", "bad_base64"))
    ),
    "0 bytes": documents(inline("a.pdf", b""), **untakable(("/documents/0/content", "empty_document"))),
    "4 MiB and a byte": documents(
        inline("a.pdf", b"%PDF-1.7\n" + b" " * (INLINE - 8)),
        status=413,
        code="too_large",
        errors=(("/documents/0/content", "too_large"),),
    ),
    "4 MiB and a byte in two": documents(
        inline("a.pdf", b"%PDF-1.7\n" + b" " * (2 * MIB)),
        inline("b.pdf", b"%PDF-1.7\n" + b" " * (2 * MIB)),
        status=413,
        code="too_large",
        errors=(("/documents/1/content", "too_large"),),
    ),
    "a document that is not what it says": documents(
        inline("a.pdf", b"PK\x03\x04", contentType="application/pdf"), **untakable(("/documents/0", "content_mismatch"))
    ),
    "one of two that is not what it says": documents(
        inline("a.pdf", sample_contract()),
        inline("b.pdf", b"<html>", contentType="application/pdf"),
        **untakable(("/documents/1", "content_mismatch")),
    ),
    "a content type nobody knows": documents(
        inline("a.exe", b"MZ\x90\x00"), **untakable(("/documents/0/contentType", "unknown_content_type"))
    ),
    "two sources": documents(
        {"name": "a.pdf", "content": PDF, "template": {"id": "1"}}, **untakable(("/documents/0", "exactly_one"))
    ),
    "no source": documents({"name": "a.pdf"}, **untakable(("/documents/0", "exactly_one"))),
    "an upload above 50 MB": documents(
        {"name": "a.pdf", "upload": {"size": 50 * MIB + 1, "sha256": "0" * 64}},
        **untakable(("/documents/0/upload/size", "out_of_range")),
    ),
    "no documents in the list": documents(**untakable(("/documents", "too_few"))),
    "31 documents": documents(
        *({"name": "a.pdf", "template": {"id": "1"}} for _ in range(31)), **untakable(("/documents", "too_many"))
    ),
    # Recipients
    "a recipient without e-mail": recipients(
        {"fullName": "Anna Berg"}, **untakable(("/recipients/0/email", "email_required"))
    ),
    "an e-mail address that is none": recipients(
        SIGNER | {"email": "anna"}, **untakable(("/recipients/0/email", "bad_format"))
    ),
    "a recipient without a name": recipients(
        {"email": "anna.berg@example.com"}, **untakable(("/recipients/0", "name_required"))
    ),
    "SMS to no phone": recipients(
        SIGNER | {"authentication": "SMS_OTP"}, **untakable(("/recipients/0/phone", "phone_required"))
    ),
    "an unknown role": recipients(SIGNER | {"role": "BOSS"}, **untakable(("/recipients/0/role", "not_allowed"))),
    "51 recipients": recipients(*[SIGNER] * 51, **untakable(("/recipients", "too_many"))),
    "a field on an unknown document": recipients(
        fields(zone={"page": 1, "position": "TOP_LEFT"}),
        **untakable(("/recipients/0/fields/0/documentId", "unknown_document")),
    ),
    "page 0": recipients(
        fields(zone={"page": 0, "position": "TOP_LEFT"}),
        **untakable(("/recipients/0/fields/0/zone/page", "out_of_range")),
    ),
    # The rest
    "a callback to nowhere": Bad(
        method="PUT", path="/packages/{package}/callback", json={"url": "ftp://x"}, **untakable(("/url", "bad_format"))
    ),
    "credentials of a package's callback": Bad(
        method="PUT",
        path="/packages/{package}/callback",
        json={"url": "https://coupa.example/x", "authentication": {"basic": {"username": "a", "password": "b"}}},
        **unreadable(("/authentication", "unknown_member")),
    ),
    "a reason that is no text": Bad(
        method="DELETE", path="/packages/{package}", json={"reason": 7}, **unreadable(("/reason", "wrong_type"))
    ),
    "a query that cannot be read": Bad(
        method="GET", path="/packages", params={"limit": "many"}, **unreadable(("", "bad_query_parameter"))
    ),
    "sending without documents and recipients": Bad(
        path="/packages/{package}/send", **untakable(("/documents", "no_documents"), ("/recipients", "no_signers"))
    ),
    "reminding nobody": Bad(path="/packages/{package}/reminders", status=409, code="wrong_state"),
    "the signed documents of a draft": Bad(
        method="GET", path="/packages/{package}/signed-documents", status=409, code="wrong_state"
    ),
}


def is_problem(answer: Answer, status: int, code: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
    """RFC 9457, as every refusal is, from a function or from the gateway."""
    assert (answer.status, answer.code) == (status, code), answer.json
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    assert answer.json["status"] == status
    assert {"type", "title", "instance", "detail"} <= answer.json.keys()
    assert sorted((one["pointer"], one["code"]) for one in answer.json.get("errors", [])) == sorted(errors)


def everything(coupa: CoupaClient) -> Any:
    """What an account has, whole."""
    listed = done(coupa.list_packages()).json["packages"]
    return [(done(coupa.get_package(one["id"])).json, coupa.list_events(one["id"]).json) for one in listed]


def standing(coupa: CoupaClient, package: str) -> Any:
    """What only Coupa changes in a package that is out: reads of the provider go on meanwhile."""
    whole = done(coupa.get_package(package)).json
    ids = [[one["id"] for one in whole[part]] for part in ("documents", "recipients")]
    return ids, {name: whole.get(name) for name in ("status", "statusReason", "archived", "expiresAt", "callback")}


@pytest.mark.parametrize("bad", CASES.values(), ids=CASES.keys())
def test_bad_input_is_refused_by_name_and_changes_nothing(coupa, bad):
    package = a_draft(coupa)
    before = everything(coupa)
    path = bad.path.replace("{package}", package)
    request = {"params": bad.params, "json": bad.json, "content": bad.content, "headers": bad.headers}
    answer = coupa.call("bad", bad.method, path, **request)
    is_problem(answer, bad.status, bad.code, bad.errors)
    assert everything(coupa) == before


def test_a_51st_recipient_is_refused_when_it_comes_later(coupa):
    package = a_draft(coupa)
    done(coupa.add_recipients(package, [SIGNER] * 50))
    before = everything(coupa)
    is_problem(
        coupa.add_recipients(package, [SIGNER]), 422, "unprocessable", (("/recipients/0", "too_many_recipients"),)
    )
    assert everything(coupa) == before


def test_a_package_with_a_document_cannot_be_sent_without_a_signer(coupa):
    package = a_draft(coupa)
    done(coupa.add_documents(package, [inline("a.pdf", sample_contract())]))
    done(coupa.add_recipients(package, [SIGNER | {"role": "CC"}]))
    before = everything(coupa)
    is_problem(coupa.send_package(package), 422, "unprocessable", (("/recipients", "no_signers"),))
    assert everything(coupa) == before


def test_an_announced_upload_must_have_come_before_sending(coupa):
    package = a_ready_draft(coupa)
    announced = {"name": "b.pdf", "upload": {"size": 5, "sha256": "0" * 64}}
    done(coupa.add_documents(package, [announced]))
    before = everything(coupa)
    is_problem(coupa.send_package(package), 422, "unprocessable", (("/documents/1", "upload_missing"),))
    assert everything(coupa) == before


def test_nothing_is_added_once_the_package_is_sent(coupa):
    package = a_sent_package(coupa)
    before = standing(coupa, package)
    is_problem(coupa.add_documents(package, [inline("late.pdf", sample_contract())]), 409, "wrong_state")
    is_problem(coupa.add_recipients(package, [SIGNER | {"email": "late@example.com"}]), 409, "wrong_state")
    assert standing(coupa, package) == before


def test_an_external_id_in_use_takes_no_other_body(coupa):
    package = a_draft(coupa, externalId="CLM-1")
    before = everything(coupa)
    clash = coupa.create_package({"name": "Another agreement", "externalId": "CLM-1"})
    is_problem(clash, 409, "external_id_in_use")
    assert coupa.create_package({"externalId": "CLM-1", "name": "Supply agreement"}).json["id"] == package
    assert everything(coupa) == before


OF_A_PACKAGE = {
    "addDocuments": ("POST", "/documents", {"documents": [{"name": "a.pdf", "content": PDF}]}),
    "addRecipients": ("POST", "/recipients", {"recipients": [SIGNER]}),
    "sendPackage": ("POST", "/send", None),
    "getPackage": ("GET", "", None),
    "getPackageSummary": ("GET", "/summary", None),
    "getSignedDocuments": ("GET", "/signed-documents", None),
    "getSignedDocument": ("GET", "/signed-documents/{package}_f01", None),
    "deletePackage": ("DELETE", "", None),
    "configureCallback": ("PUT", "/callback", {"url": "https://coupa.example/x"}),
    "getCallback": ("GET", "/callback", None),
    "deleteCallback": ("DELETE", "/callback", None),
    "listEvents": ("GET", "/events", None),
    "remindRecipients": ("POST", "/reminders", None),
    "extendExpiry": ("PUT", "/expiry", {"expiresAt": "2099-01-01T00:00:00Z"}),
    "skipRecipients": ("POST", "/skip-signers", None),
    "getSigningUrl": ("GET", "/recipients/{package}_r01/signing-url", None),
}


def test_another_accounts_package_is_as_unknown_as_one_that_never_was(coupa, new_account):
    package, stranger = a_sent_package(coupa), new_account()
    before = standing(coupa, package)
    for operation, (method, path, body) in OF_A_PACKAGE.items():
        anothers, nobodys = (
            stranger.call(operation, method, f"/packages/{one}{path.replace('{package}', one)}", json=body)
            for one in (package, UNKNOWN)
        )
        is_problem(anothers, 404, "package_not_found")
        assert anothers.json | {"instance": ""} == nobodys.json | {"instance": ""}, operation
    is_problem(stranger.get_package(package, refresh=True), 404, "package_not_found")
    assert everything(stranger) == []
    assert standing(coupa, package) == before


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    {
        "": "missing",
        "Basic": "without credentials",
        "Bearer abc": "another scheme",
        "Basic !!!": "not base64",
        basic("acc_0"): "without a colon",
        basic("acc_0:secret"): "an unknown account",
        basic("{account}:wrong"): "a wrong secret",
        basic(":") + "A" * 4000: "very long",
    }.items(),
    ids=lambda pair: pair[1],
)
def test_without_the_right_basic_header_nobody_comes_in(world, authorization):
    login = world.add_account()
    header = authorization[0] if authorization[1] != "a wrong secret" else basic(f"{login.account}:wrong")
    with world.coupa(login) as coupa:
        for method, path in (("GET", "/account"), ("POST", "/packages"), ("GET", f"/packages/{UNKNOWN}")):
            answer = coupa.call("intruder", method, path, headers={"authorization": header})
            is_problem(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"].startswith("Basic ")
        assert everything(coupa) == []


def test_a_disabled_account_is_not_let_in(new_account):
    is_problem(new_account(enabled=False).list_packages(), 401, "unauthorized")


@pytest.mark.parametrize("size", [6 * MIB + 1, 10 * MIB + 1], ids=["6 MB + 1", "10 MB + 1"])
def test_a_body_that_does_not_fit_is_answered_by_the_gateway_in_the_same_words(coupa, size):
    package = a_draft(coupa)
    before = everything(coupa)
    path = f"/packages/{package}/documents"
    is_problem(coupa.call("addDocuments", "POST", path, content=b" " * size, headers=JSON), 413, "too_large")
    assert everything(coupa) == before


def test_a_megabyte_is_too_much_for_a_request_without_documents(coupa):
    body = b'{"name": "' + b"x" * MIB + b'"}'
    is_problem(coupa.call("createPackage", "POST", "/packages", content=body, headers=JSON), 413, "too_large")
    assert everything(coupa) == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("PATCH", "/packages"), ("GET", f"/packages/{UNKNOWN}/documents")]
)
def test_what_no_route_serves_is_not_found(coupa, method, path):
    is_problem(coupa.call("nothing", method, path), 404, "not_found")
