"""What seeds/002 leaves open, each with the choice that stands until a real account proves it wrong. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.providers import backstage


@dataclass(frozen=True, slots=True)
class Switches(backstage.Switches):
    create_reply: Literal["object", "id_text", "id_json", "location", "empty"] = "object"  # [U] not documented at all
    create_status: int = 201
    errors: Literal["json", "text", "empty"] = "json"  # [U]
    out_of_time: Literal[401, 403] = 401  # [C] "401 Unauthorized or 403 Forbidden", not which one when
    no_privilege: Literal[401, 403] = 403
    wrong_ip: Literal[401, 403] = 403
    unknown_template: Literal[400, 403, 404, 422] = 400  # [U]
    watchers: bool = True  # [I] the key `watchers`: no public table names it
    sms_shipper: bool = True  # [C] "SMS Shipper Config must be filled with valid credential for this to work"
    days_to_expiry: int = 7  # [I] the example expires seven days after its creation
    finalized_pdf: Literal["at_once", "late"] = (
        "at_once"  # [U] "Present if there is an attachment": late until `publish`
    )
    sealed: bool = False  # [U] whether the PDF bears a signature of the vendor's
    otp_method: bool = False  # a newer revision shows `otpMethod` in the Signer Object
