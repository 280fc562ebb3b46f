"""GoSign's result codes and what they mean to us. One table; nobody chooses by words in a message.

"Different versions of GoSign may return different error codes" (seeds/004 §5.3): a code is compared without case,
prefix, suffix and the seed's own misprint, and one that nobody knows is a refusal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from esign.domain.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderError,
    ProviderFault,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
)
from esign.http.outcome import Reply, Said
from esign.http.redaction import safe_text

NAME = "gosign"
OK = "OK"
ALREADY_EXISTS = "ENVELOPE_ALREADY_EXISTS"
NOT_FOUND = "ENVELOPE_NOT_FOUND"

# contracts/gosign.md §1.8, all that are public: §3.4, §5.2, §9.1, §9.2, §9.4, §9.7, §11.
CODES: Mapping[str, type[ProviderError]] = {
    "ACCESS_DENIED": CredentialsRefused,
    "CUST_NOT_FOUND": CredentialsRefused,
    "INVALID_TOKEN": CredentialsRefused,
    "UNAUTHORIZED": CredentialsRefused,
    NOT_FOUND: ProviderNotFound,
    ALREADY_EXISTS: ProviderConflict,
    "DOCUMENTS_PARTIAL_DELETION": ProviderConflict,
    "NO_DOCUMENTS_DELETED": ProviderConflict,
    "ILLEGAL_ARGUMENT": ProviderRefused,
    "USER_NOT_FOUND": ProviderRefused,
    "BAD_DOC_FORMAT": ProviderRefused,
    "MULTIPLE_DOCS_WITH_SAME_EXT_ID": ProviderRefused,
    "SIGNATURE_NOT_ENABLED": ProviderRefused,
    "PRODUCT_EXPIRED": ProviderRefused,
    "DOCUMENT_CLASS_ERROR": ProviderRefused,
    "PROCESS_DEFINITION_ERROR": ProviderRefused,
    "ERROR": OutcomeUnknown,  # "Generic error" (§11) promises nothing
}
_PREFIX, _SUFFIX = "RETURN_STATUS_", "_EXCEPTION"
_SECRETS = re.compile(r"(?i)\b(customer[ _]?code|access token|token)\b\s*[=:]\s*\S+")


def normalized(code: str) -> str:
    """`return_status_envelope_already_exists` is ENVELOPE_ALREADY_EXISTS, MULTILPLE_DOCS… is MULTIPLE_DOCS…"""
    return code.strip().upper().removeprefix(_PREFIX).removesuffix(_SUFFIX).replace("MULTILPLE", "MULTIPLE")


def result_of(body: object) -> tuple[str, str | None] | None:
    """(normalized code, message) of a result in any of its shapes; None: the body is none.

    {code, message}, {returnStatus: {code, message}} (§5.2), and OAuth2's {error, error_description} (§9.5).
    """
    if not isinstance(body, Mapping):
        return None
    inner = body.get("returnStatus")
    told = inner if isinstance(inner, Mapping) else body
    code, message = told.get("code") or told.get("error"), told.get("message") or told.get("error_description")
    # An envelope has a `code` of its own (§4.1): what tells them apart is its id.
    if not isinstance(code, str) or "externalId" in told:
        return None
    return normalized(code), message if isinstance(message, str) else None


def read_fault(reply: Reply) -> Said:
    """The code and words of an answer with an HTTP error status, in JSON or SOAP."""
    content = reply.content.lstrip()
    found = result_of(_soap_result(content) if content.startswith(b"<") else json.loads(content))
    return Said(found[0], unsecret(found[1] or "") or None) if found else Said()


def _soap_result(content: bytes) -> object:
    """§5.2, returnStatus wherever it stands. Only who speaks SOAP has lxml; for others this is no answer of GoSign's."""
    from esign.http.xml import as_json, name, parse

    found = next((element for element in parse(content).iter("*") if name(element) == "returnStatus"), None)
    return None if found is None else as_json(found)


def refusal(code: str, message: str | None, *, status: int | None, safe: bool) -> ProviderError:
    """The error that a result code stands for; `safe`: the call can have changed nothing."""
    kind = CODES.get(code, ProviderRefused)
    if kind is OutcomeUnknown and safe:
        kind = ProviderRefused
    fault = ProviderFault(NAME, status, safe_text(code), safe_text(unsecret(message)) if message else None)
    return kind(f"GoSign answered {safe_text(code)}", fault=fault)


def reclassified(error: ProviderError, *, safe: bool) -> ProviderError:
    """An HTTP error whose body has a result code is told by the code, since nobody documents the status of a KO.

    A 404 or 410 without one of GoSign's is a proxy's, a redeployment's or a wrong path's: it says of no envelope that it
    is gone, which GoSign's own does by ENVELOPE_NOT_FOUND (§9.4).
    """
    fault = error.fault
    if fault is None or not fault.code or fault.code not in CODES:
        return _nobody_there(error, safe=safe) if isinstance(error, ProviderNotFound) else error
    known = CODES[fault.code]
    if known is OutcomeUnknown:
        known = type(error) if safe else OutcomeUnknown
    return known(error.detail, fault=fault, retry_after=error.retry_after)


def _nobody_there(error: ProviderError, *, safe: bool) -> ProviderError:
    kind = ProviderUnavailable if safe else OutcomeUnknown
    why = "it is down, or baseUrl or one of the paths in the account's settings is wrong"
    return kind(f"{error.detail} without a code of GoSign's: {why}", fault=error.fault, retry_after=error.retry_after)


def check(body: Any, reply: Reply) -> None:  # noqa: ANN401 - JSON
    """Raises what a result code other than OK stands for (§5.3: "Any other code value is to be considered as an error")."""
    found = result_of(body)
    if found and found[0] != OK:
        raise refusal(*found, status=reply.status, safe=reply.safe)


def unsecret(message: str) -> str:
    """§5.2 and §9.5 print the secret that was refused."""
    return _SECRETS.sub(r"\1 = …", message)
