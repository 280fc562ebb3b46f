"""Sends callback pings in the background, as well or as badly as the environment's habits say. Knows no packages.

contracts/connective.md §A4: an HTTP POST that only tells that something changed. Everything else is a habit.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from sandbox.providers.connective.settings import CallbackHabits
from sandbox.providers.connective.state import State

TIMEOUT_SECONDS = 10.0
_Ping = tuple[str, str, CallbackHabits]


class Courier:
    """Delivers pings on threads of its own; every try is recorded in the log "callbacks"."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="connective-callback")
        self._running: set[Future[None]] = set()
        self._held: list[_Ping] = []

    def ping(self, url: str, package_id: str, habits: CallbackHabits) -> None:
        """Returns at once."""
        if habits.drop:
            self._record(url, package_id, habits, status="dropped")
            return
        with self._lock:
            self._held.append((url, package_id, habits))
            if len(self._held) < habits.reorder:
                return
        self.release()

    def release(self) -> None:
        """Sends what reordering holds back, one after the other, the last first."""
        with self._lock:
            held, self._held = self._held[::-1], []
        if held:
            future = self._pool.submit(self._deliver_all, held)
            self._running.add(future)
            future.add_done_callback(self._running.discard)

    def settle(self, seconds: float) -> bool:
        """Waits until nothing is on its way; False if that takes longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._running

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _deliver_all(self, pings: list[_Ping]) -> None:
        for url, package_id, habits in pings:
            for _ in range(1 + habits.duplicates):
                self._deliver(url, package_id, habits)

    def _deliver(self, url: str, package_id: str, habits: CallbackHabits) -> None:
        time.sleep(habits.delay)
        target = _address(url, package_id, habits)
        for attempt in range(1 + habits.retries):
            status = self._send(target, habits)
            self._record(target, package_id, habits, status=status, attempt=attempt)
            if isinstance(status, int) and status < 300:
                return
            time.sleep(habits.retry_delay)

    def _send(self, url: str, habits: CallbackHabits) -> int | str:
        """The status, or the name of what went wrong."""
        try:
            content = habits.body.encode() if habits.method == "POST" else None
            return self._http.request(habits.method, url, content=content).status_code
        except httpx.HTTPError as error:
            return type(error).__name__

    def _record(
        self, url: str, package_id: str, habits: CallbackHabits, *, status: int | str, attempt: int = 0
    ) -> None:
        entry = {"url": url, "package": package_id, "method": habits.method, "status": status, "attempt": attempt}
        self._state.record("callbacks", entry)


def _address(url: str, package_id: str, habits: CallbackHabits) -> str:
    if habits.append == "path":
        return f"{url.rstrip('/')}/{package_id}"
    if habits.append == "query":
        return str(httpx.URL(url).copy_merge_params({"PackageId": package_id}))
    return url
