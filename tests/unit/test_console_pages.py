"""The console's pages over canned answers: what they show, that nothing gets through unescaped, and what they refuse."""

from __future__ import annotations

import re
from html import escape as escaped
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.console import docs, words
from sandbox.console.app import create_app
from sandbox.console.desk import Desk
from tests.fakes.asgi import Caller
from tests.fakes.console import (
    HOSTILE,
    PDF,
    FakeSide,
    FakeWorld,
    a_notification,
    a_shown_package,
    a_shown_recipient,
    answer,
    refused,
)

PACKAGE = "/contracts/acc_connective/pkg_1"
FORM = {"name": "Frame", "in_order": "yes", "signer_name": "Anna", "signer_email": "anna@example.com"}


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def desk(world):
    with Desk(cast("Any", world), ["connective", "esigntools", "contract-signatures"]) as opened:
        opened.at("connective")
        yield opened


@pytest.fixture
def client(desk):
    return Caller(create_app(desk), "http://127.0.0.1:8080")


def shown(client: Caller, address: str) -> str:
    got = client.get(address)
    assert got.status_code == 200, got.text
    return got.text


def test_an_empty_list_says_how_to_begin(client):
    assert "No contract yet" in shown(client, "/")


@pytest.mark.parametrize("status", words.PACKAGE)
def test_a_contract_of_every_status_has_its_page_and_its_line(client, world, status):
    world.api.packages["pkg_1"] = a_shown_package(status)
    word = words.PACKAGE[status]
    assert word.sentence in shown(client, PACKAGE)
    assert (word.label in re.findall(r'class="badge \w+">([^<]+)<', shown(client, "/"))) == (status != "DELETED")


def test_the_list_is_filtered_by_status_and_by_provider(client, desk, world):
    world.api.packages["pkg_1"] = a_shown_package("COMPLETE")
    desk.at("esigntools")  # the fakes show the same package in both accounts
    assert shown(client, "/").count("<tr>\n        <td>") == 2
    assert shown(client, "/?show=complete&provider=esigntools").count("<tr>\n        <td>") == 1
    assert "None of the contracts is like that." in shown(client, "/?show=draft")
    assert shown(client, "/?show=<script>&provider=<script>").count("<script>") == 0


def test_nothing_from_outside_becomes_markup(client, world):
    person = a_shown_recipient(fullName=HOSTILE, email=HOSTILE, declineReason=HOSTILE)
    note = {"code": HOSTILE, "since": "2026-11-22T09:30:15Z", "nextStep": HOSTILE}
    documents = [{"id": "d", "name": HOSTILE, "contentType": "x/y", "size": 1}]
    hostile: dict[str, Any] = {"name": HOSTILE, "externalId": HOSTILE, "statusReason": HOSTILE, "attention": note}
    world.api.packages["pkg_1"] = a_shown_package(**hostile, recipients=[person], documents=documents)
    world.receiver.received = (a_notification(HOSTILE, problem=HOSTILE),)
    world.api.answers["send"] = refused(("/name", HOSTILE), detail=HOSTILE)
    client.post(PACKAGE, data={"do": "send"})
    form = client.post("/new/connective", data=FORM | {"name": HOSTILE, "signer_name": HOSTILE})
    for html in (shown(client, "/"), shown(client, PACKAGE), form.text):
        assert HOSTILE not in html
        assert "<script>alert" not in html
        assert 'onload="x' not in html.replace("&#34;", "")
        assert "&lt;script&gt;" in html


def test_whose_turn_it_is_has_a_signing_page_and_nobody_else(client, world):
    people = [
        a_shown_recipient(1, "SENT"),
        a_shown_recipient(2, "SIGNED"),
        a_shown_recipient(3, "CREATED", role="CC"),
    ]
    world.api.packages["pkg_1"] = a_shown_package(recipients=people)
    html = shown(client, PACKAGE)
    assert html.count("Open signing page") == 1
    assert 'href="http://127.0.0.1:9/sign?a=1&amp;b=2" target="_blank" rel="noopener"' in html
    client.post("/faults", data={"fault": "down", "door": "connective", "on": "yes"})
    assert "Open signing page" not in shown(client, PACKAGE)


def test_a_signed_file_is_downloaded_under_its_name_and_a_pdf_can_be_looked_at(client, world):
    world.api.packages["pkg_1"] = a_shown_package("COMPLETE")
    assert "Signed files and evidence" in shown(client, PACKAGE)
    got = client.get(f"{PACKAGE}/files/f0")
    assert (got.content, got.headers["content-type"]) == (PDF, "application/octet-stream")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.pdf"
    looked = client.get(f"{PACKAGE}/files/f0?view")
    assert (looked.headers["content-type"], looked.headers["content-disposition"][:6]) == ("application/pdf", "inline")
    assert client.get(f"{PACKAGE}/files/f1?view").headers["content-disposition"].startswith("attachment")
    assert client.get(f"{PACKAGE}/files/f9").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/contracts/acc_connective/pkg_9", "/contracts/acc_other/pkg_1", "/new/nothing", "/nothing", "/docs/nothing.js"],
)
def test_what_is_not_there_is_a_page_that_says_so(client, address):
    got = client.get(address)
    assert got.status_code == 404
    assert "There is no such" in got.text or "no such provider" in got.text


def test_a_good_form_leads_to_the_contract(client, world):
    got = client.post("/new/connective", data=FORM | {"copy_name": "", "copy_email": ""})
    assert (got.status_code, got.headers["location"]) == (303, PACKAGE)
    assert [name for name, _ in world.api.calls][-4:] == ["create", "documents", "recipients", "send"]


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(client, world):
    world.api.answers["recipients"] = refused(("/recipients/0/email", "No address: write one."))
    files = {"file": ("mine.pdf", b"%PDF-1.7", "application/pdf")}
    got = client.post("/new/connective", data=FORM | {"document": "file"}, files=files)
    assert got.status_code == 422
    field = re.search(r'<input id="signer-0-email"[^>]*>\s*<p class="wrong" id="([\w-]+)">([^<]+)', got.text)
    assert field is not None
    assert field[2] == "No address: write one."
    assert f'aria-describedby="{field[1]}"' in field[0]
    assert 'value="anna@example.com"' in got.text
    kept = re.search(r'name="kept" value="([^"]+)"', got.text)
    assert kept is not None
    world.api.answers.clear()
    again = client.post("/new/connective", data=FORM | {"document": "file", "kept": kept[1]})
    assert again.status_code == 303
    assert next(given for name, given in reversed(world.api.calls) if name == "documents")[0]["name"] == "mine.pdf"


def test_who_wants_a_file_of_their_own_must_choose_one(client, world):
    got = client.post("/new/connective", data=FORM | {"document": "file"})
    assert got.status_code == 422
    assert "Choose a PDF" in got.text
    assert "create" not in [name for name, _ in world.api.calls]


def test_what_a_provider_cannot_do_is_not_offered_and_says_why(client, world):
    world.api.unsupported = {"cc": "It knows no copies.", "parallel_order": "One after the other only."}
    world.sides["contract-signatures"] = FakeSide(template="1234567")
    html = shown(client, "/new/contract-signatures")
    assert "It knows no copies." in html
    assert 'name="copy_name"' not in html
    assert re.search(r'value="no"[^>]*disabled', html)
    assert 'type="file"' not in html
    assert "1234567" in html


def test_a_door_is_opened_once_and_coupa_is_told_where_to_listen(client, world):
    for _ in range(2):
        shown(client, "/new/esigntools")
    assert world.added == ["connective", "esigntools"]
    assert [given["url"] for name, given in world.api.calls if name == "callback"] == [world.receiver.url] * 2


def test_a_provider_that_does_not_answer_is_told_and_tried_again_later(client, world):
    world.api.answers["verify"] = refused(status=503, detail="The provider is down.")
    assert "The provider is down." in client.get("/new/esigntools").text
    world.api.answers.clear()
    assert "Signers" in shown(client, "/new/esigntools")
    assert world.added == ["connective", "esigntools"]


@pytest.mark.parametrize(("do", "operation"), {"send": "send", "withdraw": "delete", "refresh": "refresh"}.items())
def test_what_coupa_does_leads_back_to_the_page_and_a_refusal_is_shown_there_once(client, world, do, operation):
    world.api.packages["pkg_1"] = a_shown_package("DRAFT")
    world.api.answers[operation] = refused(("/documents", "There is none."), status=409, detail="Not now.")
    got = client.post(PACKAGE, data={"do": do, "reason": " The deal is off. "})
    assert (got.status_code, got.headers["location"]) == (303, PACKAGE)
    assert "Not now. There is none." in shown(client, PACKAGE)
    world.api.answers[operation] = answer()
    client.post(PACKAGE, data={"do": do})
    assert "Not now." not in shown(client, PACKAGE)
    if do == "withdraw":
        assert ("delete", "The deal is off.") in world.api.calls


def test_faults_are_switched_shown_on_every_page_and_all_switched_off(client, world):
    for fault, door in (("coupa", ""), ("callbacks", "connective"), ("down", "connective"), ("reply", "esigntools")):
        for _ in range(2):  # twice is once
            assert client.post("/faults", data={"fault": fault, "door": door, "on": "yes"}).status_code == 303
    assert world.receiver.done == ["fail 503"]
    assert world.sides["connective"].done == ["callbacks True", "down"]
    banner = shown(client, "/new").partition("<main")[0]
    assert all(escaped(label).replace("&#x27;", "&#39;") in banner for label, _ in words.FAULTS.values())
    assert "Bad luck is switched on." in shown(client, "/new")
    client.post("/faults", data={"fault": "none"})
    assert world.receiver.done[-1] == "behave"
    assert set(world.sides["connective"].done) == {"callbacks True", "down", "back", "callbacks False"}
    assert "Bad luck is switched on." in shown(client, "/")  # a reply that is to be lost cannot be taken back
    world.sides["esigntools"].to_lose = False
    assert "Bad luck is switched on." not in shown(client, "/")


@pytest.mark.parametrize(
    "form",
    [{"fault": "x"}, {"fault": "down", "door": "x"}, {"fault": "down"}, {"fault": "coupa", "door": "connective"}],
)
def test_there_is_no_switch_for_anything_else(client, world, form):
    assert client.post("/faults", data=form | {"on": "yes"}).status_code == 404
    assert world.receiver.done == []


def test_the_api_is_shown_from_files_of_this_machine(client):
    html = shown(client, "/docs")
    assert re.findall(r'(?:src|href)="(?![/#])([^"]+)"', html) == []
    for name, kind in docs.BUNDLE.items():
        got = client.get(f"/docs/{name}")
        assert (got.status_code, got.headers["content-type"].split(";")[0]) == (200, kind)
    served = client.get("/openapi.json").json()
    assert served["servers"] == [{"url": "http://127.0.0.1:9/coupa"}]
    assert "/v1/packages" in served["paths"]


def test_no_page_loads_anything_from_elsewhere_or_runs_a_script_of_its_own(client, world):
    world.api.packages["pkg_1"] = a_shown_package("COMPLETE")
    for address in ("/", "/new", "/new/connective", PACKAGE, "/faults", "/docs"):
        html = shown(client, address)
        assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?!/)', html) == []
        assert "<script>" not in html
        assert "style=" not in html
    for sheet in Path(words.__file__).parent.glob("static/*"):
        assert "http" not in sheet.read_text().replace("http://www.w3.org/2000/svg", "")
