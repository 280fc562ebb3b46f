"""From a v4 request body to the simulator's own values. The shape has been validated (v4_schema.py).

contracts/connective.md §A6. Where v4 orders actors is [U]: the switch v4_order decides, form fillers and approvers
always come before signers.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.providers.connective.errors import Refusal, bad_request, conflict
from sandbox.providers.connective.intake import MARKER_SIZE, Upload, Wanted, add_document, decode_base64, locate_all
from sandbox.providers.connective.model import Actor, Document, Member, Package, Stakeholder
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator, new_id
from sandbox.providers.connective.v3_requests import moment
from sandbox.providers.connective.v4_schema import SIGNING_METHODS
from sandbox.providers.connective.web import Call
from sandbox.providers.jsontypes import JsonObject

ACTOR_TYPES = {"formFiller": "FormFiller", "approver": "Approver", "signer": "Signer", "receiver": "Receiver"}
STAKEHOLDER_TYPES = {"person": "Person", "group": "PersonGroup", "contactgroup": "ContactGroup"}
RANK = {"FormFiller": 0, "Approver": 1, "Signer": 2, "Receiver": 3}
LATER = 1_000  # distance between ranks in a sequential order
TARGETS = {"pdf": "Pdf", "pdfa1a": "PdfA1A", "pdfa2a": "PdfA2A"}


def new_package(call: Call, body: JsonObject) -> Package:
    if call.environment.initiators and body["Initiator"] not in call.environment.initiators:
        raise bad_request(f"Initiator.NotFound:{body['Initiator']}")
    if body.get("ProofCorrelationId") and not call.environment.switches.audit_proofs:
        raise conflict("AuditProofs.Disabled")
    package = Package(
        environment=call.environment.name,
        api="v4",
        id=new_id(),
        name=body["Name"],
        initiator=body["Initiator"],
        created=call.simulator.now(),
        base_url=call.base_url,
        expiry=moment(body["ExpiryTimestamp"]) if body.get("ExpiryTimestamp") else None,
        external_reference=body.get("ExternalReference"),
        callback_url=body.get("CallBackUrl"),
        notification_callback_url=body.get("NotificationCallBackUrl"),
        correlation_id=body.get("ProofCorrelationId"),
        f2f_redirect_url=body.get("F2fRedirectUrl"),
        reassign_enabled=body.get("IsReassignEnabled", False),
        action_url_days=body.get("ActionUrlExpirationPeriodInDays"),
        must_be_archived=body.get("MustBeArchived", False),
    )
    for document in body.get("Documents", ()):
        take_document(call.simulator, package, document)
    for stakeholder in body.get("Stakeholders", ()):
        take_stakeholder(call.simulator, package, call.environment, stakeholder)
    if body.get("AddInitiatorAsReceiver"):
        receiver = Actor(new_id(), "Receiver", 0, notify=True)
        package.stakeholders.append(Stakeholder(new_id(), "Person", [Member(package.initiator)], actors=[receiver]))
    return package


def take_document(simulator: Simulator, package: Package, body: JsonObject) -> Document:
    options, pdf_options = body["DocumentOptions"], body["DocumentOptions"].get("PdfOptions", {})
    is_xml = options["ContentType"] == "application/xml"
    representation = body.get("RepresentationOptions")
    upload = Upload(
        name=body["Name"],
        language=body.get("Language", "en"),
        content=decode_base64(options["Base64data"], "Document"),
        media_type="application/xml" if is_xml else "application/pdf",
        representation=decode_base64(representation["Base64data"], "Representation") if representation else None,
        external_reference=body.get("ExternalReference"),
        correlation_id=body.get("ProofCorrelationId"),
        target_type=TARGETS[pdf_options.get("TargetFormat", "pdf")],
        pdf_errors=pdf_options.get("PdfErrorHandling", "Ignore"),
    )
    return add_document(simulator, package, upload, [_wanted(element) for element in body.get("Elements", ())])


def take_stakeholder(simulator: Simulator, package: Package, environment: Environment, body: JsonObject) -> Stakeholder:
    kind = STAKEHOLDER_TYPES[body["Type"]]
    stakeholder = Stakeholder(
        id=new_id(),
        type=kind,
        members=_members(kind, body, environment),
        group_name=body.get("GroupName"),
        group_code=body.get("ContactGroupCode"),
        external_reference=body.get("ExternalReference"),
    )
    package.stakeholders.append(stakeholder)
    for actor in body.get("Actors", ()):
        take_actor(simulator, package, environment, stakeholder, actor, phone=body.get("PhoneNumber"))
    return stakeholder


def take_actor(
    simulator: Simulator,
    package: Package,
    environment: Environment,
    stakeholder: Stakeholder,
    body: JsonObject,
    *,
    phone: str | None = None,
) -> Actor:
    kind = ACTOR_TYPES[body["Type"]]
    elements = body.get("Elements", ())
    if kind == "Signer" and not elements:
        raise bad_request("Actor.Elements", "A signer needs at least one element")
    methods = [method for element in elements for method in element.get("SigningMethods", ("Manual:Manual",))]
    _check_methods(methods, stakeholder, phone)
    actor = Actor(
        id=new_id(),
        type=kind,
        order=_order(package, environment, kind),
        location_ids=[_place(simulator, package, element) for element in elements],
        signing_types=list(dict.fromkeys(methods)),
        notify=not body.get("SuppressNotifications", False),  # §A6: default false, so e-mails are sent
        redirect_url=body.get("RedirectUrl"),
    )
    stakeholder.actors.append(actor)
    return actor


def _members(kind: str, body: JsonObject, environment: Environment) -> list[Member]:
    if kind == "ContactGroup":
        code = body.get("ContactGroupCode", "")
        if code not in environment.contact_groups:
            raise conflict(f"ContactGroup.NotFound:{code}")
        return [_member(person) for person in environment.contact_groups[code]]
    if kind == "PersonGroup":
        if not body.get("GroupName") or not body.get("Members"):
            raise bad_request("Stakeholder.Members")
        return [_member(person) for person in body["Members"]]
    if not all(body.get(field) for field in ("EmailAddress", "FirstName", "LastName")):
        raise bad_request("Stakeholder.Person", "A person needs e-mail, first and last name")
    return [_member(body)]


def _member(person: JsonObject) -> Member:
    names = person.get("FirstName", ""), person.get("LastName", "")
    return Member(person["EmailAddress"], *names, person.get("Language", "en"))


def _check_methods(methods: Sequence[str], stakeholder: Stakeholder, phone: str | None) -> None:
    for method in methods:
        if method not in SIGNING_METHODS:
            raise conflict(f"SigningMethod.NotFound:{method}")
        if "PhoneNumber" in SIGNING_METHODS[method] and stakeholder.type == "Person" and not phone:
            raise bad_request(f"SigningMethod.RequiredProperty:{method}", "PhoneNumber is missing")


def _order(package: Package, environment: Environment, kind: str) -> int:
    if environment.switches.v4_order == "parallel":
        return RANK[kind]
    return RANK[kind] * LATER + sum(1 for _ in package.actors())


def _place(simulator: Simulator, package: Package, element: JsonObject) -> str:
    if "DocumentId" in element:
        document = package.document(element["DocumentId"])
    else:
        index = element.get("DocumentIndex", 0)
        if index >= len(package.documents):
            raise Refusal(404, f"Document.NotFound:{index}")
        document = package.documents[index]
    return locate_all(simulator, document, [_wanted(element)])[0].id


def _wanted(element: JsonObject) -> Wanted:
    marker, place = element.get("Marker") or element.get("FieldId"), element.get("Location")
    if bool(marker) == bool(place):
        raise bad_request("Element.Location", "Exactly one of Marker, FieldId and Location")
    size = element.get("Dimensions", dict(zip(("Width", "Height"), MARKER_SIZE, strict=True)))
    if not place:
        return Wanted(label=new_id(), marker=marker, width=size["Width"], height=size["Height"])
    return Wanted(
        page=place["Page"], left=place["Left"], top=place["Top"], width=size["Width"], height=size["Height"]
    )  # fmt: skip
