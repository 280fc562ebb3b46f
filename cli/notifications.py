"""`esign notifications`: what Coupa was not told, and telling it again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import AccountArgument, Json, session_of
from esign.domain.ids import AccountId

if TYPE_CHECKING:
    from esign.operations.replay_notifications import Chosen

group = typer.Typer(no_args_is_help=True, help="Notifications: what Coupa is told of its packages.")

_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]
_Since = Annotated[
    datetime | None, typer.Option("--from", help="Events since then, UTC.", formats=_TIMES, metavar="TIME")
]
_Until = Annotated[
    datetime | None, typer.Option("--to", help="Events before then, UTC.", formats=_TIMES, metavar="TIME")
]


@group.command("dead-letters")
def dead_letters(
    ctx: typer.Context,
    account: AccountArgument,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    cursor: Annotated[str | None, typer.Option(help="From the end of the last page.")] = None,
    json: Json = False,
) -> None:
    """Events that Coupa did not take and will not be told by themselves, oldest first."""
    from cli import tables_notifications as tables
    from cli import views_notifications as views

    session = session_of(ctx, json=json)
    owner = session.app.access.account(AccountId(account)).id
    letters, more = session.app.packages.dead_letters(owner, limit=limit, cursor=cursor)
    session.show(views.dead_letters(owner, letters, more), tables.dead_letters)


@group.command()
def replay(
    ctx: typer.Context,
    account: AccountArgument,
    event: Annotated[str | None, typer.Option(help="One event's id, evt_….")] = None,
    package: Annotated[str | None, typer.Option(help="All events of one package.")] = None,
    since: _Since = None,
    until: _Until = None,
    dead_letters: Annotated[bool, typer.Option("--dead-letters", help="Of these only the dead letters.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which they are.")] = False,
    json: Json = False,
) -> None:
    """Have Coupa told again, with the same event ids, in order. The stage's deliverer does it, not this machine."""
    from cli import tables_notifications as tables
    from cli import views_notifications as views
    from esign.operations.replay_notifications import Chosen, chosen_events, replay_notifications

    session = session_of(ctx, json=json)
    chosen = Chosen(event, package, _utc(since), _utc(until), dead_letters)
    _check(chosen)
    app = session.app
    record = app.access.account(AccountId(account))
    events = chosen_events(record.id, chosen, packages=app.packages)
    if dry_run:
        session.show(views.chosen(record.id, events), tables.chosen)
        return
    done = replay_notifications(record, events, packages=app.packages, bell=app.bell, clock=app.clock)
    session.show(views.replay(record.id, done), tables.replay)


def _check(chosen: Chosen) -> None:
    times = (chosen.since, chosen.until)
    ways = [chosen.event is not None, chosen.package is not None, any(times)]
    if sum(ways) > 1 or (not any(ways) and not chosen.dead_letters):
        raise typer.BadParameter("Say one of --event, --package, --from and --to, or --dead-letters alone.")
    if any(times) and not all(times):
        raise typer.BadParameter("Say both --from and --to.", param_hint="--from / --to")
    if chosen.since and chosen.until and chosen.since >= chosen.until:
        raise typer.BadParameter("--from must be before --to.", param_hint="--from / --to")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
