"""API v4: the calls of contracts/connective.md §A6, and as [I] those that v3 has and §A6 does not name.

An [I] row keeps v3's path under v4's base. Success codes that §A6 does not give: 201 for what makes something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.responses import JSONResponse, Response

from sandbox.providers.connective import contract, lifecycle, v3, v4_requests, v4_views
from sandbox.providers.connective.downloads import audit_trail, signed_package
from sandbox.providers.connective.errors import Refusal
from sandbox.providers.connective.listing import listed
from sandbox.providers.connective.model import Package, Stakeholder
from sandbox.providers.connective.v4_schema import SCHEMAS, SIGNING_METHODS
from sandbox.providers.connective.web import Call, Route
from sandbox.providers.jsontypes import JsonValue

VALIDATORS = {operation: contract.closed_validator(schema) for operation, schema in SCHEMAS.items()}


def create_package(call: Call) -> Response:
    """The "super call": documents, stakeholders and Status Pending may be in it already."""
    body = _body(call)
    package = v4_requests.new_package(call, body)
    if body.get("Status") == "Pending":
        lifecycle.start(package, call.simulator.now())
    call.simulator.add(package)
    return JSONResponse(v4_views.package(package, call.environment.switches), 201)


def get_package(call: Call) -> Response:
    return JSONResponse(v4_views.package(_view(call), call.environment.switches))


def package_list(call: Call) -> Response:
    page = listed(call.simulator, call.environment, call.query)
    items = [v4_views.list_item(package, call.environment.switches) for package in page.items]
    token = page.token or call.environment.switches.list_end_token
    return JSONResponse({"ContinuationToken": token, "MaxQuantity": page.quantity, "Total": page.total, "Items": items})


def get_status(call: Call) -> Response:
    """A bare JSON string."""
    return JSONResponse(v4_views.status(_view(call), call.environment.switches))


def set_status(call: Call) -> Response:
    """The body is a bare JSON string; 200, empty."""
    status, now = _body(call), call.simulator.now()
    with call.simulator.change(call.environment, call.path["package"]) as package:
        if status == "Pending":
            lifecycle.start(package, now)
        else:
            lifecycle.revoke(package, call.environment.switches, now)
    return Response()


def add_document(call: Call) -> Response:
    body = _body(call)
    with _draft(call) as package:
        document = v4_requests.take_document(call.simulator, package, body)
    return JSONResponse(v4_views.document(package, document, call.environment.switches), 201)


def get_documents(call: Call) -> Response:
    package = _view(call)
    return JSONResponse([v4_views.document(package, each, call.environment.switches) for each in package.documents])


def get_document(call: Call) -> Response:
    package = _view(call)
    document = package.document(call.path["document"])
    return JSONResponse(v4_views.document(package, document, call.environment.switches))


def delete_document(call: Call) -> Response:
    with _draft(call) as package:
        package.documents.remove(package.document(call.path["document"]))
    return Response(status_code=204)


def add_stakeholder(call: Call) -> Response:
    body = _body(call)
    with _draft(call) as package:
        stakeholder = v4_requests.take_stakeholder(call.simulator, package, call.environment, body)
    return JSONResponse(v4_views.stakeholder(package, stakeholder), 201)


def get_stakeholders(call: Call) -> Response:
    package = _view(call)
    return JSONResponse([v4_views.stakeholder(package, each) for each in package.stakeholders])


def get_stakeholder(call: Call) -> Response:
    package = _view(call)
    return JSONResponse(v4_views.stakeholder(package, _stakeholder(call, package)))


def delete_stakeholder(call: Call) -> Response:
    with _draft(call) as package:
        package.stakeholders.remove(_stakeholder(call, package))
    return Response(status_code=204)


def add_actor(call: Call) -> Response:
    body = _body(call)
    with _draft(call) as package:
        stakeholder = _stakeholder(call, package)
        actor = v4_requests.take_actor(call.simulator, package, call.environment, stakeholder, body)
    return JSONResponse(v4_views.actor(package, actor), 201)


def get_actors(call: Call) -> Response:
    package = _view(call)
    return JSONResponse([v4_views.actor(package, each) for each in _stakeholder(call, package).actors])


def download_package(call: Call) -> Response:
    """Always a zip."""
    return signed_package(call.simulator, _view(call), plain=False)


def get_audit_trail(call: Call) -> Response:
    return audit_trail(_view(call), call.path["language"])


def signing_methods(_: Call) -> Response:
    return JSONResponse([
        {
            "IsActive": True,
            "Name": name,
            "DisplayNames": {"en": name},
            "Descriptions": {"en": name},
            "RequiredProperties": list(required),
        }
        for name, required in SIGNING_METHODS.items()
    ])  # fmt: skip


def _body(call: Call) -> JsonValue:
    contract.check(call.body, VALIDATORS[call.operation])
    return call.body


def _view(call: Call) -> Package:
    return call.simulator.view(call.environment, call.path["package"])


@contextmanager
def _draft(call: Call) -> Iterator[Package]:
    """Documents and people change only while the package is a Draft [I]."""
    with call.simulator.change(call.environment, call.path["package"]) as package:
        lifecycle.require_status(package, "Draft")
        yield package


def _stakeholder(call: Call, package: Package) -> Stakeholder:
    for stakeholder in package.stakeholders:
        if stakeholder.id == call.path["stakeholder"]:
            return stakeholder
    raise Refusal(404, f"Stakeholder.NotFound:{call.path['stakeholder']}")


BASE = "/esig/webportalapi/v4"
ONE = BASE + "/packages/{package}"
PERSON = ONE + "/stakeholders/{stakeholder}"


def _row(operation: str, method: str, path: str, handler: Callable[[Call], Response]) -> Route:
    return Route("v4", operation, method, path, handler)


ROUTES: tuple[Route, ...] = (
    _row("CreatePackage", "POST", BASE + "/packages", create_package),
    _row("PackageList", "GET", BASE + "/packages", package_list),  # [I]
    _row("GetPackage", "GET", ONE, get_package),
    _row("DeletePackage", "DELETE", ONE, v3.delete_package),
    _row("AddDocumentToPackage", "POST", ONE + "/documents", add_document),
    _row("GetDocuments", "GET", ONE + "/documents", get_documents),
    _row("GetDocument", "GET", ONE + "/documents/{document}", get_document),
    _row("DeleteDocument", "DELETE", ONE + "/documents/{document}", delete_document),
    _row("AddStakeholder", "POST", ONE + "/stakeholders", add_stakeholder),
    _row("GetStakeholders", "GET", ONE + "/stakeholders", get_stakeholders),
    _row("GetStakeholder", "GET", PERSON, get_stakeholder),
    _row("DeleteStakeholder", "DELETE", PERSON, delete_stakeholder),  # [I]
    _row("AddActor", "POST", PERSON + "/actors", add_actor),
    _row("GetActors", "GET", PERSON + "/actors", get_actors),
    _row("GetPackageStatus", "GET", ONE + "/status", get_status),
    _row("SetPackageStatus", "PUT", ONE + "/status", set_status),
    _row("DownloadPackage", "GET", ONE + "/download", download_package),
    _row("DownloadDocumentFromPackage", "GET", ONE + "/download/{document}", v3.download_document),
    _row("AuditTrail", "GET", ONE + "/audittrail/{language}", get_audit_trail),
    _row("SigningMethods", "GET", BASE + "/signingmethods", signing_methods),
    _row("SendPackageReminders", "POST", ONE + "/reminders", v3.send_reminders),  # [I]
    _row("SkipSigners", "POST", ONE + "/skipsigners", v3.skip_signers),  # [I]
    _row("ExpiryTimeStamp", "PUT", ONE + "/expirytimestamp", v3.extend_expiry),  # [I]
    _row("PackageAuditProof", "GET", ONE + "/auditproof/download", v3.package_audit_proof),  # [I]
    _row("PackageAuditProofDoc", "GET", ONE + "/auditproof/download/{document}", v3.document_audit_proof),  # [I]
    _row("ProofExternalSource", "POST", ONE + "/auditproof/proofs", v3.add_external_proof),  # [I]
)
