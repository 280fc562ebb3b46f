"""Renders the room: the page, and the pages of its documents as pictures at the same address."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.providers.room import pictures

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
HEADERS = {
    # The pictures come from here, the styles are in the page, and nothing else is loaded from anywhere.
    "content-security-policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as it is now; `content` is a PDF or, rarely, something that no page shows."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who may act here. `verb` is what they are asked for, `hidden` what the form brings back besides `do` (sign,
    decline) and `reason`."""

    person: str
    email: str
    verb: str = "Sign"
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Room:
    """`vendor` is who shows the page. `words` names the form's field for a reason; empty: the vendor asks for none."""

    vendor: str
    title: str
    sheets: Sequence[Sheet]
    seats: Sequence[Seat]
    words: str = "reason"
    decline: str = "decline"
    new_link: bool = False  # a person may ask for another link
    notice: str = ""


async def show(request: Request, room: Room, status: int = 200) -> Response:
    """The page; with `sheet` (from 0) in the query that document, with `page` (from 1) too a picture of its page."""
    if "sheet" in request.query_params:
        return await run_in_threadpool(_sheet, request.query_params, room)
    return await run_in_threadpool(_page, request, room, status)


def closed(vendor: str, title: str, text: str, status: int = 200, *, good: bool = False) -> Response:
    """Nothing to do here (any more)."""
    html = _templates().get_template("closed.html").render(vendor=vendor, title=title, text=text, good=good, css=_css())
    return HTMLResponse(html, status, HEADERS)


def _page(request: Request, room: Room, status: int) -> Response:
    here = request.url.include_query_params
    shown = [
        {
            "name": sheet.name,
            "file": here(sheet=number).query,
            "pages": [
                {"src": here(sheet=number, page=page).query, "width": width, "height": height}
                for page, (width, height) in enumerate(pictures.sizes(sheet.content), 1)
            ],
        }
        for number, sheet in enumerate(room.sheets)
    ]
    html = _templates().get_template("room.html").render(room=room, sheets=shown, css=_css())
    return HTMLResponse(html, status, HEADERS)


def _sheet(query: Mapping[str, str], room: Room) -> Response:
    number, page = _number(query["sheet"]), _number(query.get("page", "0"))
    if number is None or page is None or number >= len(room.sheets):
        return closed(room.vendor, room.title, "There is no such document.", 404)
    sheet = room.sheets[number]
    if not page:
        name = f"attachment; filename*=UTF-8''{quote(sheet.name)}"
        return Response(sheet.content, media_type="application/octet-stream", headers={"content-disposition": name})
    picture = pictures.png(sheet.content, page)
    if picture is None:
        return closed(room.vendor, room.title, "There is no such page.", 404)
    return Response(picture, media_type="image/png", headers=HEADERS)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


@functools.cache
def _templates() -> Environment:
    """Loaded with the first page: who runs a simulator without people needs no Jinja."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


@functools.cache
def _css() -> str:
    return (HERE / "room.css").read_text()
