"""`esign callbacks`: what providers called with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.session import AccountArgument, Json, PackageArgument, session_of
from esign.domain.ids import AccountId

group = typer.Typer(no_args_is_help=True, help="Callbacks: what providers called with, kept for 30 days.")


@group.callback()
def callbacks() -> None:
    """Keeps `replay` a command of the group while it is the only one."""


@group.command()
def replay(
    ctx: typer.Context,
    account: AccountArgument,
    package: PackageArgument,
    since: Annotated[datetime | None, typer.Option(help="Only calls from this moment on, UTC.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show which calls there are.")] = False,
    json: Json = False,
) -> None:
    """Take a package's kept callbacks for a hint once more: the provider is read again."""
    from cli import tables_trouble, views
    from esign.operations.replay_callbacks import replay_callbacks

    session = session_of(ctx, json=json)
    app = session.app
    replayed = replay_callbacks(
        AccountId(account),
        package,
        since=since.replace(tzinfo=UTC) if since else None,
        dry_run=dry_run,
        packages=app.packages,
        raw_callbacks=app.raw_callbacks,
        workflows=app.workflows,
        clock=app.clock,
    )
    session.show(views.replayed(replayed), tables_trouble.replayed)
