"""Packages as agreements: one for each document, none left behind, and none made twice."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from esign.domain.account import EvidencePolicy
from esign.domain.document import FileKind
from esign.domain.errors import OutcomeUnknown, ProviderConflict, ProviderError, ProviderNotFound, ProviderRefused
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import Absent, Found, Unknown
from tests.fakes.esigntools import Service
from tests.fakes.papers import Papers, a_pdf
from tests.unit.test_esigntools_request import package_for

PAPER = a_pdf(2)
CALLBACK = "https://c.example/callbacks/esigntools/acme/pkg/k1.token"
MADE, REFUSED = None, httpx.Response(400, json={"title": "Bad Request"})
LOST = httpx.ReadTimeout("late")


class Desk:
    """Sends one package, again and again, as the connector would; `progress` is what it last saved."""

    def __init__(self, *places, documents=1, **changes):
        self.service = Service()
        self.package = package_for(*(places or [None]), documents=documents, **changes)
        self.progress = {}
        self.saved = []

    def send(self, *script):
        self.service.script = list(script)
        return self.service.provider().send(
            self.package,
            Papers(default=PAPER),
            progress=self.progress,
            checkpoint=self._save,
            callback_url=CALLBACK,
        )

    def _save(self, progress):
        self.saved.append(progress)
        self.progress = progress

    def sent(self, **changes):
        reference = self.send()
        state = replace(self.package.provider, reference=reference)
        return replace(self.package, provider=state, status=PackageStatus.IN_PROCESS, **changes)

    def find(self):
        return self.service.provider().find(self.package, self.progress)

    def say(self, *statuses):
        for number, status in zip(self.service.agreements, statuses, strict=True):
            self.service.agreements[number]["status"] = status

    @property
    def statuses(self):
        return [made["status"] for made in self.service.agreements.values()]


def test_each_document_is_an_agreement_with_the_callback_address():
    desk = Desk(documents=3)
    assert desk.send() == ("1001", "1002", "1003")
    assert desk.service.calls() == ["POST /signing/v1/agreements"] * 3
    assert b'"callbackUrl": "' + CALLBACK.encode() in desk.service.seen[-1].content
    assert desk.service.logins == 1


def test_what_is_about_to_be_made_is_noted_before():
    desk = Desk(documents=2)
    desk.send()
    first, second = (d.id for d in desk.package.documents)
    assert desk.saved == [
        {"asked": first},
        {"agreements": {first: "1001"}},
        {"agreements": {first: "1001"}, "asked": second},
        {"agreements": {first: "1001", second: "1002"}},
    ]


def test_a_lost_reply_is_never_asked_for_again():
    desk = Desk()
    with pytest.raises(OutcomeUnknown):
        desk.send(LOST)
    assert isinstance(desk.find(), Unknown)
    with pytest.raises(OutcomeUnknown):
        desk.send()
    assert desk.service.calls() == ["POST /signing/v1/agreements"]


def test_nothing_was_asked_for_that_was_not_noted():
    assert Desk().find() == Absent()


def test_a_crash_after_the_last_agreement_is_a_success():
    desk = Desk(documents=2)
    reference = desk.send()
    assert desk.find() == Found(reference, started=True, progress=desk.progress)


def test_a_crash_between_two_agreements_is_gone_on_from():
    desk = Desk(documents=2)
    first = desk.package.documents[0].id
    desk.progress = {"agreements": {first: "77"}}
    assert desk.find() == Found(("77",), started=False, progress=desk.progress)
    assert desk.send() == ("77", "1001")


@pytest.mark.parametrize("refusal", [REFUSED, httpx.Response(429), httpx.ConnectError("no route")], ids=str)
def test_a_refusal_halfway_deletes_what_was_made(refusal):
    desk = Desk(documents=3)
    with pytest.raises(ProviderError) as refused:
        desk.send(MADE, MADE, refusal, *[refusal] * 2 if isinstance(refusal, Exception) else [])
    assert not isinstance(refused.value, OutcomeUnknown)
    assert desk.statuses == ["DELETED", "DELETED"]


def test_a_refusal_of_the_only_document_deletes_nothing():
    desk = Desk()
    with pytest.raises(ProviderRefused):
        desk.send(REFUSED)
    assert desk.service.calls() == ["POST /signing/v1/agreements"]


def test_what_cannot_be_deleted_is_a_doubt_and_deleted_before_anything_else_later():
    desk = Desk(documents=2)
    with pytest.raises(OutcomeUnknown):
        desk.send(MADE, REFUSED, httpx.Response(403))
    assert desk.statuses == ["OPEN"]
    found = desk.find()
    assert isinstance(found, Found)
    assert not found.started
    assert desk.send() == ("1002", "1003")
    assert desk.statuses == ["DELETED", "OPEN", "OPEN"]


def test_a_lost_reply_halfway_keeps_what_was_made_for_whoever_looks():
    desk = Desk(documents=2)
    with pytest.raises(OutcomeUnknown):
        desk.send(MADE, LOST)
    assert desk.statuses == ["OPEN"]
    assert isinstance(desk.find(), Unknown)
    state = replace(desk.package.provider, progress=desk.progress)
    desk.service.provider().withdraw(replace(desk.package, provider=state), None)  # …who says that it was not sent
    assert desk.statuses == ["DELETED"]


def test_a_package_that_cannot_be_told_is_not_sent():
    desk = Desk(documents=1)
    person = replace(desk.package.recipients[0], email=None)
    desk.package = replace(desk.package, recipients=(person,))
    with pytest.raises(ProviderRefused) as refused:
        desk.send()
    assert [p.code for p in refused.value.problems] == ["email_missing"]
    assert desk.service.seen == []


# --------------------------------------------------------------------------------------------------------- afterwards


def test_a_refused_document_takes_the_others_from_the_signers():
    desk = Desk(None, None, documents=3)
    sent = desk.sent()
    desk.say("CLOSED", "ABORTED", "OPEN")
    seen = desk.service.provider().read(sent)
    assert seen.status is PackageStatus.DECLINED
    assert desk.statuses == ["CLOSED", "ABORTED", "DELETED"]
    assert {r.status for r in seen.recipients} == {RecipientStatus.CANCELLED}


def test_a_document_that_is_signed_in_that_moment_stays_and_the_package_is_declined():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.say("ABORTED", "OPEN")
    desk.service.script = [None, None, httpx.Response(403)]
    assert desk.service.provider().read(sent).status is PackageStatus.DECLINED


def test_an_expired_document_leaves_the_others_alone():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.say("ABANDONED", "OPEN")
    assert desk.service.provider().read(sent).status is PackageStatus.EXPIRED
    assert desk.statuses == ["ABANDONED", "OPEN"]


def test_signed_files_come_only_when_every_document_is_closed():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.say("CLOSED", "OPEN")
    with pytest.raises(ProviderConflict):
        list(desk.service.provider().signed_files(sent))
    assert desk.service.calls("current-file") == []


def test_every_document_comes_back_with_its_proof():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.say("CLOSED", "CLOSED")
    files = list(desk.service.provider().signed_files(sent))
    assert [(f.kind, f.name, f.document, f.optional) for f in files] == [
        (FileKind.SIGNED_DOCUMENT, "contract-1.pdf", sent.documents[0].id, False),
        (FileKind.SIGNED_DOCUMENT, "contract-2.pdf", sent.documents[1].id, False),
        (FileKind.AUDIT_TRAIL, "contract-1 - proof.pdf", None, False),
        (FileKind.AUDIT_TRAIL, "contract-2 - proof.pdf", None, False),
    ]
    with files[3].open() as pieces:
        assert b"".join(pieces) == b"%PDF-1.7 proof"
    assert desk.service.calls("proof") == ["GET /signing/v1/agreements/1002/proof"]


def test_a_proof_that_is_not_made_yet_is_waited_for():
    desk = Desk()
    sent = desk.sent()
    desk.say("CLOSED")
    provider = desk.service.provider(EvidencePolicy.OPTIONAL)
    signed, proof = provider.signed_files(sent)
    desk.service.script = [httpx.Response(404)]
    with pytest.raises(ProviderConflict), proof.open():
        pass
    assert (signed.optional, proof.optional) == (False, True)


def test_a_withdrawal_deletes_every_open_document():
    desk = Desk(documents=3)
    sent = desk.sent()
    desk.say("CLOSED", "OPEN", "ABANDONED")
    desk.service.provider().withdraw(sent, "a mistake")
    assert desk.statuses == ["CLOSED", "DELETED", "DELETED"]
    seen = desk.service.provider().read(replace(sent, withdraw_requested="a mistake"))
    assert seen.status is PackageStatus.CANCELLED


@pytest.mark.parametrize("status", ["CLOSED", "ABORTED"])
def test_what_has_ended_cannot_be_withdrawn(status):
    desk = Desk()
    sent = desk.sent()
    desk.say(status)
    with pytest.raises(ProviderConflict):
        desk.service.provider().withdraw(sent, None)
    assert desk.service.calls("DELETE") == []


def test_a_document_that_cannot_be_withdrawn_does_not_save_the_others():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.service.script = [None, None, httpx.Response(403)]
    with pytest.raises(ProviderConflict):
        desk.service.provider().withdraw(sent, None)
    assert desk.statuses == ["OPEN", "DELETED"]


def test_a_withdrawn_agreement_that_is_gone_counts_as_deleted_and_any_other_is_not_found():
    desk = Desk()
    sent = desk.sent()
    desk.service.agreements.clear()
    with pytest.raises(ProviderNotFound):
        desk.service.provider().read(sent)
    seen = desk.service.provider().read(replace(sent, withdraw_requested=""))
    assert seen.status is PackageStatus.CANCELLED


def test_a_reminder_goes_out_for_every_open_document():
    desk = Desk(documents=2)
    sent = desk.sent()
    desk.say("CLOSED", "OPEN")
    desk.service.provider().remind(sent)
    assert desk.service.calls("send-mails") == ["GET /signing/v1/agreements/1002/send-mails"]


def test_a_reminder_that_reaches_nobody_is_told():
    desk = Desk()
    sent = desk.sent()
    desk.service.script = [None, httpx.Response(200, json=False)]
    with pytest.raises(ProviderConflict):
        desk.service.provider().remind(sent)
    desk.say("CLOSED")
    with pytest.raises(ProviderConflict):
        desk.service.provider().remind(sent)


@pytest.mark.parametrize("reference", [(), ("../../v1",), ("٣",), ("",)])
def test_what_no_agreement_can_be_called_is_not_found_and_nobody_is_asked(reference):
    desk = Desk()
    state = replace(desk.package.provider, reference=reference)
    with pytest.raises(ProviderNotFound):
        desk.service.provider().read(replace(desk.package, provider=state))
    assert desk.service.seen == []
