"""What each command's answer looks like to people: tables and sentences made of the same JSON that `--json` prints."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.render import (
    View,
    details,
    listed,
    moment,
    more_pages,
    section,
    size_of,
    status_text,
    two_columns,
)
from cli.tables_accounts import callback_text
from cli.tables_trouble import diagnosis

# ---------------------------------------------------------------------------------------------------------- packages


def packages(view: View) -> Iterator[RenderableType]:
    if not view["packages"]:
        yield "There are no such packages."
    else:
        yield listed(
            ("package", "Coupa's id", "status", "attention", "signed", "created (UTC)", "updated (UTC)", "name"),
            (
                (p["id"], p.get("externalId"), status_text(p["status"]), p.get("attention", {}).get("code"), _signed(p),
                 moment(p, "createdAt"), moment(p, "updatedAt"), p["name"])
                for p in view["packages"]
            ),
        )  # fmt: skip
    yield from more_pages(view)


def package(view: View) -> Iterator[RenderableType]:
    provider = view["provider"]
    yield details(
        ("package", view["id"]),
        ("Coupa's id", view.get("externalId") and f"{view['externalId']}, revision {view['revision']}"),
        ("name", view["name"]),
        ("status", status_text(view["status"], view.get("statusReason"))),
        ("withdrawal", "asked for by Coupa, pending" if view.get("withdrawalPending") else None),
        ("signed", _signed(view)),
        ("provider", f"{provider['name']}: {provider.get('status', 'nothing read yet')}"),
        ("reference", " ".join(provider.get("reference", ()))),
        ("provider read", moment(provider, "readAt")),
        ("provider called", moment(view, "lastProviderCallAt")),
        *((label, moment(view, name)) for label, name in _DATES),
        ("callback", callback_text(view["callback"]) if "callback" in view else None),
    )
    yield from diagnosis(view)
    yield from section("Documents", _documents(view))
    yield from section("Recipients", _recipients(view))
    yield from section("Files", _files(view))
    yield from section("What happened (UTC)", _story(view))


_DATES = (
    ("created", "createdAt"),
    ("sent", "sentAt"),
    ("sending until", "sendDeadline"),
    ("expires", "expiresAt"),
    ("completed", "completedAt"),
)


def changed(view: View) -> Iterator[RenderableType]:
    yield Text.assemble(f"{view['id']} is now ", status_text(view["status"], view.get("statusReason")), ".")


def woken(view: View) -> Iterator[RenderableType]:
    how = "a refresh is at work already and will see it" if view["running"] else "a refresh has been started"
    yield f"{view['id']}: {how}. `esign packages show {view['account']} {view['id']}` tells what it finds."


def _documents(view: View) -> Table | None:
    rows = [
        (d["id"], d["name"], d["contentType"], size_of(d.get("size")), d.get("pages"), d["status"])
        for d in view["documents"]
    ]
    return listed(("document", "name", "type", "size", "pages", "status"), rows) if rows else None


def _recipients(view: View) -> Table | None:
    """Names and addresses are there only when the view holds them."""
    people = view["recipients"]
    known = [(n, label) for n, label in _PEOPLE if any(n in p for p in people)]
    rows = [
        (p["id"], p["role"], p["signingOrder"], status_text(p["status"]), moment(p, "signedAt"), p.get("signedWith"),
         *(p.get(n) for n, _ in known))
        for p in people
    ]  # fmt: skip
    titles = ("recipient", "role", "order", "status", "signed (UTC)", "with", *(label for _, label in known))
    return listed(titles, rows) if rows else None


_PEOPLE = (
    ("fullName", "name"),
    ("email", "e-mail"),
    ("phone", "phone"),
    ("actedBy", "acted by"),
    ("declineReason", "declined because"),
    ("ipAddress", "IP address"),
)


def _files(view: View) -> Table | None:
    rows = [
        (f["number"], f["kind"], f["name"], size_of(f["size"]), f["sha256"], moment(f, "collectedAt"))
        for f in view["files"]
    ]
    return listed(("file", "kind", "name", "size", "SHA-256", "collected (UTC)"), rows) if rows else None


def _story(view: View) -> Table | None:
    grid = two_columns()
    for line in view["timeline"]:
        grid.add_row(Text(moment(line, "at") or "", "dim"), line["text"])
    return grid if view["timeline"] else None


def _signed(view: View) -> str:
    counts = view["counts"]
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['signed']} of {counts['total']}{skipped}"


# -------------------------------------------------------------------------------------------------------- connective


def envelopes(view: View) -> Iterator[RenderableType]:
    if not view["envelopes"]:
        yield "Connective lists no more packages."
    else:
        yield listed(
            ("Connective's package", "reference", "Connective's status", "status"),
            (
                (e["reference"], e.get("externalReference"), e["vendorStatus"], e.get("status"))
                for e in view["envelopes"]
            ),
        )
    yield from more_pages(view)


def instant(view: View) -> Iterator[RenderableType]:
    yield details(("Connective's package", view["package"]), ("reference", view["reference"]))
    yield Text("Out for signature. `esign connective list` follows it: it is no package of Coupa's.", "green")


def locations(view: View) -> Iterator[RenderableType]:
    if not view["locations"]:
        yield "The package has no signing locations."
        return
    rows = ((p["location"], p["label"], p["document"], p["reference"]) for p in view["locations"])
    yield listed(("location", "label", "Connective's document", "reference"), rows)


def saved(view: View) -> Iterator[RenderableType]:
    yield details(("file", view["file"]), ("size", size_of(view["size"])), ("SHA-256", view["sha256"]))


def proof_added(view: View) -> Iterator[RenderableType]:
    yield f"Connective keeps the proof with location {view['location']}."
