"""`esign accounts retention|hold|release|signatures|forget-subject` and `esign packages hold|release`."""

from __future__ import annotations

import pytest

from esign.domain.account import Forgetting
from esign.domain.forgetting import subject_hash
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator


@pytest.fixture
def operator():
    return Operator()


def rules(operator):
    return operator.connector.accounts.get(ACME).forgetting


def complete(connector):
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    return package.id


def test_a_package_is_held_and_released(operator):
    package = complete(operator.connector)
    assert operator.says("packages", "hold", ACME, package, "--json").json["hold"] is True
    assert operator.connector.now(package).hold
    assert "nothing of it will be removed" in operator.says("packages", "hold", ACME, package).out
    assert operator.says("packages", "show", ACME, package, "--json").json["hold"] is True
    assert operator.says("packages", "release", ACME, package, "--json").json["hold"] is False
    assert not operator.connector.now(package).hold


def test_an_unknown_package_cannot_be_held(operator):
    assert operator.says("packages", "hold", ACME, "pkg_01jnahzkgv3w9c4x5y6z7a8b9c", "--json").code == 1


def test_an_account_is_held_and_released(operator):
    assert operator.says("accounts", "hold", ACME, "--json").json["hold"] is True
    assert "on hold" in operator.says("accounts", "show", ACME).out
    assert operator.says("accounts", "release", ACME, "--json").json["hold"] is False


def test_rules_are_said_one_by_one_and_the_others_stay(operator):
    complete(operator.connector)
    answer = operator.says("accounts", "retention", ACME, "--after-days", 30, "--json")
    assert answer.json["forgetting"] == {"afterDays": 30, "providerCopy": False, "evidence": False}
    assert answer.json["lookedAt"] == 1
    operator.says("accounts", "retention", ACME, "--remove-provider-copy")
    operator.says("accounts", "retention", ACME, "--remove-evidence")
    assert rules(operator) == Forgetting(30, provider_copy=True, evidence=True)
    operator.says("accounts", "retention", ACME, "--keep-personal", "--keep-provider-copy")
    assert rules(operator) == Forgetting(None, provider_copy=False, evidence=True)


def test_days_and_no_days_are_not_said_at_once(operator):
    answer = operator.says("accounts", "retention", ACME, "--after-days", 3, "--keep-personal")
    assert answer.code == 2
    assert rules(operator) == Forgetting()


def test_the_providers_copy_goes_only_with_a_date(operator):
    answer = operator.says("accounts", "retention", ACME, "--remove-provider-copy", "--json")
    assert answer.code == 2
    assert answer.error["errors"][0]["pointer"] == "/forgetting/afterDays"
    assert rules(operator) == Forgetting()


@pytest.mark.parametrize(("word", "meaning"), [("yes", True), ("no", False), ("provider", None)])
def test_an_account_says_whether_signatures_are_expected(operator, word, meaning):
    assert operator.says("accounts", "signatures", ACME, "--expected", word).code == 0
    assert operator.connector.accounts.get(ACME).expect_signatures is meaning


def test_a_person_is_forgotten_with_a_receipt_that_does_not_name_them(operator):
    package = complete(operator.connector)
    answer = operator.says("accounts", "forget-subject", ACME, "signer1@example.com", "--json")
    assert answer.json["subject"] == subject_hash("signer1@example.com")
    assert answer.json["packages"][0]["package"] == package
    assert "signer1" not in answer.out
    assert operator.connector.now(package).recipients[0].email is None


def test_an_address_can_be_typed_unseen(operator):
    complete(operator.connector)
    answer = operator.says("accounts", "forget-subject", ACME, types="signer1@example.com\n")
    assert "locked until" in " ".join(answer.out.split())
    assert "signer1" not in answer.out + answer.err


def test_nobody_knows_a_stranger(operator):
    assert "No package names this person" in operator.says("accounts", "forget-subject", ACME, "x@example.com").out
