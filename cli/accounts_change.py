"""`esign accounts change`: what an account was given when it was made, and its provider's settings are not."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.accounts import EVIDENCE, CallsPerMinute, SourceHosts, host_names, show_account
from cli.session import AccountArgument, Json, session_of
from esign.domain.account import EvidencePolicy
from esign.domain.ids import AccountId


class Lock(StrEnum):
    """Who can end the lock of a signed file before its time; `stage`: how, and how long, the stage says."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"
    STAGE = "stage"


def join(accounts: typer.Typer) -> None:
    """Give the group this command."""
    accounts.command("change")(change)


def change(
    ctx: typer.Context,
    account: AccountArgument,
    name: Annotated[str | None, typer.Option(help="What people call the account.")] = None,
    source_host: SourceHosts = None,
    evidence: Annotated[EvidencePolicy | None, EVIDENCE] = None,
    calls_per_minute: CallsPerMinute = None,
    lock: Annotated[
        Lock | None,
        typer.Option(
            help="Of files signed from now on. compliance: nobody can end it early. stage: as the stage says."
        ),
    ] = None,
    lock_days: Annotated[int | None, typer.Option(min=1, help="How long that lock lasts.")] = None,
    json: Json = False,
) -> None:
    """Change what `accounts add` was told, and the lock of signed files. What is not said stays as it was; --source-host
    replaces all of them."""
    session = session_of(ctx, json=json)
    before = session.app.access.account(AccountId(account))
    said: dict[str, Any] = {
        "name": name,
        "source_hosts": host_names(source_host) if source_host else None,
        "evidence": evidence,
        "calls_per_minute": calls_per_minute,
        "retention_days": lock_days,
    }
    after = replace(before, **_locked(lock, lock_days), **{field: value for field, value in said.items() if value})
    if after == before:
        raise typer.BadParameter("Nothing is said that the account does not have already.")
    show_account(session, session.app.accounts.save(before, after))


def _locked(lock: Lock | None, days: int | None) -> dict[str, Any]:
    if lock is not Lock.STAGE:
        return {"retention_mode": lock.value.upper()} if lock else {}
    if days is not None:
        raise typer.BadParameter("The stage says how long its lock lasts: leave it out.", param_hint="--lock-days")
    return {"retention_mode": None, "retention_days": None}
