"""The SOAP services of §5: insertEnvelope, eraseDocuments, deleteEnvelopes, and by a switch a read. SOAP 1.1.

Refusals are a returnStatus (§5.2); what is no SOAP at all is a fault. Routes and handlers; rules are elsewhere.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from starlette.responses import Response

from sandbox.providers.gosign import intake, lifecycle, rest_v1, soap_types, views
from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.model import Envelope
from sandbox.providers.gosign.notices import SOAP11, in_soap
from sandbox.providers.gosign.settings import Customer, Switches
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.soap_types import ELEMENTS, NS, READS
from sandbox.providers.gosign.web import Call, Handler, Route

PATH = "/gosign/ws"
XML = "text/xml; charset=utf-8"
Json = dict[str, Any]


def _switches(simulator: Simulator) -> Switches:
    return next(iter(simulator.customers.values())).switches


def _wsdl(call: Call) -> Response:
    """§5: …/gosign/ws/signBookWS.wsdl; ?wsdl as well."""
    address = f"{call.simulator.url}{PATH}/"
    return Response(soap_types.wsdl(address, _switches(call.simulator)), media_type=XML)


def _post(call: Call) -> Response:
    name, element = _opened(call)
    rows = ELEMENTS | (READS if _switches(call.simulator).soap_reads else {})
    if name not in rows or not name.endswith("Request"):
        return fault("Client", f"No endpoint for {name}")
    answer = f"{name.removesuffix('Request')}Response"
    try:
        body = soap_types.read(element, rows[name])
        customer = call.simulator.customer(body["customerCode"])
        found = OPERATIONS[name](call.simulator, customer, body)
    except Refusal as refusal:
        return _said(answer, {"returnStatus": {"code": refusal.code, "message": refusal.message}})
    return _said(answer, found)


def operation_of(raw: bytes) -> str:
    """The document's name of the operation, for faults and the log."""
    for name in ("insertEnvelope", "eraseDocuments", "deleteEnvelopes", "findEnvelope"):
        if f"{name}Request".encode() in raw[:4096]:
            return NAMES[name]
    return "Soap"


NAMES = {
    "insertEnvelope": "InsertEnvelope",
    "eraseDocuments": "EraseDocuments",
    "deleteEnvelopes": "DeleteEnvelope",
    "findEnvelope": "GetEnvelope",
}


def _opened(call: Call) -> tuple[str, Any]:
    """The first element of the body. No DTD, no entity, no network. Raises Refusal "fault"."""
    if not call.headers.get("content-type", "").lower().startswith("text/xml"):
        raise Refusal("fault", "Content-Type must be text/xml (SOAP 1.1)", 415)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(call.raw, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal("fault", f"Not well-formed: {error.msg}") from None
    body = root.find(f"{{{SOAP11}}}Body")
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{SOAP11}}}Envelope" or body is None:
        raise Refusal("fault", "Not a SOAP 1.1 envelope")
    first = next(body.iterchildren(tag=etree.Element), None)
    name = etree.QName(first) if first is not None else None
    if name is None or name.namespace != NS:
        raise Refusal("fault", f"No element of {NS} in the body")
    return name.localname, first


def _insert(simulator: Simulator, customer: Customer, body: Json) -> Json:
    """§5.1."""
    process = body["envelope"].get("procDef", {})
    process["newUsers"] = [one for user in process.get("newUsers", []) for one in user.pop("insertUser", [user])]
    intake.insert(simulator, customer, "soap", body)
    return _status("OK", "Successfull")


def _delete(simulator: Simulator, customer: Customer, body: Json) -> Json:
    """§5.3: "id xor extId"; "if … the indicated envelopes exist, the deleteEnvelope returns code = OK"."""
    wanted = []
    for pair in body["envelopesToDelete"]["idPair"]:
        if ("id" in pair) == ("extId" in pair):
            raise illegal("idPair: id xor extId")
        envelope = simulator.numbered(customer, pair["id"]) if "id" in pair else simulator.view(customer, pair["extId"])
        wanted.append(envelope.ext_id)
    for ext_id in wanted:
        rest_v1.delete_envelope(simulator, customer, ext_id)
    return _status("OK", "Successfull")


def _erase(simulator: Simulator, customer: Customer, body: Json) -> Json:
    """§5.2: complete, partial or refused; a lock refuses everything."""
    wanted: list[Json] = body["documentToErase"]
    erased, reasons = 0, []
    for one in wanted:
        try:
            erased += _erase_one(simulator, customer, one)
        except Refusal as refusal:
            reasons.append(refusal.message)
    if not reasons:
        return _status("OK", f"Successfull - Documents erased: {erased}")
    if erased:
        done = f"erased = {len(wanted) - len(reasons)}/{len(wanted)}"
        return _status("DOCUMENTS_PARTIAL_DELETION", f"PARTIAL - reason = {reasons[0]}, {done}")
    return _status("NO_DOCUMENTS_DELETED", f"No documents deleted - reason = {reasons[0]}")


def _erase_one(simulator: Simulator, customer: Customer, one: Json) -> int:
    if ("docExtId" in one) == ("docFilename" in one):
        raise illegal("documentToErase: docExtId or docFilename")
    envelope = simulator.view(customer, one["enveExtId"])
    by = "externalId" if "docExtId" in one else "fileName"
    matching = _matching(envelope, one)
    if not matching:
        where = f"enveId={envelope.number}, enveExtId={envelope.ext_id}, docExtId={one.get('docExtId', 'null')}"
        raise Refusal(
            "NO", f"Document not found by {by} [{where}, docId=0, docFileName={one.get('docFilename', 'null')}]"
        )
    with simulator.lock():
        lifecycle.erase(envelope, matching)
    return len(matching)


def _matching(envelope: Envelope, one: Json) -> list[str]:
    """By file name "all documents with the original file name equal … will be deleted"."""
    return [
        str(document.ext_id)
        for document in envelope.papers
        if (document.ext_id == one["docExtId"] if "docExtId" in one else document.file_name == one["docFilename"])
    ]


def _find(simulator: Simulator, customer: Customer, body: Json) -> Json:
    envelope = simulator.view(customer, body["externalId"])
    with simulator.lock():
        people, future = simulator.directory(customer.code), customer.switches.future_steps == "shown"
        full = views.full(envelope, people, with_bytes=body.get("withDocBytes", False), future=future)
    live = (full["process"] or {}).get("liveStatus", [])
    documents = {"document": [_picked(document, "FoundDocument") for document in full["documents"]]}
    steps = {"stepEvent": [_picked(event, "FoundStep") for event in live]}
    found = {**_picked(full, "FoundEnvelope"), "documents": documents, "liveStatus": steps}
    return {**_status("OK", "Successfull"), "envelope": found}


def _picked(data: Json, kind: str) -> Json:
    return {f.name: data[f.name] for f in soap_types.fields(soap_types.TYPES[kind]) if data.get(f.name) is not None}


OPERATIONS = {
    "insertEnvelopeRequest": _insert,
    "eraseDocumentsRequest": _erase,
    "deleteEnvelopesRequest": _delete,
    "findEnvelopeRequest": _find,
}


def _status(code: str, message: str) -> Json:
    return {"returnStatus": {"code": code, "message": message}}


def _said(name: str, content: Json) -> Response:
    root = etree.Element(f"{{{NS}}}{name}", nsmap={"ns2": NS})
    _write(root, content)
    return Response(in_soap(root), media_type=XML)


def _write(parent: Any, content: Json) -> None:  # noqa: ANN401
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, f"{{{NS}}}{name}")
            if isinstance(one, dict):
                _write(child, one)
            else:
                child.text = str(one).lower() if isinstance(one, bool) else str(one)


def fault(code: str, message: str, status: int = 500) -> Response:
    """SOAP 1.1, 4.4: unqualified children; over HTTP 500."""
    root = etree.Element(f"{{{SOAP11}}}Fault", nsmap={"soap": SOAP11})
    etree.SubElement(root, "faultcode").text = f"soap:{code}"
    etree.SubElement(root, "faultstring").text = message
    return Response(in_soap(root), status, media_type=XML)


def _refuse(call: Call, refusal: Refusal) -> Response:
    """A refusal with a code of GoSign's is an answer (§5.2); all else a fault."""
    if refusal.code == "fault":
        return fault("Client", refusal.message, refusal.status or 500)
    answer = _said(f"{_opened(call)[0].removesuffix('Request')}Response", _status(refusal.code, refusal.message))
    answer.status_code = refusal.status or answer.status_code
    return answer


def _row(operation: str, method: str, path: str, handler: Handler) -> Route:
    return Route("soap", operation, method, path, handler, _refuse, operation_of if method == "POST" else None)


ROUTES = (
    _row("Wsdl", "GET", f"{PATH}/signBookWS.wsdl", _wsdl),
    _row("Wsdl", "GET", f"{PATH}/", _wsdl),
    _row("Wsdl", "GET", PATH, _wsdl),
    _row("Soap", "POST", f"{PATH}/", _post),
    _row("Soap", "POST", PATH, _post),
)
