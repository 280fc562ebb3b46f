"""Sends a simulator's callbacks in the background, as well or as badly as its habits say. Knows no vendor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One callback. `package` is the vendor's id of what it tells about, for the log."""

    url: str
    package: str
    method: str = "POST"
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Habits:
    """How letters go out; a vendor with more habits inherits these."""

    drop: bool = False
    duplicates: int = 0  # additional copies of each letter
    delay: float = 0.0  # seconds before the first try
    reorder: int = 0  # hold letters until so many are waiting, then send the last first; `release` sends what is held
    retries: int = 2  # after an answer that the vendor does not take for success
    retry_delay: float = 0.2  # seconds


class Log(Protocol):
    def record(self, log: str, entry: dict[str, Any]) -> None: ...


class Courier:
    """Delivers letters on threads of its own; every try is recorded in the log "callbacks"."""

    def __init__(self, log: Log, *, taken: Callable[[httpx.Response], bool] = lambda answer: answer.is_success) -> None:
        self._log, self._taken = log, taken
        self._lock = threading.Lock()
        # Keeps no connection, so there is nothing to close.
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
        self._pool: ThreadPoolExecutor | None = None
        self._running: set[Future[None]] = set()
        self._held: list[tuple[Letter, Habits]] = []

    def send(self, letter: Letter, habits: Habits) -> None:
        """Returns at once."""
        if habits.drop:
            self._record(letter, status="dropped")
            return
        with self._lock:
            self._held.append((letter, habits))
            if len(self._held) < habits.reorder:
                return
        self.release()

    def release(self) -> None:
        """Sends what reordering holds back, one after the other, the last first."""
        with self._lock:
            held, self._held = self._held[::-1], []
        if held:
            future = self._opened().submit(self._deliver_all, held)
            self._running.add(future)
            future.add_done_callback(self._running.discard)

    def settle(self, seconds: float) -> bool:
        """Waits until nothing is on its way; False if that takes longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._running

    def close(self) -> None:
        """When its server goes down; the next letter opens it again, since the server may come back."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)

    def _opened(self) -> ThreadPoolExecutor:
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(max_workers=4, thread_name_prefix="simulator-callback")
            return self._pool

    def _deliver_all(self, letters: list[tuple[Letter, Habits]]) -> None:
        for letter, habits in letters:
            for _ in range(1 + habits.duplicates):
                self._deliver(letter, habits)

    def _deliver(self, letter: Letter, habits: Habits) -> None:
        time.sleep(habits.delay)
        for attempt in range(1 + habits.retries):
            status, taken = self._try(letter)
            self._record(letter, status=status, attempt=attempt)
            if taken:
                return
            time.sleep(habits.retry_delay)

    def _try(self, letter: Letter) -> tuple[int | str, bool]:
        """The status, or the name of what went wrong; and whether the vendor takes it for success."""
        try:
            headers = dict(letter.headers)
            answer = self._http.request(letter.method, letter.url, content=letter.content, headers=headers)
        except httpx.HTTPError as error:
            return type(error).__name__, False
        return answer.status_code, self._taken(answer)

    def _record(self, letter: Letter, *, status: int | str, attempt: int = 0) -> None:
        entry = {"url": letter.url, "package": letter.package, "method": letter.method}
        self._log.record("callbacks", {**entry, "status": status, "attempt": attempt})
