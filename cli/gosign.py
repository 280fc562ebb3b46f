"""`esign gosign`: what GoSign can do and Coupa does not ask for: its six user services, and erasing documents.

The user services are REST v1's, erasing is SOAP's; both need the account's customer code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import Failure
from cli.session import AccountArgument, Json, Session, session_of
from esign.domain.ids import AccountId, is_package_id

if TYPE_CHECKING:
    from esign.providers.gosign.adapter import GosignProvider
    from esign.providers.gosign.users import Users

group = typer.Typer(no_args_is_help=True, help="What only GoSign can do.")
people = typer.Typer(no_args_is_help=True, help="GoSign's own users, by REST v1.")
group.add_typer(people, name="users")

_NAME = "gosign"
_User = Annotated[str, typer.Argument(metavar="USER", help="The user's external id at GoSign.")]
_Command = Annotated[str, typer.Option(help="GoSign's word for the change, as InfoCert names it.")]


@people.command()
def delete(ctx: typer.Context, account: AccountArgument, users: list[str], json: Json = False) -> None:
    """Delete users; who was involved in a signing process is disabled instead."""
    with _changing(session_of(ctx, json=json), account, users=users) as service:
        service.delete(*users)


@people.command()
def secretary(
    ctx: typer.Context,
    account: AccountArgument,
    user: _User,
    name: Annotated[str, typer.Option()],
    surname: Annotated[str, typer.Option()],
    email: Annotated[str, typer.Option()],
    username: Annotated[str | None, typer.Option(help="Else the e-mail address.")] = None,
    json: Json = False,
) -> None:
    """Make a user whose only role is the secretariat's."""
    from esign.providers.gosign.users import Secretary

    with _changing(session_of(ctx, json=json), account, user=user) as service:
        service.insert_secretary(Secretary(user, username or email, name, surname, email))


@people.command()
def grant(
    ctx: typer.Context, account: AccountArgument, user: _User, authority: str, command: _Command, json: Json = False
) -> None:
    """Give a user a role or a signing certificate."""
    with _changing(session_of(ctx, json=json), account, user=user, authority=authority) as service:
        service.update_authorities(user, command, authority)


@people.command()
def revoke(
    ctx: typer.Context, account: AccountArgument, user: _User, authority: str, command: _Command, json: Json = False
) -> None:
    """Take a role or a signing certificate from a user."""
    with _changing(session_of(ctx, json=json), account, user=user, authority=authority) as service:
        service.remove_authorities(user, command, authority)


@people.command()
def change(
    ctx: typer.Context, account: AccountArgument, user: _User, attribute: str, value: str, json: Json = False
) -> None:
    """Change one property of a user."""
    with _changing(session_of(ctx, json=json), account, user=user, attribute=attribute) as service:
        service.modify_attribute(user, attribute, value)


@people.command()
def convert(ctx: typer.Context, account: AccountArgument, user: _User, command: _Command, json: Json = False) -> None:
    """Make a stranger a corporate user."""
    with _changing(session_of(ctx, json=json), account, user=user) as service:
        service.convert_to_corporate(user, command)


@group.command()
def erase(
    ctx: typer.Context,
    account: AccountArgument,
    package: Annotated[str, typer.Argument(metavar="PACKAGE", help="A package's id, pkg_…")],
    document: Annotated[list[str] | None, typer.Option(help="A document's id or external id; several.")] = None,
    file: Annotated[list[str] | None, typer.Option(help="An original file name: all that have it.")] = None,
    json: Json = False,
) -> None:
    """Erase documents of an envelope at GoSign, for good: not where that would leave a step without an act."""
    from cli import tables_gosign
    from esign.providers.gosign.client_soap import ToErase

    session = session_of(ctx, json=json)
    envelope, names = _envelope(session, account, package, document or [])
    listed = [ToErase(envelope, document=name) for name in names]
    listed += [ToErase(envelope, file_name=name) for name in file or []]
    if not listed:
        raise typer.BadParameter("Say which documents.", param_hint="--document / --file")
    with session.busy("Asking GoSign …"), _provider(session, account) as provider:
        if provider.sign_book is None:
            raise Failure("Erasing needs an account with a customer code.", code="unsupported_feature")
        done = provider.sign_book().erase(listed)
    session.show({"package": package, "erased": done.value.lower()}, tables_gosign.erased)


@contextmanager
def _changing(session: Session, account: str, **told: object) -> Iterator[Users]:
    """The user services, and the answer when they have done their work: what was `told`."""
    from cli import tables_gosign
    from esign.providers.gosign.users import Users

    with session.busy("Asking GoSign …"), _provider(session, account) as provider:
        if provider.rest is None:
            raise Failure(
                "The user services are REST v1's: the account needs it, or a companion.", code="unsupported_feature"
            )
        yield Users(provider.rest)
    session.show({**told, "done": True}, tables_gosign.user_done)


@contextmanager
def _provider(session: Session, account: str) -> Iterator[GosignProvider]:
    from esign.providers.gosign.adapter import GosignProvider

    record = session.app.access.account(AccountId(account))
    if record.provider != _NAME:
        raise Failure(f"This account's provider is {record.provider}, not {_NAME}.", code="wrong_provider")
    with session.app.access.open(record, calls=1) as provider:
        if not isinstance(provider, GosignProvider):
            raise Failure(f"This account's provider is no {_NAME}.", code="wrong_provider")
        yield provider


def _envelope(session: Session, account: str, package: str, documents: list[str]) -> tuple[str, list[str]]:
    """GoSign's ids of the package and its documents. Raises NotFound, ProviderNotFound."""
    from esign.operations.packages import load
    from esign.providers.gosign.adapter import envelope_id

    if not is_package_id(package):
        raise typer.BadParameter("That is no package's id.", param_hint="PACKAGE")
    known = load(session.app.packages, AccountId(account), package)
    found = {name: known.document(name) for name in documents}
    missing = [name for name, one in found.items() if one is None]
    if missing:
        raise typer.BadParameter(f"The package has no document {missing[0]}.", param_hint="--document")
    return envelope_id(known), [one.id for one in found.values() if one]
