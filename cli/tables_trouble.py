"""As `cli.tables`, for what is wrong: the cause and the next step, what is stuck, what was replayed."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from cli.render import View, listed, moment, status_text


def diagnosis(view: View) -> Iterator[RenderableType]:
    """Of one package; nothing where all is well."""
    if note := view.get("attention"):
        yield Text(f"\nAttention: {note['code']} since {moment(note, 'since')}.", "bold yellow")
    if found := view.get("diagnosis"):
        yield Text(f"\nProbable cause ({found['code']}): {found['cause']}", "yellow")
        yield Text(f"Next step: {found['nextStep']}", "bold")


def stuck(view: View) -> Iterator[RenderableType]:
    """The packages, then once for each reason what to do about it."""
    if not view["packages"]:
        yield "Nothing is stuck."
        return
    yield listed(
        ("package", "account", "Coupa's id", "status", "reason", "since (UTC)"),
        (
            (p["id"], p["account"], p.get("externalId"), status_text(p["status"]), p["code"], moment(p, "since"))
            for p in view["packages"]
        ),
    )
    for reason in view["reasons"]:
        yield Text(f"\n{reason['code']}: {reason['cause']} {reason['nextStep']}")


def replayed(view: View) -> Iterator[RenderableType]:
    if not view["callbacks"]:
        yield "The provider has not called for this package in that time (calls are kept for 30 days)."
        return
    yield listed(("called (UTC)", "kept at"), ((moment(c, "at"), c["key"]) for c in view["callbacks"]))
    if "running" not in view:
        yield "Nothing was done (--dry-run)."
        return
    how = "A refresh is at work already and will see it" if view["running"] else "A refresh has been started"
    yield f"{how}. `esign packages show {view['account']} {view['id']}` tells what it finds."
