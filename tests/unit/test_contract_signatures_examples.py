"""Every example of the vendor's document (seeds/002): that it stands there, and that we say or understand exactly it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from esign.coupa.mapping_recipients import new_recipients
from esign.domain.document import FileKind
from esign.domain.recipient import Authentication
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.contract_signatures.credentials import key_headers
from esign.providers.contract_signatures.options import parse_options, parse_settings
from esign.providers.contract_signatures.request import create_body
from esign.providers.contract_signatures.search import Created, Order, Search
from esign.providers.contract_signatures.wire import Attachment, Contract, Page
from tests.fakes.contract_signatures import SETTINGS, Scripted, a_contract_package, a_provider
from tests.fakes.factories import a_recipient
from tests.fakes.papers import Papers

DOCUMENT = (Path(__file__).parents[1] / "data/contract_signatures/document.txt").read_text()
BASE = "https://contract-signatures.com"
CONTRACT = "15f5b906-1076-4539-a9ac-0be80bdef973"
SHA3 = "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26"  # noqa: E501

KEY = "BgV57K7vCwGE2vXex7BcgahRMeYoBQgdSJWhcQoJXhF4"
CREATED = '"created|signed|rejected|completed-contract"'

SIGNER: dict[str, Any] = {
    "fullName": "Janie Doe",
    "accessKind": "email",
    "email": "janie.doe@hotmail.com",
    "phone": "+33639987654",
    "decision": "signed",
    "decisionTimestamp": "2022-09-16T13:36:34.971644Z",
    "decisionIp": "198.51.100.123",
}
ATTACHMENT: dict[str, Any] = {
    "id": "att87654321",
    "version": 1,
    "creationTimestamp": "2022-09-16T13:36:34.971644Z",
    "sha3": SHA3,
}
SHOWN: dict[str, Any] = {
    "id": CONTRACT,
    "templateId": "654321",
    "collectionId": "123456",
    "name": "NDA",
    "createdById": "123456:b84aeffd-32e5-4b4b-a012-89bf06cae06e",
    "creationTimestamp": "2022-09-16T13:28:37.4951Z",
    "expirationTimestamp": "2022-09-23T13:28:37.4951Z",
    "sequentialSigning": False,
    "archivalTimestamp": "2022-09-30T13:28:37.932523Z",
    "status": "signed",
    "signers": [SIGNER],
    "finalizedPdf": ATTACHMENT,
    "certificatePdf": ATTACHMENT,
}


@pytest.mark.parametrize(
    "example",
    [
        KEY, CREATED, '"1234567"', '"+49 172-9973185"', '"richard.roe@company.com"', "“Richard Roe”", '"NDA"',
        '"2022-10-01~2022-10-31"', '"Europe/Paris", "Z", "UTC" or "UTC+01:00"', '"any"', '"random"',
        *(str(value) for value in SHOWN.values() if isinstance(value, str)),
        *(str(value) for value in SIGNER.values()),
        *(str(value) for value in ATTACHMENT.values()),
    ],
)  # fmt: skip
def test_an_example_stands_in_the_document(example):
    assert example in DOCUMENT


def test_the_key():
    assert key_headers({"apiKey": KEY}) == {"Authorization": f"Bearer {KEY}"}
    assert f"Authorization: Bearer {KEY}" in DOCUMENT


def called(method, url, do):
    """The one call that `do` makes is this one of the document."""
    assert f"{method} {BASE}{url.replace(CONTRACT, '{contract-id}')}" in DOCUMENT
    answer = {"POST": httpx.Response(201, json=CONTRACT), "GET": httpx.Response(200, json=SHOWN | {"totalCount": 0})}
    scripted = Scripted({method: answer.get(method, httpx.Response(204))})
    do(a_provider(scripted))
    (asked,) = scripted.asked
    assert (asked.method, str(asked.url).partition("?")[0]) == (method, f"{BASE}{url.partition('?')[0]}")
    return asked


def test_get_contract():
    called("GET", f"/webapi/contracts/{CONTRACT}", lambda provider: provider.api.get(CONTRACT))


def test_search_contracts():
    do = called("GET", "/webapi/contracts?{search-parameters}", lambda p: p.api.search(Search(time_zone="UTC+01:00")))
    assert "time-zone=UTC%2B01%3A00" in str(do.url)


def test_create_contract():
    asked = called("POST", "/webapi/contracts", lambda p: p.api.create({"templateId": "1234567"}))
    assert json.loads(asked.content) == {"templateId": "1234567"}


def test_archive_contract():
    assert called("PATCH", f"/webapi/contracts/{CONTRACT}", lambda p: p.api.archive(CONTRACT)).content == b""


def test_delete_contract():
    called("DELETE", f"/webapi/contracts/{CONTRACT}", lambda p: p.api.delete(CONTRACT))


def test_the_request_with_its_signer_and_watcher():
    given = {
        "fullName": "Richard Roe",
        "email": "richard.roe@company.com",
        "phone": "+49 172-9973185",
        "authentication": "SMS_OTP",
    }
    (new,) = new_recipients({"recipients": [given]})
    options = {
        "appendSignatureMacro": True,
        "receivesCompletedContract": False,
        "watchers": [
            {
                "name": "Richard Roe",
                "email": "richard.roe@company.com",
                "notificationKinds": ["created", "signed", "rejected", "completed-contract"],
            }
        ],
    }
    package = a_contract_package(name="NDA", options=options)
    people = tuple(
        a_recipient(
            package.id, n, first_name=new.first_name, last_name=new.last_name, email=new.email, phone=new.phone,
            authentication=Authentication.SMS_OTP,
        )
        for n in (1, 2)
    )  # fmt: skip
    body = create_body(
        replace(package, recipients=people),
        "1234567",
        parse_settings(SETTINGS | {"watchers": True}),
        parse_options(options),
    )
    assert body["templateId"] == "1234567"
    assert body["name"].startswith("NDA [")
    assert body["sequentialSigning"] is True
    assert body["signers"][0] == {
        "fullName": "Richard Roe",
        "accessKind": "email",
        "email": "richard.roe@company.com",
        "phone": "+491729973185",  # E.164 has no separators; the example's are taken from Coupa and not passed on
        "appendSignatureMacro": True,
        "receivesCompletedContract": False,
    }
    watcher = {"name": "Richard Roe", "email": "richard.roe@company.com", "notificationKinds": CREATED.strip('"')}
    assert body["watchers"] == [watcher]


def test_the_contract_with_its_signer_and_attachments():
    contract = Contract.model_validate(SHOWN)
    assert (contract.id, contract.template_id, contract.name, contract.status) == (CONTRACT, "654321", "NDA", "signed")
    assert contract.sequential_signing is False
    assert contract.expiration_timestamp == datetime(2022, 9, 23, 13, 28, 37, 495100, UTC)
    assert contract.archival_timestamp == datetime(2022, 9, 30, 13, 28, 37, 932523, UTC)
    (signer,) = contract.signers
    assert (signer.full_name, signer.access_kind, signer.email) == ("Janie Doe", "email", "janie.doe@hotmail.com")
    assert (signer.phone, signer.decision, signer.decision_ip) == ("+33639987654", "signed", "198.51.100.123")
    assert signer.decision_timestamp == datetime(2022, 9, 16, 13, 36, 34, 971644, UTC)


def test_the_attachment():
    attachment = Attachment.model_validate(ATTACHMENT)
    assert (attachment.id, attachment.version, attachment.sha3) == ("att87654321", 1, SHA3)
    assert attachment.creation_timestamp == datetime(2022, 9, 16, 13, 36, 34, 971644, UTC)


def test_the_whole_example_as_a_package():
    package = a_contract_package(reference=(CONTRACT,), status=PackageStatus.IN_PROCESS)
    janie = a_recipient(package.id, first_name="Janie", last_name="Doe", email="janie.doe@hotmail.com")
    package = replace(package, recipients=(janie,))
    provider = a_provider(Scripted({"GET": httpx.Response(200, json=SHOWN)}))
    seen = provider.read(package)
    assert seen.status is PackageStatus.SIGNED
    assert [(r.status, r.ip_address, r.signed_with) for r in seen.recipients] == [
        (RecipientStatus.SIGNED, "198.51.100.123", "sms")
    ]
    files = [(file.kind, file.digest) for file in provider.signed_files(package)]
    assert files == [(FileKind.SIGNED_DOCUMENT, ("sha3_512", SHA3)), (FileKind.AUDIT_TRAIL, ("sha3_512", SHA3))]
    assert provider.preflight(package, Papers(default=b"")) == ()


def test_the_empty_page():
    page = Page.model_validate({"totalCount": 0})
    assert (page.total_count, page.contracts) == (0, [])


@pytest.mark.parametrize("zone", ["Europe/Paris", "Z", "UTC", "UTC+01:00"])
def test_a_time_zone(zone):
    assert Search(time_zone=zone).params()["time-zone"] == zone


def test_the_range_of_dates_and_the_named_defaults():
    search = Search(created=Created(date(2022, 10, 1), date(2022, 10, 31)), order=Order.RANDOM).params()
    assert (search["date-range"], search["order"]) == ("2022-10-01~2022-10-31", "random")
    assert (search["statuses"], search["placement"]) == ("any", "any")


@pytest.mark.parametrize("kind", ["email", "url"])
def test_an_access_kind(kind):
    assert Contract.model_validate(SHOWN | {"signers": [SIGNER | {"accessKind": kind}]}).signers[0].access_kind == kind


@pytest.mark.parametrize("decision", ["signed", "rejected"])
def test_a_decision(decision):
    assert (
        Contract.model_validate(SHOWN | {"signers": [SIGNER | {"decision": decision}]}).signers[0].decision == decision
    )
