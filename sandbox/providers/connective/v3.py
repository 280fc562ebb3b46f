"""API v3 and v3.1: one handler per operation of the vendor's Swagger, and its row in ROUTES.

Status codes as declared there and in contracts/connective.md §A2; bodies are validated by contract.py first.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from sandbox.providers.connective import contract, lifecycle, signing, views
from sandbox.providers.connective.downloads import signed_document, signed_package
from sandbox.providers.connective.errors import Refusal, conflict
from sandbox.providers.connective.intake import add_document
from sandbox.providers.connective.listing import listed
from sandbox.providers.connective.model import Package, Proof
from sandbox.providers.connective.process import check_locations, check_targets, stakeholders_from
from sandbox.providers.connective.proofs import correlated, document_proofs, package_proofs
from sandbox.providers.connective.v3_requests import moment, new_package, upload_from, wanted_from
from sandbox.providers.connective.web import Call, Route
from sandbox.providers.jsontypes import JsonValue


def create_package(call: Call) -> Response:
    body = _body(call)
    package = new_package(call, body, name=body["PackageName"])
    call.simulator.add(package)
    return JSONResponse({"PackageId": package.id, "CreationTimestamp": views.offset(package.created)}, 201)


def add_document_to_package(call: Call) -> Response:
    body = _body(call)
    upload = upload_from(call, body)
    fields = [wanted_from(field) for field in body.get("SigningFields", ())]
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.require_status(package, "Draft")
        document = add_document(call.simulator, package, upload, fields)
    return JSONResponse({
        "DocumentId": document.id,
        "CreationTimestamp": views.offset(document.created),
        "Locations": views.locations(document),
    })  # fmt: skip


def delete_document(call: Call) -> Response:
    """Not in the Swagger, in NC3 only (§A2); its statuses are [I]."""
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.require_status(package, "Draft")
        package.documents.remove(package.document(call.path["document"]))
    return Response()


def get_signing_locations(call: Call) -> Response:
    return JSONResponse(views.package_locations(_current(call)))


def set_process_information(call: Call) -> Response:
    """§A2: "All stakeholders must be sent every time; absent ones are deleted"."""
    body = _body(call)
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.require_status(package, "Draft")  # [I] one of the 409 "conflicts with the data"
        stakeholders = stakeholders_from(body["Stakeholders"], call.environment)
        check_locations(package, stakeholders)
        check_targets(package, body["Stakeholders"])
        package.stakeholders = stakeholders
    return Response()


def set_package_status(call: Call) -> Response:
    """Answers the whole status object, like Get Package Status."""
    status, now = _body(call)["Status"], call.simulator.now()
    with call.simulator.change(call.environment, call.path["package"]) as package:
        if status == "Pending":
            lifecycle.start(package, now)
        else:
            lifecycle.revoke(package, call.environment.switches, now)
    return JSONResponse(views.package_status(package))


def get_package_status(call: Call) -> Response:
    return JSONResponse(views.package_status(_current(call)))


def package_list(call: Call) -> Response:
    switches = call.environment.switches
    page = listed(call.simulator, call.environment, call.query)
    items = [views.list_item(package, upper=switches.list_status_upper) for package in page.items]
    return JSONResponse({
        "ContinuationToken": page.token or switches.list_end_token,
        "MaxQuantity": page.quantity,
        "Total": page.total,
        "Items": items,
    })  # fmt: skip


def create_instant_package(call: Call) -> Response:
    """One document, its stakeholders and the start in one call; an actor names its signing fields itself."""
    body = _body(call)
    template = body.get("SigningTemplateCode")
    if template and template not in call.environment.signing_templates:
        raise conflict(f"SigningTemplate.NotFound:{template}")
    package = new_package(call, body, name=body["DocumentName"])
    package.stakeholders = stakeholders_from(body["Stakeholders"], call.environment, instant=True)
    asked = [actor for item in body["Stakeholders"] for actor in item["Actors"]]
    fields = [wanted_from(field) for actor in asked for field in actor.get("SigningFields", ())]
    document = add_document(call.simulator, package, upload_from(call, body), fields)
    places = iter(document.locations)
    for (_, actor), item in zip(package.actors(), asked, strict=True):
        actor.location_ids = [next(places).id for _ in item.get("SigningFields", ())]
    check_locations(package, package.stakeholders)
    check_targets(package, body["Stakeholders"])
    lifecycle.start(package, call.simulator.now())
    call.simulator.add(package)
    return JSONResponse(views.instant_package(package))


def download_package(call: Call) -> Response:
    plain = call.environment.switches.package_download == "plain"
    return signed_package(call.simulator, _view(call), plain=plain)


def download_document(call: Call) -> Response:
    return signed_document(call.simulator, _view(call), call.path["document"])


def extend_expiry(call: Call) -> Response:
    expiry = moment(_body(call)["ExpiryTimestamp"])
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.extend(package, expiry, call.simulator.now())
    return Response()


def send_reminders(call: Call) -> Response:
    """The Swagger: 400 "The package with the given id could not be found"."""
    missing = 404 if call.version == "v4" else 400
    signing.remind(call.simulator, call.simulator.view(call.environment, call.path["package"], missing=missing))
    return Response()


def skip_signers(call: Call) -> Response:
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.skip_signers(package, call.environment.switches, call.simulator.now())
    return Response()


def delete_package(call: Call) -> Response:
    """200 in v3, 204 in v4 (§A6)."""
    with call.simulator.state.lock():
        lifecycle.require_deletable(_view(call), call.environment.switches)
        call.simulator.state.forget(call.path["package"])
    return Response(status_code=204 if call.version == "v4" else 200)


def package_audit_proof(call: Call) -> Response:
    _require_proofs(call)
    return _xml(package_proofs(call.simulator, [_view(call)]))


def document_audit_proof(call: Call) -> Response:
    _require_proofs(call)
    package = _view(call)
    return _xml(document_proofs(call.simulator, package, [package.document(call.path["document"])]))


def package_correlation_proof(call: Call) -> Response:
    _require_proofs(call)
    packages, _ = correlated(call.simulator, call.environment, package_id=call.path["correlation"])
    return _xml(package_proofs(call.simulator, packages))


def document_correlation_proof(call: Call) -> Response:
    _require_proofs(call)
    packages, wanted = correlated(call.simulator, call.environment, document_id=call.path["correlation"])
    return _xml(package_proofs(call.simulator, packages, only=wanted))


def add_external_proof(call: Call) -> Response:
    """The Swagger: 404 when the LocationId is unknown; 409 "some other reason", here: proofs switched off."""
    body = _body(call)
    _require_proofs(call)
    with call.simulator.change(call.environment, call.path["package"]) as package:
        if body["LocationId"] not in {place.id for _, place in package.locations()}:
            raise Refusal(404, f"Location.NotFound:{body['LocationId']}")
        package.proofs.append(
            Proof(
                body["LocationId"], body["Name"], body["Type"], body["Content"],
                body.get("Description", ""), body.get("IpAddress", ""),
            )
        )  # fmt: skip
    return Response(status_code=204)


def _body(call: Call) -> JsonValue:
    contract.validate(call.operation, call.version, {} if call.body is None else call.body)
    return call.body


def _view(call: Call) -> Package:
    return call.simulator.view(call.environment, call.path["package"])


def _current(call: Call) -> Package:
    """The Swagger's 409 of status and locations: "made with an old version of the api"."""
    package = _view(call)
    if package.old_api:
        raise conflict(f"Package.OldApiVersion:{package.id}")
    return package


def _require_proofs(call: Call) -> None:
    if not call.environment.switches.audit_proofs:
        raise Refusal(call.environment.switches.audit_proofs_off_status, "AuditProofs.Disabled")


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")


V3, V31 = "/webportalapi/v3", "/webportalapi/v3.1"
ONE = V3 + "/packages/{package}"

ROUTES: tuple[Route, ...] = (
    Route("v3", "CreateInstantPackage", "POST", V3 + "/packages/instant", create_instant_package),
    Route("v3", "PackageList", "GET", V3 + "/packages", package_list),
    Route("v3", "CreatePackage", "POST", V3 + "/packages", create_package),
    Route("v3", "AddDocumentToPackage", "POST", ONE + "/documents", add_document_to_package),
    Route("v3", "DeleteDocument", "DELETE", ONE + "/documents/{document}", delete_document),
    Route("v3", "GetSigningLocations", "GET", ONE + "/locations", get_signing_locations),
    Route("v3", "GetPackageStatus", "GET", ONE + "/status", get_package_status),
    Route("v3", "SetPackageStatus", "PUT", ONE + "/status", set_package_status),
    Route("v3", "SkipSigners", "POST", ONE + "/skipsigners", skip_signers),
    Route("v3", "DownloadPackage", "GET", ONE + "/download", download_package),
    Route("v3", "DownloadDocumentFromPackage", "GET", ONE + "/download/{document}", download_document),
    Route("v3", "ExpiryTimeStamp", "PUT", ONE + "/expirytimestamp", extend_expiry),
    Route("v3", "SendPackageReminders", "POST", ONE + "/reminders", send_reminders),
    Route("v3", "DeletePackage", "DELETE", ONE, delete_package),
    Route("v3", "SetProcessInformation", "PUT", ONE + "/process", set_process_information),
    Route("v3.1", "SetProcessInformation", "PUT", V31 + "/packages/{package}/process", set_process_information),
    Route("v3", "PackageAuditProof", "GET", ONE + "/auditproof/download", package_audit_proof),
    Route("v3", "PackageAuditProofDoc", "GET", ONE + "/auditproof/download/{document}", document_audit_proof),
    Route("v3", "PackageCorrelationAuditProof", "GET",
          V3 + "/packagecorrelations/{correlation}/auditproof/download", package_correlation_proof),
    Route("v3", "DocumentCorrelationAuditProof", "GET",
          V3 + "/documentcorrelations/{correlation}/auditproof/download", document_correlation_proof),
    Route("v3", "ProofExternalSource", "POST", ONE + "/auditproof/proofs", add_external_proof),
)  # fmt: skip
