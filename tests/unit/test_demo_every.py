"""`make demo PROVIDER=all`: one table, and a failure in it is the failure of all."""

from __future__ import annotations

import sys

import pytest
from rich.console import Console

from sandbox.demo import every


@pytest.fixture
def doors(tmp_path, monkeypatch):
    """A `sandbox.demo` that is only its output."""
    folder = tmp_path / "sandbox" / "demo"
    folder.mkdir(parents=True)
    (tmp_path / "sandbox" / "__init__.py").write_text("")
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(
        "import sys\n"
        "door = sys.argv[2]\n"
        "print('All of it held.' if door == 'good' else 'did not hold: main job: COMPLETE' if door == 'bad' else '')\n"
        "sys.exit(door != 'good')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return sys.executable


def test_all_doors_hold_or_the_whole_does_not(doors, capsys):
    assert every.run_all(["good"]) == 0
    assert every.run_all(["good", "bad", "crashed"]) == 1
    said = capsys.readouterr().out
    assert "bad: did not hold: main job: COMPLETE" in said
    assert "ended with 1" in said


def test_a_door_that_is_too_slow_is_marked():
    shown = Console(record=True, width=120)
    shown.print(every.table([every.Ran("slow", 91.0, ())]))
    assert "91 (more than 90)" in shown.export_text()
