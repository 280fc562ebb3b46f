"""How answers look on a screen: the console and the parts that tables are made of. Knows no command's answer."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

View = Mapping[str, Any]

_PIPED_WIDTH = 220  # columns where nobody's screen ends
_COLOURS = {
    "COMPLETE": "green",
    "SIGNED": "green",
    "APPROVED": "green",
    "IN_PROCESS": "cyan",
    "SENDING": "yellow",
    "DECLINED": "red",
    "FAILED": "red",
    "EXPIRED": "yellow",
}


def console(*, stderr: bool = False) -> Console:
    """Takes texts literally: what providers and Coupa say is no markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def listed(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """The first column names the row, so it stays in one piece on a narrow screen."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for number, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    return table


def two_columns() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def details(*rows: tuple[str, object]) -> Table:
    """One line for each thing that there is."""
    grid = two_columns()
    for label, value in rows:
        if value is not None and value != "":
            grid.add_row(Text(label, "bold"), cell(value))
    return grid


def section(title: str, table: Table | None) -> Iterator[RenderableType]:
    if table is not None:
        yield Text(f"\n{title}", "bold underline")
        yield table


def nested(label: str, values: View) -> Iterator[tuple[str, object]]:
    return ((f"{label} {name}", value if isinstance(value, str) else repr(value)) for name, value in values.items())


def more_pages(view: View) -> Iterator[RenderableType]:
    if "cursor" in view:
        yield f"There are more: --cursor {view['cursor']}"


def cell(value: object) -> RenderableType:
    return value if isinstance(value, Text) else "" if value is None else str(value)


def status_text(status: str, reason: str | None = None) -> Text:
    return Text(f"{status} ({reason})" if reason else status, _COLOURS.get(status, ""))


def moment(view: View, name: str) -> str | None:
    """2026-03-02 09:00:05, UTC."""
    told = view.get(name)
    return None if told is None else str(told)[:19].replace("T", " ")


def size_of(size: int | None) -> str | None:
    if size is None:
        return None
    return f"{size / 1024:.0f} KB" if size >= 1024 else f"{size} B"


def yes_no(value: object) -> str:
    return "yes" if value else "no"
