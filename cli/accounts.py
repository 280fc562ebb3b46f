"""`esign accounts`: joins a Coupa customer with a provider, and looks after that.

Secrets come from a file or a prompt, never from the command line, and what is generated here is shown once.
"""

from __future__ import annotations

import base64
import hashlib
import json as json_text
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import Failure, Misuse, sentence
from cli.session import AccountArgument, Json, Personal, Session, session_of
from esign.domain.account import Account, AccountSecret, EvidencePolicy
from esign.domain.errors import CredentialsRefused, NotFound, Problem, ProviderError
from esign.domain.ids import AccountId

if TYPE_CHECKING:
    from datetime import datetime

    from esign.ports import ProviderIdentity
    from esign.runtime.providers import Vendor

group = typer.Typer(no_args_is_help=True, help="Accounts: a Coupa customer with its provider.")

_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)
_JsonFile = typer.Option(exists=True, dir_okay=False, readable=True)


@dataclass(frozen=True, slots=True)
class NewSecrets:
    """What an account is born with: 256 random bits for Basic, 256 for the signatures of notifications."""

    basic: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    webhook: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), repr=False
    )

    def stored(self, now: datetime) -> AccountSecret:
        return AccountSecret(hashlib.sha256(self.basic.encode()).hexdigest(), now)


def new_account_id() -> AccountId:
    """acc_ + 80 random bits in lower-case base32."""
    return AccountId("acc_" + base64.b32encode(secrets.token_bytes(10)).decode().lower())


@group.command()
def add(
    ctx: typer.Context,
    provider: Annotated[str, typer.Option(help="The signing service, e.g. connective.")],
    name: Annotated[str, typer.Option(help="What people call the account.")],
    settings: Annotated[Path | None, _JsonFile] = None,
    credentials: Annotated[Path | None, _JsonFile] = None,
    source_host: Annotated[list[str] | None, typer.Option(help="A host of Coupa's sourceUrl documents.")] = None,
    evidence: Annotated[EvidencePolicy, typer.Option(help="Whether COMPLETE waits for the audit trail.")] = (
        EvidencePolicy.REQUIRED
    ),
    calls_per_minute: Annotated[int | None, typer.Option(min=1, help="The account's budget at its provider.")] = None,
    verify: Annotated[bool, typer.Option(help="Ask the provider before anything is saved.")] = True,
    json: Json = False,
) -> None:
    """Make an account. --settings and --credentials are JSON files; without the latter it asks for the credentials."""
    from cli import tables

    session = session_of(ctx, json=json)
    vendor = _vendor(session, provider)
    given = _object(settings, "--settings") if settings else {}
    _require(vendor.check_settings(given), "--settings", "The provider's settings are not right.")
    known = _credentials(vendor, credentials)
    born = NewSecrets()
    now = session.app.clock.now()
    account = Account(
        id=new_account_id(),
        name=name,
        provider=provider,
        created_at=now,
        settings=given,
        secrets=(born.stored(now),),
        source_hosts=tuple(_host(host) for host in source_host or ()),
        evidence=evidence,
        calls_per_minute=calls_per_minute,
        fast_poll=not _calls_back(vendor, given),
    )
    identity = _proven(session, vendor, account, known) if verify else None
    _save(session, account, known, born)
    session.show(_new(session, account, born, identity), tables.new_account)


@group.command("list")
def list_all(ctx: typer.Context, json: Json = False) -> None:
    """All accounts."""
    from cli import tables, views

    session = session_of(ctx, json=json)
    view = {"accounts": [views.account_line(one) for one in session.app.accounts.list()]}
    session.show(view, tables.accounts)


@group.command()
def show(ctx: typer.Context, account: AccountArgument, personal: Personal = False, json: Json = False) -> None:
    """One account: its settings, the ages of its secrets, its callbacks. Never a secret."""
    from cli import tables, views

    session = session_of(ctx, json=json)
    record = session.app.access.account(AccountId(account))
    view = views.account(record, now=session.app.clock.now(), personal=personal)
    view["providerCallback"] = views.provider_callback(session.app.callbacks.get(record.id, None).provider_callback)
    session.show(view, tables.account)


@group.command("new-callback")
def new_callback(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Make a new address for the provider's calls; the one before stays valid until the next is made."""
    from cli import tables, views

    session = session_of(ctx, json=json)
    renewed = session.app.callbacks.renew_address(AccountId(account))
    session.show({"account": account, "providerCallback": views.provider_callback(renewed)}, tables.new_callback)


@group.command("verify")
def verify_one(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Ask the provider whether it accepts the account's credentials, and what it has to remark."""
    from cli import tables
    from esign.operations.verify_account import verify_account

    session = session_of(ctx, json=json)
    with session.busy("Asking the provider …"):
        report = verify_account(AccountId(account), access=session.app.access)
    view = {"account": account, "identity": report.identity.description, "remarks": list(report.identity.remarks)}
    session.show(view, tables.verified)


def _vendor(session: Session, provider: str) -> Vendor:
    try:
        return session.outside.vendor(provider)
    except NotFound as unknown:
        raise typer.BadParameter(unknown.detail, param_hint="--provider") from None


def _calls_back(vendor: Vendor, settings: Mapping[str, Any]) -> bool:
    """By itself: an address that an administrator still has to register may never be."""
    from esign.domain.capabilities import Feature

    told = vendor.capabilities(settings)
    return told.supports(Feature.CALLBACK) and told.callback_registration == "automatic"


def _credentials(vendor: Vendor, file: Path | None) -> dict[str, str]:
    """Exactly those that the provider needs, from the file or typed unseen."""
    names = vendor.credential_names()
    if file is None:
        return {name: typer.prompt(f"Provider's {name}", hide_input=name != "username", err=True) for name in names}
    given = _object(file, "--credentials")
    missing = [name for name in names if not isinstance(given.get(name), str) or not given[name]]
    unknown = [name for name in given if name not in names]
    problems = [Problem(f"/{name}", "missing", "A text is needed here.") for name in missing]
    problems += [Problem(f"/{name}", "unknown", "The provider has no such credential.") for name in unknown]
    _require(tuple(problems), "--credentials", "The provider's credentials are not right.")
    return {name: given[name] for name in names}


def _proven(session: Session, vendor: Vendor, account: Account, credentials: Mapping[str, str]) -> ProviderIdentity:
    """What the provider answers to a real call. Raises Failure: then nothing is saved."""
    app = session.app
    with session.busy("Asking the provider …"):
        try:
            provider = vendor.open_provider(
                account,
                credentials=lambda: credentials,
                deadline=app.deadline,
                observe=lambda _exchange: None,
                allow_loopback=app.settings.allow_loopback_http,
            )
            return provider.verify()
        except ProviderError as refusal:
            advice = "" if isinstance(refusal, CredentialsRefused) else " --no-verify saves without asking."
            raise Failure(f"{sentence(refusal)} Nothing was saved.{advice}", code=refusal.kind) from refusal


def _save(session: Session, account: Account, credentials: Mapping[str, str], born: NewSecrets) -> None:
    """The account last: what fails before it leaves no account that nobody has the secret of."""
    store = session.app.accounts
    store.replace_notification_secrets(account.id, {"webhookSecrets": [born.webhook]})
    store.add(account, credentials)


def _new(session: Session, account: Account, born: NewSecrets, identity: ProviderIdentity | None) -> dict[str, Any]:
    from cli import views

    view: dict[str, Any] = {
        "account": views.account(account, now=session.app.clock.now(), personal=False),
        "secret": born.basic,
        "webhookSecret": born.webhook,
    }
    return view | ({"identity": identity.description, "remarks": list(identity.remarks)} if identity else {})


def _object(file: Path, option: str) -> dict[str, Any]:
    try:
        found = json_text.loads(file.read_text("utf-8"))
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json_text.JSONDecodeError) else ""
        raise typer.BadParameter(f"{file.name} is not JSON{where}.", param_hint=option) from None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{file.name} must hold one JSON object.", param_hint=option)
    return found


def _require(problems: tuple[Problem, ...], option: str, what: str) -> None:
    if problems:
        raise Misuse(what, problems, option=option)


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no host name like files.example.com.", param_hint="--source-host")
    return text.lower()
