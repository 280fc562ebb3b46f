"""What an operator is told when something fails: what happened and what to do, never a secret, a name or an address.

Knows the classes of errors and no command.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from esign.domain.errors import (
    ConnectorError,
    CredentialsRefused,
    OutcomeUnknown,
    Problem,
    ProviderError,
    ProviderNotFound,
    ProviderUnavailable,
    StaleVersion,
    StoreUnavailable,
)

# Exit codes; the second is also the CLI library's own.
FAILED = 1
MISUSED = 2

_HINTS: tuple[tuple[type[ConnectorError], str], ...] = (
    (CredentialsRefused, "Check the API user and its password at the provider."),
    (ProviderNotFound, "Check the ids that you gave."),
    (ProviderUnavailable, "Try again in a while."),
    (OutcomeUnknown, "Look at the provider before you repeat it."),
    (StaleVersion, "Run the command again."),
    (StoreUnavailable, "Check that the stage is up and that your AWS credentials may use it, then try again."),
)
_WHAT_TO_DO = {
    "account_not_found": "`esign accounts list` shows those that exist.",
    "package_not_found": "`esign packages list ACCOUNT` shows those that exist.",
    "rotation_under_way": "End it with `esign accounts rotate ACCOUNT --end` (`rotate-webhook` where it is that secret), "
    "or wait for the end of the secret before.",
    "account_enabled": "Disable it first: `esign accounts disable ACCOUNT`.",
}


class Failure(Exception):
    """An operation that failed, in a sentence that says what to do."""

    def __init__(self, sentence: str, *, code: str = "failed", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.problems = problems


class Misuse(typer.BadParameter):
    """What was given is wrong, in each of these places."""

    def __init__(self, sentence: str, problems: tuple[Problem, ...], *, option: str) -> None:
        lines = [sentence, *(f"  {problem.pointer}: {problem.detail}" for problem in problems)]
        super().__init__("\n".join(lines), param_hint=option)
        self.sentence = sentence
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Told:
    """What is printed of an error."""

    code: str
    sentence: str
    problems: tuple[Problem, ...] = ()


def told(error: Exception) -> Told | None:
    """None for errors that nobody foresaw, and for most of the CLI library's own."""
    if isinstance(error, Failure):
        return Told(error.code, error.sentence, error.problems)
    if isinstance(error, Misuse):
        return Told("usage", error.sentence, error.problems)
    if isinstance(error, typer.BadParameter):
        return Told("usage", error.message)
    if isinstance(error, ConnectorError):
        return Told(error.kind, sentence(error), error.problems)
    return _missing_setting(error) or _aws(error)


def sentence(error: ConnectorError) -> str:
    """What happened, what the provider said about it, and what to do."""
    parts = [_closed(error.detail), _said(error), _hint(error)]
    return " ".join(part for part in parts if part)


def unforeseen(error: Exception) -> str:
    return (
        f"Error: the command broke ({type(error).__name__}). This is a defect: repeat it with --debug and report that."
    )


def _said(error: ConnectorError) -> str:
    fault = error.fault if isinstance(error, ProviderError) else None
    words = [word for word in (fault.code, fault.message) if word] if fault else []
    return _closed(f"The provider said: {' - '.join(words)}") if words else ""


def _hint(error: ConnectorError) -> str:
    if error.retry_after:
        return f"Try again in {max(1, round(error.retry_after))} s."
    if error.kind in _WHAT_TO_DO:
        return _WHAT_TO_DO[error.kind]
    return next((hint for kind, hint in _HINTS if isinstance(error, kind)), "")


def _closed(text: str) -> str:
    """With a capital at its start and a mark at its end."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def _missing_setting(error: Exception) -> Told | None:
    runtime = sys.modules.get("esign.runtime.settings")
    if runtime is None or not isinstance(error, runtime.MissingSetting):
        return None
    return Told(
        "stage_incomplete", "The stage does not tell a setting that this needs: deploy it anew, then try again."
    )


def _aws(error: Exception) -> Told | None:
    """Errors of AWS's own library, if it was loaded at all; its texts may name resources, so only the class is told."""
    if "botocore.exceptions" not in sys.modules:
        return None
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "unknown")
        return Told("aws_refused", f"AWS refused it ({code}): check what your credentials may do on this stage.")
    if isinstance(error, BotoCoreError):
        what = type(error).__name__
        return Told("aws_unreachable", f"AWS could not be asked ({what}): check credentials, region and network.")
    return None
