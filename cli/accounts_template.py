"""`esign accounts template`: what to write into the files of a new account, for each provider and each way to it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.errors import Failure
from cli.session import Json, session_of

_Door = Annotated[
    str | None, typer.Argument(metavar="[DOOR]", help="The provider and, where it has several, the way to it.")
]


def join(accounts: typer.Typer) -> None:
    """Give the group this command."""
    accounts.command("template")(template)


def template(
    ctx: typer.Context,
    door: _Door = None,
    credentials: Annotated[
        bool, typer.Option("--credentials", help="The credentials' file, not the settings'.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a commented file for `accounts add` to standard output; without a DOOR, tell which there are."""
    from cli import tables_accounts as tables
    from cli.template import credentials_file, settings_file, settings_of
    from esign.runtime.providers import DOORS

    session = session_of(ctx, json=json)
    if door is None:
        session.show({"doors": [{"door": name, "provider": row[0]} for name, row in DOORS.items()]}, tables.doors)
        return
    if door not in DOORS:
        raise Failure(
            f"There is no door {door}. `esign accounts template` shows those that exist.", code="unknown_door"
        )
    provider = DOORS[door][0]
    vendor = session.outside.vendor(provider)
    guide = vendor.guide()
    example = guide.examples[door]
    names, settings = vendor.credential_names(example), settings_of(guide, example)
    if json:
        told = [{"name": name, "meaning": guide.credentials[name]} for name in names]
        described = [one.as_json() for one in settings]
        view = {"door": door, "provider": provider, "example": example, "settings": described, "credentials": told}
        session.show(view, tables.doors)
        return
    session.waiting.end()
    if credentials:
        title = f"Credentials of an account by {door}, for --credentials."
        typer.echo(credentials_file(title, names, guide), nl=False)
        return
    title = (
        f"Settings of an account by {door}: esign accounts add --provider {provider} --name NAME --settings THIS-FILE"
    )
    typer.echo(settings_file(title, settings), nl=False)
