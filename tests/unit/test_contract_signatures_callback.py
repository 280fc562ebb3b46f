"""The app's webhook: what is read in it, whom it wakes, and what is none of our business."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from esign.domain.errors import StoreUnavailable
from esign.domain.package import ProviderState
from esign.operations.receive_callback import once_per_event
from esign.providers.contract_signatures import capabilities
from esign.providers.contract_signatures.callback import PROVIDER, Hint, parse
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.callbacks import account_callback
from functions.callbacks.contract_signatures.handler import DONE, LATER, answer
from tests.fakes.clock import FixedClock
from tests.fakes.connector import Connector
from tests.fakes.factories import ACME, a_package
from tests.fakes.idempotency import MemoryIdempotencyKeys
from tests.fakes.raw_callbacks import MemoryRawCallbacks

EVENTS = Path(__file__).parents[2] / "events/callbacks/contract_signatures"
EXAMPLE = Keys("k1", {"k1": b"example-only-key"})  # the key that signed the token of these files
CONTRACT = "15f5b906-1076-4539-a9ac-0be80bdef973"  # seeds/002, Contract Object
UUID = "0d5f1c9e-6a0b-4d6e-9a51-5b1f3c1e7a10"

EXPECTED = {  # status, and how many wake-ups
    "creation": (204, 0),
    "signature": (204, 1),
    "completion": (204, 1),
    "unknown_kind": (204, 1),
    "somebody_elses_contract": (204, 0),
    "garbage": (204, 0),
    "bad_token": (404, 0),
}


class Door:
    """The deployed handler over the connector in memory, with a contract of its account out for signature."""

    def __init__(self) -> None:
        self.connector = cast("Any", Connector())
        self.connector.add_account(id="acme-at-atlassian", provider=PROVIDER)
        record = self.connector.accounts.get(ACME)
        self.connector.accounts.save(record, replace(record, provider=PROVIDER))
        self.connector.addresses = SignedAddresses("https://c.example", lambda: EXAMPLE)
        self.connector.idempotency, self.connector.raw_callbacks = MemoryIdempotencyKeys(), MemoryRawCallbacks()
        self.package = a_package(provider=ProviderState(PROVIDER, reference=(CONTRACT,)))
        self.connector.packages.create(self.package)
        self._handler = account_callback(PROVIDER, answer, trouble=LATER, composition=lambda: self.connector)

    def calls(self, name: str) -> Any:
        return self._handler(json.loads((EVENTS / f"{name}.json").read_text()), None)

    @property
    def wakes(self) -> int:
        return len(self.connector.workflows.started)

    @property
    def kept(self) -> int:
        return len(self.connector.raw_callbacks.kept(PROVIDER, ACME, self.package.id))


def test_there_is_one_expectation_per_event():
    assert {file.stem for file in EVENTS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_call_is_answered_and_wakes_only_its_own_contract(name):
    door = Door()
    status, wakes = EXPECTED[name]
    assert door.calls(name)["statusCode"] == status
    assert (door.wakes, door.kept) == (wakes, wakes)


def test_a_repeated_event_wakes_once():
    door = Door()
    assert [door.calls("signature")["statusCode"] for _ in range(3)] == [204] * 3
    assert door.wakes == 1
    door.calls("completion")
    assert door.wakes == 2


def test_our_own_trouble_is_no_done_and_the_event_can_come_again():
    door = Door()
    working = door.connector.workflows
    door.connector.workflows = None  # what the wake-up needs is not there
    assert door.calls("signature") == LATER
    door.connector.workflows = working
    assert door.calls("signature") == DONE
    assert door.wakes == 1


def test_the_provider_is_called_as_in_its_capabilities():
    assert PROVIDER == capabilities.NAME


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"contractId": 7}', b'{"contractId": "../../x"}', b"[" * 100_000],
)
def test_what_is_no_message_says_nothing(body):
    assert parse(body) is None


def test_only_the_ids_of_a_message_are_read():
    said = {"contractId": CONTRACT, "eventUuid": "not one", "eventType": ["signature"], "status": "signed"}
    assert parse(json.dumps(said).encode()) == Hint(CONTRACT, None, "other")
    said |= {"eventUuid": UUID, "eventType": "completion"}
    assert parse(json.dumps(said).encode()) == Hint(CONTRACT, UUID, "completion")


def test_an_event_without_an_id_always_counts():
    done: list[int] = []
    for _ in range(2):
        assert once_per_event(ACME, None, lambda: done.append(1), keys=MemoryIdempotencyKeys(), clock=FixedClock())
    assert done == [1, 1]


def test_an_event_whose_work_broke_down_is_not_done():
    keys, clock = MemoryIdempotencyKeys(), FixedClock()

    def fails() -> None:
        raise StoreUnavailable("down")

    with pytest.raises(StoreUnavailable):
        once_per_event(ACME, UUID, fails, keys=keys, clock=clock)
    assert once_per_event(ACME, UUID, lambda: None, keys=keys, clock=clock)
    assert not once_per_event(ACME, UUID, lambda: None, keys=keys, clock=clock)
