"""Set Process Information: from the v3 or v3.1 request body to stakeholders, with the vendor's rules. Knows no HTTP.

contracts/connective.md §A2, "Set Process Information". The shape has been validated before (contract.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.providers.connective.errors import bad_request, conflict
from sandbox.providers.connective.model import Actor, Member, Package, Stakeholder
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import new_id
from sandbox.providers.jsontypes import JsonObject

SIGNING_TYPES = frozenset({
    "Manual", "BeId", "ManualBeId", "SmsOtp", "MailOtp", "Server", "Idin", "BeLawyer", "Biometric", "Itsme",
})  # fmt: skip


def stakeholders_from(
    body: Sequence[JsonObject], environment: Environment, *, instant: bool = False
) -> list[Stakeholder]:
    """The stakeholders of a v3 request. 400 for what is wrong in itself, 409 for what the configuration lacks."""
    found = [_stakeholder(item, environment, instant=instant) for item in body]
    orders = {kind: [a.order for s in found for a in s.actors if a.type == kind] for kind in ("Approver", "Signer")}
    if orders["Approver"] and orders["Signer"] and max(orders["Approver"]) >= min(orders["Signer"]):
        raise bad_request("Actor.OrderIndex", "Approvers must have a lower OrderIndex than signers")
    return found


def check_locations(package: Package, stakeholders: Sequence[Stakeholder]) -> None:
    """Every signer has locations of this package, none of them twice [I]; 409 = conflicts with the database."""
    known = {location.id for _, location in package.locations()}
    taken: set[str] = set()
    for actor in (actor for stakeholder in stakeholders for actor in stakeholder.actors):
        if actor.type == "Signer" and not actor.location_ids:
            raise bad_request("Actor.LocationIds", "A signer needs at least one location")
        for location_id in actor.location_ids:
            if location_id not in known:
                raise conflict(f"Location.NotFound:{location_id}")
            if location_id in taken:
                raise conflict(f"Location.AlreadyAssigned:{location_id}")
            taken.add(location_id)


def check_targets(package: Package, body: Sequence[JsonObject]) -> None:
    """§A2: itsme needs TargetType PdfA1A or PdfA2A and a signature policy."""
    for actor in (actor for item in body for actor in item["Actors"]):
        for kind in actor.get("SigningTypes", ()):
            archival = all(d.target_type != "Pdf" for d in package.documents if d.media_type == "application/pdf")
            if kind["SigningType"] == "Itsme" and not (archival and kind.get("SignaturePolicyId")):
                raise conflict("SigningType.Itsme", "itsme needs PDF/A and a signature policy")


def _stakeholder(item: JsonObject, environment: Environment, *, instant: bool) -> Stakeholder:
    kind = item.get("Type", "Person")
    return Stakeholder(
        id=new_id(),
        type=kind,
        members=_MEMBERS[kind](item, environment),
        group_name=item.get("PersonGroupName"),
        group_code=item.get("ContactGroupCode"),
        external_reference=item.get("ExternalStakeholderReference"),
        actors=[_actor(actor, instant=instant) for actor in item["Actors"]],
    )


def _person(item: JsonObject, _: Environment) -> list[Member]:
    missing = [field for field in ("EmailAddress", "FirstName", "LastName") if not item.get(field)]
    if missing:
        raise bad_request(f"Stakeholder.{missing[0]}", "A person needs e-mail, first and last name")
    return [_member(item)]


def _person_group(item: JsonObject, _: Environment) -> list[Member]:
    if not item.get("PersonGroupName") or not item.get("Persons"):
        raise bad_request("Stakeholder.PersonGroup", "A PersonGroup needs PersonGroupName and Persons")
    return [_member(person) for person in item["Persons"]]


def _contact_group(item: JsonObject, environment: Environment) -> list[Member]:
    code = item.get("ContactGroupCode")
    if not code:
        raise bad_request("Stakeholder.ContactGroupCode")
    if code not in environment.contact_groups:
        raise conflict(f"ContactGroup.NotFound:{code}")
    return [_member(person) for person in environment.contact_groups[code]]


_MEMBERS = {"Person": _person, "PersonGroup": _person_group, "ContactGroup": _contact_group}


def _member(person: JsonObject) -> Member:
    return Member(
        person["EmailAddress"], person.get("FirstName", ""), person.get("LastName", ""), person.get("Language", "en")
    )


def _actor(item: JsonObject, *, instant: bool) -> Actor:
    phone = item.get("Phonenumber") or item.get("PhoneNumber")
    for kind in item.get("SigningTypes", ()):
        _check_signing_type(kind, phone, instant=instant)
    locations = item.get("LocationIds") or [location["Id"] for location in item.get("Locations", ())]
    return Actor(
        id=new_id(),
        type=item["Type"],
        order=int(item.get("OrderIndex", 0)),
        location_ids=list(locations),
        signing_types=[kind["SigningType"] for kind in item.get("SigningTypes", ())],
        notify=bool(item.get("SendNotifications", False)),  # §A2: default false
        redirect_url=item.get("RedirectUrl") or item.get("RedirectURL"),
    )


def _check_signing_type(kind: JsonObject, phone: str | None, *, instant: bool) -> None:
    name, mandated = kind["SigningType"], kind.get("MandatedSignerValidation", "Disabled")
    rules = {
        f"SigningType.Unknown:{name}": name in SIGNING_TYPES or name.startswith("OpenIdConnect:"),
        "SigningType.ServerOnlyInstant": name != "Server" or instant,
        "Actor.PhonenumberMissing": name != "SmsOtp" or bool(phone),
        "SigningType.MandatedSignerIds": mandated != "MatchId" or bool(kind.get("MandatedSignerIds")),
        "SigningType.MatchLevel": mandated != "NameAndBirthDate" or bool(kind.get("MatchLevel")),
        "SigningType.CommitmentTypes": not kind.get("CommitmentTypes") or bool(kind.get("SignaturePolicyId")),
    }
    for code, held in rules.items():
        if not held:
            raise bad_request(code)
