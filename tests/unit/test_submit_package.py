"""The workflow's Send: a person finds room to decide what became of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest

from esign.domain.errors import OutcomeUnknown, WrongState
from esign.domain.status import PackageStatus
from esign.operations.resolve_package import resolve_package
from esign.ports import SHARDS, DueKind
from tests.fakes.connector import Connector


def in_doubt():
    """A Send whose reply was lost, at a provider that cannot be asked."""
    connector = Connector()
    package = connector.ready()
    connector.provider.findable = False
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    return connector, package.id


def resolved(connector, package):
    return resolve_package(
        connector.account,
        package,
        reference=None,
        packages=connector.packages,
        access=connector.access,
        submission=connector.submission,
    )


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


@pytest.fixture
def doubtful():
    return in_doubt()


@dataclass
class Undecided:
    """In place of the submission: what a person would resolve, without doing it."""

    connector: Connector

    def __post_init__(self):
        self.clock, self.timing = self.connector.clock, self.connector.timing

    def accept(self, package, _reference):
        return package

    def allowed(self, package):
        c = self.connector
        with suppress(WrongState):
            resolve_package(
                c.account, package, reference=("env-1",), packages=c.packages, access=c.access, submission=self
            )
            return True
        return False


def test_a_person_may_resolve_a_package_in_doubt_at_nearly_any_time(doubtful):
    connector, package = doubtful
    person, asked = Undecided(connector), []
    sweep(connector, hours=4, meanwhile=lambda: asked.append(person.allowed(package)))
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
    person, asked = Undecided(connector), []
    connector.clock.advance(1000)
    assert person.allowed(package)
    connector.provider.during["find"] = lambda: asked.append(person.allowed(package))
    connector.submit(package, None)
    assert [*asked, person.allowed(package)] == [False, False]
    connector.clock.advance(connector.timing.send_grace)
    assert person.allowed(package)
