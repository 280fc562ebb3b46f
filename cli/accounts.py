"""`esign accounts`: joins a Coupa customer with a provider, and looks after that.

Secrets come from a file or a prompt, never from the command line, and what is generated here is shown once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.account_files import GivenFile, credentials_from, proven, settings_from, vendor_of
from cli.account_secrets import BasicSecret, new_account_id, new_webhook_secret
from cli.session import AccountArgument, Json, Personal, Session, session_of
from esign.domain.account import Account, EvidencePolicy
from esign.domain.ids import AccountId
from esign.domain.webhook_secret import WebhookSecret, with_webhook_secrets

if TYPE_CHECKING:
    from esign.operations.configure_callback import ProviderCallback
    from esign.ports import ProviderIdentity
    from esign.runtime.providers import Vendor

group = typer.Typer(no_args_is_help=True, help="Accounts: a Coupa customer with its provider.")

SourceHosts = Annotated[list[str] | None, typer.Option(help="A host of Coupa's sourceUrl documents.")]
CallsPerMinute = Annotated[int | None, typer.Option(min=1, help="The account's budget at its provider.")]
EVIDENCE = typer.Option(help="Whether COMPLETE waits for the audit trail.")

_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)


@group.command()
def add(
    ctx: typer.Context,
    provider: Annotated[str, typer.Option(help="The signing service, e.g. connective.")],
    name: Annotated[str, typer.Option(help="What people call the account.")],
    settings: Annotated[Path | None, GivenFile] = None,
    credentials: Annotated[Path | None, GivenFile] = None,
    source_host: SourceHosts = None,
    evidence: Annotated[EvidencePolicy, EVIDENCE] = EvidencePolicy.REQUIRED,
    calls_per_minute: CallsPerMinute = None,
    verify: Annotated[bool, typer.Option(help="Ask the provider before anything is saved.")] = True,
    json: Json = False,
) -> None:
    """Make an account. --settings and --credentials are TOML or JSON files, as `accounts template` writes them; without
    the latter it asks for the credentials."""
    from cli import tables_accounts as tables

    session = session_of(ctx, json=json)
    vendor = vendor_of(session, provider)
    given = settings_from(vendor, settings)
    known = credentials_from(session, vendor, given, credentials)
    now = session.app.clock.now()
    secret, webhook = BasicSecret(), new_webhook_secret(now)
    account = Account(
        id=new_account_id(),
        name=name,
        provider=provider,
        created_at=now,
        settings=given,
        secrets=(secret.stored(now),),
        source_hosts=host_names(source_host or ()),
        evidence=evidence,
        calls_per_minute=calls_per_minute,
        fast_poll=not calls_back(vendor, given),
    )
    identity = proven(session, vendor, account, known) if verify else None
    _save(session, account, known, webhook)
    session.show(_new(session, account, identity, (secret, webhook)), tables.new_account)


@group.command("list")
def list_all(ctx: typer.Context, json: Json = False) -> None:
    """All accounts."""
    from cli import tables_accounts as tables
    from cli import views

    session = session_of(ctx, json=json)
    view = {"accounts": [views.account_line(one) for one in session.app.accounts.list()]}
    session.show(view, tables.accounts)


@group.command()
def show(ctx: typer.Context, account: AccountArgument, personal: Personal = False, json: Json = False) -> None:
    """One account: its settings, the ages of its secrets, its callbacks. Never a secret."""
    session = session_of(ctx, json=json)
    show_account(session, session.app.access.account(AccountId(account)), personal=personal)


@group.command("new-callback")
def new_callback(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Make a new address for the provider's calls; the one before stays valid until the next is made."""
    from cli import tables_accounts as tables
    from cli import views

    session = session_of(ctx, json=json)
    renewed = session.app.callbacks.renew_address(AccountId(account))
    session.show({"account": account, "providerCallback": views.provider_callback(renewed)}, tables.new_callback)


@group.command("verify")
def verify_one(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Ask the provider whether it accepts the account's credentials, and what it has to remark."""
    from cli import tables_accounts as tables
    from esign.operations.verify_account import verify_account

    session = session_of(ctx, json=json)
    with session.busy("Asking the provider …"):
        report = verify_account(AccountId(account), access=session.app.access)
    there = session.app.callbacks.get(report.account.id, None).provider_callback
    remarks = [*report.identity.remarks, *_silence(there)]
    session.show({"account": account, "identity": report.identity.description, "remarks": remarks}, tables.verified)


def _silence(there: ProviderCallback) -> Iterator[str]:
    """Of a provider that an administrator has to tell our address, and that never called it."""
    if there.registration == "manual" and there.last_call_at is None:
        yield (
            "The provider has never called. Until it does, states are read on a schedule. Have its administrator register "
            f"{there.url}"
        )


def show_account(session: Session, record: Account, *, personal: bool = False) -> None:
    """All that is known of it, but never a secret."""
    from cli import tables_accounts as tables
    from cli import views

    now = session.app.clock.now()
    view = views.account(record, now=now, personal=personal)
    view["webhookSecrets"] = views.webhook_secrets(session.app.accounts.notification_secrets(record.id), now)
    view["providerCallback"] = views.provider_callback(session.app.callbacks.get(record.id, None).provider_callback)
    session.show(view, tables.account)


def calls_back(vendor: Vendor, settings: Mapping[str, Any]) -> bool:
    """By itself: an address that an administrator still has to register may never be."""
    from esign.domain.capabilities import Feature

    told = vendor.capabilities(settings)
    return told.supports(Feature.CALLBACK) and told.callback_registration == "automatic"


def _save(session: Session, account: Account, credentials: Mapping[str, str], webhook: WebhookSecret) -> None:
    """The account last: what fails before it leaves no account that nobody has the secret of."""
    store = session.app.accounts
    store.replace_notification_secrets(account.id, with_webhook_secrets({}, (webhook,)))
    store.add(account, credentials)


def _new(
    session: Session, account: Account, identity: ProviderIdentity | None, born: tuple[BasicSecret, WebhookSecret]
) -> dict[str, Any]:
    from cli import views

    secret, webhook = born
    view: dict[str, Any] = {
        "account": views.account(account, now=session.app.clock.now(), personal=False),
        "secret": secret.text,
        "webhookSecret": webhook.text,
    }
    return view | ({"identity": identity.description, "remarks": list(identity.remarks)} if identity else {})


def host_names(given: Iterable[str]) -> tuple[str, ...]:
    """Of --source-host, in lower case."""
    return tuple(map(_host, given))


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no host name like files.example.com.", param_hint="--source-host")
    return text.lower()
