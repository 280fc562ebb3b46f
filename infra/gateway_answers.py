"""What callers get when API Gateway answers by itself: problems, as from the functions (RFC 9457). One table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esign.coupa import errors as problems
from esign.domain import errors
from esign.domain.errors import ConnectorError

INSTANCE = "urn:request:$context.requestId"


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """One case."""

    kind: str  # API Gateway's name of the case
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def _told(kind: str, error: ConnectorError) -> GatewayAnswer:
    wait = problems.retry_after(error)
    headers = {"Retry-After": str(wait)} if wait else {}
    return GatewayAnswer(kind, problems.told(error).status, problems.problem(error, instance=INSTANCE), headers)


def _unauthorized() -> GatewayAnswer:
    body = {
        "type": problems.TYPE_PREFIX + "unauthorized",
        "title": "The caller is not known",
        "status": 401,
        "detail": "The request needs the account's user name and password (HTTP Basic).",
        "instance": INSTANCE,
        "code": "unauthorized",
    }
    return GatewayAnswer("UNAUTHORIZED", 401, body, {"WWW-Authenticate": 'Basic realm="Coupa Open eSign"'})


# The gateway's own messages are left out: one of them repeats the Authorization header.
GATEWAY_ANSWERS: tuple[GatewayAnswer, ...] = (
    _unauthorized(),
    _told("BAD_REQUEST_BODY", errors.MalformedRequest("The body cannot be read.")),
    _told("BAD_REQUEST_PARAMETERS", errors.MalformedRequest("A parameter cannot be read.")),
    _told("ACCESS_DENIED", errors.Forbidden("The account may not call this.")),
    _told("WAF_FILTERED", errors.Forbidden("The request was refused.")),
    # A route that does not exist: API Gateway takes the request for an unsigned, or badly signed, one to AWS itself.
    _told("MISSING_AUTHENTICATION_TOKEN", errors.NotFound("There is no such route.")),
    _told("INVALID_SIGNATURE", errors.NotFound("There is no such route.")),
    _told("RESOURCE_NOT_FOUND", errors.NotFound("There is no such route.")),
    _told("REQUEST_TOO_LARGE", errors.TooLarge("The request is larger than API Gateway takes (10 MB).")),
    _told("UNSUPPORTED_MEDIA_TYPE", errors.UnsupportedMedia("The content type is not supported.")),
    _told("THROTTLED", errors.RateLimited("Too many calls at once.", retry_after=5)),
    _told("QUOTA_EXCEEDED", errors.RateLimited("Too many calls.")),
    _told("AUTHORIZER_FAILURE", errors.StoreUnavailable("The caller could not be checked.")),
    _told("INTEGRATION_TIMEOUT", errors.OutcomeUnknown("No answer in time. Get Package tells what became of it.")),
    _told("DEFAULT_4_XX", errors.MalformedRequest("The request was refused.")),
    _told("DEFAULT_5_XX", ConnectorError("The connector failed.")),
)
