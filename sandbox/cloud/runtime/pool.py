"""Shares execution environments: one per function on demand, a second only under load, two dozen alive in all.

28 environments that started together on two cores took 18.8 s and 1.8 GB, hence the thrift. With a dozen alive, every
contract of the demo found the functions of the one before gone, and waited 0.8 s for each of them.
"""

from __future__ import annotations

import tempfile
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from threading import Condition

from sandbox.cloud.runtime.environment import Environment
from sandbox.cloud.runtime.function import LARGEST_EVENT, Function, Invocation, failure
from sandbox.cloud.runtime.paths import link_shipped_packages


class Runtime:
    """`variables` are given to every function (region, endpoint, keys). `patience`, in seconds, is how long a caller waits
    for a busy environment before a second one is started."""

    def __init__(
        self,
        *,
        variables: Mapping[str, str],
        most: int = 24,
        most_per_function: int = 2,
        patience: float = 0.1,
        kept_lines: int = 2000,
    ) -> None:
        self.logs: dict[str, deque[str]] = {}
        self.functions: dict[str, Function] = {}
        self._variables = variables
        self._most, self._most_per_function, self._patience = most, most_per_function, patience
        self._kept_lines = kept_lines
        self._changed = Condition()
        self._alive: list[Environment] = []
        self._idle: list[Environment] = []
        self._closed = False
        self._links = tempfile.TemporaryDirectory(prefix="lambda-runtime-")
        self._shipped = link_shipped_packages(Path(self._links.name))

    def add(self, function: Function) -> None:
        self.functions[function.name] = function
        self.logs[function.name] = deque(maxlen=self._kept_lines)

    def invoke(self, name: str, event: bytes) -> Invocation:
        """Invoke the function of that name and wait. `event` is JSON. KeyError: there is no such function."""
        function = self.functions[name]
        if len(event) > LARGEST_EVENT:
            too_large = failure("RequestTooLargeException", f"Request must be smaller than {LARGEST_EVENT} bytes")
            return Invocation(too_large, "Unhandled", (), 0.0)
        environment = self._acquire(function)
        try:
            return environment.invoke(event)
        finally:
            self._release(environment)

    def note(self, name: str, line: str) -> None:
        """Keep a line that comes from elsewhere beside the functions' own."""
        self.logs.setdefault(name, deque(maxlen=self._kept_lines)).append(line)

    def alive(self) -> list[str]:
        """The functions that have an environment now, one entry for each."""
        with self._changed:
            return [environment.function.name for environment in self._alive]

    def close(self) -> None:
        with self._changed:
            self._closed = True
            environments, self._alive, self._idle = self._alive, [], []
            self._changed.notify_all()
        for environment in environments:
            environment.close()
        self._links.cleanup()

    def _acquire(self, function: Function) -> Environment:
        impatient_at = time.monotonic() + self._patience
        with self._changed:
            while not self._closed:
                self._bury_the_exited()
                mine = [one for one in self._idle if one.function.name == function.name]
                if mine:
                    self._idle.remove(mine[-1])
                    return mine[-1]
                if self._may_start(function, waited=time.monotonic() >= impatient_at) and self._make_room():
                    return self._start(function)
                self._changed.wait(timeout=self._patience)
        raise RuntimeError("the local cloud has been shut down")

    def _bury_the_exited(self) -> None:
        for environment in [one for one in self._idle if one.exited]:
            self._idle.remove(environment)
            self._alive.remove(environment)
            environment.close()

    def _may_start(self, function: Function, *, waited: bool) -> bool:
        count = sum(one.function.name == function.name for one in self._alive)
        most = min(self._most_per_function, function.concurrency or self._most_per_function)
        return count == 0 or (waited and count < most)

    def _make_room(self) -> bool:
        if len(self._alive) < self._most:
            return True
        if not self._idle:
            return False
        oldest = min(self._idle, key=lambda one: one.last_used)
        self._idle.remove(oldest)
        self._alive.remove(oldest)
        oldest.close()
        return True

    def _start(self, function: Function) -> Environment:
        log = self.logs[function.name]
        environment = Environment(function, shipped=self._shipped, variables=self._variables, write_log=log.append)
        self._alive.append(environment)
        return environment

    def _release(self, environment: Environment) -> None:
        with self._changed:
            if environment.dead and environment in self._alive:
                self._alive.remove(environment)
            elif environment in self._alive:
                self._idle.append(environment)
            self._changed.notify_all()
