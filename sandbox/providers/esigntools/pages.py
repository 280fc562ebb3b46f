"""The page behind the link of an invitation [I: the document shows none], where a person signs or rejects by hand."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.providers.esigntools.model import Agreement, Recipient
from sandbox.providers.esigntools.service import Esigntools
from sandbox.providers.room import Room, Seat, Sheet, Sitting, page_of

VENDOR, PATH = "eSignTools", "/sign"


def links(service: Esigntools, agreement_id: int, email: str) -> Iterator[str]:
    """Path and query of those that work now."""
    for recipient in service.agreements[agreement_id].waiting():
        if recipient.email == email:
            yield f"{PATH}?agreement={agreement_id}&key={recipient.key}"


def signing_page(service: Esigntools) -> Callable[[Request], Awaitable[Response]]:
    return page_of(VENDOR, partial(_found, service))


def _found(service: Esigntools, request: Request) -> Sitting | None:
    asked, key = request.query_params.get("agreement", ""), request.query_params.get("key", "")
    agreement = service.agreements.get(int(asked)) if asked.isascii() and asked.isdigit() else None
    for recipient in agreement.waiting() if agreement else ():
        if agreement and secrets.compare_digest(recipient.key.encode(), key.encode()):
            sign = partial(service.sign, agreement.id, recipient.id)
            decline = partial(service.reject, agreement.id, recipient.id)
            return Sitting(agreement.name, partial(_room, agreement, recipient), sign, decline)
    return None


def _room(agreement: Agreement, recipient: Recipient) -> Room:
    """[C] no reason: ABORTED is all that a rejection leaves."""
    seat = Seat(recipient.name, recipient.email)
    return Room(VENDOR, agreement.name, [Sheet(f"{agreement.name}.pdf", agreement.content)], [seat], words="")
