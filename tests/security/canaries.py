"""Marked values for whatever a person, a company or a secret may be called, and how to find them again.

Each value bears a mark of letters alone, the shape that a redaction by shape would let through most easily.
"""

from __future__ import annotations

import base64
import string
from urllib.parse import quote

WHAT = (
    *(f"{who} {what}" for who in ("signer", "decliner", "copy") for what in ("first name", "last name", "e-mail")),
    *("signer phone", "decliner phone", "group name", "group member", "member e-mail"),
    *("signer external id", "decliner external id", "recipient message", "redirect path", "redirect query"),
    *("package name", "package external id", "description", "subject", "message", "metadata", "option"),
    *("file name", "second file name", "document external id", "document text", "second document text", "anchor"),
    *("delete reason", "decline reason", "note of a notification", "person in a notification", "reason at the end"),
    *("callback path", "callback query", "callback username", "callback password", "webhook secret"),
    *("provider username", "provider password", "provider key", "provider token", "provider client", "provider code"),
    *("account secret", "wrong secret", "idempotency key", "query value", "unknown member", "unknown value"),
    *("source path", "source query", "user agent", "forwarded for", "callback token", "header of a provider"),
    *("redirect of a provider", "error code of a provider", "error text of a provider", "cursor", "unknown id"),
)
_LETTERS = string.ascii_lowercase


def mark(what: str) -> str:
    """`zqk` and two letters of its own."""
    number = WHAT.index(what)
    return f"zqk{_LETTERS[number // 26]}{_LETTERS[number % 26]}"


def value(what: str) -> str:
    """The value itself: a phone number has digits only, an address an @, all else is its mark and a word."""
    if what.endswith("phone"):
        return f"+3247155{WHAT.index(what):04}"
    if what.endswith("e-mail"):
        return f"{mark(what)}.person@example.com"
    return f"{mark(what).capitalize()}canary"


def leaked(text: str) -> list[str]:
    """The canaries that can be read in a text: as they are, percent-encoded, or in base64."""
    lower = text.lower()
    return [what for what in WHAT if any(trace in lower for trace in _traces(what)) or _in_base64(what, text)]


def _traces(what: str) -> tuple[str, ...]:
    told = value(what)
    return (told[1:],) if what.endswith("phone") else (mark(what), quote(told).lower())


def _in_base64(what: str, text: str) -> bool:
    """At any of the three places that its first byte may have in a group; the letters at the edges are others' too."""
    return any(
        base64.b64encode(bytes(n) + told)[cut : (n + len(told)) * 8 // 6].decode() in text
        for told in (value(what).encode(),)
        for n, cut in enumerate((0, 2, 3))
    )
