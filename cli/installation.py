"""An installation as `esign doctor` looks at it, and what it says of each thing. Knows no single check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cli.errors import Failure, told
from cli.target import LOCAL

if TYPE_CHECKING:
    from esign.runtime.composition import App


class State(StrEnum):
    OK = "ok"
    WARN = "warn"  # it works; somebody should know
    FAIL = "fail"
    SKIPPED = "skipped"  # nothing was looked at: never to be taken for ok


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy`: what to do, as a sentence; "" where all is well."""

    state: State
    told: str
    remedy: str = ""


def ok(told: str) -> Finding:
    return Finding(State.OK, told)


@dataclass(frozen=True, slots=True)
class Installation:
    """`app` gives the stage's ports and raises Failure where there is no stage; `client` an AWS client by its service."""

    stage: str
    app: Callable[[], App] = field(repr=False)
    client: Callable[[str], Any] = field(repr=False)

    @property
    def local(self) -> bool:
        return self.stage == LOCAL

    def stack(self, word: str) -> str:
        return f"Esign-{self.stage}-{word}"


@dataclass(frozen=True, slots=True)
class Checkup:
    """One line of the report. `locally`: the local cloud has what it looks at."""

    name: str
    look: Callable[[Installation], Finding]
    locally: bool = False


def examine(
    at: Installation, checkups: Iterable[Checkup], *, looked: Callable[[], None]
) -> Iterator[tuple[str, Finding]]:
    """Each line's name and finding; one that breaks is a finding too. What fails for one reason is told once."""
    known: set[str] = set()
    for one in checkups:
        yield one.name, _found(one, at, known)
        looked()


def _found(checkup: Checkup, at: Installation, known: set[str]) -> Finding:
    if at.local and not checkup.locally:
        return Finding(State.SKIPPED, "inert locally: the local cloud has nothing of the kind")
    try:
        return checkup.look(at)
    except Failure as failure:
        if failure.code in known:
            return Finding(State.SKIPPED, f"not looked at: {failure.code}")
        known.add(failure.code)
        return Finding(State.FAIL, failure.code, failure.sentence)
    except Exception as error:
        finding = _of_aws(error) or _of_ours(error)
        if finding is None:
            raise
        return finding


def _of_ours(error: Exception) -> Finding | None:
    known = told(error)
    return Finding(State.FAIL, known.code, known.sentence) if known else None


def _of_aws(error: Exception) -> Finding | None:
    """AWS's refusals by their code alone: the texts name resources and people."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        if "AccessDenied" in code or code in {"UnauthorizedOperation", "AuthorizationError"}:
            return Finding(State.WARN, f"not looked at ({code})", "Ask with credentials that may read this.")
        return Finding(State.FAIL, f"AWS answered {code}", "Check the stage, the account and the region.")
    if isinstance(error, BotoCoreError):
        what = f"AWS could not be asked ({type(error).__name__})"
        return Finding(State.FAIL, what, "Give credentials and a region: --profile, AWS_REGION or `aws configure`.")
    return None
