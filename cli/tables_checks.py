"""As `cli.tables`, for what is looked at before a Send."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from cli.render import View, listed


def checked(view: View) -> Iterator[RenderableType]:
    if not view["problems"]:
        yield "Nothing stands in the way of a Send."
        return
    yield listed(
        ("where in the package", "code", "what to do"),
        ((p["pointer"] or "the whole", p["code"], p["detail"]) for p in view["problems"]),
    )


def drawn(view: View) -> Iterator[RenderableType]:
    yield from view["pictures"] or ["There is nothing to sign on any page."]
