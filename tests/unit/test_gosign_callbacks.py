"""GoSign's REST calls to the connector (seeds/004 §8): what is answered, what is woken, and what never changes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from esign.domain.errors import StoreUnavailable
from esign.domain.events import EventType
from esign.domain.forgetting import forgotten
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from tests.fakes.factories import ACME
from tests.fakes.gosign_caller import Gosign, step, work_notification

UNKNOWN = "pkg_00000000000000000000000000"
TEN = "2026-03-02T10:00:00Z"
FIRST, SECOND = "signer1@example.com", "signer2@example.com"


@pytest.fixture
def gosign():
    return Gosign()


@pytest.fixture
def narrow():
    """An account whose reads show nobody."""
    return Gosign(integration="oauth")


def woken(gosign):
    return list(gosign.connector.workflows.started)


def last_line(gosign, package):
    lines, _ = gosign.connector.packages.timeline(ACME, package.id)
    return lines[-1]


def test_a_ping_says_that_all_services_are_available(gosign):
    assert gosign.gets("/status").json == {"online": True}


def test_a_ping_says_per_service_that_none_is_available_while_we_are_in_trouble(gosign):
    gosign.connector.accounts.get = out_of_order
    told = gosign.gets("/status")
    assert told.status == 200
    assert told.json["services"] == {name: {"online": True, "available": False} for name in ("getStatus", "send")}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("STEP_CLOSED", "a step is done"),
        ("SIGN_PROCESS_ENDED", "everybody signed"),
        ("SIGN_PROCESS_ENDED_WSUPPL", "everybody signed"),
        ("VA_PROCESS_ENDED", "everybody approved or viewed"),
        ("ENVELOPE_REJECTED", "somebody refused"),
        ("PROCESS_CANCELLED", "the secretariat cancelled it"),
        ("SOMETHING_NEW", "something changed"),
    ],
)
def test_a_notification_of_every_type_wakes_a_refresh_and_changes_no_status(gosign, kind, sentence):
    package = gosign.sent()
    told = gosign.notifies(package.id, work_notification(package.id, kind))
    assert (told.status, told.json) == (200, {"outcome": "succeeded"})
    assert len(woken(gosign)) == 1
    assert gosign.now(package).status is PackageStatus.IN_PROCESS
    assert last_line(gosign, package).text == f"GoSign called: {sentence}."


@pytest.mark.parametrize(
    ("status", "previous", "code"),
    [
        ("WKD", "PGS", "sign_process_ended"),
        ("REJ", "PGS", "envelope_rejected"),
        ("STP", "PGS", "process_cancelled"),
        ("STO", "REJ", "envelope_rejected"),
        ("STO", None, "unknown_notification"),
        ("???", "PGS", "unknown_notification"),
    ],
)
def test_the_extended_format_is_understood_by_its_status(gosign, status, previous, code):
    package = gosign.sent()
    body = {"externalId": package.id, "status": status, "previousStatus": previous, "process": {"liveStatus": []}}
    assert gosign.notifies(package.id, body).json == {"outcome": "succeeded"}
    assert last_line(gosign, package).code == code


def a_rejected_envelope(package, *notes, status="REJ", previous="PGS"):
    """§8.3.2; Anna refused, and the envelope has a note that its sender wrote."""
    refused = {"mgrName": "Anna", "mgrSurname": "Bianchi", "status": "ERJ", "endedAt": 1573837225000}
    other = {"mgrName": "Luigi", "mgrSurname": "Verdi", "status": "PCD"}
    return {
        "externalId": package.id, "status": status, "previousStatus": previous,
        "note": "Internal: do not pay above 5k", "process": {"status": "X", "liveStatus": [refused, other]},
        "notes": [{"text": text, "name": name, "surname": surname} for text, name, surname in notes],
    }  # fmt: skip


@pytest.mark.parametrize(("status", "previous"), [("REJ", "PGS"), ("STO", "REJ")])
def test_the_extended_format_s_note_is_the_sender_s_and_never_the_reason_of_a_refusal(gosign, status, previous):
    package = gosign.sent()
    gosign.notifies(package.id, a_rejected_envelope(package, status=status, previous=previous))
    assert gosign.now(package).told_reason is None
    others = [("Looks good", "Luigi", "Verdi"), "garbage"]
    body = a_rejected_envelope(package, others[0], status=status, previous=previous)
    gosign.notifies(package.id, {**body, "notes": [*body["notes"], others[1]]})
    assert gosign.now(package).told_reason is None


def test_the_extended_format_s_reason_is_what_whoever_refused_noted_last(gosign):
    package = gosign.sent()
    notes = [("Draft?", "Anna", "Bianchi"), ("Price is wrong", "ANNA", "Bianchi"), ("me too", "Luigi", "Verdi")]
    gosign.notifies(package.id, a_rejected_envelope(package, *notes))
    assert gosign.now(package).told_reason == "Price is wrong"


def test_a_reason_that_was_cut_inside_an_emoji_is_told_with_a_replacement(gosign):
    package = gosign.sent()
    gosign.notifies(package.id, a_rejected_envelope(package, ("Too dear \ud83d", "Anna", "Bianchi")))
    assert gosign.now(package).told_reason == "Too dear \ufffd"


def test_the_same_notification_again_succeeds(gosign):
    package = gosign.sent()
    for _ in range(3):
        assert gosign.notifies(package.id, work_notification(package.id)).json["outcome"] == "succeeded"
    assert gosign.now(package) == package


def test_a_notification_of_an_envelope_that_nobody_has_is_discarded_and_kept(gosign):
    told = gosign.notifies(UNKNOWN, work_notification(UNKNOWN))
    assert (told.status, told.json["outcome"]) == (200, "failed_please_discard")
    assert woken(gosign) == []
    assert list(gosign.raw.calls) == [("gosign", ACME, None)]


def test_another_accounts_envelope_is_as_unknown_as_none(gosign):
    gosign.connector.add_account(id="globex")
    theirs = gosign.connector.create(account="globex").package
    told = gosign.notifies(theirs.id, work_notification(theirs.id))
    assert told.json == {"outcome": "failed_please_discard", "message": "The envelope is not known here."}
    assert gosign.gets("/", envelope=theirs.id, user="x").json == {"workable": True}


def test_an_address_that_names_another_envelope_than_the_body_is_discarded(gosign):
    package = gosign.sent()
    told = gosign.notifies(package.id, work_notification(UNKNOWN))
    assert told.json["outcome"] == "failed_please_discard"
    assert woken(gosign) == []


def out_of_order(*_args, **_named):
    raise StoreUnavailable("DynamoDB did not answer.")


def test_our_own_trouble_asks_for_a_retry(gosign):
    package = gosign.sent()
    gosign.connector.packages.wake = out_of_order
    told = gosign.notifies(package.id, work_notification(package.id))
    assert (told.status, told.json["outcome"]) == (200, "failed_please_retry")


def test_a_wrong_token_is_404_and_nothing_is_read(gosign):
    package = gosign.sent()
    for name in ("get", "note_callback", "credentials"):
        setattr(gosign.connector.accounts, name, out_of_order)
    told = gosign.notifies(package.id, work_notification(package.id), token="k1.1.guess")
    assert (told.status, gosign.raw.calls) == (404, {})


@pytest.mark.parametrize("ids", [{}, {"original": "somebody"}])
def test_a_person_may_work_on_what_coupa_did_not_withdraw(gosign, ids):
    package = gosign.sent()
    assert gosign.gets("/", envelope=package.id, user="u", **ids).json == {"workable": True}
    assert gosign.gets("/", envelope="SAP-4711", user="u", **ids).json == {"workable": True}


def test_nobody_may_work_on_what_coupa_withdrew_and_nothing_is_ever_deleted(gosign):
    package = gosign.sent()
    gosign.connector.delete(package.id, "wrong terms")
    told = gosign.gets("/", envelope=package.id, user="u").json
    assert told == {"workable": False, "reason": "The sender has withdrawn this contract.", "action": "NOP"}


def test_a_withdrawal_that_is_still_under_way_counts(gosign):
    package = gosign.sent()
    gosign.connector.packages.commit(package, replace(package, withdraw_requested=""))
    assert gosign.gets("/", envelope=package.id, user="u").json["workable"] is False


def test_whether_a_person_may_work_is_never_guessed(gosign):
    gosign.connector.packages.head = out_of_order
    assert gosign.gets("/", envelope=UNKNOWN, user="u").status == 503


def test_live_status_moves_the_recipients_of_an_account_whose_reads_show_nobody(narrow):
    package = narrow.sent()
    events = [step(FIRST, "WKD", 1, ended="2026-03-02T10:00:00.000Z"), step(SECOND, "NEW", 2)]
    assert narrow.notifies(package.id, work_notification(package.id, liveStatus=events)).json["outcome"] == "succeeded"
    after = narrow.now(package)
    assert [r.status for r in after.recipients] == [RecipientStatus.SIGNED, RecipientStatus.SENT]
    assert after.recipients[0].signed_at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert after.status is PackageStatus.IN_PROCESS
    told = [event.type for event in narrow.connector.packages.events_after(ACME, package.id, package.sequence)]
    assert told == [EventType.RECIPIENT_SIGNED]
    assert narrow.connector.bell.rung[-1] == (ACME, package.id)


def test_the_same_live_status_again_moves_nobody(narrow):
    package = narrow.sent()
    body = work_notification(package.id, liveStatus=[step(FIRST, "WKD", 1, ended=TEN)])
    narrow.notifies(package.id, body)
    after = narrow.now(package)
    narrow.notifies(package.id, body)
    assert narrow.now(package) == after


def test_live_status_never_moves_a_recipient_backwards(narrow):
    package = narrow.sent()
    narrow.notifies(package.id, work_notification(package.id, liveStatus=[step(FIRST, "WKD", 1, ended=TEN)]))
    narrow.notifies(package.id, work_notification(package.id, liveStatus=[step(FIRST, "NEW", 1)]))
    assert narrow.now(package).recipients[0].status is RecipientStatus.SIGNED


def test_live_status_completes_no_package(narrow):
    package = narrow.sent()
    events = [step(who, "WKD", n, ended=TEN) for n, who in ((1, FIRST), (2, SECOND))]
    narrow.notifies(package.id, work_notification(package.id, "SIGN_PROCESS_ENDED", liveStatus=events))
    after = narrow.now(package)
    assert (after.status, after.counts.signed) == (PackageStatus.IN_PROCESS, 2)


def test_a_substitute_acts_for_the_original_who_stays_ours(narrow):
    package = narrow.sent()
    event = step("deputy", "WKD", 1, ended=TEN, fromMgrExternalId=FIRST, mgrName="Dora", mgrSurname="Dent")
    narrow.notifies(package.id, work_notification(package.id, liveStatus=[event]))
    first = narrow.now(package).recipients[0]
    assert (first.status, first.acted_by, first.email) == (RecipientStatus.SIGNED, "Dora Dent", FIRST)


def test_live_status_is_left_to_the_read_where_a_read_shows_it(gosign):
    for one in (gosign, Gosign(integration="oauth", companion=True)):
        package = one.sent()
        events = [step(FIRST, "WKD", 1, ended=TEN)]
        one.notifies(package.id, work_notification(package.id, liveStatus=events))
        assert one.now(package) == package


@pytest.mark.parametrize(
    "events",
    [
        [step("nobody@example.com", "WKD", 1, ended=TEN)],
        [step(FIRST, "WKD", 1, ended=TEN) | {"stepNumber": "x", "status": 7}],
        [7, None, [], {}],
        "many",
    ],
)
def test_live_status_that_means_nothing_changes_nothing(narrow, events):
    package = narrow.sent()
    told = narrow.notifies(package.id, work_notification(package.id, liveStatus=events))
    assert told.json["outcome"] == "succeeded"
    assert narrow.now(package) == package


def test_a_rejection_note_is_believed_once_a_read_shows_the_refusal(gosign):
    package = gosign.sent()
    gosign.notifies(package.id, work_notification(package.id, "ENVELOPE_REJECTED", note="Price is wrong"))
    assert gosign.now(package).status is PackageStatus.IN_PROCESS
    gosign.connector.provider.decline(package.recipients[0].id, reason=None)
    gosign.connector.run_refresh(package.id)
    after = gosign.now(package)
    assert (after.status, after.status_reason) == (
        PackageStatus.DECLINED,
        "Price is wrong (as the provider's notification told)",
    )


def test_the_note_is_also_whoever_refused_s_and_goes_when_the_package_is_forgotten(gosign):
    package = gosign.sent()
    gosign.notifies(package.id, work_notification(package.id, "ENVELOPE_REJECTED", note="Price is wrong"))
    gosign.connector.provider.decline(package.recipients[0].id, reason=None)
    gosign.connector.run_refresh(package.id)
    after = gosign.now(package)
    assert after.recipients[0].decline_reason.startswith("Price is wrong")
    assert "Price is wrong" not in repr(forgotten(after, after.updated_at))


def test_a_read_that_tells_its_own_reason_is_believed_rather_than_a_note(gosign):
    package = gosign.sent()
    gosign.notifies(package.id, work_notification(package.id, "ENVELOPE_REJECTED", note="Price is wrong"))
    gosign.connector.provider.decline(package.recipients[0].id, reason="Date is wrong")
    gosign.connector.run_refresh(package.id)
    assert gosign.now(package).status_reason == "Date is wrong"


def test_a_note_without_a_refusal_is_told_to_nobody(gosign):
    package = gosign.sent()
    gosign.notifies(package.id, work_notification(package.id, "STEP_CLOSED", note="hello"))
    gosign.notifies(package.id, work_notification(package.id, "ENVELOPE_REJECTED", note="hello"))
    gosign.connector.run_refresh(package.id)
    assert "hello" not in repr(gosign.now(package).status_reason)


@pytest.mark.parametrize("megabytes", [1, 5.9, 6.1, 9.9])
def test_an_end_of_process_with_documents_is_acknowledged_by_its_head_and_its_documents_are_not_looked_at(
    narrow, megabytes
):
    package = narrow.sent()
    documents = [
        {"docExternalId": "d", "content": {"mimeType": "application/pdf", "data": "A" * int(megabytes * 2**20)}}
    ]
    body = {
        "envelopeExternalId": package.id,
        "notificationType": "SIGN_PROCESS_ENDED",
        "documents": documents,
        "liveStatus": [step(FIRST, "WKD", 1, ended=TEN)],  # beyond the head: the refresh reads GoSign
    }
    assert narrow.notifies(package.id, body).json == {"outcome": "succeeded"}
    assert last_line(narrow, package).code == "sign_process_ended"
    assert narrow.now(package) == package


def test_the_note_of_a_large_notification_arrives_since_it_comes_first(gosign):
    package = gosign.sent()
    body = work_notification(package.id, "ENVELOPE_REJECTED", note="No", documents=[{"data": "A" * 100_000}])
    gosign.notifies(package.id, body)
    assert gosign.now(package).told_reason == "No"


def test_what_was_called_is_kept_without_what_the_caller_proves_itself_with(gosign):
    package = gosign.sent()
    kept = []
    gosign.raw.keep = lambda *_ids, headers, body, at: kept.append((headers, json.loads(body)))
    headers = {"Authorization": "Basic c2VjcmV0", "X-API-Key": "s", "Content-Type": "application/json"}
    gosign.notifies(package.id, work_notification(package.id), headers=headers)
    assert kept == [({"content-type": "application/json"}, work_notification(package.id))]


def test_an_approver_is_approved_and_not_signed(narrow):
    package = narrow.connector.create(sequential_signing=True).package
    narrow.connector.add_document(package.id)
    narrow.connector.add_recipient(package.id, email=FIRST, role=Role.APPROVER)
    narrow.connector.add_recipient(package.id, email=SECOND)
    package = narrow.connector.send(package.id)
    event = step(FIRST, "WKD", 1, ended=TEN)
    narrow.notifies(package.id, work_notification(package.id, liveStatus=[event]))
    assert narrow.now(package).recipients[0].status is RecipientStatus.APPROVED
