"""What v3 answers look like: contracts/connective.md §A2 "Get Package Status" and the Swagger's examples. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.providers.connective.model import Actor, Document, Package, Stakeholder

# §A3: v3 has no Waiting; an actor whose turn it is not is Draft [I].
ACTOR_STATUS = {"Waiting": "Draft"}


def utc(moment: datetime | None) -> str | None:
    """As in the status example: 2019-10-23T13:34:12Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def offset(moment: datetime) -> str:
    """As in the create examples: 2019-02-28T14:05:11+00:00."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def package_status(package: Package) -> dict[str, Any]:
    """No package id is echoed (§A2)."""
    running = package.status == "Pending"
    return {
        "PackageName": package.name,
        "Initiator": package.initiator,
        "ExpiryTimestamp": utc(package.expiry),
        "ExternalPackageReference": package.external_reference,
        "F2FSigningUrl": f2f_url(package) if running else None,
        "PackageStatus": package.shown_as or package.status,
        "PackageDocuments": [package_document(document) for document in package.documents],
        "Stakeholders": [_stakeholder(package, stakeholder) for stakeholder in package.stakeholders],
        "CreationTimestamp": utc(package.created),
    }


def instant_package(package: Package) -> dict[str, Any]:
    """The Swagger's example: the status object plus PackageId, Warnings, and Locations in the documents."""
    documents = [{**package_document(d), "Locations": locations(d)} for d in package.documents]
    return {**package_status(package), "PackageId": package.id, "PackageDocuments": documents, "Warnings": []}


def package_document(document: Document) -> dict[str, Any]:
    return {
        "DocumentId": document.id,
        "DocumentType": document.media_type,
        "ExternalDocumentReference": document.external_reference,
        "DocumentName": document.name,
    }


def locations(document: Document) -> list[dict[str, Any]]:
    return [{"Id": place.id, "Label": place.label, "PageNumber": place.page} for place in document.locations]


def package_locations(package: Package) -> dict[str, Any]:
    documents = [
        {
            "DocumentId": document.id,
            "ExternalDocumentReference": document.external_reference,
            "Locations": locations(document),
        }
        for document in package.documents
    ]
    return {"Documents": documents}


def list_item(package: Package, *, upper: bool) -> dict[str, Any]:
    status = package.shown_as or package.status
    return {
        "Id": package.id,
        "PackageStatus": status.upper() if upper else status,
        "ExternalPackageReference": package.external_reference,
    }


def f2f_url(package: Package) -> str:
    """The example: http://myserver/signinit?packageSignId=…&f2f=True."""
    return f"{package.base_url}/signinit?packageSignId={package.id}&f2f=True"


def action_url(package: Package, token: str) -> str:
    return f"{package.base_url}/signinit?packageSignId={package.id}&token={token}"


def links(package: Package, actor: Actor) -> list[dict[str, str]]:
    """An actor's URLs, as long as it may act."""
    if package.status != "Pending" or actor.status not in {"Available", "Inprogress"}:
        return []
    return [{"EmailAddress": email, "Url": action_url(package, token)} for email, token in actor.links.items()]


def _stakeholder(package: Package, stakeholder: Stakeholder) -> dict[str, Any]:
    person = stakeholder.type == "Person"
    return {
        "Type": stakeholder.type,
        "EmailAddress": stakeholder.members[0].email if person else None,
        "ContactGroupCode": stakeholder.group_code,
        "ExternalStakeholderReference": stakeholder.external_reference,
        "StakeholderId": stakeholder.id,
        "Actors": [_actor(package, actor, person=person) for actor in stakeholder.actors],
        "PersonGroupName": stakeholder.group_name,
    }


def _actor(package: Package, actor: Actor, *, person: bool) -> dict[str, Any]:
    urls = links(package, actor)
    seen = {
        "Type": actor.type,
        "ActorId": actor.id,
        "ActionUrl": urls[0]["Url"] if person and urls else None,
        "ActionUrls": [] if person else urls,
        "ActorStatus": actor.shown_as or ACTOR_STATUS.get(actor.status, actor.status),
    }
    if actor.type == "Receiver":  # §A2: "Receivers have no Completed*/Reason/Locations"
        return seen
    used = {place.id: place.used_signing_type for _, place in package.locations()}
    return {
        **seen,
        "Reason": actor.reason,
        "CompletedBy": actor.completed_by,
        "CompletedTimestamp": utc(actor.completed_at),
        "Locations": [{"Id": id_, "UsedSigningType": used.get(id_)} for id_ in actor.location_ids],
    }
