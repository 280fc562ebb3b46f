"""What came of a provider call, told by what the caller can do about it.

The question that matters is whether the call may have changed something at the provider. "Safe" means that repeating
the call changes nothing (a GET, or what the vendor documents as idempotent). For an unsafe call every doubt is
`OutcomeUnknown`, since all other errors promise that nothing happened. Knows no vendor: a `Vendor` says how its faults
are worded and which of its 5xx mean that nothing was done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderError,
    ProviderFault,
    ProviderNotFound,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnavailable,
)
from esign.http.jsontext import mended
from esign.http.redaction import safe_text

# 408 and 425 say that the request was not taken up (RFC 9110 §15.5.9, RFC 8470 §5.2).
_BY_STATUS: Mapping[int, type[ProviderError]] = {
    401: CredentialsRefused,
    403: CredentialsRefused,
    404: ProviderNotFound,
    408: ProviderUnavailable,
    409: ProviderConflict,
    410: ProviderNotFound,
    425: ProviderUnavailable,
    429: ProviderRateLimited,
}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Said:
    """What a vendor's error body says, in its own code and words."""

    code: str | None = None
    message: str | None = None
    request_id: str | None = None


def _nothing_said(_reply: Reply) -> Said:
    return Said()


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor's name, how to read its error bodies, and the 5xx that it documents as "nothing was done".

    `read_fault` may raise what it likes on a body that it does not understand: then only the status is told.
    """

    name: str
    read_fault: Callable[[Reply], Said] = _nothing_said
    nothing_done: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer, read to its end. Header names are looked up in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    vendor: Vendor = field(repr=False)
    safe: bool

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The decoded body; what is not JSON raises `broken`."""
        try:
            return json.loads(mended(self.content))
        except (ValueError, RecursionError):
            raise self.broken("its answer is not JSON") from None

    def broken(self, why: str) -> ProviderError:
        """The error for an answer that the vendor's documentation does not allow: `why` completes "<vendor>: …"."""
        kind = ContractBroken if self.safe else OutcomeUnknown
        return kind(f"{self.vendor.name}: {why}", fault=ProviderFault(self.vendor.name, status=self.status))

    def refusal(self) -> ProviderError:
        """The error that an answer with an unexpected status stands for."""
        kind = self._kind()
        if kind is None:
            return self.broken(f"it answered with the unexpected status {self.status}")
        detail = f"{self.vendor.name} answered {self.status}"
        return kind(detail, fault=self._fault(), retry_after=retry_after(self.headers))

    def _kind(self) -> type[ProviderError] | None:
        if known := _BY_STATUS.get(self.status):
            return known
        if 400 <= self.status < 500:
            return ProviderRefused
        if self.status < 500:
            return None
        return ProviderUnavailable if self.safe or self.status in self.vendor.nothing_done else OutcomeUnknown

    def _fault(self) -> ProviderFault:
        try:
            said = self.vendor.read_fault(replace(self, content=mended(self.content)))
        except Exception:  # noqa: BLE001 - an error body in no known shape must not hide the status
            said = Said()
        fault = ProviderFault(self.vendor.name, self.status, said.code, said.message, said.request_id)
        return replace(
            fault,
            code=safe_text(said.code) if said.code else None,
            message=safe_text(said.message) if said.message else None,
        )


def no_answer(error: httpx.HTTPError, *, vendor: str, safe: bool) -> ProviderError:
    """The error for a call that ended without a whole answer."""
    fault = ProviderFault(vendor)
    if isinstance(error, _NOT_SENT):
        return ProviderUnavailable(f"{vendor} could not be reached; nothing was sent", fault=fault)
    if safe:
        return ProviderUnavailable(f"{vendor} gave no whole answer ({type(error).__name__})", fault=fault)
    return OutcomeUnknown(f"{vendor} was called and gave no whole answer ({type(error).__name__})", fault=fault)


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds to wait by `Retry-After`, a count or an HTTP date (RFC 9110 §10.2.3); None when absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # an offset may have any number of digits
        return None
    if moment.tzinfo is None:  # "-0000" means UTC too
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
