"""Coupa is down for hours or days, in virtual time: nothing is lost, nothing is out of order, and it is not overrun."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from esign.domain.events import Event
from esign.domain.ids import PackageId
from esign.domain.package import Callback, Package
from esign.ports import SHARDS, Clock, Delivered, DeliveryAnswer
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import an_event

PACKAGES = 1000
EVENTS = 3
HOUR = timedelta(hours=1)


@dataclass
class Coupa:
    """Port `CoupaNotifier`: an endpoint that does not answer until `back`, and then takes 0.2 s for each call."""

    clock: Clock
    back: datetime
    tries: list[tuple[datetime, Event]] = field(default_factory=list)
    heard: list[tuple[datetime, Event]] = field(default_factory=list)

    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer:
        self.clock.sleep(0.2)
        self.tries.append((self.clock.now(), event))
        if self.clock.now() < self.back:
            return DeliveryAnswer(Delivered.RETRY, None, "no answer (ConnectError)")
        self.heard.append((self.clock.now(), event))
        return DeliveryAnswer(Delivered.OK, 204, "HTTP 204")


class World(Connector):
    """The sweep once a minute and a deliverer that works through what it rang, until nothing is due."""

    def outage(self, *, hours: float) -> Coupa:
        self.chance = random.Random(7)  # noqa: S311
        self.coupa = Coupa(self.clock, START + hours * HOUR)
        self.notifier = self.coupa  # type: ignore[assignment]
        return self.coupa

    def packages_with_news(self, *, spread: timedelta) -> Iterator[PackageId]:
        """Their events come during the outage, evenly; each commit rings the bell."""
        for number in range(PACKAGES):
            self.clock.set(max(self.clock.now(), START + spread * number / PACKAGES))
            package = self.create().package
            yield package.id
            for sequence in range(1, EVENTS + 1):
                package = self.committed(package, sequence)
            self.deliver(package.id, owner=f"bell-{number}")
            self.swept(until=START + spread * (number + 1) / PACKAGES)

    def committed(self, package: Package, sequence: int) -> Package:
        now = self.clock.now()
        event = an_event(package, sequence, occurred_at=now)
        return self.packages.commit(package, replace(package, updated_at=now), events=[event])

    def swept(self, *, until: datetime) -> None:
        """Everything that is due up to `until`."""
        while (due := self.next_due()) is not None and due <= until:
            self.clock.set(max(due, self.clock.now()) + timedelta(seconds=self.chance.uniform(0, 60)))
            self.bell.rung.clear()
            self.sweep()
            for account, package in self.bell.rung:
                self.delivery(jitter=self.chance.random).deliver(account, package, owner=f"message-{package}")

    def next_due(self) -> datetime | None:
        far = self.clock.now() + timedelta(days=400)
        first = [page[0].due_at for s in range(SHARDS) if (page := self.packages.due(s, before=far, limit=1)[0])]
        return min(first, default=None)


def by_package(heard: list[tuple[datetime, Event]]) -> dict[PackageId, list[Event]]:
    found = defaultdict(list)
    for _, event in heard:
        found[event.package].append(event)
    return found


def assert_whole_and_in_order(coupa: Coupa, packages: list[PackageId]) -> None:
    found = by_package(coupa.heard)
    for package in packages:
        sequences = [event.sequence for event in found[package]]
        assert set(sequences) == set(range(1, EVENTS + 1))
        assert all(after - before in {0, 1} for before, after in pairwise(sequences))
        assert len({event.id for event in found[package]}) == EVENTS


def test_after_20_hours_all_events_of_1000_packages_arrive_within_an_hour_of_its_return() -> None:
    world = World()
    coupa = world.outage(hours=20)
    packages = list(world.packages_with_news(spread=20 * HOUR))
    world.swept(until=coupa.back + 2 * HOUR)
    assert_whole_and_in_order(coupa, packages)
    assert coupa.heard[-1][0] - coupa.back <= HOUR
    assert world.alarms == []
    assert world.next_due() is None
    in_vain = len(coupa.tries) - len(coupa.heard)
    print(f"\n20 h: {in_vain} tries in vain, {len(coupa.heard)} events in {coupa.heard[-1][0] - coupa.back}")  # noqa: T201
    assert in_vain <= 20 * 3  # one try in half an hour, and the short steps at the beginning


def test_after_80_hours_there_are_dead_letters_and_alarms_and_a_replay_delivers() -> None:
    world = World()
    coupa = world.outage(hours=80)
    packages = list(world.packages_with_news(spread=2 * HOUR))
    world.swept(until=coupa.back)
    letters = {(letter.package, letter.sequence) for letter in world.alarms}
    assert coupa.heard == []
    assert letters == {(package, sequence) for package in packages for sequence in range(1, EVENTS + 1)}
    assert len(world.alarms) == PACKAGES * EVENTS

    world.clock.set(coupa.back + HOUR)
    for package in packages:
        assert world.packages.replay_delivery(world.account, package, [1, 2, 3], now=world.clock.now())
    world.swept(until=coupa.back + 3 * HOUR)
    assert_whole_and_in_order(coupa, packages)
    assert world.packages.dead_letters(world.account) == ((), None)
    assert world.next_due() is None
