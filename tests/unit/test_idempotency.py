"""Idempotency-Key at the door of Coupa's operations, over the connector in memory; many at once also over DynamoDB."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest

from esign.aws.idempotency import DynamoIdempotencyKeys
from esign.aws.packages import DynamoPackages
from esign.coupa.routes import ROUTES
from esign.domain.errors import (
    Clash,
    InFlight,
    MalformedRequest,
    Problem,
    ProviderUnavailable,
    StoreUnavailable,
    Unprocessable,
)
from esign.domain.timing import Timing
from esign.ports import FirstAnswer
from esign.runtime.endpoint import Reply, Request, coupa_endpoint
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client  # noqa: F401 - fixtures
from tests.contract.test_dynamodb_items import calls
from tests.fakes.connector import CONTRACT, Connector
from tests.fakes.door import Door
from tests.fakes.factories import ACME

WEEK = 7 * 86400
DOCUMENT = {"name": "contract.pdf", "content": base64.b64encode(CONTRACT).decode()}
PERSON = {"fullName": "Anna Berg", "email": "anna@example.com"}


@pytest.fixture
def door():
    return Door(Connector())


def test_a_package_is_created_once_and_answered_twice(door):
    first = door("create_package", {"name": "Lease"})
    again = door("create_package", {"name": "Lease"})
    assert (again.status, again.body, again.headers) == (201, first.body, first.headers)
    assert again.headers == {"Location": f"/prod/v1/packages/{first.body['id']}"}
    assert (first.replayed, again.replayed, door.drafts) == (False, True, 1)


def test_without_a_key_every_request_is_a_new_one(door):
    for _ in range(2):
        assert not door("create_package", {"name": "Lease"}, key=None).replayed
    assert door.drafts == 2


def test_a_replay_shows_what_is_true_now(door):
    package = door("create_package", {"name": "Lease"}).body["id"]
    door("add_documents", {"documents": [DOCUMENT]}, package=package, key="k2")
    again = door("create_package", {"name": "Lease"})
    assert [d["name"] for d in again.body["documents"]] == ["contract.pdf"]


def test_documents_are_added_once_and_the_same_ones_are_answered(door):
    package = door.draft()
    first = door("add_documents", {"documents": [DOCUMENT, DOCUMENT]}, package=package)
    door("add_documents", {"documents": [DOCUMENT]}, package=package, key="k2")
    again = door("add_documents", {"documents": [DOCUMENT, DOCUMENT]}, package=package)
    assert (again.status, again.body) == (201, first.body)
    assert len(again.body["documents"]) == 2
    assert len(door.connector.now(package).documents) == 4  # the draft's own, ours, the other key's


def test_an_upload_link_is_a_fresh_one_in_a_replay_and_none_once_the_package_is_gone(door):
    package = door.draft()
    wish = {"documents": [{"name": "big.pdf", "upload": {"size": 9, "sha256": "ab" * 32}}]}
    first = door("add_documents", wish, package=package)
    door.connector.clock.advance(3600)
    again = door("add_documents", wish, package=package)
    assert first.body["documents"][0]["upload"]["expiresAt"] < again.body["documents"][0]["upload"]["expiresAt"]
    door.connector.delete(package)
    (gone,) = door("add_documents", wish, package=package).body["documents"]
    assert "upload" not in gone


def test_recipients_are_added_once_and_the_same_ones_are_answered(door):
    package = door.draft()
    first = door("add_recipients", {"recipients": [PERSON]}, package=package)
    again = door("add_recipients", {"recipients": [PERSON]}, package=package)
    assert (again.body, again.replayed) == (first.body, True)
    assert len(door.connector.now(package).recipients) == 2


@pytest.mark.parametrize(
    ("operation", "body"), [("add_documents", {"documents": [DOCUMENT]}), ("add_recipients", {"recipients": [PERSON]})]
)
def test_a_replay_warns_as_the_first_answer_did_while_the_draft_has_not_changed(door, operation, body):
    package = door.draft()
    door.connector.provider.problems = (Problem("/recipients/0/phone", "phone_missing", "Give a phone number."),)
    first = door(operation, body, package=package)
    again = door(operation, body, package=package)
    assert [one["code"] for one in first.body["warnings"]] == ["phone_missing"]
    assert (again.body, again.replayed) == (first.body, True)
    door.connector.provider.problems = ()
    assert "warnings" not in door(operation, body, package=package).body


def test_what_is_no_draft_any_more_is_not_warned_of(door):
    package = door.draft()
    door("add_recipients", {"recipients": [PERSON]}, package=package)
    door.connector.delete(package)
    door.connector.provider.problems = (Problem("/recipients/0/phone", "phone_missing", "Give a phone number."),)
    again = door("add_recipients", {"recipients": [PERSON]}, package=package)
    assert again.replayed
    assert "warnings" not in again.body


@pytest.mark.parametrize("operation", ["send_package", "remind_recipients", "delete_package"])
def test_the_provider_hears_of_a_request_once(door, operation):
    package = door.draft() if operation == "send_package" else door.connector.sent().id
    method = "DELETE" if operation == "delete_package" else "POST"
    first = door(operation, package=package, method=method)
    heard = list(door.connector.provider.calls)
    again = door(operation, package=package, method=method)
    assert (again.status, again.body, again.replayed) == (200, first.body, True)
    assert door.connector.provider.calls == heard


@pytest.mark.parametrize("of_package", [True, False])
def test_a_callback_is_set_once_and_removed_once(door, of_package):
    package = door.draft() if of_package else None
    wish = {"url": "https://coupa.example/other"}
    first = door("configure_callback", wish, package=package, method="PUT")
    assert door("configure_callback", wish, package=package, method="PUT") == Reply(200, first.body, replayed=True)
    assert not door("configure_callback", package=package, method="DELETE", key="k2").replayed
    assert door("configure_callback", package=package, method="DELETE", key="k2") == Reply(204, replayed=True)


def test_every_operation_that_writes_can_be_replayed(door):
    """What a new operation's reply has to hold, so that it can be made anew."""
    tried = {"create_package", "add_documents", "add_recipients", "send_package", "remind_recipients", "delete_package"}
    answers_the_package = {"extend_expiry", "skip_recipients"}
    writing = {r.operation for r in ROUTES if any(method != "GET" for method, _ in r.endpoints)}
    assert writing == tried | answers_the_package | {"configure_callback"}


def test_a_read_takes_no_notice_of_a_key(door):
    package = door.draft()
    assert not any(door("get_package", package=package, method="GET").replayed for _ in range(2))
    assert not door.app.idempotency.uses


@pytest.mark.parametrize(
    ("operation", "body", "package"),
    [
        ("create_package", {"name": "Another"}, False),
        ("create_package", None, False),
        ("send_package", {"name": "Lease"}, True),
    ],
)
def test_the_same_key_for_another_request_is_refused(door, operation, body, package):
    door("create_package", {"name": "Lease"})
    with pytest.raises(Clash) as refused:
        door(operation, body, package=door.draft() if package else None)
    assert refused.value.kind == "idempotency_key_in_use"


def test_the_same_key_for_another_package_is_refused(door):
    door("send_package", package=door.draft())
    with pytest.raises(Clash):
        door("send_package", package=door.draft())


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "schlüssel"])
def test_a_key_that_is_none_is_refused_before_anything_is_done(door, key):
    with pytest.raises(MalformedRequest):
        door("create_package", {"name": "Lease"}, key=key)
    assert door.drafts == 0


def test_a_key_of_255_characters_is_taken(door):
    assert door("create_package", {"name": "Lease"}, key="k" * 255).status == 201


def test_a_failure_is_never_replayed(door):
    package = door.draft()
    door.connector.provider.fail["create"] = [ProviderUnavailable("down")]
    with pytest.raises(ProviderUnavailable):
        door("send_package", package=package)
    assert door("send_package", package=package) == door("get_package", package=package, method="GET")
    with pytest.raises(Unprocessable):
        door("add_recipients", {"recipients": [{"fullName": "Nobody"}]}, package=door.draft(), key="k2")
    assert set(door.app.idempotency.uses) == {(ACME, "k1")}


def test_a_defect_of_ours_leaves_the_key_free(door):
    def broken(request: Request, app: Any) -> Reply:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        coupa_endpoint("create_package")(broken).__wrapped__(door.request({"name": "Lease"}, key="k1"), door.app)  # type: ignore[attr-defined]
    assert door("create_package", {"name": "Lease"}).status == 201


def test_while_the_first_is_at_work_the_second_is_told_to_wait(door):
    package = door.draft()
    told = []

    def second() -> None:
        with pytest.raises(InFlight) as refused:
            door("send_package", package=package)
        told.append(refused.value.kind)

    door.connector.provider.during["create"] = second
    assert not door("send_package", package=package).replayed
    assert told == ["request_in_flight"]
    assert door("send_package", package=package).replayed


def test_a_crash_leaves_a_claim_that_ends_with_the_functions_time_out(door):
    class Crash(BaseException):
        pass

    door.connector.provider.during["create"] = lambda: (_ for _ in ()).throw(Crash())
    package = door.draft()
    with pytest.raises(Crash):
        door("send_package", package=package)
    with pytest.raises(InFlight):
        door("send_package", package=package)
    door.connector.clock.advance(29)
    assert not door("send_package", package=package).replayed


def test_an_answer_that_could_not_be_kept_is_given_all_the_same(door, capsys):
    def unavailable(*_: Any) -> bool:
        raise StoreUnavailable("nobody there")

    door.app.idempotency.settle = unavailable
    assert door("send_package", package=door.draft()).status == 200
    assert "idempotency key not kept" in capsys.readouterr().out


def test_after_a_week_the_key_is_free_again(door):
    door("create_package", {"name": "Lease"})
    door.connector.clock.advance(WEEK - 1)
    assert door("create_package", {"name": "Lease"}).replayed
    door.connector.clock.advance(1)
    assert not door("create_package", {"name": "Lease"}).replayed


def test_nothing_of_an_answer_is_kept_but_status_and_ids(door):
    package = door("create_package", {"name": "Secret merger"}).body["id"]
    door("add_recipients", {"recipients": [PERSON]}, package=package, key="k2")
    answers = [use.answer for use in door.app.idempotency.uses.values()]
    assert answers == [FirstAnswer(201, package), FirstAnswer(201, package, (f"{package}_r01",))]


@pytest.mark.parametrize("stores", ["memory", "dynamodb"])
def test_sixteen_requests_at_once_under_one_key_have_one_effect(door, stores, request):
    if stores == "dynamodb":
        client = request.getfixturevalue("dynamodb")
        door.app.packages = DynamoPackages(client, TABLE, timing=Timing())
        door.app.idempotency = DynamoIdempotencyKeys(client, TABLE)
    start = threading.Barrier(16)

    def ask(_: int) -> str:
        start.wait()
        try:
            return "replayed" if door("create_package", {"name": "Lease"}).replayed else "made"
        except InFlight:
            return "wait"

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(ask, range(16)))
    assert told.count("made") == 1
    assert door.drafts == 1
    assert door("create_package", {"name": "Lease"}).replayed


def test_a_key_costs_two_writes_and_a_replay_one_and_a_read(door, dynamodb):  # noqa: F811
    door.app.packages = DynamoPackages(dynamodb, TABLE, timing=Timing())
    door.app.idempotency = DynamoIdempotencyKeys(dynamodb, TABLE)
    with calls(dynamodb) as made:
        door("create_package", {"name": "Lease"})
    assert made == ["UpdateItem", "TransactWriteItems"], "the answer is part of the transaction"
    with calls(dynamodb) as made:
        door("create_package", {"name": "Lease"})
    assert made == ["UpdateItem", "Query"]
    with calls(dynamodb) as made:
        door("create_package", {"name": "Lease"}, key=None)
    assert made == ["TransactWriteItems"]


def test_the_caller_sees_a_replay_by_its_header_and_the_log_by_its_outcome(door, capsys):
    event = {
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Idempotency-Key": "k1"},
        "requestContext": {
            "requestId": "req-1",
            "authorizer": {"accountId": ACME, "provider": "fake", "settingsVersion": "1"},
        },
        "body": json.dumps({"name": "Lease"}),
    }

    class Context:
        aws_request_id = "x"

        def get_remaining_time_in_millis(self) -> int:
            return 29000

    work = import_module("functions.coupa.create_package.handler").handler.__wrapped__.__wrapped__
    handler = coupa_endpoint("create_package", composition=lambda: door.app)(work)
    first, again = handler(event, Context()), handler(event, Context())
    assert "Idempotency-Replayed" not in first["headers"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert again["body"] == first["body"]
    outcomes = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert outcomes == ["ok", "replayed"]
