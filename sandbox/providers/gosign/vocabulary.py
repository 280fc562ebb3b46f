"""The words of each dialect and what they mean in REST v1's, which the simulator keeps (§4.1, §5.1, §9.2, §9.6).

Tables only; contracts/gosign.md §1.3 and §1.6 put them side by side.
"""

from __future__ import annotations

from typing import Literal

Dialect = Literal["rest", "oauth", "gs5", "soap"]

# §4.1 / §9.6. OAuth2 has TO_CONFIRM besides, with no code in REST v1.
STATUSES = {
    "DRF": "DRAFT", "PGS": "IN_PROGRESS", "WKD": "WORKED", "TRJ": "TO_REJECT", "REJ": "REJECTED", "EXP": "EXPIRED",
    "DEL": "DELETED", "STO": "STORED", "TOE": "TO_ERASE", "TMP": "TEMPORARY", "STP": "CANCELLED",
}  # fmt: skip
TRUST_LEVEL_IDS = {"DIGITAL_PDF": 1, "DIGITAL_P7M": 2, "INTERNAL_PDF": 3, "FEA": 4}  # §4.1

SENDING_MODES = {"IMMEDIATE": "IMD", "DRAFT": "DRF"}  # §9.2
USE_TYPES = {"PUBLIC": "P", "CORPORATE": "C"}
TASK_TYPES = {"HUMAN": "T", "HUB": "T", "EXTERNAL": "T", "THIRD_PARTY": "T", "AUTO": "A", "SUBPROCESS": "A"}
TASK_ACTIONS = {
    "WORK": "WRK",
    "WORK_EXT": "WRK",
    "REGISTRATION": "PRG",
    "GRAPHOMETRIC": "WRK",
    "EDIT_ENVELOPE": "WRK",
    "MODIFY_PROC": "WRK",
    "SEND_MAIL": "SDM",
    "SEAL": "SEA",
}
ACTION_TYPES = {
    "SIGN": "S",
    "APPROVE": "A",
    "VIEW": "V",
    "INITIALS": "I",
    "PROTOCOL": "P",
    "GRAPHOMETRIC": "G",
    # These have no code in REST v1; they are texts that a person fills in.
    **{name: name for name in ("FREE_TEXT", "APPROVAL_DATE", "FIRST_NAME", "LAST_NAME", "FULL_NAME", "OTHER_DETAILS")},
    "SEAL": "SEAL",
}
CORNERS = {
    "SINGLE_BOTTOM_LEFT_CORNER_TYPE": "SBL",
    "BOTTOM_LEFT_TOP_RIGHT_RECT_TYPE": "BLR",
    "TOP_LEFT_BOTTOM_RIGHT_RECT_TYPE": "TLR",
}
ROLES = {"MANAGER": "ROLE_MGR", "SECRETARY": "ROLE_SEGR", "STRANGER": "ROLE_STRANGER"}

REST_AUTHORITIES = ("ROLE_STRANGER", "ROLE_ADMIN", "ROLE_SEGR_ADMIN", "ROLE_SEGR", "ROLE_MGR")  # §4.1
SOAP_AUTHORITIES = ("ROLE_MGR", "ROLE_SEGR", "ROLE_STRANGER")  # §5.1
STRATEGIES = ("ACCEPT_ALWAYS", "REJECT_IF_DIFFERENT", "REJECT_ALWAYS", "EMAIL_BASED")  # §6.2
REST_TASK_ACTIONS = ("WRK", "SDM")
SOAP_TASK_ACTIONS = ("WRK", "PRG", "SDM", "SEA", "ASI")
REST_ACTION_TYPES = ("S", "A", "V", "I", "G", "R")
SOAP_ACTION_TYPES = ("S", "A", "V", "I", "P", "G")

# A compass position to a place on the page: column (L, C, R) and row (T, M, B); "" is invisible. The three dialects
# disagree on 4 to 8 (contracts/gosign.md §1.3): each is taken at its own table's word.
REST_COMPASS = {-1: "", 1: "LT", 2: "CT", 3: "RT", 4: "LM", 5: "CM", 6: "RM", 7: "LB", 8: "CB", 9: "RB"}  # §4.1
COMPASS = {
    "INVISIBLE": "",
    "TOP_LEFT_NORTH_WEST": "LT",
    "TOP_NORTH": "CT",
    "TOP_RIGHT_NORTH_EAST": "RT",
    "CENTRAL": "CM",
    "CENTRAL_LEFT_EAST": "RM",  # sic; east is right
    "CENTRAL_LEFT_WEST": "LM",
    "BOTTOM_SOUTH": "CB",
    "BOTTOM_LEFT_SOUTH_WEST": "LB",
    "BOTTOM_RIGHT_SOUTH_EAST": "RB",
}  # §9.2
SOAP_COMPASS = dict(zip((-1, 1, 2, 3, 4, 5, 6, 7, 8, 9), (
    COMPASS[name] for name in (
        "INVISIBLE", "TOP_LEFT_NORTH_WEST", "TOP_NORTH", "TOP_RIGHT_NORTH_EAST", "CENTRAL", "CENTRAL_LEFT_EAST",
        "CENTRAL_LEFT_WEST", "BOTTOM_SOUTH", "BOTTOM_LEFT_SOUTH_WEST", "BOTTOM_RIGHT_SOUTH_EAST",
    )), strict=True,
))  # §5.1  # fmt: skip

FEA_OTP_FIELDS = ("phoneNumber", "countryCode", "serialType", "fiscalCode")  # §9.7.2
SERIAL_TYPES = ("PAS", "IDC", "PNO", "TIN")  # §9.7.2
LANGUAGES = ("it", "en", "es", "pt", "fr", "de")  # §9.7.2
