"""What seeds/003 leaves open, each with the choice that stands until a real account proves it wrong. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.providers import backstage
from sandbox.providers.courier import Habits

DAY = 86_400


@dataclass(frozen=True, slots=True)
class CallbackHabits(Habits):
    """seeds/003, introduction: `?id=…&eventType=…`. [U] the method, and what becomes of a query that is there already."""

    method: Literal["GET", "POST"] = "GET"
    query: Literal["merged", "appended"] = "merged"  # appended: a second "?" follows


@dataclass(frozen=True, slots=True)
class Switches(backstage.Switches):
    token_expires: bool = True  # [U] whether the JWT has an `exp`; without one only `forget_tokens` ends it
    token_seconds: int = DAY  # [I] JHipster's 24 hours
    remembered_seconds: int = 30 * DAY  # [I] JHipster's, with rememberMe
    create_reply: Literal["object", "id_text", "id_json", "location"] = "object"  # documented: 200 AgreementDTO
    create_status: int = 200  # documented beside it: 201 without a schema
    delete_reply: Literal["string", "empty"] = "string"  # documented: 200 string, 204 nothing
    delete_refused: int = 403  # [U] "must not be signed": the status that says so; 401 and 403 are documented
    delete_partly_signed: bool = True  # [U] whether one signature of several is "signed"
    deleted_is_gone: bool = (
        False  # [U] "DELETED" and 404 are both documented for GET: whether a deleted one answers 404
    )
    errors: Literal["problem", "json", "text", "empty"] = "problem"  # [U] JHipster: RFC 7807
    numbers_in_text: bool = False  # [U] whether reminderDelay "86 400" (the document's example) is an integer
    proof_before_end: bool = False  # [U] whether a proof exists before CLOSED
    signature: Literal["seal", "per_signer", "none"] = "seal"  # [U] one PAdES seal at the end, one per signer, none
    field_width: int = 150  # [U] the "default size" of fields at tags, in points
    field_height: int = 50
    callbacks: CallbackHabits = CallbackHabits()
