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
    nested,
    section,
    size_of,
    status_text,
    two_columns,
    yes_no,
)
from cli.tables_trouble import diagnosis

# ---------------------------------------------------------------------------------------------------------- accounts


def accounts(view: View) -> Iterator[RenderableType]:
    if not view["accounts"]:
        yield "There are no accounts. `esign accounts add` makes the first."
        return
    yield listed(
        ("account", "name", "provider", "enabled", "created (UTC)", "provider last called (UTC)"),
        (
            (
                a["id"],
                a["name"],
                a["provider"],
                yes_no(a["enabled"]),
                moment(a, "createdAt"),
                moment(a, "lastProviderCallAt"),
            )
            for a in view["accounts"]
        ),
    )


def account(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["id"]),
        ("name", view["name"]),
        ("provider", view["provider"]),
        ("enabled", yes_no(view["enabled"])),
        ("created", moment(view, "createdAt")),
        *nested("setting", view.get("settings", {})),
        *(("secret", _age(secret)) for secret in view["secrets"]),
        ("Coupa's callback", _callback(view.get("callback"))),
        ("provider's callback", f"{view['providerCallback']['registration']} registration"),
        ("to be registered there", view["providerCallback"].get("url")),
        ("provider last called", moment(view, "lastProviderCallAt") or "never"),
        ("source hosts", ", ".join(view["sourceHosts"]) or "none"),
        ("evidence", view["evidence"]),
        *nested("retention", view.get("retention", {})),
        *nested("forgetting", view.get("forgetting", {})),
        ("on hold", yes_no(view.get("hold", False))),
        ("calls per minute", view.get("callsPerMinute") or "the provider's own limit"),
    )


def new_account(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["account"]["id"]),
        ("secret", view["secret"]),
        ("webhook secret", view["webhookSecret"]),
        ("provider", view.get("identity") or "not asked (--no-verify)"),
        *_remarks(view),
    )
    yield Text("Both secrets are shown this once. The account is the Basic user name, the secret its password.", "bold")


def new_callback(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("to be registered", view["providerCallback"]["url"]))
    yield Text("Register it at the provider. The address before this one works until the next is made.", "bold")


def verified(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("provider", view["identity"]), *_remarks(view))
    yield Text("The provider accepts the account's credentials.", "green")


def _remarks(view: View) -> Iterator[tuple[str, str]]:
    return (("remark", remark) for remark in view.get("remarks", ()))


def _age(secret: View) -> str:
    used = moment(secret, "lastUsedAt")
    return f"{secret['ageDays']} days old" + (f", last used {used}" if used else "")


def _callback(view: View | None) -> str:
    if view is None:
        return "none"
    if "disabledAt" in view:
        return f"{view['url']} (disabled {moment(view, 'disabledAt')}: {view.get('reason', 'no reason told')})"
    return f"{view['url']} ({', '.join(view.get('events', ())) or 'all events'})"


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
        ("callback", _callback(view["callback"]) if "callback" in view else None),
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
