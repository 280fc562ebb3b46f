"""GoSign's calls over a scripted transport: tokens, results whatever their HTTP status, and what is never told."""

from __future__ import annotations

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import httpx
import pytest

from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
    Unprocessable,
)
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.tokens import Tokens
from esign.providers.gosign.client_oauth import OAuthV2
from esign.providers.gosign.client_rest import RestV1
from esign.providers.gosign.doors import OAuthDoor, RestDoor
from esign.providers.gosign.errors import NAME, normalized, read_fault
from esign.providers.gosign.settings import parse_settings
from esign.providers.gosign.tokens import Bearer, bearer
from esign.providers.gosign.users import Users

ORIGIN = "https://gosign.example"
SECRETS = {
    "customerCode": "c0de-of-the-customer", "username": "segr", "password": "hunter2-and-more",
    "clientId": "connector", "clientSecret": "cl1ent-secret", "idpClientId": "machine", "idpClientSecret": "1dp-secret",
}  # fmt: skip


class Service:
    """Answers by script: `answers` maps a path's end to replies, the last one for ever."""

    def __init__(self, answers):
        self.answers = {end: list(replies) for end, replies in answers.items()}
        self.seen: list[httpx.Request] = []
        self.lock = threading.Lock()
        self.http = httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self.lock:
            self.seen.append(request)
            end = next(end for end in self.answers if request.url.path.endswith(end))
            replies = self.answers[end]
            told = replies.pop(0) if len(replies) > 1 else replies[0]
        status, body = told
        return httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body).encode())

    def opened(self, base: str, headers=dict) -> ProviderHttp:
        return ProviderHttp(
            vendor=Vendor(NAME, read_fault), base_url=base, credentials=headers, client=lambda: self.http
        )

    def rest(self) -> RestV1:
        return RestV1(self.opened(ORIGIN), Deadline(5), lambda: SECRETS["customerCode"], "COUPA")

    def oauth(self, tokens=None, **settings) -> OAuthV2:
        known = parse_settings({"integration": "oauth", "baseUrl": ORIGIN} | settings)
        kept = tokens or Tokens()

        def current() -> Bearer:
            made = bearer(known, SECRETS, self.opened, Deadline(5))
            return Bearer(made.key, made.fetch, kept)

        http = self.opened(ORIGIN, lambda: current().headers())
        return OAuthV2(http, Deadline(5), current, "/api", "/getUrl")

    def paths(self) -> list[str]:
        return [request.url.path for request in self.seen]


TOKEN = {"access_token": "t0ken", "token_type": "bearer", "expires_in": 1987683, "scope": "read write"}
STATUS = (200, "“IN_PROGRESS”".encode())


# --------------------------------------------------------------------------------------------------------------- tokens


def form(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def test_the_token_is_asked_for_in_the_body_by_default():
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [STATUS]})
    assert service.oauth().status("x") == "IN_PROGRESS"
    asked, used = service.seen
    assert form(asked) == {
        "grant_type": "password", "username": "segr", "password": "hunter2-and-more",
        "client_id": "connector", "client_secret": "cl1ent-secret",
    }  # fmt: skip
    assert asked.url.query == b""
    assert used.headers["authorization"] == "Bearer t0ken"


def test_the_token_is_asked_for_in_the_query_where_the_account_says_so():
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [STATUS]})
    service.oauth(clientAuthentication="query", tokenScope="read").status("x")
    assert dict(service.seen[0].url.params) == {
        "grant_type": "password", "username": "segr", "password": "hunter2-and-more", "scope": "read",
        "client_id": "connector", "client_secret": "cl1ent-secret",
    }  # fmt: skip
    assert service.seen[0].content == b""


def test_the_client_may_be_named_by_basic_authentication():
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [STATUS]})
    service.oauth(clientAuthentication="basic").status("x")
    assert service.seen[0].headers["authorization"] == "Basic Y29ubmVjdG9yOmNsMWVudC1zZWNyZXQ="
    assert set(form(service.seen[0])) == {"grant_type", "username", "password"}


def test_a_machine_has_its_token_from_its_identity_provider():
    service = Service({"/v2.0/token": [(200, TOKEN)], "/status": [STATUS]})
    provider = {"tokenUrl": "https://idp.example/tenant/v2.0/token", "scope": "api://gosign/.default"}
    service.oauth(identityProvider=provider).status("x")
    assert service.seen[0].url.host == "idp.example"
    assert form(service.seen[0]) == {
        "grant_type": "client_credentials", "scope": "api://gosign/.default", "client_id": "machine",
        "client_secret": "1dp-secret",
    }  # fmt: skip


def test_one_token_serves_every_call_until_thirty_seconds_before_its_end():
    now = [0.0]
    tokens = Tokens(clock=lambda: now[0])
    service = Service({"/oauth/token": [(200, TOKEN | {"expires_in": 300})], "/status": [STATUS]})
    for seconds in (0, 100, 269):
        now[0] = seconds
        service.oauth(tokens).status("x")
    assert service.paths().count("/gosign/oauth/token") == 1
    now[0] = 271
    service.oauth(tokens).status("x")
    assert service.paths().count("/gosign/oauth/token") == 2


def test_however_many_callers_wait_one_token_is_asked_for():
    tokens = Tokens()
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [STATUS]})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: service.oauth(tokens).status("x"), range(16)))
    assert service.paths().count("/gosign/oauth/token") == 1


def test_a_refused_token_is_renewed_once():
    invalid = {"error": "invalid_token", "error_description": "Invalid access token: t0ken"}
    answers = [(200, TOKEN), (200, TOKEN | {"access_token": "new"})]
    service = Service({"/oauth/token": answers, "/status": [(401, invalid), STATUS]})
    assert service.oauth().status("x") == "IN_PROGRESS"
    assert service.seen[-1].headers["authorization"] == "Bearer new"
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [(401, invalid)]})
    with pytest.raises(CredentialsRefused) as raised:
        service.oauth().status("x")
    assert service.paths().count("/api/envelopes/x/status") == 2
    assert "t0ken" not in str(raised.value.fault)


@pytest.mark.parametrize(("status", "body"), [(400, {"error": "invalid_grant"}), (401, {}), (403, {})])
def test_a_refused_login_is_refused_credentials(status, body):
    service = Service({"/oauth/token": [(status, body)]})
    with pytest.raises(CredentialsRefused):
        service.oauth().status("x")


@pytest.mark.parametrize("body", [b"<html>", {}, {"access_token": ""}, {"access_token": "a\nb"}, []])
def test_an_answer_without_a_token_is_a_broken_contract(body):
    with pytest.raises(ContractBroken):
        Service({"/oauth/token": [(200, body)]}).oauth().status("x")


# --------------------------------------------------------------------------------------------------------------- results


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("RETURN_STATUS_ENVELOPE_ALREADY_EXISTS", "ENVELOPE_ALREADY_EXISTS"),
        ("return_status_envelope_already_exists", "ENVELOPE_ALREADY_EXISTS"),
        (" envelope_already_exists ", "ENVELOPE_ALREADY_EXISTS"),
        ("MULTILPLE_DOCS_WITH_SAME_EXT_ID", "MULTIPLE_DOCS_WITH_SAME_EXT_ID"),
        ("SIGNATURE_NOT_ENABLED_EXCEPTION", "SIGNATURE_NOT_ENABLED"),
        ("return_status_process_definition_error", "PROCESS_DEFINITION_ERROR"),
    ],
)
def test_a_code_is_known_in_every_spelling(code, known):
    assert normalized(code) == known


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("CUST_NOT_FOUND", CredentialsRefused),
        ("ENVELOPE_NOT_FOUND", ProviderNotFound),
        ("RETURN_STATUS_ENVELOPE_ALREADY_EXISTS", ProviderConflict),
        ("USER_NOT_FOUND", ProviderRefused),
        ("error", OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_ko_is_told_by_its_code_whatever_its_http_status(status, code, error, nested):
    result = {"code": code, "message": "no"}
    service = Service({"/envelopes/x": [(status, {"returnStatus": result} if nested else result)]})
    with pytest.raises(error) as raised:
        service.rest().insert("x", {})
    assert raised.value.fault.code == normalized(code)


SPRING = {"status": 404, "error": "Not Found", "path": "/gosign/services/v2/envelopes/x"}


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [b"", b"<html>404</html>", {}, SPRING, {"code": "NO_ROUTE"}], ids=str)
def test_a_404_that_is_no_word_of_gosigns_says_of_no_envelope_that_it_is_gone(status, body):
    """A proxy, a redeployment, a wrong path: GoSign's own says ENVELOPE_NOT_FOUND (§9.4)."""
    service = Service(
        {"/oauth/token": [(200, TOKEN)], "/": [(status, body)], "x": [(status, body)], "s": [(status, body)]}
    )
    for call in (
        lambda: service.rest().envelope("x"),
        lambda: service.rest().envelope_with_bytes("x", temporary()),
        lambda: service.rest().delete("x", "segr"),
        lambda: service.oauth().status("x"),
        lambda: service.oauth().envelope_with_documents("x", temporary()),
    ):
        with pytest.raises(ProviderUnavailable) as raised:
            call()
        assert "the paths in the account's settings" in raised.value.detail
        assert raised.value.fault.status == status
    with pytest.raises(OutcomeUnknown):
        service.rest().insert("x", {})


@pytest.mark.parametrize("status", [404, 410])
def test_gosigns_own_404_is_an_envelope_that_is_not_there(status):
    service = Service({"x": [(status, {"code": "ENVELOPE_NOT_FOUND", "message": "no"})]})
    with pytest.raises(ProviderNotFound):
        service.rest().envelope("x")
    with pytest.raises(ProviderNotFound):
        service.rest().insert("x", {})


@pytest.mark.parametrize("integration", ["rest", "oauth"])
def test_verifying_a_wrong_path_is_no_success(integration):
    service = Service({"/oauth/token": [(200, TOKEN)], "esign-verify": [(404, b"")], "/status": [(404, b"")]})
    known = parse_settings({"integration": integration, "externalSystemCode": "COUPA", "loadedByExtId": "segr"})
    door = RestDoor(service.rest(), known) if integration == "rest" else OAuthDoor(service.oauth(), known)
    with pytest.raises(ProviderUnavailable):
        door.identify()


@pytest.mark.parametrize("path", ["/oauth/token", "/status"])
def test_a_wrong_path_is_not_told_as_refused_credentials(path):
    service = Service({"/oauth/token": [(200, TOKEN)], path: [(404, b"<html>")]})
    with pytest.raises(ProviderUnavailable, match="one of the paths"):
        service.oauth().status("x")


@pytest.mark.parametrize(
    "body", [b"", {"code": "OK"}, {"code": "ok", "message": "Successfull"}, {"returnStatus": {"code": "OK"}}]
)
@pytest.mark.parametrize("status", [200, 204])
def test_ok_in_any_shape_is_a_success(body, status):
    Service({"/envelopes/x": [(status, b"" if status == 204 else body)]}).rest().insert("x", {})


def test_garbage_after_an_insertion_is_an_unknown_outcome():
    with pytest.raises(OutcomeUnknown):
        Service({"/envelopes/x": [(200, b"<html>")]}).rest().insert("x", {})


def test_the_secret_that_gosign_echoes_is_never_told():
    message = "Customer not found or access is denied - customerCode = c0de-of-the-customer"
    service = Service({"/envelopes/x": [(200, {"code": "CUST_NOT_FOUND", "message": message})]})
    with pytest.raises(CredentialsRefused) as raised:
        service.rest().envelope("x")
    assert "c0de" not in repr(raised.value.fault) + str(raised.value) + repr(service.rest())


@pytest.mark.parametrize("body", [b"null", b"{}", b""])
def test_nothing_is_an_envelope_that_is_not_there(body):
    with pytest.raises(ProviderNotFound):
        Service({"/envelopes/x": [(200, body)]}).rest().envelope("x")
    with pytest.raises(ProviderNotFound):
        Service({"/envelopes/x": [(200, body)]}).rest().envelope_with_bytes("x", temporary())


def temporary():
    import tempfile

    return tempfile.TemporaryFile()


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_envelope_is_read_wrapped_or_bare(wrapped):
    envelope = {
        "externalId": "x",
        "status": "PGS",
        "code": "1WFAJ7DE9",
        "documents": None,
        "process": None,
        "size": "?",
    }
    service = Service({"/envelopes/x": [(200, {"envelope": envelope} if wrapped else envelope)]})
    assert service.rest().envelope("x").status == "PGS"
    sent = json.loads(service.seen[0].content)
    assert sent == {
        "customerCode": "c0de-of-the-customer", "externalSystemCode": "COUPA", "enveExtId": "x", "withDocBytes": False,
    }  # fmt: skip


@pytest.mark.parametrize("text", ['"WORKED"', "WORKED", "“WORKED”", "'WORKED'\n"])
def test_a_status_is_a_word_in_any_quotes(text):
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [(200, text.encode())]})
    assert service.oauth().status("x") == "WORKED"


@pytest.mark.parametrize("text", [b"", b"<html>", b'{"a": 1}x', b"12"])
def test_a_status_that_is_no_word_breaks_the_contract(text):
    service = Service({"/oauth/token": [(200, TOKEN)], "/status": [(200, text)]})
    with pytest.raises(ContractBroken):
        service.oauth().status("x")


def test_a_signing_address_is_asked_for_with_encoded_parts():
    url = b"https://webappcl.gosign.digital/gosign/mLink?mLinkParam=YjFr\n"
    service = Service({"/oauth/token": [(200, TOKEN)], "/getUrl": [(200, url)]})
    found = service.oauth().signing_url("x", "manager_test+25@gmail.com", "http://www.google.com/?a=b")
    assert found == url.decode().strip()
    raw = service.seen[1].url.query.decode()
    assert "manager_test%2B25%40gmail.com" in raw
    assert "http%3A%2F%2Fwww.google.com%2F%3Fa%3Db" in raw


def test_deletion_is_by_a_user_and_with_a_slash():
    service = Service({"/delete/": [(200, {"code": "OK"})]})
    service.rest().delete("x", "segr")
    assert service.paths() == ["/envelopes/x/delete/"]
    assert json.loads(service.seen[0].content) == {"customerCode": "c0de-of-the-customer", "usrExtId": "segr"}


def test_the_user_services_carry_both_codes():
    service = Service({"/": [(200, {"code": "OK"})]})
    users = Users(service.rest())
    users.delete("a", "b")
    users.update_authorities("a", "ADD", "ROLE_MGR")
    users.remove_authorities("a", "REMOVE", "ROLE_MGR")
    users.modify_attribute("a", "email", "x@example.com")
    users.convert_to_corporate("a", "CONVERT")
    assert service.paths() == [
        "/deleteUsers/", "/updateAuthorities/", "/removeAuthorities/", "/modifyUserAttributes/",
        "/convertStrangerToCorporate/",
    ]  # fmt: skip
    assert all(json.loads(r.content)["customerCode"] == "c0de-of-the-customer" for r in service.seen)
    assert {r.method for r in service.seen} == {"PUT"}


def test_insertion_2_answers_the_envelope():
    service = Service({"/envelopes2/x": [(200, {"externalId": "x", "status": "PGS"})]})
    assert service.rest().insert2("x", {"file": io.BytesIO.__name__}).status == "PGS"


# -------------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "settings",
    [
        {"integration": "rest"},
        {"integration": "rest", "loadedByExtId": "segr"},
        {"integration": "oauth", "companion": True},
        {"integration": "jms"},
        {"integration": "oauth", "baseUrl": "https://gosign.example/path"},
        {"integration": "soap", "loadedByExtId": "segr", "identityProvider": {"tokenUrl": "https://idp.example/t"}},
        {"integration": "oauth", "notifications": {"authentication": "jwt"}},
        {"integration": "oauth", "trustlevel": "FEA"},
    ],
    ids=str,
)
def test_settings_that_say_too_little_or_too_much(settings):
    with pytest.raises(Unprocessable) as raised:
        parse_settings(settings)
    assert raised.value.problems[0].pointer.startswith("/settings")
