"""What an administrator gives of an account, from files or typed unseen: settings and credentials, checked and proven.

Never from the command line's own words: those stand in the shell's history and in the list of processes.
"""

from __future__ import annotations

import json as json_text
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.errors import Failure, Misuse, sentence
from esign.domain.errors import CredentialsRefused, NotFound, Problem, ProviderError, Unprocessable
from esign.providers.opening import Opening

if TYPE_CHECKING:
    from cli.session import Session
    from esign.domain.account import Account
    from esign.ports import ProviderIdentity
    from esign.runtime.providers import Vendor

GivenFile = typer.Option(exists=True, dir_okay=False, readable=True)

_UNMASKED = frozenset({"username"})  # whoever types it may see it


def vendor_of(session: Session, provider: str) -> Vendor:
    try:
        return session.outside.vendor(provider)
    except NotFound as unknown:
        raise typer.BadParameter(unknown.detail, param_hint="--provider") from None


def settings_from(vendor: Vendor, file: Path | None, *, option: str = "--settings") -> dict[str, Any]:
    """Raises Misuse with all that is wrong."""
    given = _table(file, option) if file else {}
    _require(vendor.check_settings(given), option, "The provider's settings are not right.")
    return given


def credentials_from(
    session: Session, vendor: Vendor, settings: Mapping[str, Any], file: Path | None
) -> dict[str, str]:
    """Exactly those that the settings' way to the provider needs, from the file or typed unseen."""
    names = vendor.credential_names(settings)
    if file is None:
        return {name: session.ask(f"Provider's {name}", hidden=name not in _UNMASKED) for name in names}
    given = _table(file, "--credentials")
    missing = [name for name in names if not isinstance(given.get(name), str) or not given[name]]
    unknown = [name for name in given if name not in names]
    problems = [Problem(f"/{name}", "missing", "A text is needed here.") for name in missing]
    problems += [Problem(f"/{name}", "unknown", "The account needs no such credential.") for name in unknown]
    _require(tuple(problems), "--credentials", "The provider's credentials are not right.")
    return {name: given[name] for name in names}


def lacking(vendor: Vendor, settings: Mapping[str, Any], stored: Mapping[str, str]) -> list[str]:
    """The credentials that the settings need and the account has not."""
    return [name for name in vendor.credential_names(settings) if not stored.get(name)]


def proven(session: Session, vendor: Vendor, account: Account, credentials: Mapping[str, str]) -> ProviderIdentity:
    """What the provider answers to a real call. Raises Failure: then nothing is saved.

    The stage's patience begins here: what was typed before took as long as it took.
    """
    from esign.http.deadline import Deadline

    app = session.app
    with session.busy("Asking the provider …"):
        try:
            provider = vendor.open_provider(
                account,
                Opening(
                    credentials=lambda: credentials,
                    deadline=Deadline(app.deadline.budget),
                    observe=lambda _exchange: None,
                    allow_loopback=app.settings.allow_loopback_http,
                    hosts=app.settings.provider_hosts,
                ),
            )
            return provider.verify()
        except ProviderError as refusal:
            advice = "" if isinstance(refusal, CredentialsRefused) else " --no-verify saves without asking."
            raise Failure(f"{sentence(refusal)} Nothing was saved.{advice}", code=refusal.kind) from refusal
        except Unprocessable as refusal:
            raise Misuse(f"{refusal.detail} Nothing was saved.", refusal.problems, option="--settings") from refusal


def _table(file: Path, option: str) -> dict[str, Any]:
    """A JSON object, or TOML where the file's name says so."""
    kind = "TOML" if file.suffix == ".toml" else "JSON"
    try:
        text = file.read_text("utf-8")
        found = tomllib.loads(text) if kind == "TOML" else json_text.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"{file.name} is not {kind}{_where(error)}.", param_hint=option) from None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{file.name} must hold one JSON object.", param_hint=option)
    table: dict[str, Any] = _plain(found)
    return table


def _where(error: ValueError) -> str:
    """Never the library's own words: they may repeat a line, and with it a secret."""
    if isinstance(error, json_text.JSONDecodeError):
        return f" (line {error.lineno})"
    found = str(error).rpartition("(at line ")[2].partition(",")[0]
    return f" (line {found})" if found.isdigit() else ""


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of JSON or TOML
    """Dates, which only TOML knows, as text: what is stored is JSON."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _require(problems: tuple[Problem, ...], option: str, what: str) -> None:
    if problems:
        raise Misuse(what, problems, option=option)
