"""What Coupa is told when something goes wrong: the one table from an error's class to its HTTP status, and RFC 9457.

Standard library only: every function answers errors. It must not know where an error came from, nor choose by words.
Statuses: contracts/coupa.md §2, Errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from esign.domain import errors
from esign.domain.errors import ConnectorError, Problem, ProviderFault

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:esign:"


@dataclass(frozen=True, slots=True)
class Told:
    """How one class of error is told. `retry_after`: seconds, where the error itself names none; `alert`: a person
    should look, so it is logged as ERROR."""

    status: int
    title: str
    retry_after: int | None = None
    alert: bool = False


# The most exact class of an error's ancestry counts.
TABLE: dict[type[ConnectorError], Told] = {
    errors.MalformedRequest: Told(400, "The request is malformed"),
    errors.Forbidden: Told(403, "The account may not do this"),
    errors.NotFound: Told(404, "There is no such thing"),
    errors.WrongState: Told(409, "The package's status does not allow this"),
    errors.Clash: Told(409, "The id is in use with another content"),
    errors.InFlight: Told(409, "The first request with this key is still at work", retry_after=2),
    errors.StaleVersion: Told(409, "Somebody else changed it meanwhile", retry_after=1),
    errors.TooLarge: Told(413, "Too large"),
    errors.UnsupportedMedia: Told(415, "The content type is not supported"),
    errors.Unprocessable: Told(422, "The package or its provider cannot take this"),
    errors.RateLimited: Told(429, "Too many calls", retry_after=60),
    errors.ProviderError: Told(502, "The provider did not do it", alert=True),
    errors.ProviderRefused: Told(502, "The provider refused"),
    errors.ProviderConflict: Told(409, "The envelope's state at the provider does not allow this"),
    errors.CredentialsRefused: Told(502, "The provider does not accept the account's credentials", alert=True),
    errors.ContractBroken: Told(502, "The provider's answer was not usable", alert=True),
    errors.ProviderRateLimited: Told(429, "The provider asks to slow down", retry_after=60),
    errors.ProviderUnavailable: Told(503, "The provider is not available", retry_after=60),
    errors.OutcomeUnknown: Told(504, "Nobody knows yet whether it worked", alert=True),
    errors.StoreUnavailable: Told(503, "The connector's store is not available", retry_after=5, alert=True),
    ConnectorError: Told(500, "The connector failed", alert=True),
}


def told(error: ConnectorError) -> Told:
    """The row of the nearest class in the error's ancestry."""
    return next(TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)


def retry_after(error: ConnectorError) -> int | None:
    """Whole seconds for the Retry-After header, at least 1; None: no header."""
    wait = error.retry_after if error.retry_after is not None else told(error).retry_after
    return None if wait is None else max(1, math.ceil(wait))


def problem(error: ConnectorError, *, instance: str) -> dict[str, Any]:
    """The application/problem+json body. `instance` names this one occurrence, as the log does."""
    row = told(error)
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + error.kind,
        "title": row.title,
        "status": row.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.kind,
    }
    if error.fault:
        body["provider"] = _provider(error.fault)
    if error.problems:
        body["errors"] = [_entry(item) for item in error.problems]
    return body


def _provider(fault: ProviderFault) -> dict[str, str]:
    said = {"name": fault.provider, "code": fault.code, "message": fault.message, "requestId": fault.request_id}
    return {key: value for key, value in said.items() if value is not None}


def _entry(item: Problem) -> dict[str, str]:
    return {"pointer": item.pointer, "code": item.code, "detail": item.detail}
