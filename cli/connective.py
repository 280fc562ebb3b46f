"""`esign connective`: what Connective can do and Coupa does not ask for. Needs an account on API v3 or v3.1, list aside.

An instant package is the operator's own: it is started at Connective and never becomes a package of Coupa's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from cli.errors import Failure
from cli.session import AccountArgument, Json, Session, session_of
from esign.domain.ids import AccountId, is_package_id

if TYPE_CHECKING:
    from esign.domain.account import Account
    from esign.http.body import Saved
    from esign.providers.connective.adapter import ConnectiveV3Provider

group = typer.Typer(no_args_is_help=True, help="What only Connective can do.")

_NAME = "connective"
_Readable = Annotated[Path, typer.Option(exists=True, dir_okay=False, readable=True)]
_Package = Annotated[str, typer.Argument(metavar="PACKAGE", help="A package's id, pkg_…, or Connective's own.")]


@group.command()
def instant(
    ctx: typer.Context,
    account: AccountArgument,
    pdf: _Readable,
    signer: Annotated[list[str], typer.Option(help='Who signs, "Name <mail>"; several, one after another.')],
    name: Annotated[str | None, typer.Option(help="What signers see; else the file's name.")] = None,
    language: Annotated[str | None, typer.Option(help="en, nl, de, fr or es.")] = None,
    parallel: Annotated[bool, typer.Option("--parallel", help="All signers at once.")] = False,
    template: Annotated[str | None, typer.Option(help="The code of a signing template of the portal.")] = None,
    json: Json = False,
) -> None:
    """Send one PDF for signature at once, outside Coupa."""
    from cli import tables
    from cli.instant import LocalFile, instant_package, parse_person, send_at_once

    session = session_of(ctx, json=json)
    people = [parse_person(text) for text in signer]
    record = _account(session, account)
    package = instant_package(
        record.id, pdf, people, session.app.clock.now(), name=name, language=language, parallel=parallel
    )
    with session.busy("Sending the document to Connective …"), _v3(session, record, calls=3) as provider:
        reference = send_at_once(provider, package, LocalFile(pdf), template)
    session.show({"package": reference[0], "reference": package.id}, tables.instant)


@group.command()
def locations(ctx: typer.Context, account: AccountArgument, package: _Package, json: Json = False) -> None:
    """Where a package is signed: the ids that `proof --location` takes."""
    from cli import tables

    session = session_of(ctx, json=json)
    record = _account(session, account)
    with session.busy("Asking Connective …"), _v3(session, record, calls=1) as provider:
        found = provider.client.signing_locations(_envelope(session, record, package)).documents
    places = [
        {"document": d.id, "reference": d.reference, "location": at.id, "label": at.label}
        for d in found
        for at in d.locations
    ]
    session.show({"locations": places}, tables.locations)


@group.command()
def proof(
    ctx: typer.Context,
    account: AccountArgument,
    package: _Package,
    location: Annotated[str, typer.Option(help="The signing location's id (`esign connective locations`).")],
    name: Annotated[str, typer.Option(help="The proof's name.")],
    kind: Annotated[str, typer.Option("--type", help="A word that machines know the proof by.")],
    file: _Readable,
    description: Annotated[str | None, typer.Option()] = None,
    ip_address: Annotated[str | None, typer.Option(help="Of the person whom it is the proof of.")] = None,
    json: Json = False,
) -> None:
    """Add a proof from an external source to a signing location. The file is UTF-8 text, such as XML."""
    from cli import tables
    from esign.providers.connective.request_v3 import external_proof

    session = session_of(ctx, json=json)
    content = _text(file)
    body = external_proof(
        content=content, location=location, name=name, kind=kind, description=description, ip_address=ip_address
    )
    record = _account(session, account)
    with session.busy("Sending the proof to Connective …"), _v3(session, record, calls=1) as provider:
        there = _envelope(session, record, package)
        provider.client.add_external_proof(there, body)
    session.show({"package": there, "location": location}, tables.proof_added)


@group.command("correlation-proofs")
def correlation_proofs(
    ctx: typer.Context,
    account: AccountArgument,
    out: Annotated[Path, typer.Option(dir_okay=False, help="The XML file to write; it must not exist.")],
    package_correlation: Annotated[str | None, typer.Option(help="A package's CorrelationId.")] = None,
    document_correlation: Annotated[str | None, typer.Option(help="A document's CorrelationId.")] = None,
    json: Json = False,
) -> None:
    """Fetch the audit proofs of all packages, or documents, that share a correlation id."""
    from cli import tables

    session = session_of(ctx, json=json)
    both = "--package-correlation / --document-correlation"
    if bool(package_correlation) is bool(document_correlation):
        raise typer.BadParameter("Give one of the two ids.", param_hint=both)
    record = _account(session, account)
    with session.busy("Asking Connective …"), _v3(session, record, calls=1) as provider, _new_file(out) as into:
        saved = _fetch(provider, package_correlation, document_correlation, into)
    session.show({"file": str(out), "size": saved.size, "sha256": saved.sha256}, tables.saved)


@group.command("list")
def list_some(
    ctx: typer.Context,
    account: AccountArgument,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    cursor: Annotated[str | None, typer.Option(help="From the end of the last page.")] = None,
    json: Json = False,
) -> None:
    """Connective's own packages of the account, oldest first."""
    from cli import tables
    from esign.ports import Lists

    session = session_of(ctx, json=json)
    record = _account(session, account)
    with session.busy("Asking Connective …"), session.app.access.open(record.id, calls=1) as provider:
        if not isinstance(provider, Lists):
            raise Failure("This account's API version has no list.", code="unsupported_feature")
        lines, more = provider.list_envelopes(cursor=cursor, limit=limit)
    shown = [
        {"reference": " ".join(line.reference), "externalReference": line.external_reference}
        | {"vendorStatus": line.vendor_status, "status": line.status.value if line.status else None}
        for line in lines
    ]
    session.show({"envelopes": shown} | ({"cursor": more} if more else {}), tables.envelopes)


def _account(session: Session, account: str) -> Account:
    record = session.app.access.account(AccountId(account))
    if record.provider != _NAME:
        raise Failure(f"This account's provider is {record.provider}, not {_NAME}.", code="wrong_provider")
    return record


@contextmanager
def _v3(session: Session, record: Account, *, calls: int) -> Iterator[ConnectiveV3Provider]:
    """The provider with the client of API v3. Raises Failure where the account speaks v4."""
    from esign.providers.connective.adapter import ConnectiveV3Provider

    with session.app.access.open(record.id, calls=calls) as provider:
        if not isinstance(provider, ConnectiveV3Provider):
            raise Failure("This needs an account whose apiVersion is v3 or v3.1.", code="unsupported_feature")
        yield provider


def _envelope(session: Session, record: Account, package: str) -> str:
    """Connective's id: of one of our packages, or what was given. Raises NotFound, ProviderNotFound."""
    from esign.operations.packages import load
    from esign.providers.connective.adapter import envelope

    if not is_package_id(package):
        return quote(package, safe="")
    return envelope(load(session.app.packages, record.id, package))


def _fetch(
    provider: ConnectiveV3Provider, package_correlation: str | None, document_correlation: str | None, into: IO[bytes]
) -> Saved:
    if package_correlation:
        return provider.client.package_correlation_proof(package_correlation, into)
    return provider.client.document_correlation_proof(document_correlation or "", into)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter("A proof's content is UTF-8 text; this file is not.", param_hint="--file") from None


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Never over a file that is there, and gone again when what was to be in it did not come."""
    try:
        file = path.open("x+b")
    except FileExistsError:
        raise typer.BadParameter(f"{path} exists already.", param_hint="--out") from None
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written ({error.strerror}).", param_hint="--out") from None
    with file:
        try:
            yield file
        except BaseException:
            path.unlink()
            raise
