"""eSignTools' callbacks behind API Gateway: hints, and only about agreements of the package whose address was called."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from esign.domain.ids import AccountId, PackageId
from esign.providers.esigntools.callback import parse
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.callbacks import Meaning, package_callback
from esign.runtime.calls import read_call
from functions.callbacks.esigntools.handler import TOLD, meaning
from tests.fakes.connector import Connector
from tests.fakes.raw_callbacks import MemoryRawCallbacks

EVENTS = Path(__file__).parents[2] / "events/callbacks/esigntools"
EXAMPLE = Keys("k1", {"k1": b"example-only-key"})  # the key that signed the tokens of these files

EXPECTED = {
    "esigned": ("esigned", "1234", True),
    "esigned_by_post": ("esigned", "1234", True),
    "rejected": ("rejected", "1234", True),
    "out_for_signature": ("out_for_signature", "1234", True),
    "unknown_type": ("changed", "1234", True),
    "without_query": ("changed", None, True),
    "bad_token": ("esigned", "1234", False),
}


def call(name):
    return read_call(json.loads((EVENTS / f"{name}.json").read_text()))


def test_there_is_one_expectation_per_event():
    assert {file.stem for file in EVENTS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_carries_its_token_and_says_why_to_look_and_at_what(name):
    called = call(name)
    account, package = AccountId(called.parameters["account"]), PackageId(called.parameters["package"])
    known = SignedAddresses("https://c.example", lambda: EXAMPLE).verify(
        "esigntools", account, package, called.parameters["token"]
    )
    hint = parse(called.path, called.query, called.headers, called.body)
    assert (hint.kind, hint.agreement, known) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"bad_token"}))
def test_every_hint_has_its_sentence_and_names_its_agreement(name):
    kind, agreement, _ = EXPECTED[name]
    assert meaning(call(name)) == Meaning(TOLD[kind], kind, envelope=agreement)


class Door:
    """The handler over the connector in memory, with a package of the agreements 11 and 12 (or none yet)."""

    def __init__(self, *reference):
        self.connector = cast("Any", Connector())  # it has the ports of an App that a callback asks for
        self.raw = MemoryRawCallbacks()
        self.connector.raw_callbacks = self.raw
        sent = self.connector.sent()
        state = replace(sent.provider, reference=reference)
        self.package = self.connector.packages.commit(sent, replace(sent, provider=state))
        self.handler = package_callback("esigntools", meaning, composition=lambda: self.connector)

    def called(self, agreement, token="k1.token"):  # noqa: S107 - the fake's own
        """The answer's status, and whether a refresh was woken."""
        event = json.loads((EVENTS / "esigned.json").read_text()) | {
            "queryStringParameters": {"id": agreement, "eventType": "ESIGNED"},
            "pathParameters": {"account": self.package.account, "package": self.package.id, "token": token},
        }
        return self.handler(event, None)["statusCode"], bool(self.connector.workflows.started)


def test_a_call_about_one_of_the_packages_agreements_wakes_it():
    assert Door("11", "12").called("12") == (200, True)


def test_a_call_about_another_agreement_is_kept_and_wakes_nothing():
    door = Door("11", "12")
    assert door.called("13") == (200, False)
    assert len(door.raw.calls) == 1


def test_a_call_that_comes_before_the_agreements_are_known_wakes_the_package():
    assert Door().called("12") == (200, True)


def test_a_bad_token_is_not_found_and_nothing_is_kept():
    door = Door("11")
    assert door.called("11", token="k1.wrong") == (404, False)
    assert door.raw.calls == {}
