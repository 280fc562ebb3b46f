"""`esign gosign` against GoSign over real HTTP and SOAP: the real vendor folder, the simulator, stores in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.ids import AccountId
from sandbox.providers.gosign.side import DOORS
from tests.contract.gosign_world import gosign
from tests.contract.standard_world import SECRET
from tests.fakes.operator import Operator

REST, OAUTH = AccountId("acc_rest"), AccountId("acc_oauth")


@pytest.fixture(scope="module")
def world():
    with gosign("gosign-rest") as running:
        yield running


@pytest.fixture
def operator(world, monkeypatch):
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")  # as cli.target does: log lines go to standard output
    operator = Operator(real_vendors=True)
    for account, door in ((REST, "gosign-rest"), (OAUTH, "gosign-oauth")):
        settings = {"baseUrl": world.simulator.url, **DOORS[door](world.simulator)}
        operator.connector.add_account(id=account, provider="gosign", settings=settings)
        operator.connector.accounts.replace_credentials(account, {"customerCode": SECRET})
    return operator


def users(operator, *words):
    return operator.says("gosign", "users", *words, "--json")


def test_a_secretary_is_made_changed_and_deleted(operator, world):
    words = ("--name", "Sara", "--surname", "Nova", "--email", "sara.nova@customer.example")
    assert users(operator, "secretary", REST, "sara", *words).json == {"user": "sara", "done": True}
    assert "sara" in {user["extId"] for user in world.simulator.control.users()}
    assert users(operator, "change", REST, "sara", "phoneNumber", "+393331234567").code == 0
    assert users(operator, "delete", REST, "sara").json["users"] == ["sara"]


def test_gosign_says_no_in_its_own_words(operator):
    refused = users(operator, "delete", REST, "nobody-at-all")
    assert (refused.code, refused.error["code"]) == (1, "provider_refused")
    assert SECRET not in refused.out + refused.err


def test_an_account_without_a_customer_code_has_no_user_services(operator):
    refused = users(operator, "delete", OAUTH, "x")
    assert refused.error["code"] == "unsupported_feature"


def test_a_document_is_erased_by_soap(operator, world):
    package = world.package(documents=2)
    reference = world.provider().send(
        package, world.papers(), progress={}, checkpoint=lambda _: None, callback_url=None
    )
    package = replace(package, account=REST, provider=replace(package.provider, reference=reference))
    operator.connector.packages.create(package)
    done = operator.says("gosign", "erase", REST, package.id, "--document", "doc-2", "--json")
    assert done.json == {"package": package.id, "erased": "all"}
    left = world.simulator.control.envelope(package.id)["documents"]
    assert [document["externalId"] for document in left if document["docStatus"] != "D"] == [package.documents[0].id]
    refused = operator.says("gosign", "erase", REST, package.id, "--document", "doc-1", "--json")
    assert (refused.code, refused.error["code"]) == (1, "provider_conflict")
    assert operator.says("gosign", "erase", REST, package.id).code == 2
