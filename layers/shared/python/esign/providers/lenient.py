"""How vendors' answers are read: unknown fields are ignored, absent ones have a default, and only ids are insisted on.

It knows no vendor: each one's `wire.py` says what it answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from esign.http.outcome import Reply


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _moment(value: object) -> datetime | None:
    """ISO 8601 with any number of decimals, made UTC; what is unreadable is unknown."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 east of Greenwich
        return None


Text = Annotated[str, BeforeValidator(_text)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class Answer(BaseModel):
    """Anything that a vendor says. A value that is refused is never repeated in the error."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True, hide_input_in_errors=True)


A = TypeVar("A", bound=Answer)
V = TypeVar("V")


def read(reply: Reply, kind: type[A]) -> A:
    """The answer as `kind`; what lacks its ids is a broken contract (or an unknown outcome, if the call changed things)."""
    return validated(reply, lambda: kind.model_validate(reply.json()), kind.__name__)


def validated(reply: Reply, make: Callable[[], V], what: str) -> V:
    """What `make` makes of the reply. Raises `reply.broken` with the names of the fields that are lacking, no values."""
    try:
        return make()
    except ValidationError as error:
        lacking = ", ".join(sorted({".".join(map(str, e["loc"])) for e in error.errors(include_input=False)}))
        raise reply.broken(f"its answer is no {what}: {lacking}") from None
