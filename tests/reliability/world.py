"""The whole connector behind the injector, in virtual time, with what AWS does between our functions.

Executions, bells and sweeps run one after the other, as far as there is something to do: `work` until the queues are
empty, `settle` until nothing is due any more. A killed execution is gone for good and a failed message is lost: the sweep
alone must find what they left. That is harsher than AWS, which repeats both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from esign.domain.errors import ConnectorError
from esign.domain.events import Event, EventType
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Callback, Package
from esign.domain.timing import Timing
from esign.operations.accept_package import accept_package
from esign.operations.find_due import Sweep
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Next, Refresh, Step
from esign.operations.remind_on_request import remind_on_request
from esign.operations.submission import Submission
from esign.ports import SHARDS, AlreadyOpen, Created, Delivered, DeliveryAnswer, PackageStore
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.callbacks import Meaning, package_callback
from esign.runtime.calls import Call
from tests.fakes.connector import Connector
from tests.fakes.factories import ACME, GLOBEX
from tests.reliability.injector import Crash, Injector, Port
from tests.reliability.invariants import (
    Observed,
    check_always,
    i4_everything_told,
    i6_an_end_or_attention,
    i7_tenants_are_strangers,
    objection_to,
)
from tests.reliability.service import Service

T = TypeVar("T")
GUARDED = frozenset({"create", "commit"})  # by an operation id: see esign.aws.packages
TENANTS = (ACME, GLOBEX)
KEYS = Keys("k1", {"k1": b"a key of the callback addresses"})


@dataclass(frozen=True, slots=True)
class Job:
    """An execution of refresh-package that was started and has not run yet."""

    name: str
    account: AccountId
    package: PackageId
    remind: bool = False
    submit: str | None = None


class QueuedWorkflows:
    """Port `Workflows`: a name is taken for good."""

    def __init__(self) -> None:
        self.queue: deque[Job] = deque()
        self.names: set[str] = set()

    def refresh(self, account: AccountId, package: PackageId, *, wanted: int, remind: bool = False) -> None:
        name = f"{package}-{wanted}-remind" if remind else f"{package}-{wanted}"
        self._start(Job(name, account, package, remind=remind))

    def submit(self, account: AccountId, package: PackageId, *, attempt: str) -> None:
        self._start(Job(f"{package}-submit-{attempt}", account, package, submit=attempt))

    def _start(self, job: Job) -> None:
        if job.name not in self.names:
            self.names.add(job.name)
            self.queue.append(job)


class QueuedBell:
    """Port `Bell`."""

    def __init__(self) -> None:
        self.queue: deque[tuple[AccountId, PackageId]] = deque()

    def ring(self, account: AccountId, package: PackageId) -> None:
        self.queue.append((account, package))


class Recording:
    """A package store that notes what was committed; all else is the store's own."""

    def __init__(self, store: Any, seen: Observed) -> None:
        self._store, self._seen = store, seen

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._store, attribute)

    def create(self, package: Package, **more: Any) -> Created | AlreadyOpen:
        outcome: Created | AlreadyOpen = self._store.create(package, **more)
        if isinstance(outcome, Created):
            self._seen.history[package.account, package.id].append(outcome.package)
        return outcome

    def commit(self, before: Package, after: Package, **more: Any) -> Package:
        written: Package = self._store.commit(before, after, **more)
        self._seen.history[written.account, written.id].append(written)
        self._seen.outbox[written.account, written.id] += more.get("events", ())
        return written


class RawCallbacks:
    """The raw copies of the callbacks that passed the door."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def keep(self, *_who: object, body: bytes, **_more: object) -> None:
        self.kept.append(body)


def _meaning(call: Call) -> Meaning:
    return Meaning("The provider called.", "changed", remind=b"link" in call.body)


class Endpoint:
    """Port `CoupaNotifier`: Coupa's endpoint. It takes everything, unless it is `down` or the injector steps in."""

    def __init__(self, injector: Injector, receive: Callable[[Event], None]) -> None:
        self._injector, self._receive = injector, receive
        self.down = False

    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer:
        if self.down:
            return DeliveryAnswer(Delivered.RETRY, None, "no answer")
        silence = ConnectionError()
        try:
            self._injector.call("coupa.notify", lambda: self._receive(event), refused=silence)
        except ConnectionError:  # the adapter's own word for it
            return DeliveryAnswer(Delivered.RETRY, None, "no answer")
        return DeliveryAnswer(Delivered.OK, 204, "HTTP 204")


@dataclass
class World(Connector):
    """`store`: the package store under the recorder; None: in memory."""

    injector: Injector = field(default_factory=Injector)
    store: Callable[[Timing], PackageStore] | None = None

    def __post_init__(self) -> None:
        service = self.provider = Service(self.injector)
        self.service = service
        super().__post_init__()
        self.add_account(id=GLOBEX, callback=Callback("https://globex.example/hook"))
        self.seen = Observed(envelopes=service.made)
        self.bare: Any = Recording(self.store(self.timing) if self.store else self.packages, self.seen)
        self.vault, self.keys = self.evidence, self.packages.keys
        self.addresses = SignedAddresses("https://callbacks.example", lambda: KEYS)  # type: ignore[assignment]
        self.raw_callbacks = RawCallbacks()
        self.jobs, self.rings = QueuedWorkflows(), QueuedBell()
        self.endpoint = Endpoint(self.injector, self._received)
        self._wire()

    def _wire(self) -> None:
        """Every port behind the injector. Coupa and the operations see nothing else."""
        ports: dict[str, Any] = {
            "packages": self.bare,
            "accounts": self.accounts,
            "documents": self.documents,
            "evidence": self.evidence,
            "workflows": self.jobs,
            "bell": self.rings,
            "budget": self.budget,
            "idempotency": self.keys,
        }
        for name, target in ports.items():
            setattr(self, name, Port(name, target, self.injector, guarded=GUARDED))
        self.notifier = self.endpoint  # type: ignore[assignment]
        self.access = ProviderAccess(self.accounts, self.providers, self.budget, self.clock)
        self.refresh = Refresh(self.packages, self.access, self.bell, self.clock, self.timing)
        self.submission = Submission(self.packages, self.addresses, self.bell, self.clock, self.timing)
        self.runs = 0

    # What is looked at from outside

    def look(self, package: PackageId, *, account: AccountId | None = None) -> Package:
        """Get Package, as Coupa sees it."""
        found: Package | None = self.bare.get(account or self.account, package)
        assert found is not None
        self.seen.shown[found.account, found.id].append(found.status)
        return found

    def _received(self, event: Event) -> None:
        self.seen.told.append(event)
        key = (event.account, event.package)
        if event.type is EventType.PACKAGE_COMPLETED:
            self.seen.whole.append((key, objection_to(self.bare.get(*key), self.vault)))

    def check(self) -> None:
        check_always(self.seen)

    def check_told(self) -> None:
        """For a world whose queues are empty and whose endpoint is up."""
        self.check()
        i4_everything_told(self.seen)
        i7_tenants_are_strangers(self.seen, self.bare, TENANTS)

    def check_at_rest(self) -> None:
        """For a world in which time enough has passed."""
        self.check_told()
        i6_an_end_or_attention(self.seen, now=self.clock.now())

    # What the provider does

    def calls_back(self, url: str, body: str = "") -> int:
        """The provider calls this address, through the door that all callbacks come by. The status of the answer."""
        account, package, token = url.split("/")[-3:]
        event = {
            "httpMethod": "POST",
            "path": url,
            "pathParameters": {"account": account, "package": package, "token": token},
            "body": body,
        }
        door = package_callback("fake", _meaning, composition=lambda: self)  # type: ignore[arg-type, return-value]
        return int(door(event, None)["statusCode"])

    # What AWS does

    def work(self) -> None:
        """Everything that was started or rung."""
        while self.jobs.queue or self.rings.queue:
            if self.jobs.queue:
                self.execute(self.jobs.queue.popleft())
            if self.rings.queue:
                self.ring(*self.rings.queue.popleft())

    def execute(self, job: Job) -> None:
        """refresh-package (infra/workflows): retries where it has them, and what fails is left to the sweep."""
        former, self.account = self.account, job.account
        with suppress(Crash, ConnectorError):
            if job.submit:
                self.submit(job.package, job.submit)
            else:
                self._refresh(job)
        self.account = former

    def _refresh(self, job: Job) -> None:
        for round_ in range(1, 20):
            if job.remind and round_ == 1:
                remind_on_request(
                    job.account, job.package, packages=self.packages, access=self.access, clock=self.clock
                )
            step: Step = self._retried(partial(self._sync, job, round_))
            match step.next:
                case Next.AGAIN:
                    assert step.until is not None
                    self.clock.sleep(max(0.0, (step.until - self.clock.now()).total_seconds()))
                    continue
                case Next.SUBMIT:
                    self.submit(job.package, None)
                case Next.COLLECT:
                    self._finish(job.package)
            return

    def _finish(self, package: PackageId) -> None:
        for work in (self.collect, self.inspect, self.complete):
            if self._retried(partial(work, package)) is not Next.COMPLETE:
                return

    def _sync(self, job: Job, round_: int) -> Step:
        return self.refresh.sync(job.account, job.package, owner=job.name, round_=round_)

    def _retried(self, work: Callable[[], T]) -> T:
        """States.TaskFailed: three more attempts."""
        for pause in (2, 4, 8):
            try:
                return work()
            except ConnectorError:
                self.clock.advance(pause)
        return work()

    def ring(self, account: AccountId, package: PackageId) -> None:
        self.runs += 1
        with suppress(Crash, ConnectorError):
            self.delivery().deliver(account, package, owner=f"message-{self.runs}")

    def sweep_once(self) -> None:
        with suppress(Crash, ConnectorError):
            Sweep(self.packages, self.workflows, self.bell, self.clock, self.timing, self.refresh).run()

    def next_due(self) -> datetime | None:
        far = self.clock.now() + timedelta(days=4000)
        lines = [line for shard in range(SHARDS) for line in self.bare.due(shard, before=far, limit=1)[0]]
        return min((line.due_at for line in lines), default=None)

    def settle(self, *, days: float = 30) -> None:
        """Until nothing is due any more, or `days` are over. Sweeps come once a minute."""
        end = self.clock.now() + timedelta(days=days)
        self.work()
        while (due := self.next_due()) is not None and due <= end:
            minute = self.clock.now() + timedelta(seconds=60)
            self.clock.set(max(due, minute))
            self.sweep_once()
            self.work()

    # What Coupa does

    def insist(self, ask: Callable[[], T], *, every: float = 5) -> T | None:
        """Call, and call again as Coupa would: after a 5xx or no answer, a few times, `every` so many seconds. The last
        answer, None for an error."""
        for _ in range(4):
            try:
                return ask()
            except (Crash, ConnectorError):
                self.clock.advance(every)
        return None

    def accept(self, package: PackageId) -> Package:
        return accept_package(self.account, package, packages=self.packages, workflows=self.workflows, clock=self.clock)
