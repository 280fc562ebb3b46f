"""A deterministic injector of faults: the k-th external call of a run fails in one chosen way, and no other.

Every port of the connector is wrapped, so every call that would leave the process is counted: stores, effects, Coupa's
endpoint, the signing service. Clock and callback addresses stay as they are: they ask nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from esign.domain.errors import StoreUnavailable

T = TypeVar("T")


class Crash(BaseException):
    """The environment was killed: nothing that the code catches, nothing that it can clean up after."""


class Fault(StrEnum):
    CRASH_BEFORE = "killed before the call"
    CRASH_AFTER = "killed after the call"
    REFUSED = "the call failed and did nothing"
    REPLY_LOST = "the call did its work and the reply was lost"
    REPEATED = "the reply was lost, and the client repeated the call unseen"


LATE = "the reply was lost, and the work is done when the same is called again"


@dataclass
class Injector:
    """`calls` lists the external calls of the run so far; call number `at` (from 1) meets `fault`. An `ambush` waits for
    the next call of a name, watched or not: it brings a world into the state after a fault, or before a LATE commit.
    `meanwhile` is what somebody else does, from beginning to end, right before the call of that number.
    """

    at: int = 0
    fault: Fault = Fault.CRASH_BEFORE
    active: bool = False
    fired: bool = False
    calls: list[str] = field(default_factory=list)
    ambush: tuple[str, Fault | str] | None = None
    late: dict[str, Callable[[], object]] = field(default_factory=dict)
    meanwhile: tuple[int, Callable[[], object]] | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.active = True
        try:
            yield
        finally:
            self.active = False

    def call(
        self,
        name: str,
        work: Callable[[], T],
        *,
        refused: Exception,
        lost: Exception | None = None,
        guarded: bool = False,
    ) -> T:
        """`lost`: what the caller learns of a lost reply; `guarded`: repeating it is found out by an operation id."""
        if name in self.late:
            self.late.pop(name)()
        if self.ambush and self.ambush[0] == name:
            (_, fault), self.ambush = self.ambush, None
            if not isinstance(fault, Fault):
                self.late[name] = work
                raise lost or refused
            return self._meet(fault, work, refused, lost or refused, guarded)
        if not self.active:
            return work()
        self.calls.append(name)
        if self.meanwhile and self.meanwhile[0] <= len(self.calls):
            (_, act), self.meanwhile = self.meanwhile, None
            act()
        if len(self.calls) != self.at:
            return work()
        self.fired = True
        return self._meet(self.fault, work, refused, lost or refused, guarded)

    def _meet(self, fault: Fault, work: Callable[[], T], refused: Exception, lost: Exception, guarded: bool) -> T:
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.CRASH_AFTER:
                work()
                raise Crash
            case Fault.REFUSED:
                raise refused
            case Fault.REPLY_LOST:
                work()
                raise lost
            case Fault.REPEATED:
                first = work()
                return first if guarded else work()


class Port:
    """A port of the store or effect kind behind the injector. What is done under an operation id is `guarded`; what is a
    single provider-side service (Coupa's endpoint) says by itself how it fails."""

    def __init__(self, name: str, target: Any, injector: Injector, *, guarded: frozenset[str] = frozenset()) -> None:
        self._name, self._target, self._injector, self._guarded = name, target, injector, guarded

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._target, attribute)
        if not callable(found) or attribute.startswith("presign"):  # a signature is computed here
            return found
        if attribute == "fetch":
            return lambda *args: self._fetched(found, *args)
        return lambda *args, **kwargs: self._call(attribute, lambda: found(*args, **kwargs))

    def _call(self, attribute: str, work: Callable[[], T]) -> T:
        away = StoreUnavailable("AWS did not answer.")
        return self._injector.call(f"{self._name}.{attribute}", work, refused=away, guarded=attribute in self._guarded)

    @contextmanager
    def _fetched(self, fetch: Callable[..., Any], *args: Any) -> Iterator[Any]:
        opened = self._call("fetch", lambda: fetch(*args))
        with opened as body:
            yield body
