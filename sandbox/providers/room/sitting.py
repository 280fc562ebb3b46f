"""One person behind a link, who signs or declines: for vendors whose page has nothing else. Knows no vendor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sandbox.providers.backstage import NotTheirTurn
from sandbox.providers.room.page import Room, closed, show


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a link opens. `sign` and `decline` may raise NotTheirTurn."""

    title: str
    room: Callable[[], Room]
    sign: Callable[[], object]
    decline: Callable[[], object]


def page_of(vendor: str, find: Callable[[Request], Sitting | None]) -> Callable[[Request], Awaitable[Response]]:
    """GET shows the room, POST decides; where `find` finds nothing the link is over."""

    async def signing_page(request: Request) -> Response:
        found = find(request)
        if found is None:
            return closed(vendor, "Not possible", "This link is not valid, or it is not your turn.", 410)
        if request.method == "GET":
            return await show(request, await run_in_threadpool(found.room))
        declined = (await request.form()).get("do") == "decline"
        try:
            await run_in_threadpool(found.decline if declined else found.sign)
        except NotTheirTurn:
            return closed(vendor, "Not possible", "It is no longer your turn.", 409)
        said = "You have rejected it." if declined else "Thank you."
        return closed(vendor, found.title, f"{said} You can close this window.", good=not declined)

    return signing_page
