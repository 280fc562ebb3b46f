"""The sockets beneath httpx obey the deadline."""

from __future__ import annotations

import httpcore
import pytest

from esign.http.deadline import Deadline
from esign.http.network import PunctualStream


class SlowPeer(httpcore.NetworkStream):
    """Takes one second of its own clock for each read and write, however long it may wait."""

    def __init__(self) -> None:
        self.now, self.taken, self.waits = 0.0, b"", []

    def clock(self) -> float:
        return self.now

    def read(self, max_bytes, timeout=None):
        self.now += 1
        self.waits.append(timeout)
        return b"x"

    def write(self, buffer, timeout=None):
        self.now += 1
        self.waits.append(timeout)
        self.taken += buffer


def test_a_long_body_is_written_in_pieces_whole_and_in_order():
    peer = SlowPeer()
    body = bytes(range(256)) * 8000
    PunctualStream(peer).write(body, 10.0)
    assert peer.taken == body
    assert len(peer.waits) > 4


def test_a_body_that_is_taken_in_sips_is_given_up_at_the_deadline():
    peer = SlowPeer()
    with Deadline(3, clock=peer.clock).applies(), pytest.raises(httpcore.WriteTimeout):
        PunctualStream(peer).write(bytes(5_000_000), 2.0)
    assert peer.waits == [2.0, 2.0, 1.0]


def test_an_answer_that_drips_is_given_up_at_the_deadline():
    peer = SlowPeer()
    stream = PunctualStream(peer)
    with Deadline(2, clock=peer.clock).applies():
        stream.read(10, 5.0)
        stream.read(10, 5.0)
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(10, 5.0)
    assert peer.waits == [2.0, 1.0]
