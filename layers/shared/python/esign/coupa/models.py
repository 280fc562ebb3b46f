"""What Coupa may send: packages and the smaller requests, with every limit of contracts/coupa.md §2.

Strict (a text is no number), closed (an unknown member is refused), camelCase; null is the same as absent. Documents are
in `models_documents`, recipients in `models_recipients`: a function loads its own. What becomes of a request is
`esign.coupa.mapping`'s business.
"""

from __future__ import annotations

from pydantic import Field

from esign.coupa.scalars import (
    Choice,
    Days,
    Language,
    Metadata,
    Moment,
    Name,
    Options,
    Password,
    Reason,
    Text,
    Url,
    Username,
)
from esign.coupa.wire import OneOf, Wire
from esign.domain.events import EventType


class MessageShape(Wire):
    """What the provider's invitation says, where it lets us say something."""

    subject: Name | None = None
    text: Text | None = None


class RemindersShape(Wire):
    """Automatic reminders, in days."""

    first_after_days: Days | None = None
    every_days: Days | None = None


class ProviderShape(Wire):
    """The provider's own parameters for this package; an unknown one is refused with 422."""

    options: Options | None = None


class PackageRequest(Wire):
    """createPackage."""

    name: Name
    external_id: Name | None = Field(
        default=None, description="Coupa's contract id; unique among the account's open packages"
    )
    description: Text | None = None
    message: MessageShape | None = None
    language: Language | None = Field(default=None, description="BCP 47, such as en or fr-BE")
    sequential_signing: bool | None = None
    expires_at: Moment | None = None
    reminders: RemindersShape | None = None
    provider: ProviderShape | None = None
    metadata: Metadata | None = None


class BasicShape(Wire):
    """How the connector shall authenticate its notifications; write only."""

    username: Username
    password: Password


class OAuth2Shape(Wire):
    """Client credentials (RFC 6749 §4.4) for the token that every notification carries; write only."""

    token_url: Url
    client_id: Password
    client_secret: Password
    scope: Name | None = None


class AuthenticationOfNotifications(OneOf):
    """The credentials that every notification of the account carries; these replace the former ones."""

    ways = ("basic", "oauth2")

    basic: BasicShape | None = None
    oauth2: OAuth2Shape | None = None


class CallbackRequest(Wire):
    """configureCallback of a package: `events` left out or empty means all."""

    url: Url
    events: list[Choice[EventType]] | None = None


class AccountCallbackRequest(CallbackRequest):
    """configureCallback of the account, whose credentials every callback uses."""

    authentication: AuthenticationOfNotifications | None = None


class ExpiryRequest(Wire):
    """extendExpiry."""

    expires_at: Moment


class DeleteRequest(Wire):
    """deletePackage."""

    reason: Reason | None = None
