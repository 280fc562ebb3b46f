"""The page behind an action URL: small, human, enough to sign or decline by hand. Knows no API version."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.providers.connective import lifecycle, signing
from sandbox.providers.connective.errors import Refusal, package_not_found
from sandbox.providers.connective.model import Actor, Package
from sandbox.providers.connective.simulator import Simulator

EXPIRED_LINK = Refusal(410, "ActionUrl.Expired", "This link is no longer valid")
FORM = """<form method="post"><input type="hidden" name="package" value="{package}">
<input type="hidden" name="token" value="{token}"><input type="hidden" name="f2f" value="{f2f}"><p>{who}</p>
<button name="do" value="sign">{verb}</button>
<button name="do" value="decline">Decline</button> <input name="reason" placeholder="Reason">
<button name="do" value="link">Send me a new link</button></form>"""
PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{text}</p>{forms}"


async def signing_page(request: Request) -> Response:
    """GET shows who may act with this link (the face-to-face link: everybody whose turn it is); POST acts."""
    simulator: Simulator = request.app.state.simulator
    query = request.query_params
    try:
        if request.method == "GET":
            return _page(simulator, query.get("packageSignId", ""), query.get("token", ""), f2f="f2f" in query)
        form = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(_submitted, simulator, form)
    except Refusal as refusal:
        return HTMLResponse(_html("Not possible", refusal.message), refusal.status)


def _page(simulator: Simulator, package_id: str, token: str, *, f2f: bool) -> Response:
    package = _package(simulator, package_id)
    open_now = [(a, t, e) for _, a in lifecycle.steps(package) if a.status == "Available" for e, t in a.links.items()]
    mine = [entry for entry in open_now if f2f or entry[1] == token]
    if package.status != "Pending" or not mine:
        return HTMLResponse(_html(package.name, f"Nothing to do with this link: the package is {package.status}."), 410)
    if _outdated(simulator, package, mine[0][0]):
        return HTMLResponse(_html(package.name, "This link has expired.", _forms(package, mine, f2f=f2f)), 410)
    return HTMLResponse(_html(package.name, f"{len(package.documents)} document(s)", _forms(package, mine, f2f=f2f)))


def _submitted(simulator: Simulator, form: dict[str, str]) -> Response:
    package = _package(simulator, form.get("package", ""))
    with simulator.change(simulator.environment(package.environment), package.id) as package:
        actor, email = _holder(package, form.get("token", ""))
        if form.get("do") == "link":
            signing.request_new_link(simulator, package, email)
        elif _outdated(simulator, package, actor):
            raise EXPIRED_LINK
        elif form.get("do") == "decline":
            lifecycle.reject(package, actor, form.get("reason", ""), simulator.now())
        else:
            signing.act(simulator, package, actor.id, email=email)
    target = _redirect(package, actor, form)
    if target:
        return RedirectResponse(target, 303)
    return HTMLResponse(_html(package.name, "Done."))


def _redirect(package: Package, actor: Actor, form: dict[str, str]) -> str | None:
    """RedirectUrl after an action; face to face F2FRedirectUrl once all is signed or rejected (seeds/001)."""
    if form.get("do") == "link":
        return None
    if form.get("f2f"):
        return package.f2f_redirect_url if package.status != "Pending" else None
    return actor.redirect_url


def _holder(package: Package, token: str) -> tuple[Actor, str]:
    for _, actor in lifecycle.steps(package):
        for email, secret in actor.links.items():
            if token == secret and actor.status == "Available":
                return actor, email
    raise EXPIRED_LINK


def _outdated(simulator: Simulator, package: Package, actor: Actor) -> bool:
    """ActionUrlExpirationPeriodInDays: "after how many days the action URLs must expire when they are not used"."""
    if not package.action_url_days or not actor.linked_at:
        return False
    return simulator.now() > actor.linked_at + timedelta(days=package.action_url_days)


def _package(simulator: Simulator, package_id: str) -> Package:
    package = simulator.state.package(package_id)
    if package is None:
        raise package_not_found(package_id)
    return simulator.view(simulator.environment(package.environment), package_id)


def _forms(package: Package, entries: list[tuple[Actor, str, str]], *, f2f: bool) -> str:
    return "".join(
        FORM.format(
            package=escape(package.id), token=escape(token), f2f="1" if f2f else "", who=escape(f"{email}: {actor.type}"),
            verb="Sign" if actor.type == "Signer" else "Approve",
        )
        for actor, token, email in entries
    )  # fmt: skip


def _html(title: str, text: str, forms: str = "") -> str:
    return PAGE.format(title=escape(title), text=escape(text), forms=forms)
