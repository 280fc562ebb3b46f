"""`python -m benchmarks [part ...]`, one of PARTS or all: a table, and out/bench.json.

A time or a size that misses its target is marked, and no failure: machines are noisy. Exit 1: a count that is not exact.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OUT = Path("out") / "bench.json"
EXACT = "exact"  # the target of a count


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `ok` None: told, not judged."""

    what: str
    figure: str
    target: str
    ok: bool | None


Part = tuple[list[Row], list[dict[str, Any]]]  # for people, for machines


def cold(rounds: int) -> Part:
    from benchmarks.cold_start import measure_cold

    found = measure_cold(rounds)
    rows = [
        Row(
            f"cold start {one.name}",
            f"init {one.init:4.0f} ms, ratio {one.init_ratio:.2f}; first answer {one.first_answer:4.0f} ms, "
            f"ratio {one.first_answer_ratio:.2f}, cpu ratio {one.cpu_ratio:.2f}",
            "" if one.name == "reference" else f"init ratio ≤ {one.limit}",
            None if one.name == "reference" else one.ok,
        )
        for one in found
    ]
    return rows, [asdict(one) for one in found]


def warm(_rounds: int) -> Part:
    from benchmarks.warm import MEDIAN_LIMIT, TAIL_LIMIT, measure_warm

    found = measure_warm()
    target = f"p50 ≤ {MEDIAN_LIMIT:.0f}, p99 ≤ {TAIL_LIMIT:.0f} ms"
    rows = [Row(f"warm {one.name}", f"p50 {one.p50:5.2f} ms, p99 {one.p99:5.2f} ms", target, one.ok) for one in found]
    return rows, [asdict(one) for one in found]


def calls(_rounds: int) -> Part:
    from benchmarks.calls import EXPECTED, measure_calls

    rows, told = [], []
    for name, counted in measure_calls().items():
        figure = ", ".join(f"{times} {what}" for what, times in [*counted.aws.items(), *counted.provider.items()])
        rows.append(Row(f"calls {name}", figure, EXACT, counted == EXPECTED[name].as_counted))
        told.append({"name": name, **asdict(counted), "expected": asdict(EXPECTED[name])})
    return rows, told


def sizes(_rounds: int) -> Part:
    """The largest function of each target as a row, all of them in the file."""
    from benchmarks.sizes import LIMIT, measure_sizes

    found = measure_sizes()
    rows = []
    for target in dict.fromkeys(one.target for one in found):
        largest = max((one for one in found if one.target == target), key=lambda one: one.size)
        rows.append(Row(f"size {target}, {largest.name}", f"{largest.size:.1f} MB", f"≤ {LIMIT:.0f} MB", largest.ok))
    return rows, [asdict(one) for one in found]


def memory(_rounds: int) -> Part:
    from benchmarks.memory import measure_memory

    found = measure_memory()
    rows = [
        Row(
            f"memory {one.name}",
            f"peak {one.peak:.0f} MB, {one.growth:+.0f} MB by the document",
            f"{'peak' if one.judged == one.peak else 'growth'} ≤ {one.limit:.0f} MB",
            one.ok,
        )
        for one in found
    ]
    return rows, [asdict(one) for one in found]


def multipart(_rounds: int) -> Part:
    from benchmarks.multipart import measure_multipart

    found = measure_multipart()
    rows = [
        Row(f"multipart {one.name}, {one.size:.0f} MB", f"{one.growth:+.1f} MB", f"growth ≤ {one.limit:.0f} MB", one.ok)
        for one in found
    ]
    return rows, [asdict(one) for one in found]


def notifications(_rounds: int) -> Part:
    from benchmarks.calls import EXPECTED, measure_calls
    from benchmarks.notifications import LIMIT, measure_notifications

    found = measure_notifications()
    counted = measure_calls(only=lambda case: case.name in {one.case for one in found})
    rows = [
        Row(
            f"notification {one.name}",
            f"p50 {one.p50:5.2f} ms, p99 {one.p99:5.2f} ms, p99 of the processor {one.cpu99:5.2f} ms, "
            f"{sum(counted[one.case].aws.values())} calls of AWS",
            f"p99 ≤ {LIMIT:.0f} ms",
            one.ok and counted[one.case] == EXPECTED[one.case].as_counted,
        )
        for one in found
    ]
    return rows, [asdict(one) | {"aws": counted[one.case].aws} for one in found]


def gosign(_rounds: int) -> Part:
    from benchmarks.gosign import CLIENT_LIMIT, measure_gosign

    grown, client = measure_gosign()
    rows = [Row(f"memory {one.name}", f"{one.growth:+.0f} MB", f"growth ≤ {one.limit:.0f} MB", one.ok) for one in grown]
    figure = f"{client.building:.0f} ms after {client.importing:.0f} ms of imports, then {client.again:.1f} ms"
    rows.append(Row("SOAP client", figure, f"≤ {CLIENT_LIMIT:.0f} ms", client.ok))
    return rows, [*map(asdict, grown), asdict(client)]


def placement(_rounds: int) -> Part:
    from benchmarks.placement import measure_placement

    found = measure_placement()
    rows = [
        Row(
            f"placement {one.name}",
            f"{one.value:.0f} {one.unit}".strip(),
            f"≤ {one.limit:.0f} {one.unit}".strip(),
            one.ok,
        )
        for one in found
    ]
    return rows, [asdict(one) for one in found]


def delivery(_rounds: int) -> Part:
    from benchmarks.delivery import LIMIT, measure_delivery

    found = measure_delivery()
    rows = [
        Row(
            f"provider's event to Coupa, {one.at_once} at once",
            f"p50 {one.p50:4.0f} ms, p95 {one.p95:4.0f} ms",
            f"p95 ≤ {LIMIT:.0f} ms",
            one.ok,
        )
        for one in found
    ]
    return rows, [asdict(one) for one in found]


def sweep(_rounds: int) -> Part:
    from benchmarks.sweep_cost import CALLBACK_TARGET, SWEEP_TARGET, costs

    targets = {"sweep": SWEEP_TARGET, "callbacks": CALLBACK_TARGET}
    found = costs()
    rows = [
        Row(
            f"a million contracts in a week: {one.what}",
            f"${one.total:,.0f}",
            f"≤ ${targets[one.what]:.0f}",
            one.total <= targets[one.what],
        )
        for one in found
    ]
    return rows, [asdict(one) for one in found]


PARTS: dict[str, Callable[[int], Part]] = {
    "sizes": sizes,
    "warm": warm,
    "calls": calls,
    "memory": memory,
    "placement": placement,
    "multipart": multipart,
    "notifications": notifications,
    "gosign": gosign,
    "sweep": sweep,
    "delivery": delivery,
    "cold": cold,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="all of them, if none is named")
    parser.add_argument("--rounds", type=int, default=10, help="cold starts of each function")
    given = parser.parse_args()
    unknown = set(given.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    told: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "python": platform.python_version()}
    for name in given.parts or PARTS:
        sys.stderr.write(f"Measuring {name} ...\n")
        began = time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()):  # what is measured writes metrics, whatever its log level
            found, told[name] = PARTS[name](given.rounds)
        sys.stderr.write(f"  {time.monotonic() - began:.0f} s\n")
        rows += found
    _show(rows)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    missed = [row for row in rows if row.ok is False]
    print("\n" + (f"{len(missed)} of {len(rows)} targets missed" if missed else "No target missed") + f"; see {OUT}.")
    return 1 if any(row.target == EXACT for row in missed) else 0


def _show(rows: Sequence[Row]) -> None:
    widths = [max(len(text) for text in column) for column in zip(*((r.what, r.figure) for r in rows), strict=True)]
    for row in rows:
        mark = {True: "ok", False: "MISSED", None: ""}[row.ok]
        print(f"{row.what:<{widths[0]}}  {row.figure:<{min(widths[1], 90)}}  {row.target:<24} {mark}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
