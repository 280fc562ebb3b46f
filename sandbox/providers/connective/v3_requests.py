"""From a v3 request body to the simulator's own values, and the rules of single fields. Validated by contract.py.

contracts/connective.md §A2 "Create Package" and "Add Document".
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.providers.connective.errors import bad_request, conflict
from sandbox.providers.connective.intake import MARKER_SIZE, Upload, Wanted, decode_base64
from sandbox.providers.connective.model import Package
from sandbox.providers.connective.simulator import new_id
from sandbox.providers.connective.web import Call
from sandbox.providers.jsontypes import JsonObject


def new_package(call: Call, body: JsonObject, *, name: str) -> Package:
    if call.environment.initiators and body["Initiator"] not in call.environment.initiators:
        raise bad_request(f"Initiator.NotFound:{body['Initiator']}", "The initiator is no registered user")
    if body.get("CorrelationId") and not call.environment.switches.audit_proofs:
        raise conflict("AuditProofs.Disabled")  # §A2: "error if audit proofs are disabled"
    return Package(
        environment=call.environment.name,
        api="v3",
        id=new_id(),
        name=name,
        initiator=body["Initiator"],
        created=call.simulator.now(),
        base_url=call.base_url,
        expiry=moment(body["ExpiryTimestamp"]) if body.get("ExpiryTimestamp") else None,
        external_reference=body.get("ExternalPackageReference"),
        callback_url=body.get("CallBackUrl"),
        notification_callback_url=body.get("NotificationCallBackUrl"),
        correlation_id=body.get("CorrelationId"),
        f2f_redirect_url=body.get("F2FRedirectUrl"),
        reassign_enabled=body.get("ReassignEnabled", False),
        action_url_days=body.get("ActionUrlExpirationPeriodInDays"),
    )


def upload_from(call: Call, body: JsonObject) -> Upload:
    content = call.files.get("Document") or decode_base64(body.get("Document", ""), "Document")
    if not content:
        raise bad_request("Document.Missing")
    if body.get("CorrelationId") and not call.environment.switches.audit_proofs:
        raise conflict("AuditProofs.Disabled")
    return Upload(
        name=body["DocumentName"],
        language=body["DocumentLanguage"],
        content=content,
        media_type=body.get("DocumentType", "application/pdf"),
        representation=_representation(call, body),
        external_reference=body.get("ExternalDocumentReference"),
        correlation_id=body.get("CorrelationId"),
        target_type=body.get("TargetType", "Pdf"),
        pdf_errors=body.get("PdfErrorHandling", "Ignore"),
    )


def _representation(call: Call, body: JsonObject) -> bytes | None:
    """§A2: XML documents only; RepresentationType must be present with it (instant, field description)."""
    content = call.files.get("Representation") or decode_base64(body.get("Representation", ""), "Representation")
    if not content:
        return None
    if "RepresentationType" not in body or body.get("DocumentType") != "application/xml":
        raise bad_request("Document.RepresentationType")
    return content


def wanted_from(field: JsonObject) -> Wanted:
    if "MarkerOrFieldId" in field:
        width, height = (
            float(field.get(key, usual)) for key, usual in zip(("Width", "Height"), MARKER_SIZE, strict=True)
        )
        return Wanted(label=field.get("Label"), marker=field["MarkerOrFieldId"], width=width, height=height)
    left, top, width, height = (float(field[key]) for key in ("Left", "Top", "Width", "Height"))
    return Wanted(label=field.get("Label"), page=field["PageNumber"], left=left, top=top, width=width, height=height)


def moment(text: str) -> datetime:
    """ISO 8601; without an offset it is UTC [I]."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_request("ExpiryTimestamp.Invalid") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
