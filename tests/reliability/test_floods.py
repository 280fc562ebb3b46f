"""Too much of everything: forged callbacks, repeated ones, none at all, and one external id claimed from all sides."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from esign.aws.packages import DynamoPackages
from esign.domain.errors import ConnectorError
from esign.domain.events import EventType
from esign.domain.ids import PackageId, new_package_id
from esign.domain.status import PackageStatus
from tests.contract.store_fixtures import TABLE, atomic_dynamodb, make_table
from tests.fakes.factories import GLOBEX
from tests.reliability.world import World

FORGED, REPEATED, THREADS = 10_000, 1_000, 200


def callback_url(world: World, package: PackageId) -> str:
    (envelope,) = (e for e in world.service.made if e.package.id == package)
    assert envelope.callback_url is not None
    return envelope.callback_url


def forgeries(url: str, chance: random.Random) -> str:
    """An address that nobody gave away: a character of the token, or whom the token is for."""
    *start, account, package, token = url.split("/")
    kid, _, mac = token.partition(".")
    place, letter = chance.randrange(len(mac)), chance.choice("ABCDEFGHIJ-_")
    bent = mac[:place] + (letter if mac[place] != letter else "k") + mac[place + 1 :]
    other = new_package_id(datetime.fromisoformat("2026-03-02T09:00:00+00:00"))
    tokens = [f"{kid}.{bent}", f"{kid}.{mac[:-1]}", f"k2.{mac}", mac, "", f"{kid}.", "." * chance.randrange(1, 99)]
    ways = [*((account, package, one) for one in tokens), (GLOBEX, package, token), (account, other, token)]
    ways += [(account, package.upper(), token), (account, "pkg_", token), (account, "..", token)]
    return "/".join([*start, *chance.choice(ways)])


def test_forged_callbacks_change_nothing_and_ask_nobody(monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")
    world, chance = World(), random.Random(1)  # noqa: S311
    package = world.sent()
    world.work()
    url, before = callback_url(world, package.id), world.bare.get(world.account, package.id)
    with world.injector.watching():
        answers = Counter(world.calls_back(forgeries(url, chance), "x" * 100) for _ in range(FORGED))
    assert answers == {404: FORGED}
    assert world.injector.calls == []
    assert world.raw_callbacks.kept == []
    assert world.bare.get(world.account, package.id) == before
    assert world.calls_back(url) == 200  # the true one still works
    record_property("forged callbacks", FORGED)


def test_repeated_callbacks_in_any_order_finish_a_package_once(
    monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")
    world, chance = World(), random.Random(2)  # noqa: S311
    packages = [world.sent(external_id=f"C-{n}").id for n in range(5)]
    world.work()
    urls = [callback_url(world, package) for package in packages] * (REPEATED // len(packages))
    chance.shuffle(urls)
    began, end_at = world.clock.now(), {p: chance.randrange(len(urls)) for p in packages}
    for number, url in enumerate(urls):
        for package in (p for p, at in end_at.items() if at == number):
            world.service.end(package, PackageStatus.SIGNED, at=world.clock.now())
        assert world.calls_back(url) == 200
        world.clock.advance(0.2)
        if chance.random() < 0.5 and world.jobs.queue:
            world.jobs.queue.rotate(chance.randrange(5))
            world.execute(world.jobs.queue.popleft())
    seconds = (world.clock.now() - began).total_seconds()
    reads = world.service.calls.count("read")
    world.settle(days=1)
    finals = Counter(e.type for events in world.seen.outbox.values() for e in events)
    assert finals[EventType.PACKAGE_COMPLETED] == finals[EventType.PACKAGE_SIGNED] == len(packages)
    assert reads <= len(packages) * (seconds / world.timing.refresh_gap + 1)
    world.check_at_rest()
    record_property("repeated callbacks", REPEATED)


@pytest.mark.parametrize("fast", [False, True])
def test_without_any_callback_every_package_converges_within_its_poll_plan(*, fast: bool) -> None:
    world, chance = World(), random.Random(3)  # noqa: S311
    world.settings(fast_poll=fast)
    ends = [PackageStatus.SIGNED, PackageStatus.DECLINED, PackageStatus.EXPIRED]
    plan: list[tuple[datetime, PackageId]] = []
    for number in range(60):
        package = world.sent(external_id=f"C-{number}").id
        plan.append((world.clock.now() + timedelta(hours=chance.expovariate(1 / 20)), package))
        world.clock.advance(chance.uniform(0, 60))
    known: dict[PackageId, timedelta] = {}
    for at, package in sorted(plan):
        pass_time(world, at)
        promised = promise(world, package, at, fast=fast)
        world.service.end(package, chance.choice(ends), at=at)
        known[package] = promised
    world.settle(days=8)
    for at, package in plan:
        states = world.seen.history[world.account, package]
        learnt = next(
            s.updated_at
            for s in states
            if s.status not in {PackageStatus.SENDING, PackageStatus.IN_PROCESS} and s.status is not PackageStatus.DRAFT
        )
        assert learnt - at <= known[package] + timedelta(minutes=2), (learnt - at, known[package])
    world.check_at_rest()


def pass_time(world: World, until: datetime) -> None:
    while (due := world.next_due()) is not None and due < until:
        world.clock.set(max(due, world.clock.now() + timedelta(seconds=60)))
        world.sweep_once()
        world.work()
    world.clock.set(max(until, world.clock.now()))


def promise(world: World, package: PackageId, at: datetime, *, fast: bool) -> timedelta:
    """How long the plan of state-and-delivery, Refresh, lets a package stay unread after `at`."""
    sent: datetime = world.bare.get(world.account, package).sent_at
    planned = [sent + timedelta(seconds=s) for s in world.timing.poll_plan if sent + timedelta(seconds=s) > at]
    longest = timedelta(seconds=world.timing.poll_fast if fast else world.timing.poll_daily)
    return min([longest, *(moment - at for moment in planned)])


def all_at_once(world: World) -> Counter[bool]:
    def create(_number: int) -> bool | None:
        try:
            return world.create(external_id="C-1").created
        except ConnectorError:
            return None  # Coupa would ask again

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(outcome for outcome in threads.map(create, range(THREADS)) if outcome is not None)


@pytest.mark.parametrize("kind", ["memory", pytest.param("dynamodb", marks=pytest.mark.slow)])
def test_one_external_id_claimed_from_all_sides_is_one_package(kind: str) -> None:
    with ExitStack() as stack:
        store = None
        if kind == "dynamodb":
            stack.enter_context(atomic_dynamodb())
            client = boto3.client("dynamodb")
            make_table(client)
            store = lambda timing: DynamoPackages(client, TABLE, timing=timing, sleep=lambda _: None)  # noqa: E731
        world = World(store=store)
        outcomes = all_at_once(world)
    assert outcomes[True] == 1
    assert outcomes[False] > 0
    assert len(world.seen.history) == 1
