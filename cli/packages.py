"""`esign packages`: what happened to a contract, and what an operator may do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import AccountArgument, Json, PackageArgument, Personal, Session, session_of
from esign.domain.ids import AccountId
from esign.domain.status import PackageStatus

if TYPE_CHECKING:
    from esign.domain.events import TimelineEntry
    from esign.domain.package import Package

group = typer.Typer(no_args_is_help=True, help="Packages: the contracts that Coupa sends.")


@group.command("list")
def list_some(
    ctx: typer.Context,
    account: AccountArgument,
    status: Annotated[PackageStatus | None, typer.Option(case_sensitive=False)] = None,
    external_id: Annotated[str | None, typer.Option(help="Coupa's contract id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    cursor: Annotated[str | None, typer.Option(help="From the end of the last page.")] = None,
    json: Json = False,
) -> None:
    """An account's packages, newest first."""
    from cli import tables, views
    from esign.operations.listing import list_packages
    from esign.ports import Listing

    session = session_of(ctx, json=json)
    owner = session.app.access.account(AccountId(account)).id
    query = Listing(status=status, external_id=external_id, limit=limit, cursor=cursor)
    found, more = list_packages(owner, query, packages=session.app.packages)
    view = {"packages": [views.head(one, personal=False) for one in found]} | ({"cursor": more} if more else {})
    session.show(view, tables.packages)


@group.command()
def show(
    ctx: typer.Context,
    account: AccountArgument,
    package: PackageArgument,
    personal: Personal = False,
    json: Json = False,
) -> None:
    """One package: its state, documents, recipients and files, and everything that happened to it."""
    from cli import tables, views
    from esign.operations.packages import load

    session = session_of(ctx, json=json)
    whole = load(session.app.packages, AccountId(account), package)
    session.show(views.package(whole, _story(session, account, package), personal=personal), tables.package)


@group.command()
def accept(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """You looked: skipped signers, the evidence that is there, or a reopened package are fine."""
    from esign.operations.accept_package import accept_package

    _decided(ctx, account, package, accept_package, json=json)


@group.command()
def recollect(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """Fetch the signed files and the audit trail of rejected evidence anew."""
    from esign.operations.accept_package import recollect_package

    _decided(ctx, account, package, recollect_package, json=json)


def _decided(ctx: typer.Context, account: str, package: str, decide: Callable[..., Package], *, json: bool) -> None:
    from cli import tables, views

    session = session_of(ctx, json=json)
    app = session.app
    ports = {"packages": app.packages, "workflows": app.workflows, "clock": app.clock}
    after = decide(AccountId(account), package, **ports)
    session.show(views.package(after, _story(session, account, package), personal=False), tables.package)


@group.command()
def resolve(
    ctx: typer.Context,
    account: AccountArgument,
    package: PackageArgument,
    reference: Annotated[
        list[str] | None,
        typer.Option(help="The provider's id of the envelope that arrived; several where it has several."),
    ] = None,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="Nothing arrived: back to DRAFT.")] = False,
    json: Json = False,
) -> None:
    """Say whether a package in SENDING arrived, after you looked at the provider."""
    from cli import tables, views
    from esign.operations.resolve_package import resolve_package

    session = session_of(ctx, json=json)
    if bool(reference) is not_sent:
        raise typer.BadParameter("Say either --reference or --not-sent.", param_hint="--reference / --not-sent")
    resolved = resolve_package(
        AccountId(account),
        package,
        reference=tuple(reference) if reference else None,
        packages=session.app.packages,
        access=session.app.access,
        submission=session.app.submission,
    )
    session.show(views.head(resolved, personal=False), tables.changed)


@group.command()
def refresh(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """Have the provider read again at once, as if it had called."""
    from cli import tables
    from esign.operations.packages import load_head
    from esign.operations.replay_callbacks import refresh_again

    session = session_of(ctx, json=json)
    app = session.app
    head = load_head(app.packages, AccountId(account), package)
    running = refresh_again(head, packages=app.packages, workflows=app.workflows, clock=app.clock)
    session.show({"account": head.account, "id": head.id, "running": running}, tables.woken)


@group.command()
def stuck(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="The account's id, acc_….")] = None,
    every: Annotated[bool, typer.Option("--all", help="Of every account.")] = False,
    json: Json = False,
) -> None:
    """Packages that need a person: attention, or a submission, a read of the provider, a notification that is overdue.

    Not those whose notifications wait for an endpoint of Coupa that rests: they have their date, and go on by themselves.
    """
    from cli import tables_trouble, views
    from esign.operations.find_stuck import find_stuck

    session = session_of(ctx, json=json)
    if (account is None) is not every:
        raise typer.BadParameter("Say either an account or --all.", param_hint="ACCOUNT / --all")
    app = session.app
    owner = app.access.account(AccountId(account)).id if account else None
    found = find_stuck(owner, packages=app.packages, accounts=app.accounts, clock=app.clock, timing=app.timing)
    session.show(views.stuck(found), tables_trouble.stuck)


def _story(session: Session, account: str, package: str) -> Iterator[TimelineEntry]:
    """From Coupa's first call to the last notification."""
    from esign.operations.listing import list_events

    cursor: str | None = None
    while True:
        entries, cursor = list_events(
            AccountId(account), package, cursor=cursor, limit=200, packages=session.app.packages
        )
        yield from entries
        if cursor is None:
            return
