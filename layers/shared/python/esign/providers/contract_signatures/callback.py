"""Reads the app's webhooks. Pure; a call is a hint only, so nothing in it but the ids is looked at.

contracts/contract-signatures.md §2.6: an administrator registers one address for creation, signature (a signature or a
rejection) and completion; every message has eventUuid, contractId and eventType; nothing is signed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PROVIDER = "contract-signatures"  # as in capabilities.py, which a callback does not load
TOLD = {
    "creation": "Contract Signatures called: the contract was created.",
    "signature": "Contract Signatures called: somebody signed or rejected.",
    "completion": "Contract Signatures called: the contract is completed.",
    "other": "Contract Signatures called.",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """A contract about which something happened. `event` is the message's own id, by which a repetition is known."""

    contract: str
    event: str | None
    kind: str  # a key of TOLD


def parse(body: bytes) -> Hint | None:
    """None: no message of the app's; what is unknown in one is ignored."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    contract, event = _uuid(said.get("contractId")), _uuid(said.get("eventUuid"))
    kind = said.get("eventType")
    return Hint(contract, event, kind if isinstance(kind, str) and kind in TOLD else "other") if contract else None


def _uuid(value: object) -> str | None:
    return value if isinstance(value, str) and _UUID.fullmatch(value) else None
