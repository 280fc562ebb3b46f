"""What the demo prints: progress, one row per step, what Coupa was told, and the checks that decide its exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from sandbox.coupa.client import Answer
from sandbox.coupa.receiver import Notification


@dataclass(frozen=True, slots=True)
class Row:
    scenario: str
    step: str
    http: str
    milliseconds: float | None
    status: str


@dataclass(slots=True)
class Report:
    """Collects rows and checks; a check that does not hold makes the demo fail, and says why."""

    console: Console = field(default_factory=lambda: Console(highlight=False))
    rows: list[Row] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    scenario: str = ""

    def begin(self, scenario: str) -> None:
        self.scenario = scenario
        self.console.print(f"[bold]{scenario}[/]")

    def answer(self, answer: Answer) -> None:
        """A row for each call of Coupa's client."""
        status = str(answer.json.get("status", "")) if answer.ok else (answer.code or "")
        self._row(Row(self.scenario, answer.operation, str(answer.status), answer.milliseconds, status))

    def event(self, step: str, status: str = "", milliseconds: float | None = None) -> None:
        """A row for what people, providers and the clock do."""
        self._row(Row(self.scenario, step, "", milliseconds, status))

    def check(self, what: str, holds: bool, why: str = "") -> None:  # noqa: FBT001 - a check is a truth value
        if holds:
            self.console.print(f"  [green]ok[/]  {what}")
            return
        self.failures.append(f"{self.scenario}: {what}{f' ({why})' if why else ''}")
        self.console.print(f"  [red]NO[/]  {what} {why}")

    def _row(self, row: Row) -> None:
        self.rows.append(row)
        took = f"{row.milliseconds:.0f} ms" if row.milliseconds is not None else ""
        self.console.print(f"  [dim]{row.step:<22} {row.http:>4} {took:>9}  {row.status}[/]")

    def table(self) -> Table:
        table = Table("scenario", "step", "HTTP", "ms", "package status", title="What happened", title_style="bold")
        before = ""
        for row in self.rows:
            took = f"{row.milliseconds:.0f}" if row.milliseconds is not None else ""
            table.add_row(row.scenario if row.scenario != before else "", row.step, row.http, took, row.status)
            before = row.scenario
        return table


def notifications_table(received: Sequence[Notification]) -> Table:
    table = Table("#", "type", "status", "answered", "signature", title="What Coupa was told", title_style="bold")
    for one in received:
        believed = "verified" if one.problem is None else one.problem
        table.add_row(str(one.sequence), one.type, str(one.body.get("status")), str(one.answered), believed)
    return table


def story_table(events: Sequence[Mapping[str, Any]]) -> Table:
    """The first package's timeline, as listEvents tells it: Coupa's writes, calls, callbacks, decisions, notifications."""
    table = Table("at (UTC)", "kind", "what", title="The story of the first package", title_style="bold")
    for one in events:
        table.add_row(str(one["at"])[11:23], str(one["kind"]), str(one["text"]))
    return table
