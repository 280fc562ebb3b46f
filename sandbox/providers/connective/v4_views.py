"""What v4 answers look like: contracts/connective.md §A3 and §A6 (renames: Id, Name, Status, ExpiryDate,
ExternalReference). The page names few fields of the nested objects; the others are [I], named by the same renames.
"""

from __future__ import annotations

from typing import Any

from sandbox.providers.connective import views
from sandbox.providers.connective.model import Actor, Document, Package, Stakeholder
from sandbox.providers.connective.settings import Switches
from sandbox.providers.connective.v4_requests import ACTOR_TYPES, STAKEHOLDER_TYPES

V4_ACTOR_TYPES = {ours: theirs for theirs, ours in ACTOR_TYPES.items()}
V4_STAKEHOLDER_TYPES = {ours: theirs for theirs, ours in STAKEHOLDER_TYPES.items()}
ACTOR_STATUS = {"Inprogress": "InProgress"}  # §A3


def package(found: Package, switches: Switches) -> dict[str, Any]:
    return {
        "Id": found.id,
        "Name": found.name,
        "Status": status(found, switches),
        "Initiator": found.initiator,
        "CreationDate": views.utc(found.created),
        "ExpiryDate": views.utc(found.expiry),
        "ExternalReference": found.external_reference,
        "F2fSigningUrl": views.f2f_url(found) if found.status == "Pending" else None,
        "CallBackUrl": found.callback_url,
        "ProofCorrelationId": found.correlation_id,
        "Documents": [document(found, each, switches) for each in found.documents],
        "Stakeholders": [stakeholder(found, each) for each in found.stakeholders],
    }


def status(found: Package, switches: Switches) -> str:
    if found.shown_as:
        return found.shown_as
    if found.status == "Finished" and found.must_be_archived:
        return "Archived"  # [I] at once; the vendor's archive surely takes its time
    begun = any(actor.status == "Finished" for _, actor in found.actors())
    return "InProgress" if found.status == "Pending" and begun and switches.v4_in_progress else found.status


def document(found: Package, each: Document, switches: Switches) -> dict[str, Any]:
    """§A3: document statuses begin with a small letter."""
    shown = status(found, switches)
    return {
        "Id": each.id,
        "Name": each.name,
        "Status": shown[:1].lower() + shown[1:],
        "ContentType": each.media_type,
        "Language": each.language,
        "ExternalReference": each.external_reference,
        "Elements": [_element(found, place_id) for place_id in (place.id for place in each.locations)],
    }


def stakeholder(found: Package, each: Stakeholder) -> dict[str, Any]:
    person = each.members[0] if each.type == "Person" else None
    return {
        "Id": each.id,
        "Type": V4_STAKEHOLDER_TYPES[each.type],
        "EmailAddress": person.email if person else None,
        "FirstName": person.first_name if person else None,
        "LastName": person.last_name if person else None,
        "GroupName": each.group_name,
        "ContactGroupCode": each.group_code,
        "ExternalReference": each.external_reference,
        "Actors": [actor(found, step) for step in each.actors],
    }


def actor(found: Package, step: Actor) -> dict[str, Any]:
    return {
        "Id": step.id,
        "Type": V4_ACTOR_TYPES[step.type],
        "Status": step.shown_as or ACTOR_STATUS.get(step.status, step.status),
        "ActionUrls": _action_urls(found, step),
        "CompletedBy": step.completed_by,
        "CompletedDate": views.utc(step.completed_at),
        "Reason": step.reason,
        "Elements": [_element(found, place_id) for place_id in step.location_ids],
    }


def list_item(found: Package, switches: Switches) -> dict[str, Any]:
    return {
        "Id": found.id,
        "Name": found.name,
        "Status": status(found, switches),
        "ExternalReference": found.external_reference,
    }


def _action_urls(found: Package, step: Actor) -> list[dict[str, str]]:
    """§A3: types Download, Preview, Signer; which actor has which when is [I]."""
    return [{"Type": "Signer", **link} for link in views.links(found, step)]


def _element(found: Package, place_id: str) -> dict[str, Any]:
    """§A3: element statuses Pending, InProgress, Rejected, Failed, Finished, Refused."""
    document, place = next((d, place) for d, place in found.locations() if place.id == place_id)
    return {
        "Id": place.id,
        "Type": "signingfield",
        "DocumentId": document.id,
        "Status": "Finished" if place.signed_at else "Pending",
        "Location": {"Page": place.page, "Left": place.left, "Top": place.top},
        "Dimensions": {"Width": place.width, "Height": place.height},
        "UsedSigningMethod": place.used_signing_type,
    }
