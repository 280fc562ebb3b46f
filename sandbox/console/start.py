"""The pages that start a contract: choose a provider, then the form."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.console import form, words
from sandbox.console.desk import Desk, Holding
from sandbox.console.order import Order, Person, Placed, Refusal, place
from sandbox.console.render import Frame, page, trouble

FIELDS = 400  # of a form
TEXT = 64 * 1024  # bytes of one that is no file
WANTED = "This service must know a phone number and a tax code of every signer; the sandbox fills in made-up ones."
SAMPLE_SIGNERS = (
    Person("Anna Peeters", "anna.peeters@supplier.example"),
    Person("Ben Holt", "ben.holt@buyer.example"),
)


def choose(desk: Desk) -> Response:
    """Straight to the form where there is no choice."""
    if len(desk.doors) == 1:
        return RedirectResponse(f"/new/{desk.doors[0]}", 303)
    vendors: dict[str, list[str]] = {}
    for door in desk.doors:
        vendors.setdefault(words.door(door).vendor, []).append(door)
    return page("choose.html", Frame.of(desk), vendors=vendors)


def blank(desk: Desk, door: str) -> Response:
    """The form as it is first shown, with two people who may sign."""
    holding = _at(desk, door)
    if holding is None:
        return _no_door(desk)
    in_order = holding.can("sequential_order")
    return _form(desk, holding, Order(signers=SAMPLE_SIGNERS, in_order=in_order), Refusal())


async def submit(desk: Desk, door: str, request: Request) -> Response:
    async with request.form(max_files=1, max_fields=FIELDS, max_part_size=TEXT) as given:
        order = await form.read(given, desk.uploads)
    return await run_in_threadpool(_submitted, desk, door, order)


def _submitted(desk: Desk, door: str, order: Order) -> Response:
    holding = _at(desk, door)
    if holding is None:
        return _no_door(desk)
    mistakes = form.mistakes(order)
    done = Refusal(fields=mistakes) if mistakes else place(order, holding, desk.side(holding))
    if isinstance(done, Refusal):
        return _form(desk, holding, order, done)
    if done.notice:
        desk.notices[done.package] = done.notice
    return _to(holding, done)


def _at(desk: Desk, door: str) -> Holding | None:
    return desk.at(door) if door in desk.doors else None


def _to(holding: Holding, done: Placed) -> Response:
    return RedirectResponse(f"/contracts/{quote(holding.account)}/{quote(done.package)}", 303)


def _form(desk: Desk, holding: Holding, order: Order, refused: Refusal) -> Response:
    kept = order.document if order.document and order.document.name else None
    side = desk.side(holding)
    return page(
        "new.html",
        Frame.of(desk),
        status=422 if refused.general or refused.fields else 200,
        door=holding.door,
        several=len(desk.doors) > 1,
        order=order,
        refused=refused,
        orders=orders_of(holding),
        no_copies=holding.features.get("cc"),
        template=side.template,
        wanted=_wanted(side.wants("x@example.com")[0]),
        signers=form.rows(order.signers, form.EMPTY_SIGNERS),
        copies=form.rows(order.copies, 1),
        kept=(desk.uploads.keep(kept), kept.name) if kept else None,
    )


def orders_of(holding: Holding) -> Mapping[str, str | None]:
    """One after the other, or all at once; why not, where the provider cannot."""
    return {"yes": holding.features.get("sequential_order"), "no": holding.features.get("parallel_order")}


def _wanted(fields: Mapping[str, object]) -> str:
    """The form's sentence about what the sandbox fills in."""
    return WANTED if fields else ""


def _no_door(desk: Desk) -> Response:
    return trouble(Frame.of(desk), "Not found", "This sandbox has no such provider.", status=404)
