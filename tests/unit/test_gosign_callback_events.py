"""The events in events/callbacks/gosign_*: what GoSign's calls look like behind API Gateway, and what each is answered."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from esign.domain.ids import AccountId
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.calls import read_call
from infra.functions import MAPPED, PUBLIC
from infra.mapping import REQUEST
from sandbox.cloud.gateway.mapping import fill_request
from tests.fakes.gosign_caller import Gosign

EVENTS = Path(__file__).parents[2] / "events/callbacks"
EXAMPLE = Keys("k1", {"k1": b"example-only-key"})  # the key that signed the tokens of these files
ADDRESSES = SignedAddresses("https://c.example", lambda: EXAMPLE)

# folder/case -> the status, and what its answer says. The package of the events does not exist.
EXPECTED = {
    "gosign_rest/bad_token": (404, "Not found."),
    "gosign_rest/ping": (200, '{"online": true}'),
    "gosign_rest/may_work": (200, '{"workable": true}'),
    "gosign_rest/may_work_for_another": (200, '{"workable": true}'),
    "gosign_rest/step_closed": (200, "The envelope is not known here."),
    "gosign_rest/rejected": (200, "The envelope is not known here."),
    "gosign_rest/extended_format": (200, "The envelope is not known here."),
    "gosign_rest/ended_with_documents": (200, "The envelope is not known here."),
    "gosign_rest/garbage": (200, "The body is not JSON."),
    "gosign_soap/bad_token": (404, "Not found."),
    "gosign_soap/description": (200, "WorkNotificationsService"),
    "gosign_soap/step_closed": (200, "<success>true</success>"),
    "gosign_soap/may_work": (200, "<userAllowedToWork>true</userAllowedToWork>"),
    "gosign_soap/operation_done": (200, "Body/>"),
    "gosign_soap/garbage": (400, "The body is not XML."),
}


def event(name):
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_there_is_one_expectation_per_event():
    found = {f"{path.parent.name}/{path.stem}" for path in EVENTS.glob("gosign_*/*.json")}
    assert found == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_is_answered_as_documented(name):
    gosign = Gosign(integration="legalbus")
    gosign.connector.addresses = ADDRESSES  # type: ignore[assignment]  # a fake everywhere else
    told = gosign.hears(name.partition("/")[0], event(name))
    status, words = EXPECTED[name]
    assert (told.status, words in told.text) == (status, True), told.text


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_carries_a_token_of_its_account(name):
    call = read_call(event(name))
    account, token = AccountId(call.parameters["account"]), call.parameters["token"]
    assert ADDRESSES.generation("gosign", account, token) == (None if name.endswith("bad_token") else 1)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_comes_the_way_that_its_method_has(name):
    told = event(name)
    endpoint = (told["httpMethod"], told["resource"])
    assert endpoint in PUBLIC[f"callbacks/{name.partition('/')[0]}"]
    assert ("mapped" in told) == (endpoint in MAPPED)


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if "mapped" in event(name)))
def test_a_mapped_event_is_what_the_template_makes_of_the_call(name):
    told = event(name)
    call = read_call(told)
    body = call.body.decode() + " " * (told["size"] - len(call.body.decode()))  # what was cut is not known here
    given = fill_request(
        REQUEST,
        body,
        path=call.parameters,
        query=call.query,
        headers=dict(headers_of(told)),
        method=told["httpMethod"],
        resource=told["resource"],
    )
    assert json.loads(given) == told


def headers_of(told):
    return [tuple(base64.b64decode(text).decode() for text in pair) for pair in told["headers"]]
