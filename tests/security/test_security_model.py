"""docs/security.md: each threat has a control, and each control tests that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evidence.threats import MODEL, threats

ROOT = Path(__file__).parents[2]


def test_each_threat_has_a_control_and_a_test():
    table = threats()
    assert len(table) >= 25
    assert [one.threat for one in table if not one.control or not one.tests] == []


def test_each_named_test_exists():
    named = {path for one in threats() for path in one.tests}
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []


def test_every_row_of_the_document_is_read():
    rows = [line for line in MODEL.read_text().splitlines() if line.startswith("|") and "`tests/" in line]
    assert len(threats()) == len(rows)


@pytest.mark.parametrize("text", ["", "| a | b | c |\n|---|---|---|\n| x | y | `tests/unit/a.py` |"])
def test_other_tables_are_none_of_the_model(text):
    assert threats(text) == []


def test_a_row_is_read_whole():
    (one,) = threats("| threat | control | tests |\n|---|---|---|\n| A `b` | **c** | `tests/a/b.py`, `tests/c.py` |")
    assert (one.threat, one.control, one.tests) == ("A b", "c", ("tests/a/b.py", "tests/c.py"))
