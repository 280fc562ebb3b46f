"""How long an answer asks to wait: Retry-After in both its forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from esign.http.outcome import retry_after

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60.0),
        ("Sat, 21 Nov 2026 12:01:00 -0000", 60.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("²", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert retry_after({"retry-after": value}, now=NOW) == seconds


def test_no_retry_after_is_none():
    assert retry_after({}) is None
