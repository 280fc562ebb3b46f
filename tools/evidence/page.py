"""The pack as files: index.html, one page that needs nothing else and prints well, and evidence.json beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.evidence.pack import Deliverable, Pack, State

TEMPLATE = "page.html.j2"
CLASSES = {State.PASSED: "good", State.FAILED: "bad", State.NOT_MEASURED: "unknown", State.TOLD: "plain"}
STATES = {str(state): css for state, css in CLASSES.items()} | {"refused as declared": "plain", "yes": "good"}


def write(pack: Pack, out: Path) -> None:
    """Both files into `out`; whatever was measured until now."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(page(pack))
    (out / "evidence.json").write_text(json.dumps(told(pack), indent=1, ensure_ascii=False) + "\n")


def page(pack: Pack) -> str:
    shapes = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return shapes.get_template(TEMPLATE).render(
        pack=pack, deliverables=Deliverable, css=lambda cell: STATES.get(str(cell), ""), worst=worst
    )


def worst(pack: Pack, deliverable: Deliverable) -> State:
    """Of a deliverable's sections; one without any was not measured."""
    states = {section.found.state for section in pack.of(deliverable)}
    for state in (State.FAILED, State.NOT_MEASURED):
        if state in states:
            return state
    return State.PASSED if State.PASSED in states else State.NOT_MEASURED


def told(pack: Pack) -> dict[str, Any]:
    """For machines."""
    return {
        "state": pack.state,
        "facts": dict(pack.facts),
        "sections": [
            {
                "deliverable": section.deliverable,
                "title": section.title,
                "state": section.found.state,
                "summary": section.found.summary,
                "seconds": round(section.seconds, 1),
                "failures": list(section.found.failures),
                "tables": [asdict(table) for table in section.found.tables],
                "data": section.found.data,
            }
            for section in pack.sections
        ],
    }
