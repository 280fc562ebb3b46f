"""What `esign gosign` answers to people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from cli.render import View


def user_done(view: View) -> Iterator[RenderableType]:
    who = view.get("user") or ", ".join(view.get("users", ()))
    yield f"GoSign took the change of {who}."


def erased(view: View) -> Iterator[RenderableType]:
    if view["erased"] == "all":
        yield "GoSign erased the documents."
    else:
        yield "GoSign erased some of the documents; look there which ones."
