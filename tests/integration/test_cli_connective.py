"""`esign` against Connective over real HTTP: the real vendor folder, the simulator, stores in memory."""

from __future__ import annotations

import hashlib
import json

import httpx
import pytest

from esign.domain.ids import AccountId
from esign.domain.package import ProviderState
from sandbox.providers.connective.server import ConnectiveSimulator
from tests.fakes.connective_packages import one_signer, pdf
from tests.fakes.factories import a_full_package
from tests.fakes.operator import Operator

ACCOUNT = AccountId("acc_demo")
ANNA, BEN = "Anna Berg <anna@example.org>", "Ben Holm <ben@example.org>"


@pytest.fixture(scope="module")
def simulator():
    with ConnectiveSimulator() as running:
        yield running


@pytest.fixture
def operator(simulator, monkeypatch):
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")  # as cli.target does: log lines go to standard output
    simulator.control.reset()
    operator = Operator(real_vendors=True)
    with_account(operator, simulator, ACCOUNT)
    return operator


def settings(simulator, **more):
    return {"baseUrl": simulator.url, "initiator": "portal@example.org", **more}


def with_account(operator, simulator, identifier, **more):
    operator.connector.add_account(id=identifier, settings=settings(simulator, **more))
    operator.connector.accounts.replace_credentials(identifier, {"username": "api", "password": "secret"})


@pytest.fixture
def contract(tmp_path):
    file = tmp_path / "contract.pdf"
    file.write_bytes(pdf())
    return file


def instant(operator, contract, *more):
    return operator.says("connective", "instant", ACCOUNT, "--pdf", contract, "--signer", ANNA, *more, "--json")


def finished(operator, simulator, contract):
    """An instant package that its signer signed: Connective's id."""
    package = instant(operator, contract).json["package"]
    simulator.control.sign(package, "anna@example.org")
    simulator.control.settle()
    return package


def test_an_account_is_added_after_a_real_call(operator, simulator, tmp_path):
    files = {"settings": settings(simulator), "credentials": {"username": "api", "password": "secret"}}
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    words = ["accounts", "add", "--provider", "connective", "--name", "Acme", "--json"]
    words += ["--settings", tmp_path / "settings", "--credentials", tmp_path / "credentials"]
    added = operator.says(*words)
    assert "Connective" in added.json["identity"]
    verified = operator.says("accounts", "verify", added.json["account"]["id"], "--json")
    assert verified.json["identity"] == added.json["identity"]
    (tmp_path / "credentials").write_text('{"username": "api", "password": "wrong"}')
    refused = operator.says(*words)
    assert (refused.code, refused.error["code"]) == (1, "credentials_refused")


def test_real_settings_are_refused_field_by_field(operator, tmp_path):
    (tmp_path / "settings").write_text('{"host": "sign.example.com", "apiVersion": "v9", "colour": "red"}')
    answer = operator.says(
        "accounts", "add", "--provider", "connective", "--name", "Acme", "--settings", tmp_path / "settings", "--json"
    )
    pointers = {problem["pointer"] for problem in answer.error["errors"]}
    assert (answer.code, pointers) == (2, {"/settings/apiVersion", "/settings/colour", "/settings/initiator"})


def test_an_instant_package_is_out_for_signature_in_order(operator, simulator, contract):
    answer = instant(operator, contract, "--signer", BEN, "--name", "Frame contract")
    package = simulator.control.package(answer.json["package"])
    assert answer.code == 0
    listed = operator.says("connective", "list", ACCOUNT, "--json").json["envelopes"]
    assert [(e["reference"], e["externalReference"], e["status"]) for e in listed] == [
        (answer.json["package"], answer.json["reference"], "IN_PROCESS")
    ]
    assert "anna@example.org" in json.dumps(package)
    assert "ben@example.org" in json.dumps(package)


def test_a_lost_reply_of_an_instant_package_is_found_and_nothing_is_sent_twice(operator, simulator, contract):
    simulator.control.fault("CreateInstantPackage", "lost_reply")
    answer = instant(operator, contract)
    assert answer.code == 0
    assert [p["reference"] for p in operator.says("connective", "list", ACCOUNT, "--json").json["envelopes"]] == [
        answer.json["package"]
    ]


@pytest.mark.parametrize("signer", ["anna@example.org", "Anna Berg", "Anna <anna>"])
def test_a_signer_is_a_name_and_an_address(operator, contract, signer):
    answer = operator.says("connective", "instant", ACCOUNT, "--pdf", contract, "--signer", signer)
    assert answer.code == 2


def test_what_cannot_be_sent_is_told_with_every_problem(operator, contract):
    answer = instant(operator, contract, "--language", "xx")
    assert answer.code == 1
    assert [problem["pointer"] for problem in answer.error["errors"]] == ["/language"]


def test_a_proof_is_added_to_a_location_of_the_package(operator, simulator, contract, tmp_path):
    package = finished(operator, simulator, contract)
    places = operator.says("connective", "locations", ACCOUNT, package, "--json").json["locations"]
    (tmp_path / "proof.xml").write_text("<proof>checked at the desk</proof>")
    words = ["--location", places[0]["location"], "--name", "Desk", "--type", "desk", "--file", tmp_path / "proof.xml"]
    answer = operator.says("connective", "proof", ACCOUNT, package, *words)
    assert answer.code == 0, answer.err
    (sent,) = simulator.control.requests("ProofExternalSource")
    assert "checked at the desk" in json.dumps(sent)


def test_one_of_our_packages_is_found_at_connective_by_our_id(operator, simulator, contract):
    there = instant(operator, contract).json["package"]
    ours = a_full_package(account=ACCOUNT, provider=ProviderState("connective", reference=(there,)))
    operator.connector.packages.create(ours)
    answer = operator.says("connective", "locations", ACCOUNT, ours.id, "--json")
    assert len(answer.json["locations"]) == 1


def test_a_binary_proof_is_a_usage_error(operator, contract):
    words = ["--location", "x", "--name", "Desk", "--type", "desk", "--file", contract]
    contract.write_bytes(b"\xff\xfe\xff")
    assert operator.says("connective", "proof", ACCOUNT, "x", *words).code == 2


def test_proofs_are_fetched_by_the_correlation_of_packages(operator, simulator, tmp_path):
    with httpx.Client(base_url=simulator.v3, auth=("api", "secret")) as api:
        package = one_signer(api, CorrelationId="contract 42?7")
    simulator.control.sign(package, "jane@example.org")
    simulator.control.settle()
    out = tmp_path / "proofs.xml"
    words = ["connective", "correlation-proofs", ACCOUNT, "--out", out, "--json"]
    saved = operator.says(*words, "--package-correlation", "contract 42?7")
    assert saved.code == 0, saved.err
    assert package in out.read_text()
    assert saved.json["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_proofs_that_do_not_exist_leave_no_file(operator, tmp_path):
    out = tmp_path / "proofs.xml"
    words = ["connective", "correlation-proofs", ACCOUNT, "--out", out]
    assert operator.says(*words, "--document-correlation", "none").code == 1
    assert operator.says(*words).code == 2
    assert operator.says(*words, "--document-correlation", "one", "--package-correlation", "two").code == 2
    assert not out.exists()


def test_a_file_that_exists_is_not_written_over(operator, tmp_path):
    out = tmp_path / "proofs.xml"
    out.write_text("older evidence")
    answer = operator.says("connective", "correlation-proofs", ACCOUNT, "--out", out, "--package-correlation", "c")
    assert answer.code == 2
    assert out.read_text() == "older evidence"


def test_what_api_v4_lacks_is_said(operator, simulator, contract):
    with_account(operator, simulator, "acc_v4", apiVersion="v4")
    for words in (["list", "acc_v4"], ["instant", "acc_v4", "--pdf", contract, "--signer", ANNA]):
        answer = operator.says("connective", *words, "--json")
        assert (answer.code, answer.error["code"]) == (1, "unsupported_feature")


def test_an_account_of_another_provider_is_refused(operator):
    operator.connector.add_account(id="acc_other", provider="gosign")
    answer = operator.says("connective", "list", "acc_other")
    assert answer.code == 1
    assert "gosign" in answer.err


def test_people_read_tables(operator, simulator, contract, tmp_path):
    assert "lists no more packages" in operator.says("connective", "list", ACCOUNT).out
    package = finished(operator, simulator, contract)
    assert package in operator.says("connective", "list", ACCOUNT).out
    (place,) = operator.says("connective", "locations", ACCOUNT, package, "--json").json["locations"]
    assert place["location"] in operator.says("connective", "locations", ACCOUNT, package).out
    (tmp_path / "proof.xml").write_text("<proof/>")
    words = ["--location", place["location"], "--name", "Desk", "--type", "desk", "--file", tmp_path / "proof.xml"]
    assert place["location"] in operator.says("connective", "proof", ACCOUNT, package, *words).out
    sent = operator.says("connective", "instant", ACCOUNT, "--pdf", contract, "--signer", ANNA).out
    assert "Out for signature" in sent
