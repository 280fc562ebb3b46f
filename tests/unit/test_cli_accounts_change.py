"""`esign accounts change`, over the connector in memory."""

from __future__ import annotations

import pytest

from esign.domain.account import EvidencePolicy
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator


@pytest.fixture
def operator():
    return Operator()


def account(operator):
    return operator.connector.accounts.get(ACME)


def test_what_is_said_changes_and_the_rest_stays(operator):
    operator.connector.settings(source_hosts=("old.example.com",), calls_per_minute=50)
    before = account(operator)
    shown = operator.says(
        "accounts", "change", ACME, "--calls-per-minute", "200", "--name", "Acme Italia", "--json"
    ).json
    after = account(operator)
    assert (after.calls_per_minute, after.name) == (200, "Acme Italia")
    assert (after.source_hosts, after.evidence, after.settings) == (
        before.source_hosts,
        before.evidence,
        before.settings,
    )
    assert (shown["callsPerMinute"], shown["name"]) == (200, "Acme Italia")


def test_source_hosts_are_replaced_and_evidence_is_a_choice(operator):
    operator.connector.settings(source_hosts=("old.example.com",))
    said = ("--source-host", "Files.Example.com", "--source-host", "*.example.org", "--evidence", "optional")
    assert operator.says("accounts", "change", ACME, *said).code == 0
    assert account(operator).source_hosts == ("files.example.com", "*.example.org")
    assert account(operator).evidence is EvidencePolicy.OPTIONAL


def test_the_lock_is_the_accounts_own_until_it_is_the_stages_again(operator):
    assert operator.says("accounts", "change", ACME, "--lock", "compliance", "--lock-days", "3650").code == 0
    assert (account(operator).retention_mode, account(operator).retention_days) == ("COMPLIANCE", 3650)
    assert operator.says("accounts", "change", ACME, "--lock", "stage").code == 0
    assert (account(operator).retention_mode, account(operator).retention_days) == (None, None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((), "Nothing is said"),
        (("--lock-days", "0"), "--lock-days"),
        (("--lock", "none"), "--lock"),
        (("--lock", "stage", "--lock-days", "3"), "leave it out"),
        (("--source-host", "https://files.example.com/x"), "is no host name"),
    ],
)
def test_what_is_wrong_changes_nothing(operator, said, words):
    before = account(operator)
    answer = operator.says("accounts", "change", ACME, *said, "--json")
    assert answer.code == 2
    assert words in answer.err
    assert account(operator) == before


def test_an_unknown_account_is_said_to_be_unknown(operator):
    answer = operator.says("accounts", "change", "acc_0000000000000000", "--name", "X")
    assert (answer.code, "No such account" in answer.err) == (1, True)
