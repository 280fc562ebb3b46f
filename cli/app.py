"""The command's root: its groups, the options that hold for all of them, and how errors end a run.

Exit codes: 0 done, 1 the operation failed, 2 it was asked for wrongly. Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from cli import (
    accounts,
    accounts_change,
    accounts_keeping,
    accounts_template,
    callbacks,
    checks,
    connective,
    doctor,
    gosign,
    notifications,
    packages,
    retention,
)
from cli.errors import FAILED, MISUSED, told
from cli.session import Outside, Session
from cli.target import LOCAL

# What holds for every command may stand anywhere: option to the number of words that belong to it.
_EVERYWHERE = {"--stage": 2, "--profile": 2, "--debug": 1}


class Polite(TyperGroup):
    """Turns the errors that an operator can mend into one sentence, or JSON; `--debug` lets them through."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        return super().parse_args(ctx, in_front(args))

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except Exception as error:
            session = ctx.obj if isinstance(ctx.obj, Session) else None
            if session is None or session.debug or not _answer(session, error):
                raise
            raise typer.Exit(MISUSED if isinstance(error, typer.BadParameter) else FAILED) from None
        finally:
            if isinstance(ctx.obj, Session):
                ctx.obj.waiting.end()


def _answer(session: Session, error: Exception) -> bool:
    """Whether the error was told; the CLI library tells wrong usage to people well enough itself."""
    if isinstance(error, typer.BadParameter) and not session.json:
        return False
    failure = told(error)
    if failure is not None:
        session.fail(failure)
    return failure is not None


def in_front(words: list[str]) -> list[str]:
    """The words with the options of every command put first; what follows `--` stays where it is."""
    front: list[str] = []
    rest: list[str] = []
    while words and words[0] != "--":
        option, is_whole, _ = words[0].partition("=")
        taken = 1 if is_whole else _EVERYWHERE.get(option, 1)
        hoisted = option in _EVERYWHERE and taken <= len(words)
        (front if hoisted else rest).extend(words[:taken])
        words = words[taken:]
    return front + rest + words


app = typer.Typer(
    cls=Polite,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operate the Coupa Open eSign connector.",
)
retention.join(accounts.group, packages.group)
accounts_keeping.join(accounts.group)
accounts_change.join(accounts.group)
accounts_template.join(accounts.group)
checks.join(packages.group)
app.add_typer(accounts.group, name="accounts")
app.add_typer(packages.group, name="packages")
app.add_typer(callbacks.group, name="callbacks")
app.add_typer(notifications.group, name="notifications")
app.add_typer(connective.group, name="connective")
app.add_typer(gosign.group, name="gosign")
app.add_typer(checks.group, name="placement")
doctor.join(app)


@app.callback()
def esign(
    ctx: typer.Context,
    stage: Annotated[str, typer.Option(help="`local` (the sandbox on this machine) or a deployed stage.")] = LOCAL,
    profile: Annotated[str | None, typer.Option(help="The AWS profile for a deployed stage.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
) -> None:
    outside = ctx.obj if isinstance(ctx.obj, Outside) else Outside()
    ctx.obj = Session(outside, stage=stage, profile=profile, debug=debug)
