"""eSignTools' words in ours: one agreement, several together, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.esigntools.snapshot import paired, snapshot
from esign.providers.esigntools.status import AGREEMENT, RECIPIENT, package_status
from esign.providers.esigntools.wire import AgreementView, RecipientView
from tests.unit.test_esigntools_fields import DOCUMENT
from tests.unit.test_esigntools_request import package_for

P, R = PackageStatus, RecipientStatus


def view(status="OPEN", *people, step=1, number=1):
    """`people`: (status, step) of Berg1, Berg2, …"""
    shown = [
        RecipientView(email=f"ANNA.BERG{n}@example.com", firstname="Anna", lastname=f"Berg{n}", status=word, step=turn)
        for n, (word, turn) in enumerate(people, start=1)
    ]
    return AgreementView(id=str(number), status=status, currentStep=step, recipients=shown)


def seen(*views, withdrawn=None, signers=2):
    package = package_for(*[None] * signers, documents=len(views), withdraw_requested=withdrawn)
    return snapshot(package, [(d.id, v) for d, v in zip(package.documents, views, strict=True)])


def people(*views, **more):
    return [r.status for r in seen(*views, **more).recipients]


def enumerated(schema):
    """The document's own list of a schema's words."""
    block = DOCUMENT.split(f"\n{schema}\nProperties\n")[1].split("Enumerated Values\n")[1].split("status | ")
    return {word.split(" |")[0] for word in block[1:] if word.split(" |")[0].isupper()}


def test_every_word_of_the_document_is_known():
    assert enumerated("AgreementDTO") >= set(AGREEMENT)
    assert set(AGREEMENT) == {"OPEN", "CLOSED", "ABORTED", "DELETED", "ABANDONED"}
    assert enumerated("RecipientStatusDTO") == set(RECIPIENT)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["OPEN"], P.IN_PROCESS),
        (["CLOSED"], P.SIGNED),
        (["ABORTED"], P.DECLINED),
        (["DELETED"], P.DELETED),
        (["ABANDONED"], P.EXPIRED),
        (["closed "], P.SIGNED),
        (["CLOSED", "OPEN"], P.IN_PROCESS),
        (["CLOSED", "CLOSED"], P.SIGNED),
        (["CLOSED", "ABORTED", "OPEN"], P.DECLINED),
        (["OPEN", "ABANDONED"], P.EXPIRED),
        (["ABANDONED", "ABORTED"], P.DECLINED),
        (["DELETED", "OPEN"], P.IN_PROCESS),
        (["DELETED", "CLOSED"], P.DELETED),
        (["DELETED", "DELETED"], P.DELETED),
        (["CLOSED", "RENEWED"], None),
        (["ABORTED", ""], None),
        ([], None),
    ],
)
def test_a_package_is_what_its_agreements_are_together(words, status):
    assert package_status(words, withdrawn=False) is status


def test_what_coupa_withdrew_is_cancelled_and_nothing_else_is():
    assert package_status(["DELETED"], withdrawn=True) is P.CANCELLED
    assert package_status(["CLOSED"], withdrawn=True) is P.SIGNED


def test_whose_step_has_not_come_is_waiting():
    assert people(view("OPEN", ("WAITING", 1), ("WAITING", 2))) == [R.SENT, R.WAITING]
    assert people(view("OPEN", ("SIGNED", 1), ("WAITING", 2), step=2)) == [R.SIGNED, R.SENT]


def test_where_no_step_is_shown_everybody_was_mailed():
    assert people(view("OPEN", ("WAITING", None), ("WAITING", 2), step=None)) == [R.SENT, R.SENT]


@pytest.mark.parametrize(
    ("end", "left"), [("ABORTED", R.CANCELLED), ("DELETED", R.CANCELLED), ("ABANDONED", R.EXPIRED)]
)
def test_who_had_not_acted_when_it_ended(end, left):
    assert people(view(end, ("SIGNED", 1), ("WAITING", 2), step=2)) == [R.SIGNED, left]


def test_who_refused_is_shown():
    assert people(view("ABORTED", ("REFUSED", 1), ("WAITING", 2))) == [R.DECLINED, R.CANCELLED]


def test_an_unknown_word_for_a_person_is_no_status():
    assert people(view("OPEN", ("SLEEPING", 1), ("SIGNED", 1))) == [None, R.SIGNED]


def test_a_person_is_as_far_as_in_the_document_where_they_are_least():
    one, two = view("CLOSED", ("SIGNED", 1), ("SIGNED", 2)), view("OPEN", ("SIGNED", 1), ("WAITING", 2))
    assert people(one, two) == [R.SIGNED, R.WAITING]
    refused = view("ABORTED", ("SIGNED", 1), ("REFUSED", 2), step=2)
    assert people(one, refused) == [R.SIGNED, R.DECLINED]


def test_the_words_of_all_agreements_are_kept_as_they_came():
    shown = seen(view("CLOSED"), view("Levitating"), view("CLOSED"))
    assert (shown.status, shown.vendor_status) == (None, "CLOSED, Levitating")


def test_an_agreement_without_recipients_tells_of_nobody():
    assert seen(view("OPEN")).recipients == ()


def test_people_of_one_address_are_told_apart_by_name_and_then_by_step():
    package = package_for(None, None, None)
    everyone = [replace(r, email="desk@example.com") for r in package.recipients]
    everyone[2] = replace(everyone[2], last_name="Berg1")
    shown = [
        RecipientView(email="desk@example.com", firstname="Anna", lastname="Berg1", step=3),
        RecipientView(email="desk@example.com", firstname="Anna", lastname="Berg2", step=2),
        RecipientView(email="desk@example.com", firstname="Anna", lastname="Berg1", step=1),
        RecipientView(email="other@example.com", firstname="Anna", lastname="Berg1", step=1),
    ]
    found = {ours.id: theirs.step for ours, theirs in paired(everyone, shown)}
    assert found == {everyone[0].id: 1, everyone[1].id: 2, everyone[2].id: 3}
