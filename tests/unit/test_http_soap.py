"""SOAP requests that never exist as a whole, and answers that are read as XML from outside."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import httpx
import pytest

from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
    Unprocessable,
)
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File
from esign.http.outcome import Vendor
from esign.http.soap import XmlWithFiles, a_place, load
from esign.http.xml import UnsafeXml, as_json, parse

WSDL = """<wsdl:definitions targetNamespace="urn:x" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:x">
  <wsdl:types><xs:schema targetNamespace="urn:x" elementFormDefault="qualified">IMPORT
    <xs:element name="keepRequest"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/>
      <xs:element name="paper" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="bytes" type="xs:base64Binary"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="keepResponse"><xs:complexType><xs:sequence>
      <xs:element name="code" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="in"><wsdl:part name="p" element="t:keepRequest"/></wsdl:message>
  <wsdl:message name="out"><wsdl:part name="p" element="t:keepResponse"/></wsdl:message>
  <wsdl:portType name="T"><wsdl:operation name="keep"><wsdl:input message="t:in"/><wsdl:output message="t:out"/>
  </wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:T"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="keep"><soap:operation soapAction="urn:keep"/><wsdl:input><soap:body use="literal"/></wsdl:input>
    <wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="https://elsewhere.example/"/></wsdl:port>
  </wsdl:service></wsdl:definitions>"""
PLAIN = WSDL.replace("IMPORT", "").encode()
BOMB = b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><a>&b;</a>"
DONE = "<keepResponse xmlns='urn:x'><code>OK</code></keepResponse>"
PAPER = b"%PDF-1.7 " + bytes(range(256)) * 4000


def soap(inside: str) -> str:
    return f"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{inside}</e:Body></e:Envelope>"


def fault(code: str) -> str:
    return soap(f"<e:Fault><faultcode>e:{code}</faultcode><faultstring>no</faultstring></e:Fault>")


def call(body: str | bytes = soap(DONE), status: int = 200, *, safe: bool = False, paper: bytes = PAPER, name="N"):
    """The request that was made and the answer that was read."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(status, content=body)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    http = ProviderHttp(vendor=Vendor("acme"), base_url="https://acme.example", client=lambda: client)
    place = a_place()
    element = load(PLAIN).call(
        http,
        "/ws/",
        "keep",
        {"name": name, "paper": [{"bytes": place}]},
        deadline=Deadline(5),
        safe=safe,
        files={place: Base64File(io.BytesIO(paper))},
    )
    return seen[0], as_json(element)


def test_the_request_is_the_wsdls_with_the_file_inside_and_goes_where_the_account_says():
    request, answer = call()
    assert str(request.url) == "https://acme.example/ws/"
    assert request.headers["soapaction"] == '"urn:keep"'
    assert request.headers["content-type"] == "text/xml; charset=utf-8"
    assert int(request.headers["content-length"]) == len(request.content)
    kept = as_json(parse(request.content, huge=True))["Body"]["keepRequest"]
    assert kept["name"] == "N"
    assert base64.b64decode(kept["paper"]["bytes"]) == PAPER
    assert answer == {"code": "OK"}


def test_several_files_keep_their_places_and_can_be_sent_twice():
    files = {"p2": Base64File(io.BytesIO(b"two")), "p1": Base64File(io.BytesIO(b"one"))}
    body = XmlWithFiles(b"<a>p1</a><b>p2</b><c/>", files)
    for _ in range(2):
        assert b"".join(body) == b"<a>b25l</a><b>dHdv</b><c/>"
    assert body.length == len(b"".join(body))


def test_forty_megabytes_are_sent_without_ever_being_in_memory():
    class Endless(io.BytesIO):
        """40 MB of zeros."""

        size, at = 40_000_000, 0

        def seek(self, offset, whence=0):
            self.at = self.size + offset if whence == 2 else offset
            return self.at

        def read(self, size=-1):
            size = min(size, self.size - self.at)
            self.at += size
            return bytes(size)

    tracemalloc.start()
    body = XmlWithFiles(b"<a>p</a>", {"p": Base64File(Endless())})
    sent = sum(map(len, body))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent == body.length > 53_000_000
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (fault("Client"), 500, ProviderRefused),
        (fault("Server"), 500, OutcomeUnknown),
        (fault("Server"), 200, OutcomeUnknown),
        ("<html>500</html>", 500, OutcomeUnknown),
        ("no XML", 200, OutcomeUnknown),
        (soap(DONE)[:-30], 200, OutcomeUnknown),
        (soap(""), 200, OutcomeUnknown),
        (soap(DONE), 500, OutcomeUnknown),
        ("<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + soap(DONE), 200, OutcomeUnknown),
        ("", 401, CredentialsRefused),
        ("", 503, OutcomeUnknown),
        ("", 302, OutcomeUnknown),
    ],
)
def test_each_answer_is_told_by_what_it_promises(body, status, error):
    with pytest.raises(error) as raised:
        call(body, status)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [(fault("Server"), 500, ProviderUnavailable), ("no XML", 200, ContractBroken), (soap(""), 200, ContractBroken)],
)
def test_a_call_that_changes_nothing_leaves_no_doubt(body, status, error):
    with pytest.raises(error):
        call(body, status, safe=True)


def test_what_cannot_be_written_in_xml_is_refused_before_anything_is_sent():
    with pytest.raises(ProviderRefused) as refused:
        call(name="a\x00b")
    assert refused.value.kind == "invalid_package"
    assert "a\x00b" not in refused.value.detail


def test_a_place_of_the_wsdl_is_told_by_its_type():
    paper = load(PLAIN).shape("keep").inside["paper"]
    assert paper.repeated
    assert paper.inside["bytes"].kind == "Base64Binary"
    with pytest.raises(ProviderRefused):
        load(PLAIN).shape("burn")


@pytest.mark.parametrize(
    "wsdl",
    [
        b"",
        b"no XML",
        b"<a/>",
        WSDL.replace("IMPORT", "<xs:import namespace='urn:y' schemaLocation='http://127.0.0.1:9/y.xsd'/>").encode(),
        WSDL.replace("IMPORT", "<xs:import namespace='urn:y' schemaLocation='/etc/passwd'/>").encode(),
        PLAIN.replace(b"<wsdl:port ", b"<wsdl:porto ").replace(b"</wsdl:port>", b"</wsdl:porto>"),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + PLAIN,
    ],
)
def test_a_wsdl_that_asks_for_more_or_has_no_service_is_refused(wsdl):
    with pytest.raises(Unprocessable):
        load(wsdl)


def test_a_wsdl_is_read_once():
    assert load(PLAIN) is load(bytes(bytearray(PLAIN)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a>",
        b"<a/><b/>",
        b"\xff\xfe\x00",
        b"<!DOCTYPE a><a/>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        BOMB,
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" + b"x" * 11_000_000 + b"</a>",
    ],
    ids=["empty", "open", "two roots", "bytes", "dtd", "external", "bomb", "deep", "long"],
)
def test_xml_that_nobody_has_a_reason_to_send_is_refused(content):
    with pytest.raises(UnsafeXml):
        parse(content)


def test_long_text_passes_where_the_sender_is_known():
    assert len(parse(b"<a>" + b"x" * 11_000_000 + b"</a>", huge=True).text or "") == 11_000_000


def test_xml_becomes_plain_values_by_local_names():
    element = parse(b"<a xmlns='urn:x'><b>1</b><b>2</b><c><d/></c><e x='y'> z </e></a>")
    assert as_json(element) == {"b": ["1", "2"], "c": {"d": None}, "e": " z "}


def test_nobody_imports_zeep_or_lxml_without_speaking_soap():
    code = "import sys, esign.http.client, esign.runtime.providers; print({'zeep', 'lxml'} & set(sys.modules))"
    own = {"PYTHONPATH": str(Path("layers/shared/python").resolve())}
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=own)
    assert done.stdout.strip() == "set()", done.stderr
