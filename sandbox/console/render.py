"""Templates to HTML. Everything that comes from outside is escaped; nothing is marked safe."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from sandbox.console import shown, words
from sandbox.console.desk import Desk

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows around its own matter: the bad luck that is switched on."""

    faults: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, desk: Desk) -> Frame:
        return cls(desk.faults.active())


def page(name: str, frame: Frame, /, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - the template's
    html = _environment().get_template(name).render(frame=frame, **values)
    return HTMLResponse(html, status)


def trouble(frame: Frame, title: str, text: str, *, status: int) -> HTMLResponse:
    return page("trouble.html", frame, status=status, title=title, text=text)


@functools.cache
def _environment() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"words": words, "shown": shown}
    made.filters |= {"moment": shown.moment, "clock": shown.clock, "size": shown.size}
    return made
