"""The workflow's Send: one run at a time has a submission, only a real try counts, and a person finds room to decide."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from esign.domain.errors import OutcomeUnknown, ProviderConflict, ProviderUnavailable, RateLimited, WrongState
from esign.domain.package import VerdictKind
from esign.domain.status import Attention, PackageStatus
from esign.operations.provider_access import CALLS_PER_MINUTE
from esign.operations.resolve_package import resolve_package
from esign.operations.send_package import IN_REQUEST
from esign.operations.staged_documents import StagedDocuments
from esign.operations.submission import Submission
from esign.operations.submit_package import TRIES
from esign.ports import SHARDS, DueKind
from tests.fakes.connector import Connector


def large(connector, **fields):
    """A draft that is too large for one request, by what is noted of its document."""
    package = connector.ready(**fields)
    documents = tuple(replace(document, size=IN_REQUEST + 1) for document in package.documents)
    return connector.packages.commit(package, replace(package, documents=documents))


def killed_before_the_provider_heard():
    """A Send whose function died; its deadline and the grace are over."""
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["create"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        connector.send(package.id)
    connector.clock.advance(connector.timing.send_budget + connector.timing.send_grace + 1)
    return connector, package.id


def in_doubt():
    """A Send whose reply was lost, at a provider that cannot be asked."""
    connector = Connector()
    package = connector.ready()
    connector.provider.findable = False
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    return connector, package.id


def use_up(connector):
    """The account's budget of this minute."""
    connector.budget.take(
        connector.account, calls=CALLS_PER_MINUTE, per_minute=CALLS_PER_MINUTE, now=connector.clock.now()
    )


def resolved(connector, package):
    return resolve_package(
        connector.account,
        package,
        reference=None,
        packages=connector.packages,
        access=connector.access,
        submission=connector.submission,
    )


# One run at a time


def test_a_run_that_comes_while_another_submits_makes_nothing():
    connector, package = killed_before_the_provider_heard()
    connector.provider.during["create"] = lambda: connector.submit(package, None)
    connector.submit(package, None)
    assert len(connector.provider.envelopes) == 1
    assert connector.provider.calls.count("find") == 1
    assert connector.now(package).status is PackageStatus.IN_PROCESS


def test_a_run_that_loses_the_race_for_a_submission_makes_nothing(monkeypatch):
    connector, package = killed_before_the_provider_heard()
    commit = connector.packages.commit

    def another_is_faster(before, after, **more):
        monkeypatch.setattr(connector.packages, "commit", commit)
        connector.provider.fail["find"] = [KeyboardInterrupt()]  # the winner has it, and is at work
        with pytest.raises(KeyboardInterrupt):
            connector.submit(package, None)
        return commit(before, after, **more)

    monkeypatch.setattr(connector.packages, "commit", another_is_faster)
    connector.provider.calls.clear()
    connector.submit(package, None)
    assert connector.provider.calls == ["find"]
    assert connector.provider.envelopes == {}


def test_a_run_that_starts_late_still_has_the_whole_time_for_itself():
    connector = Connector()
    sending = connector.send(large(connector).id)
    connector.clock.advance(connector.timing.submit_budget)

    def the_sweep_comes_by():
        connector.clock.advance(connector.timing.send_grace + 1)
        connector.submit(sending.id, None)

    connector.provider.during["create"] = the_sweep_comes_by
    connector.submit(sending.id, sending.send_attempt)
    assert len(connector.provider.envelopes) == 1
    assert connector.now(sending.id).status is PackageStatus.IN_PROCESS


def test_an_attempt_that_was_taken_over_before_its_first_write_asks_nothing_of_the_provider():
    connector = Connector()
    stale = connector.send(large(connector).id)
    connector.provider.fail["create"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        connector.submit(stale.id, stale.send_attempt)
    connector.provider.calls.clear()
    papers = StagedDocuments(stale, connector.documents)
    answered = connector.submission.run(stale, provider=connector.provider, documents=papers)
    assert connector.provider.calls == []
    assert answered == connector.now(stale.id)


def test_the_envelope_that_a_verdict_named_is_looked_at_without_waiting():
    connector = Connector()
    connector.provider.takes_charge = ("r-1",)
    package = connector.sent()
    connector.verdict(package.id, VerdictKind.EXISTS, receipt="r-1")
    connector.submit(package.id, None)
    assert connector.provider.calls == ["charge", "find"]


# What counts as a try


def test_a_submission_that_waits_for_the_accounts_budget_is_not_a_try():
    connector = Connector()
    sending = connector.send(large(connector).id)
    use_up(connector)
    connector.submit(sending.id, sending.send_attempt)
    for _ in range(6):
        connector.clock.advance(1000)
        use_up(connector)
        connector.submit(sending.id, None)
    assert connector.provider.calls == []
    assert connector.now(sending.id).send_tries == 0
    connector.clock.advance(1000)
    connector.submit(sending.id, None)
    after = connector.now(sending.id)
    assert (after.status, after.send_tries) == (PackageStatus.IN_PROCESS, 1)


@pytest.mark.parametrize("failure", [ProviderUnavailable("down"), RateLimited("slowly")])
def test_a_look_that_fails_is_not_a_try(failure):
    connector, package = killed_before_the_provider_heard()
    connector.provider.fail["find"] = [failure] * 6
    for _ in range(6):
        connector.submit(package, None)
        connector.clock.advance(1000)
    assert connector.now(package).send_tries == 1
    connector.submit(package, None)
    assert connector.now(package).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def test_a_send_in_the_request_is_the_first_try():
    connector = Connector()
    assert connector.sent().send_tries == 1


def test_what_was_tried_three_times_and_never_arrived_is_a_draft_again():
    connector, package = killed_before_the_provider_heard()
    connector.provider.fail["create"] = [KeyboardInterrupt()] * (TRIES - 1)
    for _ in range(TRIES - 1):
        with pytest.raises(KeyboardInterrupt):
            connector.submit(package, None)
        connector.clock.advance(1000)
    connector.submit(package, None)
    after = connector.now(package)
    assert (after.status, after.status_reason) == (PackageStatus.DRAFT, "send_not_arrived")
    assert connector.provider.calls.count("create") == TRIES


def test_a_send_that_the_workflow_does_takes_nothing_from_the_budget():
    connector = Connector()
    package = large(connector)
    use_up(connector)
    assert connector.send(package.id).status is PackageStatus.SENDING


def test_a_small_send_waits_for_the_budget_and_stays_a_draft():
    connector = Connector()
    package = connector.ready()
    use_up(connector)
    with pytest.raises(RateLimited):
        connector.send(package.id)
    assert connector.now(package.id) == package


def test_a_burst_of_large_packages_gets_out_however_narrow_the_budget():
    connector = Connector()
    connector.settings(calls_per_minute=10)
    started = {}
    for number in range(12):
        package = large(connector, external_id=f"C-{number}", body_hash=str(number)).id
        started[package] = connector.send(package).send_attempt
    for package, attempt in started.items():
        connector.submit(package, attempt)
    sweep(connector, hours=2)
    assert {connector.now(package).status for package in started} == {PackageStatus.IN_PROCESS}
    assert len(connector.provider.envelopes) == len(started)


# Room for a person


def sweep(connector, *, hours, every=60, meanwhile=lambda: None):
    """What is due is refreshed, once a minute; `meanwhile` is called every ten seconds."""
    for moment in range(0, int(hours * 3600), 10):
        connector.clock.advance(10)
        if moment % every == 0:
            for package in due(connector):
                connector.run_refresh(package, owner=f"run-{moment}")
        meanwhile()


def due(connector):
    now = connector.clock.now()
    lines = [line for shard in range(SHARDS) for line in connector.packages.due(shard, before=now)[0]]
    return [line.package for line in lines if line.kind is DueKind.REFRESH]


@pytest.fixture(params=["cannot-tell", "looks-fail"])
def doubtful(request):
    connector, package = in_doubt()
    if request.param == "looks-fail":
        connector.provider.fail["find"] = [ProviderUnavailable("down")] * 1000
    return connector, package


class Undecided(Submission):
    """A person who looks whether a decision would be taken, and takes none."""

    def accept(self, package, reference):
        return package


def may_resolve(connector, package):
    c = connector
    submission = Undecided(c.packages, c.addresses, c.bell, c.clock, c.timing)
    with suppress(WrongState):
        resolve_package(
            c.account, package, reference=("env-1",), packages=c.packages, access=c.access, submission=submission
        )
        return True
    return False


def test_a_person_may_resolve_a_package_in_doubt_at_nearly_any_time(doubtful):
    connector, package = doubtful
    asked = []
    sweep(connector, hours=4, meanwhile=lambda: asked.append(may_resolve(connector, package)))
    assert sum(asked) / len(asked) > 0.9
    connector.clock.advance(connector.timing.send_grace)
    assert resolved(connector, package).status is PackageStatus.DRAFT


def test_the_looks_at_a_package_in_doubt_become_rarer(doubtful):
    connector, _ = doubtful
    looks = []
    sweep(connector, hours=24, meanwhile=lambda: looks.append(connector.provider.calls.count("find")))
    an_hour, a_day = looks[360], looks[-1]
    assert 5 < an_hour < 15
    assert a_day < 30


def test_a_package_in_doubt_is_looked_at_soon_and_found_when_the_provider_is_back():
    connector, package = in_doubt()
    connector.provider.findable = True
    sweep(connector, hours=0.05)
    assert connector.now(package).status is PackageStatus.IN_PROCESS


def test_the_doubt_is_as_old_as_the_first_lost_reply(doubtful):
    connector, package = doubtful
    since = connector.now(package).attention.since
    sweep(connector, hours=3)
    assert connector.now(package).attention.since == since


def test_nobody_resolves_while_a_look_is_under_way_or_just_over():
    connector, package = in_doubt()
    asked = []
    connector.clock.advance(1000)
    assert may_resolve(connector, package)
    connector.provider.during["find"] = lambda: asked.append(may_resolve(connector, package))
    connector.submit(package, None)
    assert [*asked, may_resolve(connector, package)] == [False, False]
    connector.clock.advance(connector.timing.send_grace)
    assert may_resolve(connector, package)


# What is refused after a try that nobody knows the end of


def refused_later(*, meanwhile):
    """The reply to the start is lost, nobody can look, and the try that the sweep makes is refused; `meanwhile` happens
    just before."""
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["start"] = [OutcomeUnknown("lost"), ProviderConflict("409")]
    connector.provider.fail["find"] = [ProviderUnavailable("down")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    connector.clock.advance(connector.timing.send_grace + 1)
    connector.provider.during["start"] = lambda: meanwhile(connector.provider)
    connector.submit(package.id, None)
    return connector, connector.now(package.id)


def test_what_commits_late_is_found_when_a_later_try_is_refused():
    connector, after = refused_later(meanwhile=lambda provider: setattr(provider.only(), "started", True))
    assert after.status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def test_what_may_still_commit_is_no_draft_when_a_later_try_is_refused():
    _, after = refused_later(meanwhile=lambda provider: None)
    assert (after.status, after.attention.code) == (PackageStatus.SENDING, Attention.OUTCOME_UNKNOWN)


def test_what_is_certainly_gone_is_a_draft_when_a_later_try_is_refused():
    _, after = refused_later(meanwhile=lambda provider: provider.envelopes.clear())
    assert (after.status, after.status_reason) == (PackageStatus.DRAFT, "provider_conflict")
