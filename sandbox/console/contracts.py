"""The pages of the contracts: the list, one of them, and what can be done to it. All of it by Coupa's API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from sandbox.console import shown
from sandbox.console.desk import Desk, Holding
from sandbox.console.order import sentence
from sandbox.console.render import Frame, page, trouble
from sandbox.coupa.client import Answer

MOST = 200  # packages of an account in the list
HAS_FILES = frozenset({"COMPLETE"})
ACTING = frozenset({"SIGNER", "APPROVER"})
INVITED = frozenset({"SENT", "VIEWED", "WAITING", "CREATED"})


def listing(desk: Desk, query: Mapping[str, str]) -> Response:
    group, door = query.get("show", "all"), query.get("provider", "")
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = shown.newest_first(line for lines in pool.map(_lines, desk.holdings()) for line in lines)
    return page(
        "list.html",
        Frame.of(desk),
        lines=shown.chosen(found, group=group, door=door),
        groups=shown.groups(found, group=group, door=door),
        doors=shown.doors(found, group=group, door=door),
        group=group,
        door=door,
        any=bool(found),
    )


def _lines(holding: Holding) -> list[shown.Line]:
    return [shown.Line(holding.account, holding.door, package) for package in _packages(holding)]


def _packages(holding: Holding) -> Iterator[Mapping[str, Any]]:
    filters, seen = {"limit": "100"}, 0
    while seen < MOST:
        answer = holding.coupa.list_packages(**filters).json
        yield from (found := answer.get("packages", []))
        seen += len(found)
        if "cursor" not in answer:
            return
        filters["cursor"] = answer["cursor"]


def one(desk: Desk, account: str, package: str) -> Response:
    holding = desk.holding(account)
    answer = holding.coupa.get_package(package) if holding else None
    if holding is None or answer is None or not answer.ok:
        return _unknown(desk, answer)
    found = answer.json
    return page(
        "package.html",
        Frame.of(desk),
        account=account,
        door=holding.door,
        package=found,
        files=_files(holding, found),
        story=holding.coupa.list_events(package).json.get("events", []),
        heard=desk.heard(package),
        invitations=_invitations(desk, holding, found),
        notice=desk.notices.get(package, ""),
    )


def _files(holding: Holding, package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if package["status"] not in HAS_FILES:
        return []
    return list(holding.coupa.get_signed_documents(package["id"], delivery="url").json.get("documents", []))


def _invitations(desk: Desk, holding: Holding, package: Mapping[str, Any]) -> dict[str, list[str]]:
    """Recipient to the addresses of the e-mail that the provider has sent them. None while the provider is down."""
    if package["status"] != "IN_PROCESS" or desk.faults.on("down", holding.door):
        return {}
    reference, side = package["provider"]["reference"], desk.side(holding)
    waiting = [
        each
        for each in package["recipients"]
        if each["role"] in ACTING and each["status"] in INVITED and "email" in each
    ]
    try:
        return {each["id"]: list(side.invitations(reference, each["email"])) for each in waiting}
    except httpx.HTTPError:
        return {}


def act(desk: Desk, account: str, package: str, form: FormData) -> Response:
    """Refresh, send or withdraw; then the page again."""
    holding = desk.holding(account)
    if holding is None:
        return _unknown(desk, None)
    do = str(form.get("do", ""))
    if do == "withdraw":
        answer = holding.coupa.delete_package(package, reason=str(form.get("reason", "")).strip() or None)
    elif do == "send":
        answer = holding.coupa.send_package(package)
    else:
        answer = holding.coupa.get_package_summary(package, refresh=True)
    _note(desk, package, answer)
    return RedirectResponse(f"/contracts/{quote(account)}/{quote(package)}", 303)


def _note(desk: Desk, package: str, answer: Answer) -> None:
    """Why it was refused, with what its fields lack; nothing when it was done."""
    if answer.ok:
        desk.notices.pop(package, None)
        return
    details = [str(entry["detail"]) for entry in answer.json.get("errors", [])]
    desk.notices[package] = " ".join([sentence(answer), *details])


def file(desk: Desk, account: str, package: str, file_id: str, *, view: bool) -> Response:
    """The bytes, by the short-lived link that Coupa would follow."""
    holding = desk.holding(account)
    listed = holding.coupa.get_signed_documents(package, delivery="url") if holding else None
    files = listed.json.get("documents", []) if listed else []
    found = next((each for each in files if each["id"] == file_id), None)
    if holding is None or found is None:
        return _unknown(desk, listed)
    content = holding.coupa.download(found["url"]).content
    kind = str(found["contentType"])
    inline = view and kind == "application/pdf"
    shown_as = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(str(found['name']))}"
    return Response(
        content,
        media_type=kind if inline else "application/octet-stream",
        headers={"content-disposition": shown_as},
    )


def _unknown(desk: Desk, answer: Answer | None) -> Response:
    frame = Frame.of(desk)
    if answer is None or answer.status in {200, 404}:
        return trouble(frame, "Not found", "There is no such contract in this sandbox.", status=404)
    return trouble(frame, "The connector could not answer", sentence(answer), status=502)
