"""signBookWS: its types as a table, the WSDL made from it, and requests read by it (§5; contracts/gosign.md §1.10.1).

The vendor's WSDL is not public. Names and nesting come from §5's examples; which optional, which order and the types'
names are [I]. "?" is 0..1, "*" 0..n, "+" 1..n. Knows no rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sandbox.providers.gosign.errors import illegal
from sandbox.providers.gosign.settings import Switches

NS = "http://www.librofirma.it/schemas/3.0"  # §5.1
XSD, WSDL, SOAP = (
    "http://www.w3.org/2001/XMLSchema",
    "http://schemas.xmlsoap.org/wsdl/",
    "http://schemas.xmlsoap.org/wsdl/soap/",
)
SIMPLE = {"boolean", "int", "long", "float", "double", "string", "base64Binary"}

TYPES = {
    "ReturnStatus": "all code message?",
    "IdPair": "seq id?:long extId?",
    "EnvelopesToDelete": "seq idPair+:IdPair",
    "DocumentToErase": "seq enveExtId docExtId? docFilename?",
    "AddUserInCC": "all externalId? email? surname? name? addUsersInCCStrategy?",
    "Message": "all subject? text",
    "ProtocolRegistry": "seq code?",
    "Registry": "seq protocolRegistry?:ProtocolRegistry",
    "Protocol": "seq code? createdAt?:long registry?:Registry",
    "Protocols": "seq protocol*:Protocol",
    "Document": "all title mimeType originalFname externalId bytes?:base64Binary uri? ooxmlSignStrategy?"
    " privateDoc?:boolean protocols?:Protocols",
    "Documents": "seq document+:Document",
    "DocumentField": "all id?:long name dateValue?:long numericValue?:double textValue?",
    "DocumentFields": "seq documentField*:DocumentField documentFiled*:DocumentField",
    "DocClass": "all id?:long name? fields?:DocumentFields",
    "Appearance": "all invisible?:boolean blankSignatureFieldName? compassPage?:int compassPosition?:int page?:int"
    " llx?:float lly?:float urx?:float ury?:float startTagPattern? endTagPattern? tagXOffset?:double"
    " tagYOffset?:double tagCornerType?",
    "ActionDef": "all docExternalId mandatory:boolean type appearance?:Appearance confString?",
    "ActionDefs": "seq actionDef*:ActionDef",
    "SendMailDocument": "seq externalDocId*",
    "SendMailDocumentList": "seq sendMailDocument*:SendMailDocument",
    "SendMailRecipient": "all typeRecipient userExternalId? email?",
    "SendMailRecipientList": "seq sendMailRecipient*:SendMailRecipient",
    "SendMailMessage": "all subject? bodyMail? sendMailDocumentList?:SendMailDocumentList"
    " sendMailRecipientList?:SendMailRecipientList",
    "TaskDef": "all order:int type actorExpr? action certType? howMany:int actionDefs?:ActionDefs confString?"
    " sendMailMessage?:SendMailMessage",
    "Tasks": "seq taskDef*:TaskDef",
    "UserAuthority": "seq username? authority?",
    "NewUser": "seq username? name? surname? phoneNumber? email? emailLanguage? externalId? newUserStrategy?"
    " userAuthorities*:UserAuthority fiscalCode? insertUser*:NewUser",
    "ProcDef": "seq code? revision? tasks?:Tasks newUsers*:NewUser",
    "InsertEnvelope": "all externalId subject starred?:boolean loadedByExtId? sysGenerator? corporateUseType?"
    " sendingMode? expireAt?:long note? tag? joinDocuments? trustLevelCode commonMessage?:Message docClass?:DocClass"
    " procDef?:ProcDef documents:Documents",
    "FoundDocument": "all externalId? title mimeType originalFname docType bytes?:base64Binary",
    "FoundDocuments": "seq document*:FoundDocument",
    "FoundStep": "seq mgrExternalId fromMgrExternalId? mgrName mgrSurname status startedAt?:long endedAt?:long"
    " stepNumber:int",
    "FoundLive": "seq stepEvent*:FoundStep",
    "FoundEnvelope": "seq externalId code subject status previousStatus? note? completedAt?:long"
    " documents?:FoundDocuments liveStatus?:FoundLive",
}
ELEMENTS = {
    "insertEnvelopeRequest": "seq customerCode addUsersInCC*:AddUserInCC envelope:InsertEnvelope",
    "insertEnvelopeResponse": "seq returnStatus:ReturnStatus",
    "eraseDocumentsRequest": "seq customerCode documentToErase+:DocumentToErase",
    "eraseDocumentsResponse": "seq returnStatus:ReturnStatus",
    "deleteEnvelopesRequest": "seq customerCode envelopesToDelete:EnvelopesToDelete",
    "deleteEnvelopesResponse": "seq returnStatus:ReturnStatus",
}
# §1.1.1: SOAP reads exist; their names are not public. The SDK's twin is findEnvelope (§3.5.3).
READS = {
    "findEnvelopeRequest": "seq customerCode externalId withDocBytes?:boolean",
    "findEnvelopeResponse": "seq returnStatus:ReturnStatus envelope?:FoundEnvelope",
}
# The names that the document itself writes otherwise (contracts/gosign.md §1.11, rows 1 to 3 and 16).
ALIASES = {
    "processDef": "procDef",
    "commonMessages": "commonMessage",
    "AddUsersInCC": "addUsersInCC",
    "addUsersInCCRequest": "addUsersInCC",
    "usersInCC": "addUsersInCC",
    "expiresAt": "expireAt",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a type; `repeated` makes a list of it."""

    name: str
    type: str
    least: int
    repeated: bool


def fields(row: str) -> Iterator[Field]:
    for part in row.split()[1:]:
        head, _, kind = part.partition(":")
        name = head.rstrip("?*+")
        mark = head[len(name) :]
        yield Field(name, kind or "string", 0 if mark in {"?", "*"} else 1, mark in {"*", "+"})


def read(element: Any, row: str) -> dict[str, Any]:  # noqa: ANN401 - lxml's elements
    """An element's children by its row. Raises Refusal for what is unknown, missing, unqualified or of another type."""
    known = {field.name: field for field in fields(row)}
    found: dict[str, Any] = {}
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        field = known.get(ALIASES.get(name.localname, name.localname))
        if field is None or name.namespace != NS:
            raise illegal(f"unexpected element {child.tag}")
        value = _value(child, field)
        if field.repeated:
            found.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value
    missing = [field.name for field in known.values() if field.least and field.name not in found]
    if missing:
        raise illegal(f"{etree.QName(element).localname}: {', '.join(missing)} missing")
    return found


def _value(element: Any, field: Field) -> Any:  # noqa: ANN401
    if field.type not in SIMPLE:
        # Row 5: §5.1's table has userAuthorities as text, its examples as an object.
        if field.type == "UserAuthority" and not len(element):
            return (element.text or "").strip()
        return read(element, TYPES[field.type])
    text = (element.text or "").strip()
    try:
        return _CASTS.get(field.type, str)(text)
    except (ValueError, KeyError):
        raise illegal(f"{field.name}: not of type {field.type}") from None


_CASTS: dict[str, Any] = {
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
}


def wsdl(address: str, switches: Switches) -> bytes:
    """The description, with the names that this installation uses; SOAP 1.1, document/literal, soapAction ""."""
    root = etree.Element(f"{{{WSDL}}}definitions", nsmap={"wsdl": WSDL, "xs": XSD, "soap": SOAP, "tns": NS})
    root.set("targetNamespace", NS)
    elements = ELEMENTS | (READS if switches.soap_reads else {})
    root.append(_schema(elements, {"procDef": switches.soap_process, "addUsersInCC": switches.soap_copies}))
    operations = [name.removesuffix("Request") for name in elements if name.endswith("Request")]
    for name in elements:
        message = etree.SubElement(root, f"{{{WSDL}}}message", name=name)
        etree.SubElement(message, f"{{{WSDL}}}part", name=name, element=f"tns:{name}")
    port = etree.SubElement(root, f"{{{WSDL}}}portType", name="signBookWS")
    binding = etree.Element(f"{{{WSDL}}}binding", name="signBookWSSoap11", type="tns:signBookWS")
    etree.SubElement(binding, f"{{{SOAP}}}binding", style="document", transport="http://schemas.xmlsoap.org/soap/http")
    for name in operations:
        _operation(port, binding, name)
    root.append(binding)
    service = etree.SubElement(root, f"{{{WSDL}}}service", name="signBookWSService")
    where = etree.SubElement(service, f"{{{WSDL}}}port", name="signBookWSSoap11", binding="tns:signBookWSSoap11")
    etree.SubElement(where, f"{{{SOAP}}}address", location=address)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _operation(port: Any, binding: Any, name: str) -> None:  # noqa: ANN401
    operation = etree.SubElement(port, f"{{{WSDL}}}operation", name=name)
    bound = etree.SubElement(binding, f"{{{WSDL}}}operation", name=name)
    etree.SubElement(bound, f"{{{SOAP}}}operation", soapAction="")
    for way, suffix in (("input", "Request"), ("output", "Response")):
        etree.SubElement(operation, f"{{{WSDL}}}{way}", message=f"tns:{name}{suffix}", name=f"{name}{suffix}")
        said = etree.SubElement(bound, f"{{{WSDL}}}{way}", name=f"{name}{suffix}")
        etree.SubElement(said, f"{{{SOAP}}}body", use="literal")


def _schema(elements: dict[str, str], names: dict[str, str]) -> Any:  # noqa: ANN401
    types = etree.Element(f"{{{WSDL}}}types")
    schema = etree.SubElement(
        types, f"{{{XSD}}}schema", targetNamespace=NS, elementFormDefault="qualified", nsmap={"xs": XSD}
    )
    for name, row in TYPES.items():
        _complex(etree.SubElement(schema, f"{{{XSD}}}complexType", name=name), row, names)
    for name, row in elements.items():
        element = etree.SubElement(schema, f"{{{XSD}}}element", name=name)
        _complex(etree.SubElement(element, f"{{{XSD}}}complexType"), row, names)
    return types


def _complex(parent: Any, row: str, names: dict[str, str]) -> None:  # noqa: ANN401
    content = etree.SubElement(parent, f"{{{XSD}}}{'all' if row.startswith('all') else 'sequence'}")
    for field in fields(row):
        kind = f"xs:{field.type}" if field.type in SIMPLE else f"tns:{field.type}"
        element = etree.SubElement(content, f"{{{XSD}}}element", name=names.get(field.name, field.name), type=kind)
        if not field.least:
            element.set("minOccurs", "0")
        if field.repeated:
            element.set("maxOccurs", "unbounded")
