"""What Contract Signatures answers, read leniently: unknown fields are ignored, absent ones are empty.

Requests are made in `request.py`. Field names: seeds/002, Contract, Signer and Attachment Object, and, for the rows whose
name the document lost, contracts/contract-signatures.md §2.3.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from esign.http.outcome import Reply, Said
from esign.providers.lenient import Answer, Moment, Text

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _list(value: object) -> object:
    return value if isinstance(value, list) else []


Listed = BeforeValidator(_list)


class Camel(Answer):
    """Anything that Contract Signatures says."""

    model_config = ConfigDict(alias_generator=to_camel)


class Attachment(Camel):
    """A PDF on the customer's page or issue; `version` in Confluence only, `sha3` its SHA3-512 in hexadecimals."""

    id: str = Field(pattern=r"^[!-~]{1,255}$")
    version: int | None = None
    creation_timestamp: Moment = None
    sha3: str = Field(pattern=r"^[0-9a-fA-F]{128}$")


class Signer(Camel):
    """`access_url` carries a secret; `otp_method` (email, sms, none) is of a newer revision than the document."""

    full_name: Text = ""
    access_kind: Text = ""
    email: Text = Field(default="", repr=False)
    phone: Text = Field(default="", repr=False)
    access_url: Text = Field(default="", repr=False)
    decision: Text = ""
    decision_timestamp: Moment = None
    decision_ip: Text = ""
    otp_method: Text = ""


class Contract(Camel):
    """A contract as Get shows it; Search leaves `signers` out."""

    id: str = Field(min_length=1)
    template_id: Text = ""
    name: Text = ""
    status: str = Field(min_length=1)
    sequential_signing: bool = False
    expiration_timestamp: Moment = None
    archival_timestamp: Moment = None
    signers: Annotated[list[Signer], Listed] = Field(default_factory=list)
    finalized_pdf: Attachment | None = None
    certificate_pdf: Attachment | None = None


class Page(Camel):
    """`contracts` is absent when the page is empty."""

    total_count: int = Field(ge=0)
    contracts: Annotated[list[Contract], Listed] = Field(default_factory=list)


class JiraIssue(Camel):
    id: str = Field(min_length=1)


def created_id(reply: Reply) -> str | None:
    """The new contract's id, wherever the reply has it; None: nowhere, though the contract was made.

    No public document shows this reply (contracts/contract-signatures.md §2.2), so an object, a JSON string, a bare text
    and the Location header all count.
    """
    text = reply.content.decode(errors="replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = text
    if isinstance(body, dict):
        body = body.get("id")
    if isinstance(body, str) and _UUID.fullmatch(body.strip()):
        return body.strip()
    located = _UUID.findall(reply.headers.get("location", ""))
    return located[-1] if located else None


def read_fault(reply: Reply) -> Said:
    """No error body is documented: a member that names itself a message or code if it is JSON, else its text."""
    try:
        body = reply.json()
    except Exception:  # noqa: BLE001 - not JSON: then the text is all there is
        return Said(message=reply.content.decode(errors="replace").strip() or None)
    if not isinstance(body, dict):
        return Said(message=str(body))
    return Said(code=_first(body, "code", "errorCode", "error"), message=_first(body, "message", "detail", "title"))


def _first(body: dict[str, Any], *names: str) -> str | None:
    return next((str(body[name]) for name in names if isinstance(body.get(name), str | int)), None)
