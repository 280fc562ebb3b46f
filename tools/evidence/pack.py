"""What the pack is made of: four deliverables, each of sections that are measured one by one and may fail one by one."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What became of a section. NOT_MEASURED is never shown as a success."""

    PASSED = "passed"
    FAILED = "failed"
    TOLD = "for information"
    NOT_MEASURED = "not measured"


class Deliverable(StrEnum):
    """Coupa's four, in its order."""

    ENVIRONMENT = "Pre-production environment"
    TESTS = "Automation tests"
    PERFORMANCE = "Performance metrics"
    SECURITY = "Security validation metrics"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are texts; one that says a state is coloured by it. `notes` stand below."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a section's work tells: a sentence, tables for people, data for machines."""

    state: State
    summary: str
    tables: Sequence[Table] = ()
    data: Any = None
    failures: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the page; `seconds` is what it took to measure."""

    deliverable: Deliverable
    title: str
    found: Found
    seconds: float


@dataclass(slots=True)
class Pack:
    """Sections in the order in which they were made, and the facts at the top of the page."""

    facts: Mapping[str, str]
    sections: list[Section] = field(default_factory=list)

    def measure(self, deliverable: Deliverable, title: str, work: Callable[[], Found]) -> None:
        """Whatever goes wrong in the work is a failed section, and the next one comes."""
        sys.stderr.write(f"{title} ...\n")
        began = time.monotonic()
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - the pack is written whatever one section met
            sys.stderr.write(traceback.format_exc())
            found = Found(State.FAILED, f"This could not be measured: {type(error).__name__}: {str(error)[:400]}")
        taken = time.monotonic() - began
        sys.stderr.write(f"  {found.state}: {found.summary} ({taken:.0f} s)\n")
        self.sections.append(Section(deliverable, title, found, taken))

    def of(self, deliverable: Deliverable) -> list[Section]:
        return [one for one in self.sections if one.deliverable is deliverable]

    @property
    def failed(self) -> list[Section]:
        return [one for one in self.sections if one.found.state is State.FAILED]

    @property
    def state(self) -> State:
        if self.failed:
            return State.FAILED
        unmeasured = any(one.found.state is State.NOT_MEASURED for one in self.sections)
        return State.NOT_MEASURED if unmeasured else State.PASSED
