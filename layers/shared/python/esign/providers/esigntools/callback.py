"""Reads eSignTools' calls to us. Pure; a call is a hint only.

seeds/003: `{callbackUrl}?id=1234&eventType=ESIGNED`. The method is not stated, the body neither; nothing is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["esigned", "rejected", "out_for_signature", "changed"]
_KINDS: dict[str, Kind] = {"ESIGNED": "esigned", "REJECTED": "rejected", "OUT_FOR_SIGNATURE": "out_for_signature"}


@dataclass(frozen=True, slots=True)
class Hint:
    """Why to look, and at which agreement; None: the call names none."""

    kind: Kind
    agreement: str | None


def verify(_headers: Mapping[str, str], _body: bytes) -> bool:
    """eSignTools signs nothing: the unguessable token in the path is all there is, and it is checked before this."""
    return True


def parse(path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Hint:  # noqa: ARG001
    """A type that nobody knows is still a reason to look."""
    return Hint(_KINDS.get(query.get("eventType", "").upper(), "changed"), query.get("id") or None)
