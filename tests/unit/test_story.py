"""What the timeline tells of calls to the provider: those of work, in order, and never those of a mere look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.domain.errors import OutcomeUnknown, ProviderConflict, ProviderUnavailable, StoreUnavailable
from esign.domain.events import EntryKind
from esign.domain.status import PackageStatus
from esign.http.redaction import Exchange
from esign.operations.collect_evidence import collect_evidence
from esign.operations.remind_on_request import remind_on_request
from esign.operations.signers import extend_expiry, remind_recipients, skip_recipients
from esign.operations.story import MOST, Story
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import ACME


@pytest.fixture
def connector():
    return Connector()


def story(connector, package):
    return connector.packages.timeline(ACME, package)[0]


def calls(connector, package):
    """The paths that the timeline shows."""
    told = (line.text for line in story(connector, package) if line.kind is EntryKind.PROVIDER_CALL)
    return [text.split()[6].removesuffix(";") for text in told if text.startswith("The connector called")]


def count_appends(connector):
    """The timeline writes that are calls of their own."""
    made = []
    append, commit = connector.packages.append_timeline, connector.packages.commit

    def counted(account, package, entries):
        made.append(len(entries))
        append(account, package, entries)

    def committed(*args, **more):
        connector.packages.append_timeline = append  # the store's own
        try:
            return commit(*args, **more)
        finally:
            connector.packages.append_timeline = counted

    connector.packages.append_timeline, connector.packages.commit = counted, committed
    return made


def test_a_send_tells_each_of_its_calls_before_its_outcome(connector):
    package = connector.ready()
    appended = count_appends(connector)
    connector.send(package.id)
    texts = [line.text for line in story(connector, package.id)]
    assert texts[3:] == [
        "Coupa asked to send the package; the submission begins.",
        "The connector called the provider: POST /create; the answer was 200.",
        "The connector called the provider: POST /created; the answer was 200.",
        "The connector called the provider: POST /start; the answer was 200.",
        "The connector called the provider: POST /started; the answer was 200.",
        "The provider has the package; it is out for signature.",
    ]
    assert appended == []  # they ride along with the commits


def test_a_call_tells_how_it_ended_and_how_long_it_took(connector):
    package = connector.ready()
    told = Story(connector.packages, ACME, package.id, connector.clock)
    told.heard(Exchange("GET", "host", "/a/…", None, 15000, "ReadTimeout"))
    told.heard(Exchange("GET", "host", "/b", 429, 3))
    told.heard(Exchange("GET", "host", "/c", 200, 9, "RemoteProtocolError"))
    told.heard(Exchange("GET", "host", "/d", 200, 1))
    told.close()
    lines = story(connector, package.id)[-4:]
    assert [(line.code, line.milliseconds) for line in lines] == [
        ("no_answer", 15000),
        ("http_429", 3),
        ("broken_answer", 9),
        (None, 1),
    ]
    assert lines[0].text == "The connector called the provider: GET /a/…; no answer came (ReadTimeout)."


def test_a_refused_send_tells_the_call_that_failed(connector):
    package = connector.ready()
    connector.provider.fail["start"] = [ProviderUnavailable("down")]
    with pytest.raises(ProviderUnavailable):
        connector.send(package.id)
    assert connector.now(package.id).status is PackageStatus.DRAFT
    assert [(line.code, line.milliseconds) for line in story(connector, package.id)[-2:]] == [
        ("http_503", 7),
        ("provider_unavailable", None),
    ]


def test_a_submission_in_the_workflow_tells_its_calls_too(connector):
    package = connector.ready()
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    connector.provider.findable = False
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    connector.provider.findable = True
    before = len(calls(connector, package.id))
    connector.clock.advance(3600)
    connector.submit(package.id, None)
    assert calls(connector, package.id)[before:] == ["/find", "/start", "/started"]


def test_polls_go_to_the_logs_only(connector):
    package = connector.sent()
    before = calls(connector, package.id)
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.provider.calls.count("read") == 1
    assert calls(connector, package.id) == before


def test_a_withdrawal_is_told_in_the_request_and_in_the_workflow(connector):
    package = connector.sent()
    connector.delete(package.id)
    assert calls(connector, package.id)[-2:] == ["/withdraw", "/read"]
    other = Connector()
    package = other.sent()
    other.provider.fail["withdraw"] = [ProviderUnavailable("down")]
    other.delete(package.id)
    assert calls(other, package.id)[-1] == "/withdraw"
    other.run_refresh(package.id)
    assert calls(other, package.id)[-2:] == ["/withdraw", "/read"]
    assert other.now(package.id).status is PackageStatus.CANCELLED


def test_what_no_commit_took_is_written_when_the_provider_is_closed(connector):
    package = connector.sent()
    connector.provider.fail["remind"] = [ProviderUnavailable("down")]
    appended = count_appends(connector)
    with pytest.raises(ProviderUnavailable):
        remind_recipients(ACME, package.id, packages=connector.packages, access=connector.access, clock=connector.clock)
    assert appended == [1]
    assert calls(connector, package.id)[-1] == "/remind"


def test_a_reminder_and_its_call_are_one_write(connector):
    package = connector.sent()
    appended = count_appends(connector)
    remind_recipients(ACME, package.id, packages=connector.packages, access=connector.access, clock=connector.clock)
    assert appended == [2]
    assert [line.kind for line in story(connector, package.id)[-2:]] == [EntryKind.PROVIDER_CALL, EntryKind.COUPA_CALL]


def test_more_time_and_skipping_tell_their_calls(connector):
    package = connector.sent(signers=2)
    appended = count_appends(connector)
    ports = {"packages": connector.packages, "access": connector.access, "clock": connector.clock}
    extend_expiry(ACME, package.id, START + timedelta(days=9), timing=connector.timing, **ports)
    skip_recipients(ACME, package.id, refresh=connector.refresh, **ports)
    assert calls(connector, package.id)[-3:] == ["/extend", "/skip", "/read"]
    assert appended == []


@pytest.mark.parametrize("works", [True, False])
def test_a_reminder_that_a_signer_asked_for_is_told_with_its_end(connector, works):
    package = connector.sent()
    connector.settings(settings={"remindOnLinkRequest": True})
    connector.provider.fail["remind"] = [] if works else [ProviderUnavailable("down")]
    ports = {"packages": connector.packages, "access": connector.access, "clock": connector.clock}
    assert remind_on_request(ACME, package.id, **ports) is works
    lines = story(connector, package.id)[-2:]
    assert [line.kind for line in lines] == [EntryKind.PROVIDER_CALL, EntryKind.DECISION]
    assert [line.code for line in lines] == ([None, None] if works else ["http_503", "provider_unavailable"])


def test_collecting_tells_its_calls_and_waiting_for_files_one_line_each_time(connector):
    package = connector.sent()
    connector.provider.sign(connector.now(package.id).recipients[0].id, at=START, last=True)
    connector.refresh.take_over(package, connector.refresh.snapshot(connector.provider, package), fast=False)
    connector.provider.fail["files"] = [ProviderConflict("not ready")]
    before = len(story(connector, package.id))
    ports = {"packages": connector.packages, "access": connector.access, "evidence": connector.evidence}
    ports["timing"] = connector.timing
    collect_evidence(ACME, package.id, clock=connector.clock, **ports)
    assert [line.text for line in story(connector, package.id)[before:]] == ["The signed files are not ready yet."]
    appended = count_appends(connector)
    collect_evidence(ACME, package.id, clock=connector.clock, **ports)
    assert calls(connector, package.id)[-1] == "/files"
    assert appended == []


def test_a_long_story_does_not_burst_a_transaction(connector):
    package = connector.ready()
    told = Story(connector.packages, ACME, package.id, connector.clock)
    for number in range(MOST + 1):
        told.heard(Exchange("GET", "host", f"/{number}", 200, 1))
    assert told.riding() == ()
    assert len(calls(connector, package.id)) == MOST + 1


def test_work_that_is_done_does_not_fail_for_its_story(connector):
    package = connector.sent()

    def unavailable(*_):
        raise StoreUnavailable("nobody there")

    connector.packages.append_timeline = unavailable
    ports = {"packages": connector.packages, "access": connector.access, "clock": connector.clock}
    assert remind_recipients(ACME, package.id, **ports).id == package.id
    assert connector.provider.calls.count("remind") == 1
