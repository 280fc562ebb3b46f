"""Idempotency-Key through gateway, function and table, as Coupa uses it; and the story that the calls leave."""

from __future__ import annotations

from sandbox.coupa.client import CoupaClient
from tests.e2e.drafts import SIGNER, a_ready_draft, done


def test_a_request_that_comes_again_under_its_key_has_one_effect(coupa: CoupaClient) -> None:
    first, again = (coupa.create_package({"name": "Lease"}, key="lease-1") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert first.headers["location"] == again.headers["location"] == f"/coupa/v1/packages/{first.json['id']}"
    other = coupa.create_package({"name": "Another"}, key="lease-1")
    assert (other.status, other.code) == (409, "idempotency_key_in_use")


def test_people_are_added_once_and_a_package_is_sent_once_with_every_call_in_its_story(coupa: CoupaClient) -> None:
    package = a_ready_draft(coupa)
    person = SIGNER | {"email": "second@example.com"}
    added = [coupa.add_recipients(package, [person], key="people-1").json for _ in range(2)]
    assert added[0] == added[1]
    sent = [done(coupa.send_package(package, key="send-1")) for _ in range(2)]
    assert "idempotency-replayed" in sent[1].headers
    assert len(sent[1].json["recipients"]) == 2
    story = coupa.list_events(package).json["events"]
    calls = [line for line in story if line["kind"] == "provider_call"]
    assert len(calls) >= 4
    assert all(line["text"].startswith("The connector called the provider: ") for line in calls)
    assert all("milliseconds" in line and "@" not in line["text"] for line in calls)
