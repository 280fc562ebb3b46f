"""The bad luck that is switched on: of each door, and of Coupa's endpoint. Knows no pages."""

from __future__ import annotations

import threading

from sandbox.world import World

COUPA = "coupa"
ENDLESS = 1_000_000  # notifications


class Faults:
    """`switch` and `on` take a fault of words.FAULTS; `door` is "" for Coupa's endpoint, which has no door."""

    def __init__(self, world: World) -> None:
        self._world, self._lock = world, threading.Lock()
        self._on: set[tuple[str, str]] = set()

    def on(self, fault: str, door: str = "") -> bool:
        if fault == "reply":
            side = self._world.sides.open.get(door)
            return side is not None and side.reply_still_to_lose()
        return (fault, door) in self._on

    def switch(self, fault: str, door: str = "", *, on: bool) -> None:
        """Switching on twice is switching on once. A reply that is to be lost cannot be taken back, only used up."""
        with self._lock:
            if on == self.on(fault, door):
                return
            self._act(fault, door, on=on)
            if on:
                self._on.add((fault, door))
            else:
                self._on.discard((fault, door))

    def all_off(self) -> None:
        for fault, door in tuple(self._on):
            self.switch(fault, door, on=False)

    def active(self) -> list[tuple[str, str]]:
        """(fault, door), the endpoint's first."""
        lost = [("reply", door) for door in self._world.sides.open if self.on("reply", door)]
        return sorted((one for one in self._on if one[0] != "reply"), key=lambda one: one[1]) + lost

    def _act(self, fault: str, door: str, *, on: bool) -> None:
        if fault == COUPA:
            receiver = self._world.receiver
            receiver.fail(503, times=ENDLESS) if on else receiver.behave()
            return
        side = self._world.sides[door]
        if fault == "callbacks":
            side.lose_callbacks(lose=on)
        elif fault == "down":
            side.go_down() if on else side.come_back()
        elif on:
            side.lose_next_reply_of_send()
