"""What an operator says about keeping and removing: holds, an account's rules, and a person who wants to be forgotten."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import Misuse
from cli.session import AccountArgument, Json, PackageArgument, Session, session_of
from esign.domain.account import Account, Forgetting
from esign.domain.errors import Problem
from esign.domain.ids import AccountId

if TYPE_CHECKING:
    from esign.ports import SignatureProvider


def join(accounts: typer.Typer, packages: typer.Typer) -> None:
    """Give both groups these commands."""
    packages.command("hold")(hold_package)
    packages.command("release")(release_package)
    accounts.command("hold")(hold_account)
    accounts.command("release")(release_account)
    accounts.command("retention")(retention)
    accounts.command("signatures")(signatures)
    accounts.command("forget-subject")(forget_subject)


class Expected(StrEnum):
    YES = "yes"
    NO = "no"
    PROVIDER = "provider"


def hold_package(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """Legal hold: nothing of the package is removed until it is released, whatever the account's rules."""
    _hold_package(session_of(ctx, json=json), account, package, held=True)


def release_package(ctx: typer.Context, account: AccountArgument, package: PackageArgument, json: Json = False) -> None:
    """End a package's legal hold; what is overdue goes soon."""
    _hold_package(session_of(ctx, json=json), account, package, held=False)


def hold_account(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """Legal hold: nothing of any package of the account is removed until it is released."""
    _change(session_of(ctx, json=json), account, held=True)


def release_account(ctx: typer.Context, account: AccountArgument, json: Json = False) -> None:
    """End an account's legal hold; packages on a hold of their own stay."""
    _change(session_of(ctx, json=json), account, held=False)


def retention(
    ctx: typer.Context,
    account: AccountArgument,
    after_days: Annotated[
        int | None, typer.Option(min=0, help="Remove what is personal, and staged documents, so long after the end.")
    ] = None,
    keep_personal: Annotated[bool, typer.Option("--keep-personal", help="Remove neither.")] = False,
    provider_copy: Annotated[
        bool | None,
        typer.Option("--remove-provider-copy/--keep-provider-copy", help="With it, the provider's own copy."),
    ] = None,
    evidence: Annotated[
        bool | None, typer.Option("--remove-evidence/--keep-evidence", help="Signed files, once their lock has ended.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what goes by itself; what is not said stays as it was. Packages that have ended are looked at anew."""
    session = session_of(ctx, json=json)
    if keep_personal and after_days is not None:
        raise typer.BadParameter("Say either --after-days or --keep-personal.", param_hint="--keep-personal")
    record = session.app.access.account(AccountId(account))
    before = record.forgetting
    days = None if keep_personal else before.after_days if after_days is None else after_days
    rules = Forgetting(
        after_days=days,
        provider_copy=before.provider_copy if provider_copy is None else provider_copy,
        evidence=before.evidence if evidence is None else evidence,
    )
    if rules.provider_copy:
        _require_removable(session, record, rules)
    _change(session, account, forgetting=rules)


def signatures(
    ctx: typer.Context,
    account: AccountArgument,
    expected: Annotated[Expected, typer.Option(help="`provider`: as the provider declares.", case_sensitive=False)],
    json: Json = False,
) -> None:
    """Say whether a package waits for cryptographic signatures in its signed PDFs."""
    from dataclasses import replace

    from cli import tables_retention as tables

    session = session_of(ctx, json=json)
    before = session.app.access.account(AccountId(account))
    says = {Expected.YES: True, Expected.NO: False, Expected.PROVIDER: None}[expected]
    session.app.accounts.save(before, replace(before, expect_signatures=says))
    session.show({"account": account, "expectSignatures": says}, tables.signatures)


def forget_subject(
    ctx: typer.Context,
    account: AccountArgument,
    email: Annotated[str | None, typer.Argument(help="The person's address; asked for unseen when left out.")] = None,
    json: Json = False,
) -> None:
    """Remove what may go of a person, and tell what stays, why, and until when. The receipt holds hashes, no address."""
    from cli import tables_retention as tables

    session = session_of(ctx, json=json)
    address = email or session.ask("The person's address")
    receipt = session.app.subject_request.forget(AccountId(account), address)
    session.show(receipt.as_json(), tables.receipt)


def _hold_package(session: Session, account: str, package: str, *, held: bool) -> None:
    from cli import tables_retention as tables
    from esign.operations.hold import hold_package as hold

    app = session.app
    after = hold(AccountId(account), package, held=held, packages=app.packages, clock=app.clock)
    session.show({"account": after.account, "id": after.id, "hold": after.hold}, tables.held)


def _change(session: Session, account: str, *, forgetting: Forgetting | None = None, held: bool | None = None) -> None:
    from cli import tables_retention as tables
    from cli import views
    from esign.operations.hold import change_retention

    app = session.app
    after, looked_at = change_retention(
        AccountId(account),
        forgetting=forgetting,
        held=held,
        accounts=app.accounts,
        packages=app.packages,
        clock=app.clock,
    )
    rules = views.forgetting(after.forgetting)
    session.show({"id": after.id, "hold": after.hold, "forgetting": rules, "lookedAt": looked_at}, tables.rules)


def _require_removable(session: Session, record: Account, rules: Forgetting) -> None:
    from esign.ports import RemovesCopy

    provider: SignatureProvider = session.app.providers.open(record)
    problems = []
    if not isinstance(provider, RemovesCopy):
        problems.append(Problem("/forgetting/providerCopy", "unsupported", "The provider removes nothing on request."))
    if rules.after_days is None:
        problems.append(Problem("/forgetting/afterDays", "missing", "The copy goes with what is personal: say when."))
    if problems:
        raise Misuse("The provider's copy cannot go.", tuple(problems), option="--remove-provider-copy")
