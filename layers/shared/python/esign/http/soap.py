"""SOAP over our own HTTP: zeep makes the request from a WSDL, `ProviderHttp` sends it, and the answer is plain XML.

The only importer of zeep, which costs 400 ms and the `soap` layer: import this where SOAP is spoken, not before. A WSDL is
read once per process and never from the network. Files travel as base64 that is made while it is sent, so that a request
of 40 MB never exists as a whole. Knows no vendor.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsdl import Document
from zeep.wsdl.bindings import Soap11Binding
from zeep.xsd import ComplexType

from esign.domain.errors import ProviderError, ProviderFault, ProviderRefused, Unprocessable
from esign.http.client import MAX_REPLY, ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File
from esign.http.outcome import Reply, Vendor
from esign.http.redaction import safe_text
from esign.http.xml import UnsafeXml, children, parse, text

_DEEPEST = 12  # levels of a request; a type that holds itself ends there


@dataclass(frozen=True, slots=True)
class Shape:
    """What a WSDL allows in one place: `kind` is the type's class (String, Base64Binary, DateTime, …) of a leaf."""

    kind: str
    repeated: bool
    inside: Mapping[str, Shape] = field(default_factory=dict)


class XmlWithFiles:
    """A request body: XML in which each place, a text that occurs nowhere else, is streamed as the base64 of its file."""

    content_type = "text/xml; charset=utf-8"

    def __init__(self, xml: bytes, files: Mapping[str, Base64File]) -> None:
        self._files: list[Base64File] = []
        self._texts: list[bytes] = []
        rest = xml
        for place, file in sorted(files.items(), key=lambda item: xml.index(item[0].encode())):
            before, _, rest = rest.partition(place.encode())
            self._texts.append(before)
            self._files.append(file)
        self._last = rest
        self.length = sum(map(len, [*self._texts, rest])) + sum(file.encoded_length for file in self._files)

    def __iter__(self) -> Iterator[bytes]:
        for before, file in zip(self._texts, self._files, strict=True):
            yield before
            yield from file
        yield self._last


@lru_cache(maxsize=8)
def load(wsdl: bytes) -> SoapService:
    """The first SOAP 1.1 service of a WSDL that holds its schemas; once per process. Raises Unprocessable."""
    settings = zeep.Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        document = Document(io.BytesIO(wsdl), _Nowhere(), settings=settings)  # type: ignore[arg-type] # any loader
        binding = next(_bindings(document))
    except (ZeepError, etree.LxmlError, LookupError, ValueError, StopIteration) as error:
        detail = f"The WSDL cannot be used ({type(error).__name__}): one file with its schemas and a SOAP 1.1 service."
        raise Unprocessable(detail, code="invalid_wsdl") from None
    client = zeep.Client(document, transport=_Nowhere(), settings=settings)  # type: ignore[no-untyped-call]
    return SoapService(client, binding)


def _bindings(document: Document) -> Iterator[Any]:
    for service in document.services.values():
        yield from (port.binding for port in service.ports.values() if isinstance(port.binding, Soap11Binding))


@dataclass(frozen=True, slots=True)
class SoapService:
    """One binding of a WSDL. Shared by all accounts: it knows no address, no credentials and no call."""

    client: zeep.Client = field(repr=False)
    binding: Any = field(repr=False)  # zeep is untyped

    def has(self, operation: str) -> bool:
        return operation in self.binding.all()

    def shape(self, operation: str) -> Shape:
        """Of a request's content. Raises ProviderRefused when the WSDL has no such operation."""
        if not self.has(operation):
            raise ProviderRefused(f"The WSDL has no operation {operation}; nothing was sent.", code="invalid_wsdl")
        return _shape(self.binding.get(operation).input.body.type, repeated=False, depth=0)

    def call(
        self,
        http: ProviderHttp,
        path: str,
        operation: str,
        values: Mapping[str, Any],
        *,
        deadline: Deadline,
        safe: bool,
        files: Mapping[str, Base64File] | None = None,
        max_bytes: int = MAX_REPLY,
    ) -> etree._Element:
        """The answer's first element in the Body. `files` by their places in `values` (see `a_place`).

        Raises what `ProviderHttp.request` does, and ProviderRefused for values that have no place in the WSDL and for a
        fault of the message's own; any other fault is an answer from which nobody knows what was done.
        """
        reply = http.request(
            "POST",
            path,
            content=XmlWithFiles(self._message(http.vendor, operation, values), files or {}),
            headers={"SOAPAction": f'"{self.binding.get(operation).soapaction or ""}"'},
            deadline=deadline,
            safe=safe,
            expected={200, 500},  # a fault comes with 500 (SOAP 1.1 §6.2)
            max_bytes=max_bytes,
        )
        return body(reply, huge=max_bytes > MAX_REPLY)

    def _message(self, vendor: Vendor, operation: str, values: Mapping[str, Any]) -> bytes:
        client: Any = self.client
        try:
            envelope = client.create_message(client.create_service(self.binding.name.text, ""), operation, **values)
        except (ZeepError, TypeError, ValueError) as error:
            # zeep names the element and may quote the value: only the kind of trouble is told.
            detail = f"The package cannot be said in the WSDL's words ({type(error).__name__}); nothing was sent."
            raise ProviderRefused(detail, code="invalid_package", fault=ProviderFault(vendor.name)) from None
        return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def a_place() -> str:
    """A text for a file to take the place of, which no other text can look like."""
    return secrets.token_hex(16)


def body(reply: Reply, *, huge: bool = False) -> etree._Element:
    """The first element of the Body; a fault is raised as what it means. `huge`: see esign.http.xml."""
    try:
        envelope = parse(reply.content, huge=huge)
    except UnsafeXml as unsafe:
        raise _broken(reply, str(unsafe)) from None
    content = next((e for part in children(envelope, "Body") for e in part.iterchildren("*")), None)
    if content is None:
        raise _broken(reply, "its answer is no SOAP message")
    if etree.QName(content).localname == "Fault":
        raise _fault(reply, content)
    if reply.status != 200:
        raise reply.refusal()
    return content


def _broken(reply: Reply, why: str) -> ProviderError:
    return reply.broken(why) if reply.status == 200 else reply.refusal()


def _fault(reply: Reply, fault: etree._Element) -> ProviderError:
    """SOAP 1.1 §4.4.1: Client faults are the message's own, and it was not processed; Server faults are not."""
    code = (text(fault, "faultcode") or "").rpartition(":")[2]
    if code.partition(".")[0] not in {"Client", "VersionMismatch", "MustUnderstand"}:
        return reply.refusal() if reply.status != 200 else reply.broken("it answered with a SOAP fault")
    said = ProviderFault(reply.vendor.name, reply.status, safe_text(code), safe_text(text(fault, "faultstring") or ""))
    return ProviderRefused(f"{reply.vendor.name} refused the message", fault=said)


def _shape(kind: Any, *, repeated: bool, depth: int) -> Shape:  # noqa: ANN401 - zeep is untyped
    if not isinstance(kind, ComplexType) or depth > _DEEPEST:
        return Shape(type(kind).__name__, repeated)
    inside = {
        name: _shape(element.type, repeated=element.accepts_multiple, depth=depth + 1)
        for name, element in kind.elements
        if name and hasattr(element, "type")
    }
    return Shape("", repeated, inside)


class _Nowhere:
    """zeep's transport: it reads nothing but the WSDL itself and sends nothing; `ProviderHttp` does."""

    def load(self, url: str) -> NoReturn:
        raise LookupError(url)
