"""Tokens are kept until shortly before their end, and fetched once however many wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from esign.domain.errors import CredentialsRefused
from esign.http.oauth import Token
from esign.http.tokens import Tokens


class Office:
    """Gives numbered tokens and has a clock."""

    def __init__(self, life=600.0):
        self.now, self.life, self.given = 1000.0, life, 0

    def clock(self):
        return self.now

    def fetch(self):
        self.given += 1
        return Token(f"t{self.given}", self.life)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def tokens(office):
    return Tokens(clock=office.clock)


def test_a_token_is_used_until_a_minute_before_its_end(office, tokens):
    assert tokens.get("k", office.fetch) == "t1"
    office.now += 539
    assert tokens.get("k", office.fetch) == "t1"
    office.now += 1
    assert tokens.get("k", office.fetch) == "t2"


def test_a_token_that_lives_shorter_than_the_margin_serves_one_call(office, tokens):
    office.life = 10.0
    assert [tokens.get("k", office.fetch) for _ in range(2)] == ["t1", "t2"]


def test_each_key_has_its_own_token(office, tokens):
    assert {tokens.get(key, office.fetch) for key in "ab"} == {"t1", "t2"}


def test_a_refused_token_is_fetched_anew(office, tokens):
    tokens.drop("k", tokens.get("k", office.fetch))
    assert tokens.get("k", office.fetch) == "t2"


def test_renewing_replaces_a_good_token(office, tokens):
    tokens.get("k", office.fetch)
    assert tokens.renew("k", office.fetch) == "t2"
    assert tokens.get("k", office.fetch) == "t2"


def test_a_late_refusal_leaves_the_newer_token(office, tokens):
    old = tokens.get("k", office.fetch)
    tokens.drop("k", old)
    tokens.get("k", office.fetch)
    tokens.drop("k", old)
    assert tokens.get("k", office.fetch) == "t2"


def test_a_failed_fetch_keeps_nothing(office, tokens):
    def refused():
        raise CredentialsRefused("wrong password")

    with pytest.raises(CredentialsRefused):
        tokens.get("k", refused)
    assert tokens.get("k", office.fetch) == "t1"


def test_however_many_wait_one_fetches(office, tokens):
    open_now = Event()

    def slow():
        open_now.wait(5)
        return office.fetch()

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(tokens.get, "k", slow) for _ in range(8)]
        open_now.set()
        assert {one.result() for one in waiting} == {"t1"}
    assert office.given == 1
