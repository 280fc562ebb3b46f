"""The security model as docs/security.md has it: its table is the only one, and this reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).resolve().parents[2] / "docs/security.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)`")


@dataclass(frozen=True, slots=True)
class Threat:
    """One row; `tests` are paths of files in the repository."""

    threat: str
    control: str
    tests: tuple[str, ...]


def threats(text: str | None = None) -> list[Threat]:
    """Every row of every table whose first column is `threat`; `text` None: the document's own."""
    found, inside = [], False
    for line in (MODEL.read_text() if text is None else text).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if len(cells) != 3:
            inside = False
        elif cells[0] == "threat":
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            found.append(Threat(_plain(cells[0]), _plain(cells[1]), tuple(_TEST.findall(cells[2]))))
    return found


def _plain(cell: str) -> str:
    return cell.replace("`", "").replace("**", "")
