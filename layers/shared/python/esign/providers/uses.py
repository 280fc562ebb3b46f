"""The words in which a vendor's `fields.py` says what became of each parameter of the vendor's document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Home(StrEnum):
    """What a field of the vendor's is on our side."""

    NEUTRAL = "neutral field"
    OPTION = "provider.options"
    SETTING = "account setting"
    CREDENTIAL = "credential"
    OURS = "made by the connector"
    UNUSED = "not used"


@dataclass(frozen=True, slots=True)
class Use:
    """`where`: the field's name on our side, or the reason why it is not used. `also`: the setting with the default."""

    home: Home
    where: str
    also: str | None = None


Uses = dict[str, Use]


def neutral(where: str, also: str | None = None) -> Use:
    return Use(Home.NEUTRAL, where, also)


def option(where: str, also: str | None = None) -> Use:
    return Use(Home.OPTION, where, also)


def setting(where: str) -> Use:
    return Use(Home.SETTING, where)


def credential(where: str) -> Use:
    return Use(Home.CREDENTIAL, where)


def ours(where: str) -> Use:
    return Use(Home.OURS, where)


def unused(reason: str) -> Use:
    return Use(Home.UNUSED, reason)
