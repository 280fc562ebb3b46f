"""Stand-ins for handlers that are not written yet: while developing, and for tests of the template alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from infra.functions import ALL
from infra.layer_build import ROOT

STUBS = ROOT / ".build" / "functions"


def with_stubs(functions: Path, *, into: Path = STUBS) -> Path:
    """A copy of the functions in which every row of the table has a handler; a stub raises NotImplementedError."""
    shutil.rmtree(into, ignore_errors=True)
    if functions.exists():
        shutil.copytree(functions, into, ignore=shutil.ignore_patterns("__pycache__"))
    for row in ALL:
        handler = into / row.folder / "handler.py"
        if not handler.exists():
            handler.parent.mkdir(parents=True, exist_ok=True)
            handler.write_text(_stub(row.folder))
    return into


def _stub(folder: str) -> str:
    return f'def handler(event, context):\n    raise NotImplementedError("functions/{folder} is not written yet")\n'
