"""`esign doctor`: is this installation as it should be, line by line, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from cli.errors import FAILED
from cli.session import Json, View, session_of

if TYPE_CHECKING:
    from rich.console import RenderableType

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "dim"}


def join(root: typer.Typer) -> None:
    """Give the command's root this one."""
    root.command("doctor")(doctor)


def doctor(ctx: typer.Context, json: Json = False) -> None:
    """Look at an installation and change nothing: credentials, quotas, domain, firewall, secrets, alarms … Fails where a
    line fails; a warning does not."""
    from cli.checkups import CHECKUPS
    from cli.installation import Installation, State, examine

    session = session_of(ctx, json=json)
    at = Installation(session.stage, lambda: session.app, session.client)
    with session.counting("Looking", total=len(CHECKUPS)) as looked:
        found = list(examine(at, CHECKUPS, looked=looked))
    lines = [{"check": name, "state": one.state.value, "told": one.told, "remedy": one.remedy} for name, one in found]
    counts = {state.value: sum(one.state is state for _, one in found) for state in State}
    session.show({"stage": session.stage, "checks": lines, "counts": counts}, _table)
    if counts[State.FAIL]:
        raise typer.Exit(FAILED)


def _table(view: View) -> Iterator[RenderableType]:
    from rich.text import Text

    from cli.render import listed

    rows = (
        (one["check"], Text(one["state"], _COLOURS[one["state"]]), one["told"], one["remedy"]) for one in view["checks"]
    )
    yield listed(("check", "state", "found", "what to do"), rows)
    yield Text(", ".join(f"{number} {state}" for state, number in view["counts"].items() if number), "bold")
