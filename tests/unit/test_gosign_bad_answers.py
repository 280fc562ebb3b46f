"""What GoSign might answer, or say in another's name, and nobody may believe: it changes nothing and is repeated nowhere."""

from __future__ import annotations

import base64
import json
import tempfile

import httpx
import pytest

from esign.domain.errors import ContractBroken, OutcomeUnknown
from esign.domain.ids import AccountId
from esign.domain.status import PackageStatus
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.providers.gosign.answers import envelope_on_disk
from esign.providers.gosign.client_rest import RestV1
from esign.providers.gosign.errors import NAME, read_fault
from esign.providers.gosign.fetched import Fetched
from esign.providers.gosign.wire import DocumentView
from tests.fakes.gosign_caller import NS, Gosign, soap, soap_notification, work_notification

VENDOR = Vendor(NAME, read_fault)
SECRET = "c0de-of-the-customer"


def rest(body: bytes) -> RestV1:
    """REST v1, whose service answers this to everything."""
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    http = ProviderHttp(vendor=VENDOR, base_url="https://webapp.gosign.digital", client=lambda: client)
    return RestV1(http, Deadline(5), lambda: SECRET, "COUPA")


WHOLE = json.dumps(
    {"externalId": "x", "status": "PGS", "documents": [{"externalId": "d", "bytes": "JVBERi0="}]}
).encode()


@pytest.mark.parametrize("at", [1, 20, len(WHOLE) // 2, len(WHOLE) - 1])
def test_an_answer_that_was_cut_is_no_envelope_and_no_success(at):
    with pytest.raises(ContractBroken):
        rest(WHOLE[:at]).envelope("x")
    with pytest.raises(ContractBroken), tempfile.TemporaryFile() as file:
        rest(WHOLE[:at]).envelope_with_bytes("x", file)
    with pytest.raises(OutcomeUnknown) as unknown:
        rest(WHOLE[:at]).insert("x", {})
    assert SECRET not in f"{unknown.value.detail} {unknown.value.fault}"


def fetched(content: str) -> Fetched:
    """A signed document as it stands in the answer of a read."""
    answer = json.dumps({"externalId": "x", "status": "WKD", "documents": [{"externalId": "d", "bytes": content}]})
    fetch = lambda file: (file.write(answer.encode()), envelope_on_disk(file, VENDOR))[1]  # noqa: E731
    return Fetched(fetch, [DocumentView(external_id="d")])


GOOD = base64.b64encode(bytes(range(256)) * 1000).decode()


@pytest.mark.parametrize("length", [400, len(GOOD)], ids=["short", "on disk"])
@pytest.mark.parametrize("garbage", ["***", "=", "é", "=A"])
def test_a_signed_file_that_is_no_base64_is_no_file(length, garbage):
    whole = base64.b64decode(GOOD[:length])
    assert b"".join(open_all(GOOD[:length])) == whole
    with pytest.raises(ContractBroken):
        open_all(GOOD[: length // 2] + garbage + GOOD[length // 2 : length])


def open_all(content: str) -> list[bytes]:
    with fetched(content).open(0) as pieces:
        return list(pieces)


# ------------------------------------------------------------------------------------------------------- calls to us


def test_soap_with_documents_that_are_no_base64_is_believed_in_nothing_but_its_id():
    gosign = Gosign(integration="oauth")
    package = gosign.sent()
    content = "<content><mime-type>application/pdf</mime-type><data>***not base64***</data></content>"
    paper = f"<documents><document><docExternalId>d</docExternalId>{content}</document></documents><liveStatus/>"
    heard = gosign.says(soap_notification(package.id, "SIGN_PROCESS_ENDED", paper))
    assert (heard.status, heard.body.findtext("success")) == (200, "true")
    assert gosign.now(package) == package  # only a refresh was woken


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_what_is_no_soap_is_refused_by_what_came_whatever_it_is_called(kind):
    gosign = Gosign()
    package = gosign.sent()
    heard = gosign.says(json.dumps(work_notification(package.id)), headers={"Content-Type": kind})
    assert (heard.status, heard.body.findtext("faultcode")) == (400, "soap:Client")
    assert gosign.now(package) == package
    assert gosign.connector.workflows.started == {}


QUESTION = soap(
    f'<q:getEnvelopeExternalStatusRequest xmlns:q="{NS}"><userExtId>u</userExtId>'
    "<envelopeExtIdList>{package}</envelopeExtIdList></q:getEnvelopeExternalStatusRequest>"
)
DONE = soap(
    "<OperationDoneEvent><ID>77</ID><command>insertEnvelope</command><extId>{package}</extId>"
    "<returnStatus><code>error</code><message>x</message></returnStatus></OperationDoneEvent>"
)


@pytest.fixture
def strange():
    """An account at GoSign, and the id of a package of another account, whose insertion LegalBus has taken in charge."""
    gosign = Gosign(integration="legalbus")
    gosign.connector.provider.takes_charge = ("77",)
    package = gosign.sent()
    assert package.status is PackageStatus.SENDING
    gosign.connector.add_account(id="globex", provider="gosign", settings={"integration": "legalbus"})
    owner, gosign.connector.account = gosign.connector.account, AccountId("globex")
    before = dict(gosign.connector.workflows.started)
    yield gosign, package.id
    assert gosign.connector.workflows.started == before
    gosign.connector.account = owner
    assert gosign.now(package) == package


def test_another_accounts_envelope_is_as_unknown_by_soap_as_by_rest(strange):
    gosign, theirs = strange
    assert gosign.says(soap_notification(theirs)).body.findtext("success") == "true"
    assert gosign.notifies(theirs, work_notification(theirs)).json["outcome"] == "failed_please_discard"
    extended = {"externalId": theirs, "status": "STP", "previousStatus": "PGS"}
    assert gosign.notifies(theirs, extended).json["outcome"] == "failed_please_discard"


def test_another_accounts_envelope_is_neither_told_of_nor_settled(strange):
    gosign, theirs = strange
    asked = gosign.says(QUESTION.replace("{package}", theirs))
    unknown = gosign.says(QUESTION.replace("{package}", "SAP-4711"))
    assert asked.text.replace(theirs, "SAP-4711") == unknown.text
    assert gosign.says(DONE.replace("{package}", theirs)).status == 200


def test_a_package_of_the_caller_is_settled_by_the_same_event():
    """So the two above could fail."""
    gosign = Gosign(integration="legalbus")
    gosign.connector.provider.takes_charge = ("77",)
    package = gosign.sent()
    gosign.says(DONE.replace("{package}", package.id))
    assert gosign.now(package).status is PackageStatus.FAILED
