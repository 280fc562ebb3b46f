"""`--provider all`: the demo of every provider and door, one after the other, each in a process of its own; one table."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

LIMIT = 90.0  # seconds that one door may take, on two cores


@dataclass(frozen=True, slots=True)
class Ran:
    """`failures`: what did not hold, in the demo's own words."""

    door: str
    seconds: float
    failures: tuple[str, ...]

    @property
    def held(self) -> bool:
        return not self.failures


def run_all(doors: Iterable[str], options: Iterable[str] = ()) -> int:
    """The exit code: 0 only if all of it held. What a door says while it runs is shown as it comes."""
    ran = [_run(door, tuple(options)) for door in doors]
    console = Console()
    console.print(table(ran))
    return 0 if all(one.held for one in ran) else 1


def _run(door: str, options: tuple[str, ...]) -> Ran:
    began = time.monotonic()
    lines: list[str] = []
    command = [sys.executable, "-m", "sandbox.demo", "--provider", door, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own module
        for line in running.stdout or ():
            sys.stdout.write(f"{door}: {line}")
            lines.append(line.strip())
    taken = time.monotonic() - began
    marked = [line.removeprefix("did not hold:").strip() for line in lines if line.startswith("did not hold:")]
    if running.returncode and not marked:
        marked = [f"ended with {running.returncode} before its end"]
    return Ran(door, taken, tuple(marked))


def table(ran: Iterable[Ran]) -> Table:
    shown = Table("door", "held", "seconds", "what did not hold", title="Every provider and door", title_style="bold")
    for one in ran:
        late = f"{one.seconds:.0f} (more than {LIMIT:.0f})" if one.seconds > LIMIT else f"{one.seconds:.0f}"
        shown.add_row(one.door, "yes" if one.held else "NO", late, "\n".join(one.failures))
    return shown
