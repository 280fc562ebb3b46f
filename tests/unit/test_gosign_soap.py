"""GoSign by SOAP: what we say is what the vendor's examples say, in the names of whatever WSDL is loaded."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from lxml import etree

from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
    Unprocessable,
)
from esign.domain.ids import DocumentId
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.soap import load
from esign.http.xml import as_json, parse
from esign.providers.gosign.client_soap import Erased, SignBook, ToErase, sign_book
from esign.providers.gosign.envelope import (
    Action,
    BlankField,
    ClassValue,
    Compass,
    Coordinates,
    CopyUser,
    DocumentClass,
    Envelope,
    Mail,
    MailRecipient,
    NewUser,
    Part,
    Policy,
    Tag,
    Task,
)
from esign.providers.gosign.errors import read_fault
from esign.providers.gosign.words import ActionType, CompassPosition, TaskKind

DATA = Path("tests/data/gosign/soap")
OURS = Path("layers/shared/python/esign/providers/gosign/wsdl/signBookWS.wsdl").read_bytes()
OK = "<insertEnvelopeResponse xmlns='http://www.librofirma.it/schemas/3.0'><returnStatus><code>OK</code></returnStatus></insertEnvelopeResponse>"
DOCUMENT = DocumentId("extdocid11491322230858")


def example(name: str):
    """A print of the seed, by its chapter; the minimal correction where the print is no XML."""
    corrected = DATA / f"{name}.corrected.xml"
    found = corrected if corrected.exists() else DATA / f"{name}.xml"
    return plain(as_json(_content(parse(found.read_bytes()))))


def _content(root):
    return root[-1][0] if etree.QName(root).localname == "Envelope" else root


def plain(value):
    """Comparable: numbers as numbers, text without the print's spaces; XML cannot tell one item from a list of one."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    text = (value or "").strip()
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def soap(inside: str) -> bytes:
    return f"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{inside}</e:Body></e:Envelope>".encode()


class Line:
    """A sign book whose service answers `answer`; `said` is what the last request held."""

    def __init__(self, answer: str | bytes = OK, *, wsdl: bytes = OURS, status: int = 200) -> None:
        self.status, self.answer = status, answer if isinstance(answer, bytes) else soap(answer)
        client = httpx.Client(transport=httpx.MockTransport(self._reply))
        http = ProviderHttp(
            vendor=Vendor("gosign", read_fault), base_url="https://webapp.gosign.digital", client=lambda: client
        )
        self.book = SignBook(http, Deadline(5), "/gosign/ws/", lambda: "***secret***", sign_book(wsdl))

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.root = parse(request.read(), huge=True)
        self.url = str(request.url)
        return httpx.Response(self.status, content=self.answer)

    @property
    def said(self):
        return plain(as_json(_content(self.root)))

    def insert(self, envelope: Envelope, body: bytes = b"%PDF-1.7"):
        self.book.insert(envelope, {part.id: io.BytesIO(body) for part in envelope.documents})
        return self.said


def a_task(order: int, actor: str, *actions: Action) -> Task:
    return Task(order, TaskKind.WORK, actor, cert_type="I", actions=actions)


def sign_at(llx: float, urx: float, **conf: str) -> Action:
    return Action(DOCUMENT, ActionType.SIGN, Coordinates(1, llx, 50, urx, 80), conf=conf)


AN_ENVELOPE = Envelope(
    external_id="EXTID_0011491322230858",
    subject="Oggetto del plico",
    message_subject="Oggetto del messaggio",
    message_text="Testo del messaggio",
    documents=(Part(DOCUMENT, "titolo doc1", "application/pdf", "test.pdf"),),
    tasks=(a_task(1, "usrU", sign_at(50, 150)), a_task(2, "usr2U", sign_at(300, 400))),
    trust_level="INTERNAL_PDF",
    sys_generator="SAP",
    loader="segr",
)


# ------------------------------------------------------------------------------------------------ the vendor's examples


def test_we_say_the_vendors_insert_envelope():
    shown = example("5.1-insert-envelope")
    # N on a signature is the print's own mistake (§4.1): never sent.
    del shown["envelope"]["procDef"]["tasks"]["taskDef"][0]["actionDefs"]["actionDef"]["confString"]
    said = Line().insert(AN_ENVELOPE)
    bytes_ = said["envelope"]["documents"]["document"].pop("bytes")
    del shown["envelope"]["documents"]["document"]["bytes"]
    assert said == shown
    assert base64.b64decode(bytes_) == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("5.2-erase-two", [ToErase("ABC0001", "ABC0001_01"), ToErase("ABC0001", file_name="filename.pdf")]),
        ("5.2-complete-request", [ToErase("test_ext_id", file_name="test.pdf")]),
        (
            "5.2-partial-request",
            [ToErase("test_ext_id", file_name="test.pdf"), ToErase("test_ext_id2", file_name="test4.pdf")],
        ),
        ("5.2-wrong-customer-request", [ToErase("test_ext_id", file_name="test.pdf")]),
        ("5.2-refused-request", [ToErase("test_ext_id", file_name="test.pdf")]),
    ],
)
def test_we_say_the_vendors_erase_documents(name, asked):
    line = Line((DATA / "5.2-complete-response.xml").read_text())
    line.book.erase(asked)
    shown = example(name)
    assert line.said["documentToErase"] == shown["documentToErase"]
    assert set(line.said) == set(shown)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("complete", Erased.ALL),
        ("partial", Erased.SOME),
        ("refused", ProviderConflict),
        ("wrong-customer", CredentialsRefused),
    ],
)
def test_the_vendors_answers_to_an_erasure_are_understood(name, outcome):
    line = Line((DATA / f"5.2-{name}-response.xml").read_text())
    if isinstance(outcome, Erased):
        assert line.book.erase([ToErase("a")]) is outcome
        return
    with pytest.raises(outcome) as raised:
        line.book.erase([ToErase("a")])
    assert "b8cc3d945b4789055c940aa53b2044a9b7" not in f"{raised.value.fault} {raised.value.detail}"


def test_we_say_the_vendors_delete_envelopes():
    line = Line(OK.replace("insertEnvelope", "deleteEnvelopes"))
    line.book.delete("extid_envelope")
    assert line.said["envelopesToDelete"] == example("5.3-delete-envelopes")["envelopesToDelete"]
    assert line.url == "https://webapp.gosign.digital/gosign/ws/"
    assert etree.QName(_content(line.root)).namespace == "http://www.librofirma.it/schemas/3.0"


def first_action(envelope: Envelope):
    said = Line().insert(envelope)
    return said["envelope"]["procDef"]["tasks"]["taskDef"]["actionDefs"]["actionDef"]


def test_we_say_the_vendors_tag():
    action = Action(DOCUMENT, ActionType.SIGN, Tag("@ABC123"))
    said = first_action(replace(AN_ENVELOPE, tasks=(a_task(1, "usrU", action),)))
    assert said["appearance"] == example("6.1-tag")


A_STRANGER = NewUser(
    "stranger@example.com",
    "Nome Stranger",
    "Cognome Stranger",
    "stranger@example.com",
    "stranger@example.com",
    "ACCEPT_ALWAYS",
    "STRANGER",
    phone="+3912345678980",
)


def test_we_say_the_vendors_new_users():
    said = Line().insert(replace(AN_ENVELOPE, new_users=(A_STRANGER,)))
    assert said["envelope"]["procDef"]["newUsers"] == example("6.2-new-users")["newUsers"][0]


def test_we_say_the_vendors_send_mail_task():
    people = (MailRecipient("TO", "psmvdm", None), MailRecipient("CC", None, "luca.bianchi@test.com"))
    mail = Mail("Send mail task subject", "Lorem ipsum dolor sit amet, consectetur adipiscing elit", people)
    task = Task(3, TaskKind.SEND_MAIL, "", mail=mail)
    said = Line().insert(replace(AN_ENVELOPE, tasks=(*AN_ENVELOPE.tasks, task)))
    assert said["envelope"]["procDef"]["tasks"]["taskDef"][2] == example("6.3-send-mail")


def test_we_say_everything_that_the_vendors_comparison_of_three_ways_says():
    """§10, whose own WSDL has processDef and addUsersInCCRequest."""
    shown = example("10-insert-envelope")
    document = DocumentId("id_del_documento1")
    action = Action(document, ActionType.SIGN, Coordinates(1, 65, 100, 164, 150), conf={"actionInTCF": "true"})
    envelope = Envelope(
        external_id="id_della_pratica1",
        subject="TestEnvelope",
        message_subject="test insertenvelope",
        message_text="Message for envelope",
        documents=(Part(document, "attestato", "application/pdf", "attestato.pdf"),),
        tasks=(Task(1, TaskKind.WORK, "managerU", actions=(action,)),),
        new_users=(
            NewUser(
                "stranger_ext",
                "Test",
                "Stranger",
                "stranger@example.com",
                "stranger_ext",
                "ACCEPT_ALWAYS",
                "STRANGER",
                phone="+3912345678980",
            ),
        ),
        copies=tuple(CopyUser(f"manager_{n}", None, "", "", always=False) for n in (1, 2)),
        trust_level="INTERNAL_PDF",
        sys_generator="EMA",
        use_type="CORPORATE",
        loader="segr_test",
    )
    said = Line(wsdl=OURS.replace(b'"procDef"', b'"processDef"').replace(b'"addUsersInCC"', b'"addUsersInCCRequest"'))
    inserted = said.insert(envelope, b"\x06\x87r\x17\xae")
    assert [copy["externalId"] for copy in inserted.pop("addUsersInCCRequest")] == ["manager_1", "manager_2"]
    del shown["addUsersInCCRequest"], shown["customerCode"], inserted["customerCode"]
    assert inserted["envelope"].pop("starred") == "false"  # its default
    del inserted["envelope"]["documents"]["document"]["bytes"], shown["envelope"]["documents"]["document"]["bytes"]
    assert inserted == shown


# ------------------------------------------------------------------------------------------------------------ every word


def a_rich_envelope() -> Envelope:
    """Everything that SOAP has a place for."""
    actions = (
        Action(DOCUMENT, ActionType.SIGN, Compass(-1, CompassPosition.TOP_RIGHT)),
        Action(DOCUMENT, ActionType.INITIALS, Tag("a", "b", 1.5, -2)),
        Action(DOCUMENT, ActionType.GRAPHOMETRIC, BlankField("sig1"), mandatory=False),
    )
    return replace(
        AN_ENVELOPE,
        tasks=(replace(a_task(1, "usrU|2R", *actions), conf={"signAllVisible": "V"}, how_many=2),),
        new_users=(A_STRANGER, replace(A_STRANGER, username="b", language="it", fiscal_code="X", role="MANAGER")),
        copies=(CopyUser("cc", "cc@example.com", "C", "C", always=True),),
        document_class=DocumentClass("DC01", "377", (ClassValue("f", 9, "t"), ClassValue("g", None, None, 1.5))),
        documents=tuple(
            Part(DocumentId(f"d{n}"), "T", "application/pdf", "f.pdf", "OXP", private=True) for n in (1, 2)
        ),
        expires_at=datetime(2026, 12, 24, tzinfo=UTC),
        note="n",
        tag="t",
        join_documents=("d1", "d2"),
        starred=True,
    )


def test_what_we_send_is_valid_by_the_wsdls_own_schema():
    (described,) = parse(OURS).iter("{http://www.w3.org/2001/XMLSchema}schema")
    schema = etree.XMLSchema(parse(etree.tostring(described)))  # by itself, it declares the prefixes that it uses
    for envelope in (AN_ENVELOPE, a_rich_envelope(), replace(AN_ENVELOPE, tasks=(), policy=Policy("TPL001", -1))):
        line = Line()
        line.insert(envelope)
        schema.assertValid(_content(line.root))


def test_every_field_of_a_rich_envelope_arrives():
    said = Line().insert(a_rich_envelope())
    envelope, process = said["envelope"], said["envelope"]["procDef"]
    assert said["addUsersInCC"]["addUsersInCCStrategy"] == "EMAIL_ALWAYS"
    assert envelope["expireAt"] == 1798070400000.0
    assert envelope["joinDocuments"] == "d1 d2"
    assert envelope["docClass"]["fields"]["documentField"][0] == {"id": 9.0, "name": "f", "textValue": "t"}
    assert [d["externalId"] for d in envelope["documents"]["document"]] == ["d1", "d2"]
    task = process["tasks"]["taskDef"]
    assert (task["actorExpr"], task["howMany"], task["confString"]) == ("usrU|2R", 2.0, '{"signAllVisible":"V"}')
    assert [a["appearance"] for a in task["actionDefs"]["actionDef"]] == [
        {"compassPage": -1.0, "compassPosition": 3.0},
        {"startTagPattern": "a", "endTagPattern": "b", "tagXOffset": 1.5, "tagYOffset": -2.0, "tagCornerType": "SBL"},
        {"blankSignatureFieldName": "sig1"},
    ]
    assert [u["userAuthorities"]["authority"] for u in process["newUsers"]] == ["ROLE_STRANGER", "ROLE_MGR"]


def test_a_policy_goes_without_tasks_and_always_with_a_revision():
    said = Line().insert(replace(AN_ENVELOPE, tasks=(), policy=Policy("TPL001", -1)))
    assert said["envelope"]["procDef"] == {"code": "TPL001", "revision": -1.0}


# ------------------------------------------------------------------------------------------------------- another's WSDL


@pytest.mark.parametrize("name", ["AddUsersInCC", "addUsersInCCRequest", "usersInCC"])
def test_the_copies_are_called_as_the_wsdl_calls_them(name):
    wsdl = OURS.replace(b'"addUsersInCC"', f'"{name}"'.encode())
    assert Line(wsdl=wsdl).insert(a_rich_envelope())[name]["externalId"] == "cc"


def test_the_process_is_called_as_the_wsdl_calls_it():
    said = Line(wsdl=OURS.replace(b'"procDef"', b'"processDef"')).insert(AN_ENVELOPE)
    assert "tasks" in said["envelope"]["processDef"]
    assert "procDef" not in said["envelope"]


def test_new_users_may_have_one_more_level_and_plain_authorities():
    """§5.1's table, against §6.2's example."""
    old = b'<xs:element name="newUsers" type="tns:NewUser" minOccurs="0" maxOccurs="unbounded"/>'
    new = (
        b'<xs:element name="newUsers" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="insertUser"'
        b' type="tns:NewUser" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    )
    assert old in OURS
    wsdl = OURS.replace(old, new).replace(
        b'<xs:element name="userAuthorities" type="tns:UserAuthority" minOccurs="0" maxOccurs="unbounded"/>',
        b'<xs:element name="userAuthorities" type="xs:string"/>',
    )
    said = Line(wsdl=wsdl).insert(a_rich_envelope())
    users = said["envelope"]["procDef"]["newUsers"]["insertUser"]
    assert [user["userAuthorities"] for user in users] == ["ROLE_STRANGER", "ROLE_MGR"]


@pytest.mark.parametrize(
    ("kind", "said"), [("long", 1798070400000.0), ("dateTime", "2026-12-24T00:00:00Z"), ("date", "2026-12-24")]
)
def test_a_date_is_written_as_the_wsdl_types_it(kind, said):
    wsdl = OURS.replace(b'name="expireAt" type="xs:string"', f'name="expireAt" type="xs:{kind}"'.encode())
    shown = Line(wsdl=wsdl).insert(a_rich_envelope())["envelope"]["expireAt"]
    assert shown == said or shown.replace("+00:00", "Z") == said


def test_documents_are_base64_once_whatever_the_wsdl_calls_their_type():
    wsdl = OURS.replace(b'type="xs:base64Binary"', b'type="xs:string"')
    for known in (OURS, wsdl):
        said = Line(wsdl=known).insert(AN_ENVELOPE, b"\x00\xff")
        assert said["envelope"]["documents"]["document"]["bytes"] == "AP8="


def test_what_the_wsdl_has_no_place_for_is_refused_and_not_left_out():
    line = Line(wsdl=OURS.replace(b'name="joinDocuments"', b'name="somethingElse"'))
    with pytest.raises(ProviderRefused, match="envelope/joinDocuments"):
        line.insert(a_rich_envelope())


def test_a_wsdl_that_takes_one_new_user_takes_no_two():
    wsdl = OURS.replace(b'type="tns:NewUser" minOccurs="0" maxOccurs="unbounded"', b'type="tns:NewUser" minOccurs="0"')
    assert "newUsers" in Line(wsdl=wsdl).insert(replace(AN_ENVELOPE, new_users=(A_STRANGER,)))["envelope"]["procDef"]
    with pytest.raises(ProviderRefused, match="newUsers only"):
        Line(wsdl=wsdl).insert(a_rich_envelope())


# ---------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        OK.replace("<code>OK</code>", "<message>Successfull</message><code>OK</code><more/>"),
        OK.replace(" xmlns='http://www.librofirma.it/schemas/3.0'", ""),
        "<returnStatus><code>ok</code></returnStatus>",
        "<x><code> OK </code></x>",
    ],
)
def test_an_insertion_succeeds_with_ok_in_any_order_and_company(answer):
    Line(answer).insert(AN_ENVELOPE)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("RETURN_STATUS_ENVELOPE_ALREADY_EXISTS", ProviderConflict),
        ("MULTILPLE_DOCS_WITH_SAME_EXT_ID", ProviderRefused),
        ("CUST_NOT_FOUND", CredentialsRefused),
        ("ILLEGAL_ARGUMENT", ProviderRefused),
        ("SOMETHING_NEW", ProviderRefused),
        ("ERROR", OutcomeUnknown),
        ("", OutcomeUnknown),
    ],
)
def test_an_insertion_fails_with_any_other_code(code, error):
    with pytest.raises(error):
        Line(OK.replace("<code>OK</code>", f"<code>{code}</code>")).insert(AN_ENVELOPE)


def test_a_deletion_without_a_code_is_a_broken_answer_and_no_doubt():
    with pytest.raises(ContractBroken):
        Line("<x/>").book.delete("a")


# ------------------------------------------------------------------------------------------------------------------ reads


def a_wsdl_that_reads() -> bytes:
    """As a customer's may: the operation's name and its parameters are theirs."""
    request = b"""<xs:element name="findEnvelopeRequest"><xs:complexType><xs:sequence>
      <xs:element name="customerCode" type="xs:string"/><xs:element name="enveExtId" type="xs:string"/>
      <xs:element name="withDocBytes" type="xs:boolean"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="findEnvelopeResponse"><xs:complexType><xs:sequence><xs:any processContents="lax"/></xs:sequence>
      </xs:complexType></xs:element></xs:schema>"""
    message = b"""<wsdl:message name="fi"><wsdl:part name="p" element="tns:findEnvelopeRequest"/></wsdl:message>
      <wsdl:message name="fo"><wsdl:part name="p" element="tns:findEnvelopeResponse"/></wsdl:message><wsdl:portType"""
    port = b"""<wsdl:operation name="findEnvelope"><wsdl:input message="tns:fi"/><wsdl:output message="tns:fo"/>
      </wsdl:operation></wsdl:portType>"""
    bound = b"""<wsdl:operation name="findEnvelope"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/>
      </wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>"""
    changed = OURS.replace(b"</xs:schema>", request).replace(b"<wsdl:portType", message, 1)
    return changed.replace(b"</wsdl:portType>", port).replace(b"</wsdl:binding>", bound)


AN_ANSWER = """<findEnvelopeResponse><returnStatus><code>OK</code></returnStatus><envelope><externalId>pkg_1</externalId>
  <status>WKD</status><expireAt>1798070400000</expireAt><documents><document><externalId>d1</externalId>
  <docType>D</docType><bytes>AP8=</bytes></document></documents><process><status>C</status><liveStatus><stepEvent>
  <mgrExternalId>anna@example.com</mgrExternalId><status>WKD</status></stepEvent><stepEvent><mgrExternalId>bo</mgrExternalId>
  <status>NEW</status></stepEvent></liveStatus></process></envelope></findEnvelopeResponse>"""


def test_a_read_of_the_accounts_own_wsdl_shows_the_envelope():
    line = Line(AN_ANSWER, wsdl=a_wsdl_that_reads())
    seen = line.book.read("findEnvelope", "pkg_1", with_bytes=True)
    assert line.said == {"customerCode": "***secret***", "enveExtId": "pkg_1", "withDocBytes": "true"}
    assert (seen.external_id, seen.status, seen.process.status) == ("pkg_1", "WKD", "C")
    assert [event.mgr_external_id for event in seen.people] == ["anna@example.com", "bo"]
    assert [(d.external_id, d.content) for d in seen.documents] == [("d1", "AP8=")]
    assert seen.expires_at == datetime(2026, 12, 24, tzinfo=UTC)


def test_a_read_of_what_is_not_there_is_told():
    missing = AN_ANSWER.replace("<code>OK</code>", "<code>ENVELOPE_NOT_FOUND</code>")
    missing = re.sub(r"<envelope>.*</envelope>", "", missing, flags=re.DOTALL)
    with pytest.raises(ProviderNotFound):
        Line(missing, wsdl=a_wsdl_that_reads()).book.read("findEnvelope", "pkg_1", with_bytes=False)


@pytest.mark.parametrize("status", [404, 410])
def test_a_404_that_is_no_word_of_gosigns_says_of_no_envelope_that_it_is_gone(status):
    for body in (b"<html>404</html>", b"", soap("<x/>")):
        with pytest.raises(ProviderUnavailable):
            Line(body, wsdl=a_wsdl_that_reads(), status=status).book.read("findEnvelope", "pkg_1", with_bytes=False)
        with pytest.raises(ProviderUnavailable):
            Line(body, status=status).book.delete("pkg_1")
        with pytest.raises(OutcomeUnknown):
            Line(body, status=status).insert(AN_ENVELOPE)


def test_gosigns_own_404_is_told_by_its_code():
    missing = "<answer><returnStatus><code>ENVELOPE_NOT_FOUND</code></returnStatus></answer>"
    with pytest.raises(ProviderNotFound):
        Line(missing, status=404).book.delete("pkg_1")


def test_a_wsdl_that_lacks_an_operation_is_said_to_the_administrator():
    with pytest.raises(Unprocessable) as refused:
        sign_book(OURS, "insertEnvelope", "findEnvelope")
    assert [(p.pointer, p.detail) for p in refused.value.problems] == [
        ("/settings/wsdl", "The WSDL has no findEnvelope.")
    ]
    with pytest.raises(ProviderRefused):
        Line(AN_ANSWER).book.read("findEnvelope", "pkg_1", with_bytes=False)


# -------------------------------------------------------------------------------------------------------------- in figures


def test_the_client_is_made_once_per_process():
    assert sign_book(None) is sign_book(OURS) is load(OURS)


def test_forty_megabytes_pass():
    size = 40_000_000
    said = Line().insert(AN_ENVELOPE, bytes(size))
    assert len(said["envelope"]["documents"]["document"]["bytes"]) == 4 * ((size + 2) // 3)


def test_no_secret_is_seen_in_a_sign_book():
    assert "secret" not in repr(Line().book)
