"""What moves on the screen while a command works: on a terminal only, and gone before anything else is printed."""

from __future__ import annotations

import os
import pty
import select
import sys
import termios
import time

import pytest

from cli.waiting import Waiting


class Screen:
    """A terminal that a person looks at."""

    def __init__(self) -> None:
        self.master, self._slave = pty.openpty()
        termios.tcsetwinsize(self._slave, (24, 100))
        self.stream = os.fdopen(self._slave, "w")

    def shows(self, *, seconds: float = 5.0, until: str = "\0") -> str:
        """What has come so far; waits for `until` at most so long."""
        seen, end = "", time.monotonic() + seconds
        while until not in seen and time.monotonic() < end:
            ready, _, _ = select.select([self.master], [], [], 0.05)
            seen += os.read(self.master, 65536).decode() if ready else ""
        return seen


@pytest.fixture
def terminal(monkeypatch):
    """Opens the screen; in the test itself, since pytest puts its own streams back between a fixture and its test."""
    opened = []

    def switch_on():
        screen = Screen()
        opened.append(screen)
        monkeypatch.setattr(sys, "stderr", screen.stream)
        monkeypatch.setenv("TERM", "xterm")
        return screen

    yield switch_on
    for screen in opened:
        screen.stream.close()
        os.close(screen.master)


def test_a_command_that_takes_long_says_that_it_works(terminal):
    screen = terminal()
    waiting = Waiting(patience=0.01)
    waiting.begin()
    assert "Working" in screen.shows(until="Working")
    waiting.end()


def test_a_quick_one_says_nothing(terminal):
    screen = terminal()
    waiting = Waiting(patience=60)
    waiting.begin()
    waiting.end()
    assert screen.shows(seconds=0.2) == ""


def test_what_was_ended_does_not_come_back(terminal):
    screen = terminal()
    waiting = Waiting(patience=0.05)
    waiting.begin()
    waiting.end()
    assert screen.shows(seconds=0.3) == ""


def test_where_nobody_watches_nothing_is_shown(terminal):
    screen = terminal()
    waiting = Waiting(watched=lambda: False, patience=0.0)
    waiting.begin()
    with waiting.counting("Looking") as tick:
        tick()
    waiting.end()
    assert screen.shows(seconds=0.2) == ""


def test_many_steps_are_counted(terminal):
    screen = terminal()
    with Waiting().counting("Looking", total=3) as tick:
        for _ in range(3):
            tick()
        assert "3/3" in screen.shows(until="3/3")


def test_what_goes_on_is_said_at_once(terminal):
    screen = terminal()
    waiting = Waiting(patience=60)
    with waiting.doing("Asking the provider"):
        assert "Asking the provider" in screen.shows(until="Asking the provider")
    waiting.end()
