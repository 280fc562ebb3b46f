"""The canary's run as CloudWatch reads it, and what it says of a connector that answers wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.canary.person import NotSigned, sign
from sandbox.preproduction.canary import run
from tests.fakes.http_server import Exchange, local_server, replies

SECRET = "a-secret-that-nobody-may-read"
LOGIN = json.dumps({"account": "acc_1", "secret": SECRET})


def _file(content: bytes) -> dict[str, str]:
    digest, text = hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()
    return {"kind": "SIGNED_DOCUMENT", "sha256": digest, "content": text}


FILE, UNSIGNED = _file(b"%PDF-1.7 /ByteRange [0 1 2 3]"), _file(b"%PDF-1.7")
# What a connector that is well answers, by the end of the path.
WELL: dict[str, Any] = {
    "packages": {"id": "pkg_1"},
    "documents": {},
    "recipients": {"recipients": [{"id": "rec_1"}]},
    "send": {"status": "IN_PROCESS"},
    "signing-url": {"urls": ["https://signing.invalid/x"]},
    "summary": {"status": "COMPLETE"},
    "signed-documents": {"documents": [FILE]},
}


def connector(**other: Any) -> Callable[[Exchange], None]:
    """`other`: answers in place of those above, _ for -; a number is a status."""
    answers = WELL | {name.replace("_", "-"): answer for name, answer in other.items()}

    def script(exchange: Exchange) -> None:
        answer = answers[exchange.seen.path.partition("?")[0].rpartition("/")[2]]
        status, body = (answer, {"code": "wrong"}) if isinstance(answer, int) else (200, answer)
        exchange.answer(status, json.dumps(body).encode(), Content_Type="application/json")

    return script


def ran(script: Callable[[Exchange], None], *, login: str = LOGIN, **options: Any) -> dict[str, Any]:
    with local_server(script) as server:
        return run(
            lambda: login, server.url, **{"patience": 0.2, "every": 0.01, "person": lambda _url: None, **options}
        )


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_run_that_goes_well_is_one_and_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(connector()) == {"signed": True, "package": "pkg_1"}
    (line,) = lines(capsys)
    assert line["CanarySigned"] == 1
    assert line["CanarySeconds"] >= 0


def _nobody(_url: str) -> None:
    raise NotSigned("the signing page answered 500")


@pytest.mark.parametrize(
    ("wrong", "step", "why"),
    [
        ({"packages": 401}, "createPackage", "answered 401 wrong"),
        ({"send": {"status": "DRAFT"}}, "sendPackage", "the package is DRAFT"),
        ({"signing_url": {"urls": []}}, "getSigningUrl", "the signer has no link"),
        ({"summary": {"status": "SIGNED"}}, "complete", "0 s after the signature the package is SIGNED"),
        ({"signed_documents": {"documents": []}}, "getSignedDocuments", "0 signed documents in place of one"),
        ({"signed_documents": {"documents": [FILE | {"sha256": "0" * 64}]}}, "digest", "the signed file is not"),
        ({"signed_documents": {"documents": [UNSIGNED]}}, "signature", "the signed file is no PDF with a signature"),
    ],
    ids=["refused", "not sent", "no link", "not complete", "no file", "another file", "not signed"],
)
def test_a_run_that_fails_says_at_which_step_and_why(
    wrong: dict[str, Any], step: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ran(connector(**wrong))
    assert (told["signed"], told["step"]) == (False, step)
    assert told["why"].startswith(why)
    measured, line = lines(capsys)
    assert measured["CanarySigned"] == 0
    assert (line["level"], line["step"]) == ("ERROR", step)
    assert SECRET not in json.dumps([measured, line, told])


def test_a_signer_who_cannot_sign_is_a_step_of_its_own() -> None:
    assert ran(connector(), person=_nobody)["step"] == "sign"


@pytest.mark.parametrize("login", ["", "{}", "null", f'"{SECRET}"', '{"account": "acc_1"}'])
def test_a_canary_without_an_account_says_what_is_to_be_done(login: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = ran(connector(), login=login)
    assert told["step"] == "secret"
    assert "docs/runbook.md" in told["why"]
    assert SECRET not in json.dumps(lines(capsys))


@pytest.mark.parametrize(
    ("status", "page", "why"),
    [(500, "", "answered 500"), (200, "<p>closed</p>", "no form"), (200, "<form><button name=do value=no>", "no form")],
)
def test_a_page_that_lets_nobody_sign_is_told_without_its_address(status: int, page: str, why: str) -> None:
    with local_server(replies(status, page.encode())) as server, pytest.raises(NotSigned, match=why) as caught:
        sign(f"{server.url}/signinit?token={SECRET}")
    assert SECRET not in str(caught.value)


def test_a_signer_brings_back_the_hidden_fields_of_the_first_form_only() -> None:
    page = (
        '<form method=post><input type=hidden name=token value=t1><button name="do" value="sign">Sign</button></form>'
        '<form><input type=hidden name=token value=t2><button name="do" value="sign">Sign</button></form>'
    )
    with local_server(replies(200, page.encode())) as server:
        sign(f"{server.url}/signinit")
    assert server.seen[-1].body == b"token=t1&do=sign"
