"""How vendors' answers are read, whichever vendor's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from esign.http.outcome import Reply, Vendor
from esign.providers.lenient import Answer, Moment, Text, read


class Told(Answer):
    reason: Text = ""
    at: Moment = None


def told(body: bytes) -> Told:
    return read(Reply(200, {}, body, Vendor("acme"), safe=True), Told)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-21T12:00:00.1234567Z", datetime(2026, 11, 21, 12, 0, 0, 123456, UTC)),
        ("2026-11-21T12:00:00+01:00", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("2026-11-21T12:00:00", datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", None),  # .NET's smallest time, said in Brussels: before all that UTC can tell
        ("9999-12-31T23:59:59-01:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_utc_or_unknown(written: str, at: datetime | None) -> None:
    found = told(b'{"at": "%b"}' % written.encode()).at
    assert found == at
    assert found is None or found.utcoffset() == timedelta(0)


def test_a_text_that_was_cut_inside_an_emoji_can_be_told_again() -> None:
    assert told(rb'{"reason": "too dear \ud83d"}').reason.encode() == "too dear \ufffd".encode()
