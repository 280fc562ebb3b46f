"""`esign accounts rotate | rotate-webhook | disable | enable | remove | credentials | settings`: the life of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.account_files import GivenFile, credentials_from, lacking, proven, settings_from
from cli.account_secrets import BasicSecret, new_webhook_secret
from cli.accounts import calls_back
from cli.errors import Failure, Misuse
from cli.session import AccountArgument, Json, session_of
from esign.domain import rotation
from esign.domain.errors import NotFound, Problem
from esign.domain.ids import AccountId
from esign.domain.webhook_secret import webhook_secrets, with_webhook_secrets

if TYPE_CHECKING:
    from esign.operations.remove_account import Obstacle
    from esign.ports import ProviderIdentity
    from esign.runtime.composition import App

_Overlap = Annotated[str, typer.Option(help="How long the secret before still works: 30m, 12h, 7d.")]
_End = Annotated[bool, typer.Option("--end", help="End the secret before now.")]
_Verify = Annotated[bool, typer.Option(help="Ask the provider before anything is saved.")]

_LONGEST = timedelta(days=90)  # an overlap that is forgotten must end by itself
_SPAN = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

# What to do about each thing that stands in the way of a removal; by the codes of esign.operations.remove_account.
_REMEDIES = {
    "open": "It is still open: let it end, or have Coupa delete it.",
    "held": "It is on legal hold: `esign packages release` or `esign accounts release` ends that.",
    "untold": "Coupa has not been told everything yet: wait, or see `esign notifications`.",
    "locked": "Its signed files are locked until {until}.",
    "archived": "Its signed files are kept: `esign accounts retention --remove-evidence` has them removed.",
    "personal": "It names people: `esign accounts retention --after-days 0` has that removed.",
}


def join(accounts: typer.Typer) -> None:
    """Give the group these commands."""
    for command in (rotate, rotate_webhook, disable, enable, remove, credentials, settings):
        accounts.command(command.__name__.replace("_", "-"))(command)


def rotate(
    ctx: typer.Context,
    account: AccountArgument,
    overlap: _Overlap = "7d",
    end: _End = False,
    json: Json = False,
) -> None:
    """Make a new Basic secret, shown once; the one before works until the overlap is over, or --end."""
    from cli import tables_accounts as tables
    from cli import views

    session = session_of(ctx, json=json)
    record, now = session.app.access.account(AccountId(account)), session.app.clock.now()
    if end:
        saved = session.app.accounts.save(record, record.rotation_ended(now))
        session.show({"account": account, "secrets": views.secrets(saved, now)}, tables.rotation_ended)
        return
    born = BasicSecret()
    saved = session.app.accounts.save(record, record.rotated(born.stored(now), overlap=_span(overlap)))
    session.show({"account": account, "secret": born.text, "secrets": views.secrets(saved, now)}, tables.rotated)


def rotate_webhook(
    ctx: typer.Context, account: AccountArgument, overlap: _Overlap = "7d", end: _End = False, json: Json = False
) -> None:
    """Make a new webhook secret, shown once; both sign our notifications until the overlap is over, or --end."""
    from cli import tables_accounts as tables
    from cli import views

    session = session_of(ctx, json=json)
    accounts, now = session.app.accounts, session.app.clock.now()
    record = session.app.access.account(AccountId(account))
    stored = accounts.notification_secrets(record.id, fresh=True)
    known = webhook_secrets(stored)
    if end:
        after = with_webhook_secrets(stored, rotation.ended(known, now))
        accounts.replace_notification_secrets(record.id, after)
        view = {"account": account, "webhookSecrets": views.webhook_secrets(after, now)}
        session.show(view, tables.webhook_rotation_ended)
        return
    born = new_webhook_secret(now)
    after = with_webhook_secrets(stored, rotation.rotated(known, born, now=now, overlap=_span(overlap)))
    accounts.replace_notification_secrets(record.id, after)
    view = {"account": account, "webhookSecret": born.text, "webhookSecrets": views.webhook_secrets(after, now)}
    session.show(view, tables.webhook_rotated)


def disable(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Refuse Coupa's calls for the account, within a minute. What is under way goes on, and Coupa is still told."""
    _switch(ctx, account, enabled=False, json=json)


def enable(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Take Coupa's calls for the account again."""
    _switch(ctx, account, enabled=True, json=json)


def remove(
    ctx: typer.Context,
    account: AccountArgument,
    leave_archive: Annotated[
        bool, typer.Option("--leave-archive", help="Signed files that are not locked, and names, may stay behind.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the account's id once more.")] = False,
    json: Json = False,
) -> None:
    """Remove a disabled account and its secrets: not while a package is open, untold, locked or on hold."""
    from cli import tables_accounts as tables
    from esign.operations.remove_account import remove_account

    session = session_of(ctx, json=json)
    app = session.app
    record = app.access.account(AccountId(account))
    if not yes and session.ask(f"Type the id of {record.name} to remove it", hidden=False) != account:
        raise Failure("That is not the account's id. Nothing was removed.", code="not_confirmed")
    with session.counting("Looking at packages") as looked:
        found = remove_account(
            record,
            leave_archive=leave_archive,
            packages=app.packages,
            accounts=app.accounts,
            clock=app.clock,
            looked=looked,
        )
    if found:
        raise Failure("The account is still needed. Nothing was removed.", code="account_in_use", problems=_why(found))
    session.show({"account": account, "removed": True}, tables.removed)


def credentials(
    ctx: typer.Context,
    account: AccountArgument,
    credentials: Annotated[Path | None, GivenFile] = None,
    verify: _Verify = True,
    json: Json = False,
) -> None:
    """Replace the account's credentials at its provider, once a real call proves them. Running functions follow."""
    from cli import tables_accounts as tables

    session = session_of(ctx, json=json)
    record = session.app.access.account(AccountId(account))
    vendor = session.outside.vendor(record.provider)
    given = credentials_from(session, vendor, record.settings, credentials)
    identity = proven(session, vendor, record, given) if verify else None
    session.app.accounts.replace_credentials(record.id, given)
    session.show({"account": account, "replaced": list(given)} | _identity(identity), tables.credentials)


def settings(
    ctx: typer.Context,
    account: AccountArgument,
    file: Annotated[Path, typer.Option("--file", exists=True, dir_okay=False, readable=True)],
    credentials: Annotated[Path | None, GivenFile] = None,
    verify: _Verify = True,
    json: Json = False,
) -> None:
    """Replace the provider's settings by those of a TOML or JSON file, checked like those of a new account.

    --credentials where the new settings need others than the account has.
    """
    from cli import tables_accounts as tables
    from cli import views

    session = session_of(ctx, json=json)
    record = session.app.access.account(AccountId(account))
    vendor = session.outside.vendor(record.provider)
    given = settings_from(vendor, file, option="--file")
    known = credentials_from(session, vendor, given, credentials) if credentials else _stored(session.app, record.id)
    if missing := lacking(vendor, given, known):
        problems = tuple(Problem(f"/{name}", "missing", "The account has no such credential yet.") for name in missing)
        raise Misuse("The new settings need other credentials.", problems, option="--credentials")
    after = replace(
        record,
        settings=given,
        settings_version=record.settings_version + 1,
        fast_poll=not calls_back(vendor, given),
    )
    identity = proven(session, vendor, after, known) if verify else None
    if credentials:
        session.app.accounts.replace_credentials(record.id, known)
    saved = session.app.accounts.save(record, after)
    shown = views.account(saved, now=session.app.clock.now(), personal=False)
    view = {"account": account, "settings": shown["settings"], "settingsVersion": saved.settings_version}
    session.show(view | _identity(identity), tables.settings)


def _switch(ctx: typer.Context, account: str, *, enabled: bool, json: bool) -> None:
    from cli import tables_accounts as tables

    session = session_of(ctx, json=json)
    record = session.app.access.account(AccountId(account))
    if record.enabled != enabled:
        session.app.accounts.save(record, replace(record, enabled=enabled))
    session.show({"account": account, "enabled": enabled}, tables.switched)


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if span is None or span > _LONGEST:
        raise typer.BadParameter(f"Write a time like 30m, 12h or 7d, at most {_LONGEST.days}d.", param_hint="--overlap")
    return span


def _why(found: Iterable[Obstacle]) -> tuple[Problem, ...]:
    return tuple(
        Problem(one.package, one.code, _REMEDIES[one.code].format(until=f"{one.until:%Y-%m-%d}" if one.until else ""))
        for one in found
    )


def _stored(app: App, account: AccountId) -> Mapping[str, str]:
    try:
        return app.accounts.credentials(account)
    except NotFound:
        return {}


def _identity(found: ProviderIdentity | None) -> dict[str, Any]:
    return {"identity": found.description, "remarks": list(found.remarks)} if found else {}
