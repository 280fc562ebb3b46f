"""What Connective answers, read leniently: unknown fields are ignored, absent ones are empty, v3 and v4 names both count.

Requests are made in `request_v3.py` and `request_v4.py`. Field names: contracts/connective.md §A2 and §A6.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, Field

from esign.http.outcome import Reply, Said
from esign.providers.lenient import Answer, Moment, Text, validated


def _list(value: object) -> object:
    """null is empty, and a single object counts as a list of one: the Swagger's own example has `Actors` so."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


Listed = BeforeValidator(_list)


def _named(*names: str) -> Any:  # noqa: ANN401 - pydantic's own return type
    return Field(default=None, validation_alias=AliasChoices(*names), validate_default=True)


class CreatedPackage(Answer):
    id: str = Field(validation_alias=AliasChoices("PackageId", "Id"), min_length=1)


class Location(Answer):
    """A place for a signature; `label` is ours, or the marker or form field that Connective detected."""

    id: str = Field(validation_alias="Id", min_length=1)
    label: Text = _named("Label")


class AddedDocument(Answer):
    id: str = Field(validation_alias=AliasChoices("DocumentId", "Id"), min_length=1)
    reference: Text = _named("ExternalDocumentReference", "ExternalReference")
    locations: Annotated[list[Location], Listed] = _named("Locations")


class SigningLocations(Answer):
    documents: Annotated[list[AddedDocument], Listed] = _named("Documents")


class PackageDocument(Answer):
    id: Text = _named("DocumentId", "Id")
    reference: Text = _named("ExternalDocumentReference", "ExternalReference")
    name: Text = _named("DocumentName", "Name")
    type: Text = _named("DocumentType", "ContentType")


class ActionUrl(Answer):
    """`type` only in v4: Signer, Preview or Download."""

    email: Text = _named("EmailAddress")
    url: Text = _named("Url")
    type: Text = _named("Type")


class UsedLocation(Answer):
    used_signing_type: Text = _named("UsedSigningType", "UsedSigningMethod", "UserSigningType")


class Actor(Answer):
    id: Text = _named("ActorId", "Id")
    type: Text = _named("Type")
    status: Text = _named("ActorStatus", "Status")
    url: Text = _named("ActionUrl")
    urls: Annotated[list[ActionUrl], Listed] = _named("ActionUrls")
    completed_by: Text = _named("CompletedBy")
    completed_at: Moment = _named("CompletedTimestamp", "CompletedDate")
    reason: Text = _named("Reason", "RejectReason")
    locations: Annotated[list[UsedLocation], Listed] = _named("Locations", "Elements")

    @property
    def links(self) -> list[str]:
        """Where to act: one link, or one per member of a group."""
        urls = [u.url for u in self.urls if u.url and u.type.lower() in {"", "signer"}]
        return [self.url] if self.url else urls


class Stakeholder(Answer):
    id: Text = _named("StakeholderId", "Id")
    type: Text = _named("Type")
    reference: Text = _named("ExternalStakeholderReference", "ExternalReference")
    email: Text = _named("EmailAddress")
    actors: Annotated[list[Actor], Listed] = _named("Actors")


class PackageView(Answer):
    """A package as Get Package Status (v3) or Get Package (v4) shows it."""

    status: str = Field(validation_alias=AliasChoices("PackageStatus", "Status"), min_length=1)
    name: Text = _named("PackageName", "Name")
    reference: Text = _named("ExternalPackageReference", "ExternalReference")
    expires_at: Moment = _named("ExpiryTimestamp", "ExpiryDate")
    face_to_face_url: Text = _named("F2FSigningUrl", "F2fSigningUrl")
    documents: Annotated[list[PackageDocument], Listed] = _named("PackageDocuments", "Documents")
    stakeholders: Annotated[list[Stakeholder], Listed] = _named("Stakeholders")


class InstantPackage(Answer):
    """The answer's schema has two fields, its example the whole status; only the id is relied on."""

    id: str = Field(validation_alias=AliasChoices("PackageId", "Id"), min_length=1)
    status: Text = _named("PackageStatus", "Status")


class ListedPackage(Answer):
    id: str = Field(validation_alias="Id", min_length=1)
    status: Text = _named("PackageStatus")
    reference: Text = _named("ExternalPackageReference")


class PackagePage(Answer):
    """How the last page ends (null or empty token) is not said: either is read as the end."""

    token: Text = _named("ContinuationToken")
    total: int | None = Field(default=None, validation_alias="Total")
    items: Annotated[list[ListedPackage], Listed] = _named("Items")


class SigningMethod(Answer):
    name: Text = _named("Name")
    active: bool = Field(default=True, validation_alias="IsActive")


A = TypeVar("A", bound=Answer)


def read_list(reply: Reply, kind: type[A]) -> list[A]:
    """A bare array, or an object that holds one under `Items` or the like."""
    body = reply.json()
    if isinstance(body, dict):
        body = next((value for value in body.values() if isinstance(value, list)), [])
    return validated(reply, lambda: [kind.model_validate(item) for item in _list(body)], kind.__name__)  # type: ignore[attr-defined]


def read_fault(reply: Reply) -> Said:
    """The first error of an object or an array; v3 says Message, v4 ErrorMessage (contracts/connective.md §A5)."""
    first = _list(reply.json())[0]  # type: ignore[index]
    code, _variable = split_code(str(first.get("ErrorCode") or ""))
    message = first.get("Message") or first.get("ErrorMessage")
    return Said(code=code or None, message=str(message) if message else None)


def split_code(text: str) -> tuple[str, str | None]:
    """`Package.NotFound:{id}` is a code and its variable part; only the code may be compared."""
    code, colon, variable = text.partition(":")
    return code.strip(), variable if colon else None
