"""Coupa's JSON as the pages show it. Pure; knows no call and no HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.console import words

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A package in the list."""

    account: str
    door: str
    package: Json

    @property
    def word(self) -> words.Word:
        return words.package(self.package["status"])


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to look at the list, and how many packages it would show."""

    key: str
    label: str
    count: int
    chosen: bool


def newest_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: str(line.package["createdAt"]), reverse=True)


def chosen(lines: Iterable[Line], *, group: str, door: str) -> list[Line]:
    _, statuses = words.GROUPS.get(group, words.GROUPS["all"])
    return [one for one in lines if one.package["status"] in statuses and door in {"", one.door}]


def groups(lines: Sequence[Line], *, group: str, door: str) -> list[Filter]:
    known = group if group in words.GROUPS else "all"
    return [
        Filter(key, label, len(chosen(lines, group=key, door=door)), key == known)
        for key, (label, _) in words.GROUPS.items()
    ]


def doors(lines: Sequence[Line], *, group: str, door: str) -> list[Filter]:
    """All of them, and each that has packages."""
    counts = Counter(one.door for one in chosen(lines, group=group, door=""))
    everywhere = Filter("", "All providers", sum(counts.values()), not door)
    names = sorted({one.door for one in lines} | ({door} if door else set()))
    return [everywhere, *(Filter(name, name, counts[name], name == door) for name in names)]


def size(count: int | None) -> str:
    if count is None:
        return ""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 999_500 else f"{count / 1_000_000:.1f} MB"


def moment(text: str | None) -> str:
    """RFC 3339 as people write it, in UTC, to the second."""
    at = _at(text)
    return f"{at.day} {at:%b %Y, %H:%M:%S}" if at else ""


def clock(text: str | None) -> str:
    """The time of day alone, to a tenth of a second."""
    at = _at(text)
    return f"{at:%H:%M:%S}.{at.microsecond // 100_000}" if at else ""


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def signed_of(recipients: Iterable[Json]) -> tuple[int, int]:
    """How many of those who must act have done so."""
    acting = [one for one in recipients if one.get("role") not in {"CC", "VIEWER"}]
    return sum(one["status"] in {"SIGNED", "APPROVED"} for one in acting), len(acting)


def under_way(status: str) -> bool:
    """Something may still happen by itself."""
    return status in {"SENDING", "IN_PROCESS", "SIGNED"}
