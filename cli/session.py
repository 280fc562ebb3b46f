"""One run of the command: where it works, how it answers. Commands get everything from the outside through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import Told
from cli.target import aws_client, open_app
from cli.waiting import Tick, Waiting

if TYPE_CHECKING:
    from rich.console import RenderableType

    from esign.runtime.composition import App
    from esign.runtime.providers import Vendor

View = Mapping[str, Any]  # JSON: what a command answers, and what its tables are made of

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Personal = Annotated[bool, typer.Option("--personal", help="Show names, addresses and what people typed.")]
AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id, acc_….")]
PackageArgument = Annotated[str, typer.Argument(metavar="PACKAGE", help="The package's id, pkg_….")]


def registered_vendor(name: str) -> Vendor:
    from esign.runtime.providers import vendor

    return vendor(name)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the command needs from the world: a stage's ports, the providers' folders, and AWS by service and profile."""

    open_app: Callable[[str, str | None], App] = open_app
    vendor: Callable[[str], Vendor] = registered_vendor
    client: Callable[[str, str | None], Any] = aws_client


@dataclass
class Session:
    outside: Outside = field(repr=False)
    stage: str
    profile: str | None
    debug: bool
    json: bool = False
    waiting: Waiting = field(default_factory=Waiting, repr=False)

    @cached_property
    def app(self) -> App:
        """The stage's ports, opened by the first command that needs them. Raises Failure."""
        return self.outside.open_app(self.stage, self.profile)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's
        """An AWS client, of the stage's account as far as that is known."""
        return self.outside.client(service, self.profile)

    def show(self, view: View, tables: Callable[[Any], Iterator[RenderableType]]) -> None:
        """The answer, as JSON or as tables made of the same."""
        self.waiting.end()
        if self.json:
            typer.echo(json.dumps(view, indent=2, ensure_ascii=False))
            return
        from cli.render import console

        console().print(*tables(view), sep="\n")

    def fail(self, failure: Told) -> None:
        """To standard error, in the form that was asked for."""
        self.waiting.end()
        if self.json:
            problems = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in failure.problems]
            error = {"code": failure.code, "detail": failure.sentence} | ({"errors": problems} if problems else {})
            typer.echo(json.dumps({"error": error}, indent=2, ensure_ascii=False), err=True)
            return
        lines = [f"Error: {failure.sentence}", *(f"  {p.pointer}: {p.detail}" for p in failure.problems)]
        typer.echo("\n".join(lines), err=True)

    def ask(self, what: str, *, hidden: bool = True) -> str:
        """What a person types, unseen unless said otherwise; on standard error, since answers go to standard output."""
        self.waiting.end()
        answer: str = typer.prompt(what, hide_input=hidden, err=True)
        self.waiting.begin()
        return answer

    def busy(self, doing: str) -> AbstractContextManager[None]:
        """Says what goes on, where a person watches."""
        return self.waiting.doing(doing)

    def counting(self, doing: str, *, total: int | None = None) -> AbstractContextManager[Tick]:
        """A bar for many steps; the caller ticks each."""
        return self.waiting.counting(doing, total=total)


def session_of(ctx: typer.Context, *, json: bool) -> Session:
    """The run's session; from here on it answers as the command was told to."""
    session = ctx.find_object(Session)
    if session is None:
        raise RuntimeError("the root command makes the session")
    session.json = json
    session.waiting.begin()
    return session
