"""The figures of the proofs, printed at the end of the run: what a test notes by `record_property`."""

from __future__ import annotations

import pytest

FOLDER = "tests/reliability/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = [report for report in terminalreporter.getreports("passed") if report.nodeid.startswith(FOLDER)]
    noted = [(report.nodeid.removeprefix(FOLDER), *one) for report in passed for one in report.user_properties]
    points = [value for _, name, value in noted if name == "points"]
    lines = [f"{test}: {name} {value}" for test, name, value in noted if name != "points"]
    lines += [f"crash points: {sum(points)} tried in {len(points)} scenarios"] if points else []
    if lines:
        terminalreporter.section("reliability")
        for line in lines:
            terminalreporter.line(line)
