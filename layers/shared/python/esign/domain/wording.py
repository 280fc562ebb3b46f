"""Words for the sentences that people read."""

from __future__ import annotations


def many(number: int, noun: str) -> str:
    """`1 document`, `2 documents`: of a noun that takes an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
