"""What each endpoint takes and answers beyond its route: the table of which openapi.json is made. No function imports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from esign.coupa import answers, models, models_documents, models_recipients


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `success`: status -> model, None for no body; `fails`: statuses beyond the usual ones."""

    success: dict[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    body_needed: bool = True
    parameters: tuple[str, ...] = ()
    fails: frozenset[int] = frozenset()
    id: str | None = None  # where a route has several endpoints; None: the route's own
    example: dict[str, Any] | None = None


_PACKAGE = Endpoint({200: answers.Package}, fails=frozenset({404, 409, 422}))
_STATE = frozenset({404, 409})
_ACCOUNT_CALLBACK, _PACKAGE_CALLBACK = "/v1/callback", "/v1/packages/{packageId}/callback"

ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1/packages"): Endpoint(
        {201: answers.Package, 200: answers.Package},
        models.PackageRequest,
        fails=frozenset({409}),
        example={"name": "Master agreement", "externalId": "CLM-4711", "sequentialSigning": True},
    ),
    ("POST", "/v1/packages/{packageId}/documents"): Endpoint(
        {201: answers.DocumentsAnswer},
        models_documents.DocumentsRequest,
        fails=_STATE,
        example={"documents": [{"name": "agreement.pdf", "externalId": "A-1", "content": "JVBERi0xLjcK"}]},
    ),
    ("POST", "/v1/packages/{packageId}/recipients"): Endpoint(
        {201: answers.RecipientsAnswer},
        models_recipients.RecipientsRequest,
        fails=_STATE,
        example={"recipients": [{"fullName": "Anna Berg", "email": "anna.berg@example.com"}]},
    ),
    ("POST", "/v1/packages/{packageId}/send"): _PACKAGE,
    ("GET", "/v1/packages/{packageId}"): Endpoint({200: answers.Package}, parameters=("refresh",), fails=_STATE),
    ("GET", "/v1/packages/{packageId}/summary"): Endpoint(
        {200: answers.PackageSummary}, parameters=("refresh",), fails=_STATE
    ),
    ("GET", "/v1/packages/{packageId}/signed-documents"): Endpoint(
        {200: answers.SignedDocumentsAnswer}, parameters=("delivery",), fails=_STATE | {413}
    ),
    ("GET", "/v1/packages/{packageId}/signed-documents/{documentId}"): Endpoint(
        {302: None}, fails=_STATE, id="getSignedDocument"
    ),
    ("DELETE", "/v1/packages/{packageId}"): Endpoint(
        {200: answers.Package}, models.DeleteRequest, body_needed=False, fails=_STATE
    ),
    ("PUT", _ACCOUNT_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer}, models.AccountCallbackRequest, fails=_STATE, id="configureAccountCallback"
    ),
    ("GET", _ACCOUNT_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer}, fails=frozenset({404}), id="getAccountCallback"
    ),
    ("DELETE", _ACCOUNT_CALLBACK): Endpoint({204: None}, fails=_STATE, id="deleteAccountCallback"),
    ("PUT", _PACKAGE_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer},
        models.CallbackRequest,
        fails=_STATE,
        example={"url": "https://example.coupahost.com/esign", "events": ["package.completed"]},
    ),
    ("GET", _PACKAGE_CALLBACK): Endpoint({200: answers.CallbackAnswer}, fails=frozenset({404}), id="getCallback"),
    ("DELETE", _PACKAGE_CALLBACK): Endpoint({204: None}, fails=_STATE, id="deleteCallback"),
    ("GET", "/v1/account"): Endpoint({200: answers.Account}, fails=frozenset({404})),
    ("GET", "/v1/packages"): Endpoint(
        {200: answers.PackagesAnswer}, parameters=("status", "externalId", "createdAfter", "cursor", "limit")
    ),
    ("GET", "/v1/packages/{packageId}/events"): Endpoint(
        {200: answers.EventsAnswer}, parameters=("cursor", "limit"), fails=frozenset({404})
    ),
    ("POST", "/v1/packages/{packageId}/reminders"): _PACKAGE,
    ("PUT", "/v1/packages/{packageId}/expiry"): Endpoint({200: answers.Package}, models.ExpiryRequest, fails=_STATE),
    ("POST", "/v1/packages/{packageId}/skip-signers"): _PACKAGE,
    ("GET", "/v1/packages/{packageId}/recipients/{recipientId}/signing-url"): Endpoint(
        {200: answers.SigningUrlAnswer}, fails=frozenset({404, 409, 422})
    ),
}
