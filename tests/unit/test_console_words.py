"""The console's vocabulary covers the connector's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.domain.document import FileKind
from esign.domain.events import EntryKind
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from sandbox.console import words
from sandbox.provider_side import DOORS

CSS = Path(words.__file__).parent / "static" / "console.css"


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (words.PACKAGE, PackageStatus),
        (words.RECIPIENT, RecipientStatus),
        (words.ROLE, Role),
        (words.FILE, FileKind),
        (words.ENTRY, EntryKind),
        (words.DOORS, DOORS),
    ],
    ids=["packages", "recipients", "roles", "files", "timeline", "doors"],
)
def test_there_is_a_word_for_everything_and_for_nothing_else(table, vocabulary):
    assert set(table) == {str(one) for one in vocabulary}


def test_every_status_but_deleted_is_in_exactly_one_group():
    groups = [status for key, (_, statuses) in words.GROUPS.items() if key != "all" for status in statuses]
    assert sorted(groups) == sorted(words.GROUPS["all"][1])
    assert set(words.PACKAGE) - set(groups) == {"DELETED"}


def test_every_tone_has_a_colour():
    used = {word.tone for word in (*words.PACKAGE.values(), *words.RECIPIENT.values())}
    assert used <= set(words.TONES)
    assert set(re.findall(r"\.badge\.(\w+)", CSS.read_text())) | {"quiet"} == set(words.TONES)


@pytest.mark.parametrize(
    ("status", "states"),
    {
        "DRAFT": "now next next next",
        "SENDING": "done now next next",
        "IN_PROCESS": "done done now next",
        "SIGNED": "done done done now",
        "COMPLETE": "done done done done",
        "DECLINED": "done done ended next",
        "DELETED": "ended next next next",
        "SOMETHING_NEW": "now next next next",
    }.items(),
)
def test_the_steps_show_how_far_a_contract_is(status, states):
    assert " ".join(step.state for step in words.steps(status)) == states


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *(("ink", ground) for ground in ("ground", "card", "brand-soft", "quiet-bg")),
    *(("soft", ground) for ground in ("ground", "card")),
    *(("link", ground) for ground in ("ground", "card", "brand-soft")),
    *((tone, f"{tone}-bg") for tone in words.TONES),
    *((tone, "card") for tone in ("good", "bad", "warn")),
    ("brand-ink", "brand"),
    ("ground", "ink"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_every_text_can_be_read_on_its_ground(scheme, pair):
    light, dark = re.findall(r":root \{(.*?)\}", CSS.read_text(), re.DOTALL)
    tokens = dict(re.findall(r"--([\w-]+): (#\w+)", light if scheme == "light" else dark))
    text, ground = (tokens[name] for name in pair)
    assert contrast(text, ground) >= 4.5, (text, ground)
