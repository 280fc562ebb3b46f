"""The seven calls, over a transport without sockets: paths, tokens, parts, and what is never repeated."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import httpx
import pytest

from esign.domain.content import DOCX, PDF
from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderUnavailable,
)
from tests.fakes.esigntools import Service, jwt, parts

AGREEMENT = {"name": "Contract123", "recipients": [{"email": "zoé@exämple.fr", "firstname": "Zoé", "lastname": "李"}]}


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def client(service):
    return service.client()


def create(client, name="contract.pdf", content_type=PDF):
    return client.create_agreement(AGREEMENT, io.BytesIO(b"%PDF-1.7"), name, content_type)


# -------------------------------------------------------------------------------------------------------------- token


def test_the_api_user_logs_in_without_asking_for_a_long_lived_token(service, client):
    client.authenticate()
    (login,) = service.seen
    assert (login.method, login.url.path) == ("POST", "/api/v1/authenticate")
    assert json.loads(login.content) == {"username": "api", "password": "hunter2"}
    assert "authorization" not in login.headers


def test_every_other_call_bears_the_token(service, client):
    service.token = lambda: "the-token"
    client.agreement(create(client))
    assert {r.headers["authorization"] for r in service.seen[1:]} == {"Bearer the-token"}


def test_a_token_serves_until_its_exp(service):
    service.token = lambda: jwt(exp=time.time() + 3600)
    for _ in range(3):
        create(service.client())
    assert service.logins == 1


@pytest.mark.parametrize("claims", [{"exp": time.time() + 30}, {"exp": 0}])
def test_a_token_that_is_about_to_end_is_not_used_again(service, claims):
    service.token = lambda: jwt(**claims)
    create(service.client())
    create(service.client())
    assert service.logins == 2


@pytest.mark.parametrize("token", [jwt(), "opaque", "a.b.c", jwt(exp="soon"), "é.b.c".encode("idna").decode()])
def test_a_token_without_an_exp_serves_for_a_while(service, token):
    service.token = lambda: token
    create(service.client())
    create(service.client())
    assert service.logins == 1


def test_a_token_that_is_no_longer_taken_is_renewed_once(service, client):
    service.script = [httpx.Response(401)]
    assert create(client) == "1001"
    assert service.logins == 2
    service.script = [httpx.Response(401), httpx.Response(401)]
    with pytest.raises(CredentialsRefused):
        create(client)
    assert len(service.agreements) == 1


def test_what_the_user_may_not_do_renews_nothing(service, client):
    service.script = [httpx.Response(403)]
    with pytest.raises(CredentialsRefused):
        create(client)
    assert service.logins == 1


@pytest.mark.parametrize("body", [b"{}", b'{"id_token": ""}', b'{"id_token": "a\\nb"}', b"[]", b"hello"])
def test_a_login_without_a_token_breaks_the_contract(service, client, body):
    service._answer = lambda _request: httpx.Response(200, content=body)
    with pytest.raises(ContractBroken):
        service.client().authenticate()


# ---------------------------------------------------------------------------------------------------- createAgreement


def test_an_agreement_is_two_parts_json_first(service, client):
    create(client)
    request = service.seen[-1]
    assert (request.method, request.url.path) == ("POST", "/api/signing/v1/agreements")
    (told, pdf) = parts(request)
    assert told[:2] == ('form-data; name="agreement"', "application/json")
    assert json.loads(told[2]) == AGREEMENT
    assert pdf == ('form-data; name="pdf"; filename="contract.pdf"', PDF, b"%PDF-1.7")
    assert int(request.headers["content-length"]) == len(request.content)


def test_another_format_keeps_its_extension_and_type_and_the_parts_name_stays_pdf(service, client):
    create(client, "contract.docx", DOCX)
    assert parts(service.seen[-1])[1][:2] == ('form-data; name="pdf"; filename="contract.docx"', DOCX)


class Unread(io.BytesIO):
    """A file that must not be read as a whole."""

    def read(self, size=-1, /):
        assert size is not None
        assert 0 < size <= 1 << 20
        return super().read(size)


def test_a_document_is_read_in_pieces_while_it_is_sent(service, client):
    document = Unread(b"%PDF" * 1_000_000)
    client.create_agreement(AGREEMENT, document, "large.pdf", PDF)
    assert len(parts(service.seen[-1])[1][2]) == 4_000_000
    assert not document.closed


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, json={"id": 1234}),
        httpx.Response(201, json={"id": "1234"}),
        httpx.Response(201, headers={"location": "https://x/api/signing/v1/agreements/1234"}),
        httpx.Response(200, json=1234),
        httpx.Response(200, json="1234"),
    ],
)
def test_the_new_id_is_read_however_it_comes(service, client, reply):
    service.script = [reply]
    assert create(client) == "1234"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(201),
        httpx.Response(200, json={"name": "Contract123"}),
        httpx.Response(200, json={"id": "../../v1"}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(500),
        httpx.Response(503),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("cut off"),
    ],
    ids=str,
)
def test_an_answer_that_does_not_say_which_agreement_is_a_doubt_and_is_not_asked_again(service, client, reply):
    service.script = [reply]
    with pytest.raises(OutcomeUnknown):
        create(client)
    assert service.calls() == ["POST /signing/v1/agreements"]


# ------------------------------------------------------------------------------------------------------------ the rest


def test_an_agreement_is_read_leniently(service, client):
    service.script = [httpx.Response(200, json={"id": 1234, "recipients": None, "currentStep": None, "new": {}})]
    view = client.agreement("1234")
    assert (view.id, view.status, view.current_step, view.recipients) == ("1234", "", None, [])


def test_an_agreement_that_is_not_there_is_not_found(client):
    with pytest.raises(ProviderNotFound):
        client.agreement("77")


def test_mails_are_sent_by_a_get_that_is_never_repeated(service, client):
    agreement = create(client)
    assert client.send_mails(agreement)
    for trouble in (httpx.Response(503), httpx.ReadTimeout("late")):
        service.script = [trouble]
        with pytest.raises(OutcomeUnknown):
            client.send_mails(agreement)
    assert service.calls("send-mails") == [f"GET /signing/v1/agreements/{agreement}/send-mails"] * 3


def test_a_reading_call_is_repeated(service, client):
    agreement = create(client)
    service.script = [httpx.Response(503)]
    assert client.agreement(agreement).id == agreement
    assert len(service.calls("GET")) == 2


@pytest.mark.parametrize("status", [200, 204])
def test_a_deleted_agreement_may_answer_a_text_or_nothing(service, client, status):
    service.script = [httpx.Response(status, content=b"deleted" if status == 200 else b"")]
    client.delete_agreement("1234")
    assert service.calls() == ["DELETE /signing/v1/agreements/1234"]


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_signed_agreement_cannot_be_deleted_whatever_the_code(service, client, status):
    service.script = [httpx.Response(status)]
    with pytest.raises(ProviderConflict):
        client.delete_agreement("1234")


def test_trouble_while_deleting_is_no_refusal(service, client):
    service.script = [httpx.Response(500)]
    with pytest.raises(ProviderUnavailable):
        client.delete_agreement("1234")


@pytest.mark.parametrize("what", ["current_file", "proof"])
def test_files_are_streamed_with_the_token_and_after_a_renewal_too(service, client, what, tmp_path: Path):
    agreement = create(client)
    service.script = [httpx.Response(401)]
    with (tmp_path / "file").open("w+b") as into:
        saved = getattr(client, what)(agreement, into)
        into.seek(0)
        assert into.read() == b"%PDF-1.7 " + what.replace("_", "-").encode()
    assert saved.size
    assert service.logins == 2


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"title": "Unauthorized", "status": 403, "message": "error.http.403"}, "error.http.403", "Unauthorized"),
        ({"type": "about:blank", "detail": "No field for position 2"}, "about:blank", "No field for position 2"),
        ({"error": "Bad"}, None, "Bad"),
        ("Name is missing", None, "Name is missing"),
        (b"plain words", None, "plain words"),
        (b"<html>oops</html>", None, None),
        (b"", None, None),
        (["a"], None, "['a']"),
    ],
)
def test_an_error_in_any_shape_tells_what_it_can(service, client, body, code, message):
    answer = httpx.Response(404, content=body) if isinstance(body, bytes) else httpx.Response(404, json=body)
    service.script = [answer]
    with pytest.raises(ProviderNotFound) as refused:
        client.agreement("77")
    assert (refused.value.fault.code, refused.value.fault.message) == (code, message)


def test_no_secret_is_in_the_representation(client):
    create(client)
    assert not any(secret in repr(client) for secret in ("hunter2", "Bearer", "eyJ"))
