"""GoSign by SOAP and by LegalBus, against the simulator: its WSDL is another hand's reading of the same document."""

from __future__ import annotations

import base64
import gzip
import io
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from esign.domain.document import FileKind
from esign.domain.errors import CredentialsRefused, OutcomeUnknown, ProviderConflict, ProviderRefused
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.http.deadline import Deadline
from esign.ports import Found, TakenInCharge
from esign.providers.gosign.adapter import GosignProvider
from esign.providers.gosign.client_soap import Erased, SignBook, ToErase
from esign.providers.gosign.doors_soap import SoapDoor
from esign.providers.gosign.vendor import open_provider
from esign.providers.opening import Opening
from sandbox.providers.gosign.server import GosignSimulator
from sandbox.providers.gosign.side import DOORS
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers, a_pdf

CODE = "customer-code-of-the-sandbox"
PAPERS = Papers(default=a_pdf(2))


@pytest.fixture(scope="module")
def running():
    with GosignSimulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running):
    running.control.reset()
    running.control.clear_faults()
    return running


def provider(simulator: GosignSimulator, door: str, *, code: str = CODE, **settings: Any) -> GosignProvider:
    known = {"baseUrl": simulator.url, **DOORS[door](simulator)} | settings
    return open_provider(
        an_account(provider="gosign", settings={k: v for k, v in known.items() if v is not None}),
        Opening(
            credentials=lambda: {"customerCode": code},
            deadline=Deadline(60),
            observe=lambda _: None,
            allow_loopback=True,
        ),
    )


def contract(recipients: int = 2, documents: int = 1) -> Package:
    package = a_package(created_at=datetime.now(UTC))
    return replace(
        package,
        documents=tuple(a_document(package.id, n) for n in range(1, documents + 1)),
        recipients=tuple(a_recipient(package.id, n) for n in range(1, recipients + 1)),
    )


def send(opened: GosignProvider, package: Package) -> Package:
    assert opened.preflight(package, PAPERS) == ()
    reference = opened.send(package, PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None)
    assert not isinstance(reference, TakenInCharge)
    state = replace(package.provider, reference=reference)
    return replace(package, provider=state, status=PackageStatus.IN_PROCESS)


def their_wsdl(simulator: GosignSimulator, **switches: Any) -> bytes:
    simulator.control.configure(switches=switches)
    return httpx.get(f"{simulator.soap}signBookWS.wsdl").raise_for_status().content


def packed(wsdl: bytes) -> str:
    return base64.b64encode(gzip.compress(wsdl)).decode()


def book(opened: GosignProvider) -> SignBook:
    assert isinstance(opened.writes, SoapDoor)
    return opened.writes.client


# ------------------------------------------------------------------------------------------------------------------- SOAP


def finished(simulator: GosignSimulator, opened: GosignProvider) -> list[tuple[str, DocumentId | None, bytes]]:
    """Two signers in order, from Send to the files."""
    sent = send(opened, contract(documents=2))
    seen = opened.read(sent)
    assert [r.status for r in seen.recipients] == [RecipientStatus.SENT, RecipientStatus.WAITING]
    for recipient in sent.recipients:
        simulator.control.sign(sent.id, recipient.email or "")
    assert opened.read(sent).status is PackageStatus.SIGNED
    files = []
    for file in opened.signed_files(sent):
        with file.open() as pieces:
            files.append((file.kind.value, file.document, b"".join(pieces)))
    assert [document for _, document, _ in files][:2] == [d.id for d in sent.documents]
    return files


def test_a_contract_goes_out_by_soap_and_comes_back_by_the_companion(simulator):
    files = finished(simulator, provider(simulator, "gosign-soap"))
    assert [kind for kind, _, _ in files] == ["SIGNED_DOCUMENT", "SIGNED_DOCUMENT", FileKind.AUDIT_TRAIL.value]
    assert all(body.startswith(b"%PDF-") for _, _, body in files)
    assert [r["version"] for r in simulator.control.requests("InsertEnvelope")] == ["soap"]


def test_a_wsdl_that_reads_makes_the_companion_unnecessary(simulator):
    own = packed(their_wsdl(simulator, soap_reads=True))
    opened = provider(simulator, "gosign-soap", companion=None, wsdl=own, readOperation="findEnvelope")
    files = finished(simulator, opened)
    assert len(files) == 3
    assert {r["version"] for r in simulator.control.requests()} == {"soap"}


@pytest.mark.parametrize(
    "switches",
    [
        {"soap_process": "procDef", "soap_copies": "addUsersInCC"},
        {"soap_process": "processDef", "soap_copies": "AddUsersInCC"},
    ],
    ids=["§5.1's example", "§5.1's table"],
)
def test_the_wsdl_of_the_account_names_what_is_sent(simulator, switches):
    opened = provider(simulator, "gosign-soap", wsdl=packed(their_wsdl(simulator, **switches)))
    package = contract()
    copied = replace(a_recipient(package.id, 3), role=Role.CC)
    sent = send(opened, replace(package, recipients=(*package.recipients, copied)))
    assert opened.read(sent).status is PackageStatus.IN_PROCESS
    (said,) = simulator.control.requests("InsertEnvelope")
    assert said["status"] == 200


def test_a_wrong_customer_code_is_told_and_not_repeated(simulator):
    wrong = provider(simulator, "gosign-soap", code="guessed-customer-code")
    with pytest.raises(CredentialsRefused) as refused:
        send(wrong, contract())
    assert "guessed-customer-code" not in f"{refused.value.detail} {refused.value.fault}"


def test_the_same_envelope_again_is_a_success_and_makes_no_second(simulator):
    opened, package = provider(simulator, "gosign-soap"), contract()
    assert send(opened, package).provider.reference == send(opened, package).provider.reference == (package.id,)
    assert len(simulator.control.envelopes()) == 1


def test_a_lost_reply_is_found_by_the_companion(simulator):
    opened, package = provider(simulator, "gosign-soap"), contract()
    simulator.control.fault("InsertEnvelope", "lost_reply", version="soap")
    with pytest.raises(OutcomeUnknown):
        send(opened, package)
    assert isinstance(opened.find(package, {}), Found)


def test_an_envelope_is_withdrawn_by_soap(simulator):
    opened = provider(simulator, "gosign-soap")
    sent = send(opened, contract())
    opened.withdraw(sent, None)
    asked = replace(sent, withdraw_requested="")
    assert opened.read(asked).status is PackageStatus.CANCELLED
    opened.withdraw(asked, None)
    assert [r["version"] for r in simulator.control.requests("DeleteEnvelope")] == ["soap"]


def test_documents_are_erased_wholly_partly_or_not_at_all(simulator):
    opened = provider(simulator, "gosign-soap")
    sent = send(opened, contract(documents=3))
    one, two, three = (document.id for document in sent.documents)
    client = book(opened)
    assert client.erase([ToErase(sent.id, one)]) is Erased.ALL
    assert client.erase([ToErase(sent.id, two), ToErase(sent.id, file_name="nowhere.pdf")]) is Erased.SOME
    with pytest.raises(ProviderConflict) as refused:
        client.erase([ToErase(sent.id, three)])  # every task would be left without an action
    assert refused.value.fault is not None
    assert refused.value.fault.code == "NO_DOCUMENTS_DELETED"


def test_forty_megabytes_go_out(simulator):
    large = io.BytesIO(a_pdf(1)[:-6] + b"%" + b"\n" * 40_000_000 + b"%%EOF\n").getvalue()
    opened, package = provider(simulator, "gosign-soap"), contract(1)
    reference = opened.send(package, Papers(default=large), progress={}, checkpoint=lambda _: None, callback_url=None)
    assert reference == (package.id,)
    (said,) = simulator.control.requests("InsertEnvelope")
    assert said["bytes"] > 53_000_000


# --------------------------------------------------------------------------------------------------------------- LegalBus


def settled(simulator: GosignSimulator, package: Package) -> list[dict[str, Any]]:
    """What GoSign made of it, behind LegalBus."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if done := [entry for entry in simulator.control.operations() if entry["envelope"] == package.id]:
            return done
        time.sleep(0.05)
    raise AssertionError("LegalBus has done nothing")


def test_legalbus_takes_a_contract_in_charge_under_an_id_that_it_says_again(simulator):
    opened, package = provider(simulator, "gosign-legalbus"), contract()
    taken = opened.send(package, PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None)
    assert isinstance(taken, TakenInCharge)
    assert settled(simulator, package) == [{"envelope": package.id, "receipt": taken.receipt, "code": "OK"}]


def test_legalbus_may_give_no_id(simulator):
    simulator.control.configure(switches={"legalbus_status": 204})
    opened = provider(simulator, "gosign-legalbus")
    taken = opened.send(contract(), PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None)
    assert taken == TakenInCharge(None)


def test_what_legalbus_has_settled_is_read_and_withdrawn_by_the_companion(simulator):
    opened, package = provider(simulator, "gosign-legalbus"), contract()
    opened.send(package, PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None)
    settled(simulator, package)
    sent = replace(package, provider=replace(package.provider, reference=(package.id,)))
    assert opened.read(sent).status is PackageStatus.IN_PROCESS
    opened.withdraw(sent, None)
    assert [r["version"] for r in simulator.control.requests("DeleteEnvelope")] == ["rest"]


def test_a_message_that_soap_cannot_hold_is_refused_before_anything_is_sent(simulator):
    opened = provider(simulator, "gosign-soap")
    with pytest.raises(ProviderRefused):
        opened.send(
            replace(contract(), name="a\x07b"), PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None
        )
    assert simulator.control.requests("InsertEnvelope") == []
