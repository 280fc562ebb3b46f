"""Where the demo's scenarios play: a running world, Coupa's client in it, a report to write to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.coupa.client import CoupaClient
from sandbox.demo.report import Report
from sandbox.world import World

PATIENCE = 40.0  # seconds that a step of the story may take on a slow machine


@dataclass(slots=True)
class Stage:
    """A world with Coupa's client in it and a report to write to."""

    world: World
    coupa: CoupaClient
    quiet: CoupaClient  # the same account, without rows in the report
    report: Report
    out: Path
    patience: float = PATIENCE
    _features: set[str] = field(default_factory=set)

    def can(self, feature: str) -> bool:
        """Whether the account's provider can do it, as Coupa reads it in verifyAccount's answer."""
        if not self._features:
            listed = self.quiet.verify_account().json["capabilities"]["features"]
            self._features.update(one["name"] for one in listed if one["supported"])
        return feature in self._features

    def status(self, package: str) -> str:
        return str(self.world_package(package).get("status"))

    def world_package(self, package: str) -> dict[str, Any]:
        return self.quiet.get_package(package).json

    def reference(self, package: str) -> list[str]:
        return list(self.world_package(package)["provider"]["reference"])

    def send(self, package: str) -> str:
        """The status after Send; where the provider only takes it in charge, after what it says later."""
        sent = self.coupa.send_package(package)
        if sent.ok and sent.json.get("status") == "SENDING":
            self.until("the provider says what became of it", lambda: self.status(package) != "SENDING")
            return self.status(package)
        return str(sent.json.get("status"))

    def until(self, what: str, holds: Callable[[], bool]) -> bool:
        began = time.monotonic()
        while time.monotonic() - began < self.patience:
            if holds():
                self.report.event(what, "", (time.monotonic() - began) * 1000)
                return True
            time.sleep(0.1)
        self.report.check(what, holds=False, why=f"not within {self.patience:.0f} s")
        return False

    def told(self, package: str, kind: str) -> bool:
        """Wait until Coupa was told; a row with the time it took and the status that the notification bore."""
        began = time.monotonic()
        try:
            heard = self.world.receiver.wait_for(package, kind, timeout=self.patience)
        except TimeoutError as never:
            self.report.check(f"Coupa was told {kind}", holds=False, why=str(never))
            return False
        took = (time.monotonic() - began) * 1000
        self.report.event(f"notified {kind}", str(heard.body.get("status")), took)
        self.report.check(f"Coupa was told {kind}", heard.problem is None, str(heard.problem))
        return True
