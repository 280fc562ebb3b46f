"""The callback events in events/callbacks/connective are what Connective's calls look like behind API Gateway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esign.domain.ids import AccountId, PackageId
from esign.providers.connective.callback import parse
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.calls import read_call

EVENTS = Path(__file__).parents[2] / "events/callbacks/connective"
EXAMPLE = Keys("k1", {"k1": b"example-only-key"})  # the key that signed the tokens of these files

EXPECTED = {
    "changed": ("changed", True),
    "changed_by_get": ("changed", True),
    "changed_with_package_id": ("changed", True),
    "changed_with_garbage": ("changed", True),
    "link_requested": ("link_requested", True),
    "bad_token": ("changed", False),
}


def test_there_is_one_expectation_per_event():
    assert {file.stem for file in EVENTS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_carries_its_token_and_says_why_to_look(name):
    call = read_call(json.loads((EVENTS / f"{name}.json").read_text()))
    account, package = AccountId(call.parameters["account"]), PackageId(call.parameters["package"])
    addresses = SignedAddresses("https://c.example", lambda: EXAMPLE)
    known = addresses.verify("connective", account, package, call.parameters["token"])
    assert (parse(call.path, call.query, call.headers, call.body).kind, known) == EXPECTED[name]
