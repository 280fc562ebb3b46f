"""Refusals in the vendor's shape. Knows nothing of packages.

contracts/connective.md §A5: v3 one object {ErrorCode, Message} (an array by switch), v4 an array of
{ErrorCode, ErrorMessage}; the code is `Resource.Reason:variable`. Only Package.NotFound and Package.NotSigned are
read in a source; the other codes are made in the same format [U].
"""

from __future__ import annotations

from sandbox.providers.connective.settings import Switches
from sandbox.providers.jsontypes import JsonValue


class Refusal(Exception):
    """The vendor says no: `status` is the HTTP status, `code` the machine code with its variable part."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code

    def body(self, version: str, switches: Switches) -> JsonValue:
        if version == "v4":
            return [{"ErrorCode": self.code, "ErrorMessage": self.message}]
        error = {"ErrorCode": self.code, "Message": self.message}
        return [error] if switches.v3_errors == "array" else error


def bad_request(code: str, message: str = "") -> Refusal:
    return Refusal(400, code, message)


def conflict(code: str, message: str = "") -> Refusal:
    return Refusal(409, code, message)


def package_not_found(package_id: str, status: int = 404) -> Refusal:
    """Text as seen from v4 (§A5)."""
    text = f"Could not perform operation on package [{package_id}] because it could not be found"
    return Refusal(status, f"Package.NotFound:{package_id}", text)


def package_not_signed(package_id: str) -> Refusal:
    return conflict(f"Package.NotSigned:{package_id}", f"Package [{package_id}] is not fully signed")
