"""`esign packages check` and `esign placement preview`: what a Send would refuse, and where people would sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.errors import FAILED, Failure
from cli.session import AccountArgument, Json, PackageArgument, session_of
from esign.domain.ids import AccountId

group = typer.Typer(no_args_is_help=True, help="Where people sign.")


def join(packages: typer.Typer) -> None:
    """Give the group of packages its command."""
    packages.command("check")(check)


def check(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """Everything that Send would refuse. Nothing is sent or changed; exit code 1 when there is something."""
    from cli import tables_checks
    from esign.operations.check_package import check_package

    session = session_of(ctx, json=json)
    app = session.app
    looked = check_package(
        AccountId(account), package, packages=app.packages, documents=app.documents, access=app.access
    )
    problems = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in looked.problems]
    session.show({"id": looked.package.id, "problems": problems}, tables_checks.checked)
    if problems:
        raise typer.Exit(FAILED)


@group.command()
def preview(
    ctx: typer.Context,
    package: Annotated[Path, typer.Argument(metavar="PACKAGE.json", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The folder for the pictures.", file_okay=False)] = Path(),
    json: Json = False,
) -> None:
    """Draw the fields of a package on its pages, one PNG for each page that has some.

    PACKAGE.json holds `documents`, each with `file` (a PDF beside it) and `externalId`, and `recipients` as Coupa sends
    them. What a provider places by itself may look a little different there.
    """
    from cli import tables_checks
    from cli.preview import draw, read_package
    from esign.placement.place import resolve
    from esign.placement.target import Target

    session = session_of(ctx, json=json)
    asked = read_package(package)
    placement = resolve(asked.package, asked, target=Target(says_last_page=True))
    if placement.problems:
        raise Failure("Not every field has a place.", code="placement", problems=placement.problems)
    pictures = draw(asked, placement, out)
    session.show({"pictures": [str(path) for path in pictures]}, tables_checks.drawn)
