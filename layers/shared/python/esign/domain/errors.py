"""Everything that can go wrong, named by what the caller can do about it.

HTTP statuses are not known here (one table in `esign.coupa.errors` has them), and no one chooses by words in a
message: the class, and the stable `code`, are what code may look at. Details are shown to callers and written to the
timeline, so they never hold a secret, a name, an address or document bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a request: `pointer` (RFC 6901, "" = the whole), a stable snake_case `code`, a sentence."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProviderFault:
    """What a provider said when it refused: its name, HTTP status, machine code, text and request id where given."""

    provider: str
    status: int | None = None
    code: str | None = None
    message: str | None = None
    request_id: str | None = None


class ConnectorError(Exception):
    """Root of all errors that a caller is told about."""

    code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        problems: tuple[Problem, ...] = (),
        fault: ProviderFault | None = None,
        retry_after: float | None = None,
    ) -> None:
        """`retry_after` is in seconds; `code` replaces the class's own where something more exact is known."""
        super().__init__(detail)
        self.detail = detail
        self.kind = code or self.code
        self.problems = problems
        self.fault = fault
        self.retry_after = retry_after


# What the caller of our API can mend.


class MalformedRequest(ConnectorError):
    """Not JSON, wrong types, unknown fields: mend the request."""

    code = "malformed_request"


class Forbidden(ConnectorError):
    """The account may not do this at all."""

    code = "forbidden"


class NotFound(ConnectorError):
    """No such thing in this account (another account's things are not told apart from absent ones)."""

    code = "not_found"


class WrongState(ConnectorError):
    """The package's status does not allow it: look at the package first."""

    code = "wrong_state"


class Clash(ConnectorError):
    """The same external id or idempotency key was used with another content."""

    code = "conflict"


class InFlight(ConnectorError):
    """The first request under this idempotency key is still at work: wait, then ask again."""

    code = "request_in_flight"


class TooLarge(ConnectorError):
    """Send less at once, or use an upload link."""

    code = "too_large"


class UnsupportedMedia(ConnectorError):
    """The content type is none that we take."""

    code = "unsupported_media_type"


class Unprocessable(ConnectorError):
    """Understood, but the package or its provider cannot take it; `problems` lists every reason."""

    code = "unprocessable"


class UnsafeAddress(Unprocessable):
    """A URL that the connector must not call (SSRF guard)."""

    code = "unsafe_address"


class RateLimited(ConnectorError):
    """Too many calls: wait `retry_after` seconds."""

    code = "rate_limited"


# What a provider did to us. In each but OutcomeUnknown it is CERTAIN that the call changed nothing there.


class ProviderError(ConnectorError):
    """A call to a provider did not succeed."""

    code = "provider_error"


class ProviderRefused(ProviderError):
    """The provider understood and said no (4xx): mend what it complains about."""

    code = "provider_refused"


class ProviderNotFound(ProviderRefused):
    """The provider does not know the envelope, document or user."""

    code = "provider_not_found"


class ProviderConflict(ProviderRefused):
    """The state of the envelope at the provider does not allow the call."""

    code = "provider_conflict"


class CredentialsRefused(ProviderError):
    """The provider does not accept the account's credentials: an administrator must renew them."""

    code = "credentials_refused"


class ProviderRateLimited(ProviderError):
    """The provider asked us to slow down; `retry_after` seconds."""

    code = "provider_rate_limited"


class ProviderUnavailable(ProviderError):
    """Not reachable, or it failed before doing anything: try again later."""

    code = "provider_unavailable"


class ContractBroken(ProviderError):
    """The provider answered something that its own documentation does not allow."""

    code = "provider_contract_broken"


class OutcomeUnknown(ProviderError):
    """The call went out and no usable answer came back: it may or may not have worked. Never repeat it blindly."""

    code = "outcome_unknown"


# What our own stores can say.


class StaleVersion(ConnectorError):
    """Somebody else changed the package meanwhile: load it again and decide anew."""

    code = "concurrent_change"


class StoreUnavailable(ConnectorError):
    """AWS did not do what was asked, after its own retries."""

    code = "store_unavailable"
