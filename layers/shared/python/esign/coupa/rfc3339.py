"""Times as RFC 3339 writes them. Standard library only."""

from __future__ import annotations

import re
from datetime import UTC, datetime

ADVICE = "Write the time as RFC 3339 with a time zone: 2027-01-31T17:00:00Z."

_FORM = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def read(text: str) -> datetime:
    """The time, made UTC; fractions beyond microseconds are cut off. Raises ValueError."""
    if not _FORM.fullmatch(text):
        raise ValueError(ADVICE)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February; year 1 east of Greenwich
        raise ValueError(ADVICE) from None
