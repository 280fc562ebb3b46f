"""The page behind the link of an invitation [I: the document shows none], where a person signs or rejects by hand."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sandbox.providers.esigntools.model import Agreement, Recipient
from sandbox.providers.esigntools.service import Esigntools, NotTheirTurn
from sandbox.providers.room import Room, Seat, Sheet, closed, show

VENDOR, PATH = "eSignTools", "/sign"


def links(service: Esigntools, agreement_id: int, email: str) -> Iterator[str]:
    """Path and query of those that work now."""
    for recipient in service.agreements[agreement_id].waiting():
        if recipient.email == email:
            yield f"{PATH}?agreement={agreement_id}&key={recipient.key}"


def page_of(service: Esigntools) -> Callable[[Request], Awaitable[Response]]:
    async def signing_page(request: Request) -> Response:
        found = _found(service, request)
        if found is None:
            return closed(VENDOR, "Not possible", "This link is not valid, or it is not your turn.", 410)
        agreement, recipient = found
        if request.method == "GET":
            return await show(request, _room(agreement, recipient))
        do = str((await request.form()).get("do", ""))
        try:
            await run_in_threadpool(service.reject if do == "decline" else service.sign, agreement.id, recipient.id)
        except NotTheirTurn:
            return closed(VENDOR, "Not possible", "It is no longer your turn.", 409)
        said = "You have rejected it." if do == "decline" else "Thank you."
        return closed(VENDOR, agreement.name, f"{said} You can close this window.", good=do != "decline")

    return signing_page


def _found(service: Esigntools, request: Request) -> tuple[Agreement, Recipient] | None:
    asked, key = request.query_params.get("agreement", ""), request.query_params.get("key", "")
    agreement = service.agreements.get(int(asked)) if asked.isascii() and asked.isdigit() else None
    for recipient in agreement.waiting() if agreement else ():
        if agreement and secrets.compare_digest(recipient.key.encode(), key.encode()):
            return agreement, recipient
    return None


def _room(agreement: Agreement, recipient: Recipient) -> Room:
    """[C] no reason: ABORTED is all that a rejection leaves."""
    seat = Seat(recipient.name, recipient.email)
    return Room(VENDOR, agreement.name, [Sheet(f"{agreement.name}.pdf", agreement.content)], [seat], words="")
