"""What eSignTools answers, read leniently: unknown fields are ignored, absent ones are empty.

Its document marks every field as optional (seeds/003, AgreementDTO); only an agreement's id is insisted on.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from esign.http.oauth import Token
from esign.http.outcome import Reply, Said
from esign.providers.lenient import Answer, Text, validated

LIFE_WITHOUT_EXP = 15 * 60.0  # seconds; how long a token lives is not documented
_AGREEMENT_ID = re.compile(r"/agreements/(\d+)/?$")


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _list(value: object) -> object:
    return [] if value is None else value


Number = Annotated[int | None, BeforeValidator(_number)]


class RecipientView(Answer):
    """RecipientStatusDTO."""

    email: Text = Field(default="", repr=False)
    firstname: Text = Field(default="", repr=False)
    lastname: Text = Field(default="", repr=False)
    step: Number = None
    status: Text = ""


class AgreementView(Answer):
    """AgreementDTO. `id` as text: what we do with it is put it into paths."""

    id: Annotated[Text, Field(pattern=r"^\d+$")]
    status: Text = ""
    current_step: Number = Field(default=None, validation_alias="currentStep")
    recipients: Annotated[list[RecipientView], BeforeValidator(_list)] = Field(default_factory=list)


def read_agreement(reply: Reply) -> AgreementView:
    """What lacks its id is a broken contract."""
    return _agreement(reply, reply.json())


def read_created(reply: Reply) -> str:
    """The new agreement's id: of the AgreementDTO (200), of the Location of a 201, which has no schema, or the bare id."""
    location = _AGREEMENT_ID.search(reply.headers.get("location", ""))
    if location and not reply.content.strip():
        return location[1]
    body = reply.json()
    bare = str(body) if isinstance(body, int | str) else ""
    return bare if bare.isascii() and bare.isdigit() else _agreement(reply, body).id


def _agreement(reply: Reply, body: Any) -> AgreementView:  # noqa: ANN401 - JSON
    return validated(reply, lambda: AgreementView.model_validate(body), "agreement")


def read_token(reply: Reply) -> Token:
    """JWTToken. Its life is read from the token itself, which is not verified: the service does that."""
    body = reply.json()
    value = body.get("id_token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise reply.broken("its answer holds no id_token")
    return Token(value, _life(value))


def _life(token: str) -> float:
    """Seconds from now until the claim `exp`."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return max(float(claims["exp"]) - time.time(), 0.0)
    except (IndexError, ValueError, KeyError, TypeError, binascii.Error):
        return LIFE_WITHOUT_EXP


def read_fault(reply: Reply) -> Said:
    """Error bodies are not documented: problem+json (title, detail), plain JSON (message, error), or text."""
    try:
        body = json.loads(reply.content)
    except ValueError:
        text = reply.content.decode(errors="replace").strip()
        return Said(message=text if text and not text.startswith("<") else None)
    if not isinstance(body, dict):
        return Said(message=str(body))
    words = (str(body[name]) for name in ("detail", "title", "message", "error") if body.get(name))
    code = body.get("message") or body.get("type")  # JHipster's message is a key like error.http.401
    return Said(code=str(code) if code else None, message=next(words, None))
