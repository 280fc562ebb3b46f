"""GoSign's words for the same thing in its dialects: one table each, and what cannot be said in one has no cell.

REST v1 (and LegalBus) and SOAP write short codes, OAuth2 v2 and GoSign 5 long names (seeds/004 §4.1, §5.1, §9.2, §9.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Dialect(StrEnum):
    REST = "REST v1"
    SOAP = "SOAP"
    OAUTH = "OAuth2 v2"
    GOSIGN5 = "GoSign 5"


DIALECTS: Mapping[str, Dialect] = {  # by the account's `integration`; LegalBus takes "the same REST call" (§11)
    "rest": Dialect.REST,
    "legalbus": Dialect.REST,
    "soap": Dialect.SOAP,
    "oauth": Dialect.OAUTH,
    "gosign5": Dialect.GOSIGN5,
}


class ActionType(StrEnum):
    """What a person does to a document."""

    SIGN = "SIGN"
    APPROVE = "APPROVE"
    VIEW = "VIEW"
    INITIALS = "INITIALS"
    GRAPHOMETRIC = "GRAPHOMETRIC"
    PROTOCOL = "PROTOCOL"
    PRIVATE = "PRIVATE"  # visibility of a private document
    FREE_TEXT = "FREE_TEXT"
    APPROVAL_DATE = "APPROVAL_DATE"
    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    FULL_NAME = "FULL_NAME"
    OTHER_DETAILS = "OTHER_DETAILS"
    SEAL = "SEAL"


class TaskKind(StrEnum):
    """What a step is: people work on documents, or GoSign mails them."""

    WORK = "WORK"
    SEND_MAIL = "SEND_MAIL"


class CompassPosition(StrEnum):
    """The dials on whose numbers REST v1 and SOAP agree; 4 to 8 mean different places in each (§4.1, §5.1)."""

    INVISIBLE = "INVISIBLE"
    TOP_LEFT = "TOP_LEFT"
    TOP = "TOP"
    TOP_RIGHT = "TOP_RIGHT"
    BOTTOM_RIGHT = "BOTTOM_RIGHT"


class Corner(StrEnum):
    """How a tag is taken: the corner of one text, or a rectangle between two (§6.1)."""

    SBL = "SBL"
    BLR = "BLR"
    TLR = "TLR"


class SendingMode(StrEnum):
    IMMEDIATE = "IMMEDIATE"
    DRAFT = "DRAFT"  # can be started in GoSign's own pages only (§5.1): never sent


Cells = Mapping[Dialect, str]


def _cells(rest: str | None, soap: str | None, oauth: str | None) -> Cells:
    cells = {Dialect.REST: rest, Dialect.SOAP: soap, Dialect.OAUTH: oauth, Dialect.GOSIGN5: oauth}
    return {dialect: word for dialect, word in cells.items() if word}


ACTIONS: Mapping[ActionType, Cells] = {
    ActionType.SIGN: _cells("S", "S", "SIGN"),
    ActionType.APPROVE: _cells("A", "A", "APPROVE"),
    ActionType.VIEW: _cells("V", "V", "VIEW"),
    ActionType.INITIALS: _cells("I", "I", "INITIALS"),
    ActionType.GRAPHOMETRIC: _cells("G", "G", "GRAPHOMETRIC"),
    ActionType.PROTOCOL: _cells(None, "P", "PROTOCOL"),
    ActionType.PRIVATE: _cells("R", None, None),
    ActionType.FREE_TEXT: _cells(None, None, "FREE_TEXT"),
    ActionType.APPROVAL_DATE: _cells(None, None, "APPROVAL_DATE"),
    ActionType.FIRST_NAME: _cells(None, None, "FIRST_NAME"),
    ActionType.LAST_NAME: _cells(None, None, "LAST_NAME"),
    ActionType.FULL_NAME: _cells(None, None, "FULL_NAME"),
    ActionType.OTHER_DETAILS: _cells(None, None, "OTHER_DETAILS"),
    ActionType.SEAL: _cells(None, None, "SEAL"),
}

TASK_ACTIONS: Mapping[TaskKind, Cells] = {
    TaskKind.WORK: _cells("WRK", "WRK", "WORK"),
    TaskKind.SEND_MAIL: _cells("SDM", "SDM", "SEND_MAIL"),
}

TASK_TYPES: Mapping[TaskKind, Cells] = {
    TaskKind.WORK: _cells("T", "T", "HUMAN"),
    TaskKind.SEND_MAIL: _cells("A", "A", "AUTO"),
}

SENDING_MODES: Mapping[SendingMode, Cells] = {
    SendingMode.IMMEDIATE: _cells("IMD", "IMD", "IMMEDIATE"),
    SendingMode.DRAFT: _cells("DRF", "DRF", "DRAFT"),
}

USE_TYPES: Mapping[str, Cells] = {  # §2 knows four, §4.1 and §9.2 two
    "PUBLIC": _cells("P", "P", "PUBLIC"),
    "CORPORATE": _cells("C", "C", "CORPORATE"),
    "RESERVED": _cells(None, "A", None),
    "RESTRICTED": _cells(None, "X", None),
}

COMPASS: Mapping[CompassPosition, Cells] = {
    CompassPosition.INVISIBLE: _cells("-1", "-1", "INVISIBLE"),
    CompassPosition.TOP_LEFT: _cells("1", "1", "TOP_LEFT_NORTH_WEST"),
    CompassPosition.TOP: _cells("2", "2", "TOP_NORTH"),
    CompassPosition.TOP_RIGHT: _cells("3", "3", "TOP_RIGHT_NORTH_EAST"),
    CompassPosition.BOTTOM_RIGHT: _cells("9", "9", "BOTTOM_RIGHT_SOUTH_EAST"),
}

CORNERS: Mapping[Corner, Cells] = {
    Corner.SBL: _cells("SBL", "SBL", "SINGLE_BOTTOM_LEFT_CORNER_TYPE"),
    Corner.BLR: _cells("BLR", "BLR", "BOTTOM_LEFT_TOP_RIGHT_RECT_TYPE"),
    Corner.TLR: _cells("TLR", "TLR", "TOP_LEFT_BOTTOM_RIGHT_RECT_TYPE"),
}

USER_ROLES: Mapping[str, Cells] = {
    "STRANGER": _cells("ROLE_STRANGER", "ROLE_STRANGER", "STRANGER"),
    "MANAGER": _cells("ROLE_MGR", "ROLE_MGR", "MANAGER"),
    "SECRETARY": _cells("ROLE_SEGR", "ROLE_SEGR", "SECRETARY"),
    "ADMIN": _cells("ROLE_ADMIN", None, None),
    "SECRETARY_ADMIN": _cells("ROLE_SEGR_ADMIN", None, None),
}

# What a field is called. Where the seed prints several names, the one that its own request example uses
# (contracts/gosign.md §1.11: 1, 2, 3); a WSDL's own names win at the SOAP door.
FIELDS: Mapping[str, Cells] = {
    "copies": _cells("addUsersInCC", "addUsersInCC", "usersInCC"),
    "use type": _cells("corporateUseType", "corporateUseType", "useType"),
    "trust level": _cells("trustLevelCode", "trustLevelCode", "trustLevel"),
    "message": _cells("commonMessage", "commonMessage", "commonMessages"),
    "process": _cells("procDef", "procDef", "procDef"),
    "roles": _cells("userAuthorities", "userAuthorities", "roles"),
}

# What the process may carry at the OAuth2 doors beside its tasks: languages of GoSign 5's mails (§9.7.2), and SOAP's.
LANGUAGES = frozenset({"it", "en", "es", "pt", "fr", "de"})
EMAIL_ALWAYS = "EMAIL_ALWAYS"
ALREADY_EXISTS = "ENVELOPE_ALREADY_EXISTS"
