"""The page behind an action URL, where a person signs or declines by hand. Knows no API version."""

from __future__ import annotations

from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.providers.connective import lifecycle, signing
from sandbox.providers.connective.errors import Refusal, package_not_found
from sandbox.providers.connective.model import Actor, Package
from sandbox.providers.connective.simulator import Simulator
from sandbox.providers.room import Room, Seat, Sheet, closed, show

EXPIRED_LINK = Refusal(410, "ActionUrl.Expired", "This link is no longer valid")
VENDOR = "Connective eSignatures"
Open = tuple[Actor, str, str]  # who may act, the secret of the link, the member's e-mail


async def signing_page(request: Request) -> Response:
    """GET shows who may act with this link (the face-to-face link: everybody whose turn it is); POST acts."""
    simulator: Simulator = request.app.state.simulator
    query = request.query_params
    try:
        if request.method == "POST":
            form = {name: str(value) for name, value in (await request.form()).items()}
            return await run_in_threadpool(_submitted, simulator, form)
        package = await run_in_threadpool(_package, simulator, query.get("packageSignId", ""))
    except Refusal as refusal:
        return closed(VENDOR, "Not possible", refusal.message, refusal.status)
    mine = _mine(package, query.get("token", ""), f2f="f2f" in query)
    if package.status != "Pending" or not mine:
        return closed(VENDOR, package.name, f"Nothing to do with this link: the package is {package.status}.", 410)
    late = _outdated(simulator, package, mine[0][0])
    return await show(request, _room(simulator, package, mine, f2f="f2f" in query, late=late), 410 if late else 200)


def _mine(package: Package, token: str, *, f2f: bool) -> list[Open]:
    open_now = [(a, t, e) for _, a in lifecycle.steps(package) if a.status == "Available" for e, t in a.links.items()]
    return [entry for entry in open_now if f2f or entry[1] == token]


def _room(simulator: Simulator, package: Package, mine: list[Open], *, f2f: bool, late: bool) -> Room:
    names = {member.email: member.name for stakeholder in package.stakeholders for member in stakeholder.members}
    return Room(
        VENDOR,
        package.name,
        [Sheet(one.name, simulator.state.get_bytes(one.representation or one.content)) for one in package.documents],
        [
            Seat(
                names[email],
                email,
                verb="Sign" if actor.type == "Signer" else "Approve",
                hidden={"package": package.id, "token": token, "f2f": "1" if f2f else ""},
            )
            for actor, token, email in mine
        ],
        new_link=True,
        notice="This link has expired." if late else "",
    )


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
    done = {"link": "A new link is on its way.", "decline": "You have declined."}.get(form.get("do", ""), "Thank you.")
    return closed(VENDOR, package.name, f"{done} You can close this window.", good=form.get("do") != "decline")


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
