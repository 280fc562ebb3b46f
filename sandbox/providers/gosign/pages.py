"""The page behind getUrl's mLink, where a person signs or refuses by hand (§9.5). Knows no dialect."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.providers.gosign import lifecycle, signing
from sandbox.providers.gosign.errors import Refusal
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.room import Room, Seat, Sheet, closed, show

VENDOR, PATH = "GoSign", "/gosign/mLink"
Link = dict[str, str]  # envelope and user by external id, and where the browser goes afterwards


def make_link(simulator: Simulator, ext_id: str, user: str, redirect: str = "") -> str:
    """One that signs in the user's stead. The address is whole."""
    token = secrets.token_urlsafe(24)
    simulator.put_value(f"link/{token}", {"envelope": ext_id, "user": user, "redirect": redirect})
    return f"{simulator.url}{PATH}?{urlencode({'mLinkParam': token})}"


def invitation(simulator: Simulator, ext_id: str, email: str) -> str | None:
    """The link of the e-mail to whose turn it is [I: the document shows none]; the same one every time."""
    try:
        envelope = simulator.any_envelope(ext_id)
        lifecycle.whose_turn(envelope, people := signing.people_named(simulator, envelope, email))
    except Refusal:
        return None
    kept = f"invitation/{ext_id}/{min(people)}"
    if not simulator.get_value(kept):
        simulator.put_value(kept, make_link(simulator, ext_id, min(people)))
    return str(simulator.get_value(kept))


async def signing_page(request: Request) -> Response:
    """GET shows the envelope, POST works it; then the browser goes to extRedirect, if there is one."""
    simulator: Simulator = request.app.state.simulator
    link: Link | None = simulator.get_value(f"link/{request.query_params.get('mLinkParam', '')}")
    if not link:
        return closed(VENDOR, "Not possible", "This link is not valid.", 404)
    if request.method == "GET":
        return await _shown(request, simulator, link)
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await run_in_threadpool(_worked, simulator, link, form)
    except Refusal as refusal:
        return closed(VENDOR, "Not possible", refusal.message, 409)
    if link["redirect"]:
        return RedirectResponse(link["redirect"], 303)
    rejected = form.get("do") == "reject"
    said = "You have refused it." if rejected else "Thank you."
    title = simulator.any_envelope(link["envelope"]).subject
    return closed(VENDOR, title, f"{said} You can close this window.", good=not rejected)


async def _shown(request: Request, simulator: Simulator, link: Link) -> Response:
    envelope = simulator.any_envelope(link["envelope"])
    try:
        lifecycle.whose_turn(envelope, {link["user"]})
    except Refusal:
        return closed(
            VENDOR, envelope.subject, f"Nothing to do with this link: the envelope is {envelope.status}.", 410
        )
    user = simulator.user(envelope.customer, link["user"])
    sheets = [Sheet(one.file_name, one.content) for one in envelope.papers]
    return await show(
        request,
        Room(VENDOR, envelope.subject, sheets, [Seat(user.full_name, user.email)], words="note", decline="reject"),
    )


def _worked(simulator: Simulator, link: Link, form: dict[str, str]) -> None:
    if form.get("do") == "reject":
        signing.reject(simulator, link["envelope"], link["user"], form.get("note", ""))
    else:
        signing.sign(simulator, link["envelope"], link["user"])
