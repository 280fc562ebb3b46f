"""A call's deadline: what is left of it, and that every socket obeys it."""

from __future__ import annotations

from esign.http.deadline import Deadline, clip


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_deadline_runs_down_to_zero_and_not_below():
    clock = Clock()
    deadline = Deadline(10, clock=clock)
    clock.now += 4
    assert deadline.remaining() == 6
    assert not deadline.passed
    clock.now += 60
    assert deadline.remaining() == 0
    assert deadline.passed


def test_a_part_of_a_deadline_never_outlasts_it():
    clock = Clock()
    deadline = Deadline(10, clock=clock)
    assert deadline.within(3).remaining() == 3
    clock.now += 9
    assert deadline.within(3).remaining() == 1


def test_a_socket_waits_no_longer_than_the_applying_deadline():
    clock = Clock()
    assert clip(5.0) == 5.0
    with Deadline(2, clock=clock).applies():
        assert clip(5.0) == 2.0
        assert clip(None) == 2.0
        assert clip(1.0) == 1.0
        with Deadline(0.5, clock=clock).applies():
            assert clip(5.0) == 0.5
        assert clip(5.0) == 2.0
        clock.now += 3
        assert clip(5.0) == 0.0
    assert clip(None) is None
