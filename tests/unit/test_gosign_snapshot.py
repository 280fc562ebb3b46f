"""GoSign's words and people in ours: the status tables, and whose event is whose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.recipient import Group, Member, Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.snapshot import snapshot
from esign.providers.gosign.status import package_status, recipient_status
from esign.providers.gosign.wire import EnvelopeView, moment
from tests.fakes.gosign_packages import a_contract, person

T0, T1 = 1573837214000, 1573837225000


def seen(package, status="PGS", events=(), *, options=None, **more):
    told = {"externalId": package.id, "status": status, "process": {"status": "O", "liveStatus": list(events)}} | more
    return snapshot(package, EnvelopeView.model_validate(told), parse_options(options or {}))


def event(email, status="NEW", started=T0, ended=None, step=1, **more):
    return {
        "mgrExternalId": email, "mgrName": "Anna", "mgrSurname": "?", "status": status, "startedAt": started,
        "endedAt": ended, "stepNumber": step,
    } | more  # fmt: skip


def states(found) -> list[RecipientStatus | None]:
    return [r.status for r in found.recipients]


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (("DRF", "DRAFT", "TMP", "TEMPORARY"), PackageStatus.DRAFT),
        (("PGS", "IN_PROGRESS", "TO_CONFIRM", "TRJ", "TO_REJECT", " pgs "), PackageStatus.IN_PROCESS),
        (("WKD", "WORKED"), PackageStatus.SIGNED),
        (("REJ", "REJECTED"), PackageStatus.DECLINED),
        (("EXP", "EXPIRED"), PackageStatus.EXPIRED),
        (("STP", "CANCELLED"), PackageStatus.CANCELLED),
        (("DEL", "DELETED", "TOE", "TO_ERASE"), PackageStatus.DELETED),
        (("WORKEDD", "", "STO", "STORED"), None),
    ],
    ids=str,
)
def test_every_word_of_a_package_in_both_dialects(words, ours):
    assert {package_status(word) for word in words} == {ours}


@pytest.mark.parametrize(
    ("previous", "closed", "ours"),
    [
        ("WKD", False, PackageStatus.SIGNED), ("REJ", True, PackageStatus.DECLINED),
        ("STP", False, PackageStatus.CANCELLED), ("", True, PackageStatus.SIGNED), ("", False, None),
        ("PGS", True, None),
    ],
)  # fmt: skip
def test_an_archived_envelope_is_what_it_was_before(previous, closed, ours):
    assert package_status("STO", previous=previous, closed=closed) is ours


@pytest.mark.parametrize(
    ("process", "word", "ours"),
    [
        ("C", "WKD", PackageStatus.SIGNED),
        ("C", "PCD", PackageStatus.SIGNED),  # of a group, whoever was not needed
        ("C", "ERJ", None),
        ("X", "WKD", None),
        ("O", "WKD", None),
        (None, "WKD", PackageStatus.SIGNED),
        (None, "ERJ", None),
        (None, "PCD", None),
    ],
)
def test_an_archived_envelope_that_does_not_say_what_it_was_is_signed_only_by_a_closed_process(process, word, ours):
    """§4.1: process.status C closed, X cancelled; ERJ and PCD are of a process that was cancelled."""
    told = {"status": process, "liveStatus": [event("anna.berg1@example.com", word, T0, T1)]}
    found = seen(a_contract(1), "STO", previousStatus=None, completedAt=T1, process=told)
    assert found.status is ours
    assert seen(a_contract(1), "STO", previousStatus=None, process={"status": "C"}).status is PackageStatus.SIGNED


@pytest.mark.parametrize(
    ("word", "started", "ended", "ours"),
    [
        ("NEW", True, False, RecipientStatus.SENT), ("NEW", False, False, RecipientStatus.WAITING),
        ("TCF", True, False, RecipientStatus.SENT), ("WKD", True, True, RecipientStatus.SIGNED),
        ("ERJ", True, True, RecipientStatus.DECLINED), ("ERJ", True, False, RecipientStatus.CANCELLED),
        ("PCD", True, True, RecipientStatus.CANCELLED), ("XYZ", True, False, None),
    ],
)  # fmt: skip
def test_every_word_of_a_person(word, started, ended, ours):
    open_ = PackageStatus.IN_PROCESS
    assert recipient_status(word, Role.SIGNER, open_, started=started, ended=ended) is ours


def test_who_was_not_done_when_the_package_ended_is_what_the_package_is():
    for package, ours in (
        (PackageStatus.EXPIRED, RecipientStatus.EXPIRED),
        (PackageStatus.CANCELLED, RecipientStatus.CANCELLED),
        (PackageStatus.SIGNED, RecipientStatus.SIGNED),
    ):
        assert recipient_status("NEW", Role.SIGNER, package, started=True, ended=False) is ours
        assert recipient_status("XYZ", Role.SIGNER, package, started=True, ended=False) is ours


def test_an_unknown_word_is_no_status_and_never_complete():
    found = seen(a_contract(1), "LEVITATING", [event("anna.berg1@example.com", "HOVERING")])
    assert found.status is None
    assert found.vendor_status == "LEVITATING"
    assert states(found) == [None]


def test_series_and_times():
    package = a_contract(2)
    found = seen(
        package,
        events=[
            event("anna.berg2@example.com", "NEW", None, step=2),
            event("Anna.Berg1@example.com", "WKD", T0, T1, step=1),
        ],
    )
    assert states(found) == [RecipientStatus.SIGNED, RecipientStatus.WAITING]
    assert found.recipients[0].signed_at == moment(T1)


def test_a_substitute_acts_for_the_original_who_stays_ours():
    package = a_contract(1)
    found = seen(
        package,
        "WKD",
        [
            event(
                "boss", "WKD", T0, T1, fromMgrExternalId="anna.berg1@example.com", mgrName="Carla", mgrSurname="Neri"
            ),
        ],
    )
    (one,) = found.recipients
    assert (one.recipient, one.status, one.acted_by) == (package.recipients[0].id, RecipientStatus.SIGNED, "Carla Neri")


def test_somebody_whom_gosign_found_under_another_id_is_known_by_name():
    found = seen(a_contract(1), events=[event("ab-77", "WKD", T0, T1, mgrName="Anna", mgrSurname="Berg1")])
    assert states(found) == [RecipientStatus.SIGNED]


def test_one_person_who_acts_twice_has_two_events_in_order():
    package = person(a_contract(2), 1, email="anna.berg1@example.com")
    mine = "anna.berg1@example.com"
    found = seen(package, events=[event(mine, "NEW", T1, step=2), event(mine, "WKD", T0, T1, step=1)])
    assert states(found) == [RecipientStatus.SIGNED, RecipientStatus.SENT]


def test_of_a_group_whoever_acted_counts():
    members = tuple(Member("Max", f"Member{n}", f"m{n}@example.com") for n in (1, 2))
    package = person(a_contract(1), group=Group("Board", members), email=None)
    found = seen(
        package,
        "WKD",
        [
            event("m1@example.com", "PCD", T0, T1),
            event("m2@example.com", "WKD", T0, T1, mgrName="Max", mgrSurname="Member2"),
        ],
    )
    assert states(found) == [RecipientStatus.SIGNED]
    assert found.recipients[0].acted_by == "Max Member2"


def a_board(*words, status="PGS"):
    """A group of three, of whom two must sign (§4.1, howMany), as GoSign shows them."""
    members = tuple(Member("Max", f"Member{n}", f"m{n}@example.com") for n in (1, 2, 3))
    package = person(a_contract(1), group=Group("Board", members), email=None)
    events = [
        event(f"m{n}@example.com", word, T0, T0 + n if word in {"WKD", "ERJ"} else None, mgrSurname=f"Member{n}")
        for n, word in enumerate(words, 1)
    ]
    options = {"recipients": {package.recipients[0].id: {"howMany": 2}}}
    (one,) = seen(package, status, events, options=options).recipients
    return one


def test_a_group_of_which_several_must_sign_has_signed_when_so_many_did():
    waits = a_board("WKD", "NEW", "NEW")
    assert (waits.status, waits.signed_at, waits.acted_by) == (RecipientStatus.SENT, None, None)
    done = a_board("NEW", "WKD", "WKD")
    assert (done.status, done.signed_at, done.acted_by) == (
        RecipientStatus.SIGNED, moment(T0 + 3), "Anna Member2, Anna Member3",
    )  # fmt: skip


def test_of_such_a_group_one_who_refuses_decides_alone():
    refused = a_board("WKD", "ERJ", "PCD", status="REJ")
    assert (refused.status, refused.acted_by) == (RecipientStatus.DECLINED, "Anna Member2")


@pytest.mark.parametrize(
    ("status", "ours"),
    [("WKD", RecipientStatus.SIGNED), ("EXP", RecipientStatus.EXPIRED), ("STP", RecipientStatus.CANCELLED)],
)
def test_such_a_group_ends_with_its_package(status, ours):
    assert a_board("WKD", "PCD", "PCD", status=status).status is ours


def test_a_refusal_and_what_its_author_wrote():
    found = seen(
        a_contract(2),
        "REJ",
        [event("anna.berg1@example.com", "ERJ", T0, T1, mgrName="Anna", mgrSurname="Berg1"),
         event("anna.berg2@example.com", "PCD", None, T1)],
        notes=[{"text": "old", "name": "Anna", "surname": "Berg1"}, {"text": "Clause 4", "name": "Anna", "surname": "Berg1"},
               {"text": "me too", "name": "Ben", "surname": "Other"}],
    )  # fmt: skip
    assert states(found) == [RecipientStatus.DECLINED, RecipientStatus.CANCELLED]
    assert found.reason == found.recipients[0].decline_reason == "Clause 4"


def test_a_note_of_nobody_is_no_reason_of_somebody_who_is_not_named():
    nameless = event("anna.berg1@example.com", "ERJ", T0, T1, mgrName=None, mgrSurname=None)
    found = seen(a_contract(1), "REJ", [nameless], notes=[{"text": "Internal"}])
    assert (states(found), found.reason) == ([RecipientStatus.DECLINED], None)


def test_a_door_that_shows_nobody_tells_the_end_of_all_but_not_who_refused():
    package = person(a_contract(2), 1, role=Role.APPROVER)
    assert states(seen(package, "WORKED")) == [RecipientStatus.SIGNED, RecipientStatus.APPROVED]
    assert states(seen(package, "EXPIRED")) == [RecipientStatus.EXPIRED] * 2
    assert states(seen(package, "REJECTED")) == []
    assert states(seen(package, "IN_PROGRESS")) == []


def test_a_copy_goes_out_at_the_end():
    package = person(a_contract(2), 1, role=Role.CC)
    assert len(seen(package, "PGS").recipients) == 0
    assert states(seen(package, "WKD")) == [RecipientStatus.SIGNED, RecipientStatus.SENT]


def test_what_we_asked_to_be_deleted_is_cancelled():
    package = a_contract(1)
    assert seen(package, "DEL").status is PackageStatus.DELETED
    assert seen(replace(package, withdraw_requested=""), "DEL").status is PackageStatus.CANCELLED


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        (1573837225000, "2019-11-15T17:00:25+00:00"), ("1573837225000", "2019-11-15T17:00:25+00:00"),
        ("2019-09-06T11:04:48.141Z", "2019-09-06T11:04:48.141000+00:00"),
        ("2019-09-06T13:04:48+02:00", "2019-09-06T11:04:48+00:00"), ("soon", None), (True, None), (10**40, None), ("", None),
    ],
)  # fmt: skip
def test_times_become_utc(raw, iso):
    found = moment(raw)
    assert (found.isoformat() if found else None) == iso
