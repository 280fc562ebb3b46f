"""From what Coupa sent to what the domain understands: packages and the smaller requests.

Documents are in `mapping_documents`, recipients in `mapping_recipients`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esign.coupa.hashing import canonical_hash
from esign.coupa.models import AccountCallbackRequest, CallbackRequest, DeleteRequest, ExpiryRequest, PackageRequest
from esign.coupa.problems import read_request, refusal
from esign.coupa.reachable import address_problems
from esign.domain.drafts import NewPackage
from esign.domain.package import Callback, Message, Reminders


def new_package(body: object) -> NewPackage:
    """The package to create; `body` is the request's JSON. Raises MalformedRequest, Unprocessable."""
    request = read_request(PackageRequest, body)
    message, reminders = request.message, request.reminders
    return NewPackage(
        name=request.name,
        body_hash=canonical_hash(body),
        external_id=request.external_id,
        description=request.description,
        message=Message(message.subject, message.text) if message else Message(),
        language=request.language,
        sequential_signing=bool(request.sequential_signing),
        expires_at=request.expires_at,
        reminders=Reminders(reminders.first_after_days, reminders.every_days) if reminders else Reminders(),
        options=(request.provider and request.provider.options) or {},
        metadata=request.metadata or {},
    )


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """A callback to set; `authentication` is how `AccountStore.notification_secrets` keeps it."""

    callback: Callback
    authentication: Mapping[str, Any] | None = field(default=None, repr=False)


def callback_wish(body: object, *, of_account: bool, loopback: bool = False) -> CallbackWish:
    """configureCallback; credentials belong to the account, so a package's callback may name none. Addresses that could
    never be called are refused; `loopback`: those of the stage's own machine may be."""
    if not of_account:
        plain = read_request(CallbackRequest, body)
        _require_reachable({"/url": plain.url}, loopback=loopback)
        return CallbackWish(_callback(plain))
    request = read_request(AccountCallbackRequest, body)
    given = request.authentication
    token = given.oauth2.token_url if given and given.oauth2 else None
    _require_reachable({"/url": request.url, "/authentication/oauth2/tokenUrl": token}, loopback=loopback)
    authentication = given.model_dump(by_alias=True, exclude_none=True) if given else None
    return CallbackWish(_callback(request), authentication)


def _require_reachable(addresses: Mapping[str, str | None], *, loopback: bool) -> None:
    found = [(pointer, url) for pointer, url in addresses.items() if url is not None]
    problems = [one for pointer, url in found for one in address_problems(pointer, url, loopback=loopback)]
    if problems:
        raise refusal(problems)


def _callback(request: CallbackRequest) -> Callback:
    return Callback(request.url, tuple(dict.fromkeys(event.value for event in request.events or ())))


def new_expiry(body: object) -> datetime:
    """extendExpiry: until when, UTC."""
    return read_request(ExpiryRequest, body).expires_at


def delete_reason(body: object) -> str | None:
    """deletePackage."""
    return read_request(DeleteRequest, body).reason or None
