"""The page behind getUrl's mLink: small, human, enough to sign or refuse by hand (§9.5). Knows no dialect."""

from __future__ import annotations

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.providers.gosign import signing
from sandbox.providers.gosign.errors import Refusal
from sandbox.providers.gosign.simulator import Simulator

PAGE = """<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{text}</p>{form}"""
FORM = """<form method="post"><button name="do" value="sign">Sign</button>
<button name="do" value="reject">Refuse</button> <input name="note" placeholder="Reason"></form>"""


async def signing_page(request: Request) -> Response:
    """GET shows the envelope, POST works it; then the browser goes to extRedirect, if there is one."""
    simulator: Simulator = request.app.state.simulator
    link = simulator.get_value(f"link/{request.query_params.get('mLinkParam', '')}")
    if not link:
        return HTMLResponse(_page("GoSign", "This link is not valid."), 404)
    if request.method == "GET":
        envelope = simulator.any_envelope(link["envelope"])
        text = f"{len(envelope.papers)} document(s), {envelope.status}"
        return HTMLResponse(_page(envelope.subject, text, FORM))
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await run_in_threadpool(_worked, simulator, link, form)
    except Refusal as refusal:
        return HTMLResponse(_page("Not possible", refusal.message), 409)
    return RedirectResponse(link["redirect"], 303) if link["redirect"] else HTMLResponse(_page("Done", "Thank you."))


def _worked(simulator: Simulator, link: dict[str, str], form: dict[str, str]) -> None:
    if form.get("do") == "reject":
        signing.reject(simulator, link["envelope"], link["user"], form.get("note", ""))
    else:
        signing.sign(simulator, link["envelope"], link["user"])


def _page(title: str, text: str, form: str = "") -> str:
    return PAGE.format(title=escape(title), text=escape(text), form=form)
