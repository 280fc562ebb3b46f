"""Names and languages that Connective takes, made from ours."""

from __future__ import annotations

import re

from esign.providers.connective.options import ConnectiveSettings

LANGUAGES = frozenset({"en", "nl", "de", "fr", "es"})  # seeds/001, Set Process Information, Language
_AVOIDED = re.compile(r"[/\\?%*:|'\"<>&\x00-\x1f]+")  # contracts/connective.md §A1, name rules
_EXTENSION = re.compile(r"\.(pdf|docx?|txt|xml)$", re.IGNORECASE)
_LONGEST_NAME = 150


def connective_language(asked: str | None, settings: ConnectiveSettings) -> str | None:
    """`nl-BE` is nl; None: Connective does not speak it, or nothing was asked."""
    primary = (asked or "").replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES | set(settings.extra_languages) else None


def clean_name(name: str) -> str:
    """Without file extension and the characters that Connective's file names cannot have; 150 characters."""
    bare = _AVOIDED.sub(" ", _EXTENSION.sub("", name.strip()))
    return " ".join(bare.split()).rstrip(". ")[:_LONGEST_NAME].rstrip() or "Document"
