"""What `esign notifications` answers, for people. As `cli.tables`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from cli.render import View, listed, moment, more_pages


def dead_letters(view: View) -> Iterator[RenderableType]:
    letters = view["deadLetters"]
    if not letters:
        yield "There are no dead letters."
        return
    rows = ((one["event"], one["package"], one["type"], moment(one, "givenUpAt"), one["detail"]) for one in letters)
    yield listed(("event", "package", "type", "given up (UTC)", "last try"), rows)
    yield from more_pages(view)
    yield f"`esign notifications replay {view['account']} --dead-letters` has Coupa told again."


def chosen(view: View) -> Iterator[RenderableType]:
    if not view["events"]:
        yield "There are no such events."
        return
    yield _events(view["events"])
    yield f"{len(view['events'])} events; without --dry-run Coupa is told again of those that do not wait anyway."


def replay(view: View) -> Iterator[RenderableType]:
    asked, waiting, deaf = view["asked"], view["waiting"], view["withoutCallback"]
    if asked:
        yield _events(asked)
    yield f"Coupa is told again of {len(asked)} events; `esign packages show` tells what it answers."
    if waiting:
        yield f"{len(waiting)} others wait for their first turn and come anyway."
    if deaf:
        yield f"{len(deaf)} others have no callback, or one that is disabled: set it, then repeat this."


def _events(events: list[View]) -> Table:
    rows = ((one["event"], one["package"], one["type"], moment(one, "at")) for one in events)
    return listed(("event", "package", "type", "at (UTC)"), rows)
