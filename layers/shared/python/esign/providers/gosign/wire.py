"""What GoSign answers, read leniently: unknown fields are ignored, absent ones have a default, odd ones do not break.

Times come as milliseconds since 1970 (seeds/004 §4.1) or as ISO 8601 (§8.3.1) and become UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from esign.domain.errors import ProviderNotFound
from esign.http.outcome import Reply
from esign.providers.gosign.errors import NOT_FOUND, check, refusal
from esign.providers.lenient import Answer


def moment(value: object) -> datetime | None:
    """UTC; None for what is no time."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str) and value.strip().isdigit():
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value.strip())
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """XML has numbers as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else 0


def _list(value: object) -> object:
    return value if isinstance(value, list) else []


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


Moment = Annotated[datetime | None, BeforeValidator(moment)]
Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[int, BeforeValidator(_number)]


class _Wire(Answer):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ActionsResume(_Wire):
    """How many acts of each kind a person has at a step (§4.1): first those to do, then those done; of graphometric ones
    all, then those filled in. All zero: nothing was shown."""

    actions: Number = 0
    sign_actions: Number = 0
    signed_actions: Number = 0
    initials_actions: Number = 0
    initialed_actions: Number = 0
    graphometric_actions: Number = 0
    filled_graphometric_actions: Number = 0
    approve_actions: Number = 0
    approved_actions: Number = 0
    view_actions: Number = 0
    viewed_actions: Number = 0

    @property
    def empty(self) -> bool:
        return not (self.actions or self.signatures or self.approvals or self.views)

    @property
    def signatures(self) -> int:
        """Signatures, initials and signatures by hand, done or not."""
        pen = self.sign_actions + self.signed_actions + self.initials_actions + self.initialed_actions
        return pen + self.graphometric_actions

    @property
    def approvals(self) -> int:
        return self.approve_actions + self.approved_actions

    @property
    def views(self) -> int:
        return self.view_actions + self.viewed_actions

    @property
    def done(self) -> int:
        signed = self.signed_actions + self.initialed_actions + self.filled_graphometric_actions
        return signed + self.approved_actions + self.viewed_actions


class StepEvent(_Wire):
    """Who is at which step (§4.1, liveStatus; §8.3.1). `fromMgrExternalId` names the original of a substitution."""

    mgr_external_id: Text = Field(default="", repr=False)
    from_mgr_external_id: Text = Field(default="", repr=False)
    mgr_name: Text = Field(default="", repr=False)
    mgr_surname: Text = Field(default="", repr=False)
    status: Text = ""
    started_at: Moment = None
    ended_at: Moment = None
    step_number: Number = 0
    # The print of §8.3.1 has it without its first s.
    resume: Annotated[ActionsResume, BeforeValidator(_object)] = Field(
        default_factory=ActionsResume, validation_alias=AliasChoices("actionsResume", "actionResume", "resume")
    )


class Process(_Wire):
    status: Text = ""  # O open, C closed, X cancelled
    live_status: Annotated[tuple[StepEvent, ...], BeforeValidator(_list)] = ()


class Note(_Wire):
    text: Text = Field(default="", repr=False)
    created_at: Moment = None
    name: Text = Field(default="", repr=False)
    surname: Text = Field(default="", repr=False)


class DocumentView(_Wire):
    """`docType`: D document, R report, A attachment (§4.1); absent at the OAuth2 doors. `content` marks the bytes."""

    external_id: Text = ""
    title: Text = ""
    mime_type: Text = ""
    original_fname: Text = ""
    doc_type: Text = "D"
    content: Any = Field(default=None, validation_alias="bytes", repr=False)

    @property
    def name(self) -> tuple[str, ...]:
        """What it is known by: its id, or kind and names where the external system gave it none (§4.1), as to a report or
        what was attached at GoSign."""
        return (self.external_id,) if self.external_id else (self.doc_type, self.title, self.original_fname)


class EnvelopeView(_Wire):
    """REST v1's envelope in full (§4.1), or the OAuth2 doors' simplified one, which has neither status nor people (§9.3)."""

    external_id: Text = ""
    status: Text = ""
    previous_status: Text = ""
    trust_level: Text = Field(default="", validation_alias=AliasChoices("trustLevelCode", "trustLevel", "trust_level"))
    completed_at: Moment = None
    expires_at: Moment = Field(default=None, validation_alias=AliasChoices("expireAt", "expiresAt", "expires_at"))
    process: Annotated[Process, BeforeValidator(_object)] = Field(default_factory=Process)
    own_live_status: Annotated[tuple[StepEvent, ...], BeforeValidator(_list)] = Field(
        default=(), validation_alias=AliasChoices("liveStatus", "own_live_status")
    )
    documents: Annotated[tuple[DocumentView, ...], BeforeValidator(_list)] = ()
    notes: Annotated[tuple[Note, ...], BeforeValidator(_list)] = ()

    @property
    def people(self) -> tuple[StepEvent, ...]:
        return self.process.live_status or self.own_live_status


M = TypeVar("M", bound=_Wire)


def envelope_in(body: object, reply: Reply) -> EnvelopeView:
    """Wrapped, bare, or a result (contracts/gosign.md §1.5). Raises ProviderNotFound for null, `broken` for no envelope."""
    check(body, reply)
    if body is None or body == {}:  # the SDK's findEnvelope answers null for an unknown id (§3.5.3)
        raise not_found(reply)
    inner = body.get("envelope") if isinstance(body, Mapping) and isinstance(body.get("envelope"), Mapping) else body
    try:
        view = EnvelopeView.model_validate(inner)
    except ValidationError:
        raise reply.broken("its answer is no envelope") from None
    if not view.external_id:
        raise reply.broken("its answer is no envelope")
    return view


def not_found(reply: Reply) -> ProviderNotFound:
    error = refusal(NOT_FOUND, None, status=reply.status, safe=reply.safe)
    if not isinstance(error, ProviderNotFound):
        raise TypeError(NOT_FOUND)
    return error
