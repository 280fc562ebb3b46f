"""Forms of text that are secrets wherever they stand: one row each. Knows no history and no file."""

from __future__ import annotations

import re
from dataclasses import dataclass

HARMLESS = "EXAMPLE"  # a test vector that must look like a secret carries this word


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    pattern: str


FORMS: tuple[Form, ...] = (
    Form("AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"),
    Form("AWS secret key", r"(?i:aws_?secret_?(?:access_?)?key)['\"]?\s*[:=]\s*['\"]?[A-Za-z0-9/+]{40}\b"),
    Form("private key", r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----"),
    Form("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
    Form("GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    Form("PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{40,}"),
    Form("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    Form("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
    Form("Slack webhook", r"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"),
    Form("Atlassian token", r"\bATATT3[A-Za-z0-9_=-]{60,}"),
    Form("Google key", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    Form("Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{24,}"),
    Form("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    Form("Azure storage key", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    Form("signed JWT", r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}"),
    Form(
        "password in an address",
        r"\b(?:https?|postgres(?:ql)?|mysql|redis|amqps?|mongodb(?:\+srv)?)://"
        r"[^\s:/@'\"<>{}$]{2,}:(?!pass(?:word)?@|secret@)[^\s:/@'\"<>{}$]{8,}@",
    ),
)
_ANY = re.compile("|".join(f"(?:{form.pattern})" for form in FORMS))


def form_of(line: str) -> str | None:
    """The name of the form that the line has; None: it has none."""
    if HARMLESS in line or not _ANY.search(line):
        return None
    return next(form.name for form in FORMS if re.search(form.pattern, line))


def looks_secret(line: str) -> bool:
    return form_of(line) is not None
