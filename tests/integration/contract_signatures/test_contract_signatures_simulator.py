"""The Contract Signatures simulator: keys, create, get, search; every example of seeds/002."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.providers.contract_signatures.model import OWNER, Key
from sandbox.providers.contract_signatures.server import KEY, ContractSignaturesSimulator
from tests.fakes.contract_signatures_contracts import CONTRACTS, by_link, created, get, names, post, search, signer

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")  # as 2022-09-16T13:28:37.4951Z
OTHER = Key("another-key", owner="123456:00000000-0000-0000-0000-000000000000")


@pytest.fixture(scope="module")
def server():
    with ContractSignaturesSimulator(keys=(Key(KEY), OTHER)) as running:
        yield running


@pytest.fixture
def service(server):
    yield server.service
    server.service.reset()
    server.service.keys[:] = [Key(KEY), OTHER]


# Keys


def calls(api):
    contract = created(api)
    return {
        "get": lambda: api.get(f"{CONTRACTS}/{contract}"),
        "search": lambda: api.get(CONTRACTS),
        "create": lambda: post(api),
        "archive": lambda: api.patch(f"{CONTRACTS}/{contract}"),
        "delete": lambda: api.delete(f"{CONTRACTS}/{contract}"),
    }


def test_each_call_needs_its_privilege_and_no_other(api, service):
    for privilege, call in calls(api).items():
        others = frozenset({"get", "search", "create", "archive", "delete"} - {privilege})
        service.keys[:] = [Key(KEY, privileges=others)]
        assert call().status_code == 403
        service.keys[:] = [Key(KEY, privileges=frozenset({privilege}))]
        assert call().status_code in {200, 201, 204}
        service.keys[:] = [Key(KEY)]


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {KEY}", KEY, "Bearer ké"])
def test_without_a_known_key_all_calls_are_401(api, header):
    headers = [(b"Authorization", header.encode("latin-1"))]
    assert api.get(CONTRACTS, headers=headers).status_code == 401


def test_a_key_works_only_between_its_two_dates(api, service):
    now, day = service.now(), timedelta(days=1)
    service.keys[:] = [Key(KEY, not_before=now + day, not_after=now + 3 * day)]
    assert api.get(CONTRACTS).status_code == 401
    service.advance(2 * 86_400)
    assert api.get(CONTRACTS).status_code == 200
    service.advance(2 * 86_400)
    assert api.get(CONTRACTS).status_code == 401


@pytest.mark.parametrize(("allowed", "status"), [(("127.0.0.0/8",), 200), (("203.0.113.9", "198.51.100.0/24"), 403)])
def test_a_key_works_only_from_its_addresses(api, service, allowed, status):
    service.keys[:] = [Key(KEY, allowed_ips=allowed)]
    assert api.get(CONTRACTS).status_code == status


def test_which_of_401_and_403_is_a_switch(api, service):
    service.configure(no_privilege=401, wrong_ip=401, out_of_time=403)
    refused = [
        Key(KEY, privileges=frozenset()),
        Key(KEY, allowed_ips=("203.0.113.9",)),
        Key(KEY, not_after=service.now() - timedelta(1)),
    ]
    seen = []
    for key in refused:
        service.keys[:] = [key]
        seen.append(api.get(CONTRACTS).status_code)
    assert seen == [401, 401, 403]


# Create and get


def test_the_example_request_makes_a_contract_with_every_field_of_the_documents_objects(api):
    person = signer(phone="+49 172-9973185", appendSignatureMacro=True, receivesCompletedContract=False)
    made = get(api, created(api, person, sequentialSigning=True))
    assert str(uuid.UUID(made["id"])) == made["id"]
    assert made["templateId"] == "1234567"
    assert made["name"] == "NDA"
    assert made["createdById"] == OWNER
    assert made["sequentialSigning"] is True
    assert made["status"] == "sent"
    assert TIMESTAMP.fullmatch(made["creationTimestamp"])
    assert TIMESTAMP.fullmatch(made["expirationTimestamp"])
    assert made.keys() == {
        *("id", "templateId", "collectionId", "name", "createdById", "creationTimestamp", "expirationTimestamp"),
        *("sequentialSigning", "status", "signers"),
    }
    assert made["signers"] == [
        {
            "fullName": "Richard Roe",
            "accessKind": "email",
            "email": "richard.roe@company.com",
            "phone": "+491729973185",
        }
    ]


def test_a_decision_shows_its_time_and_address(api, service):
    contract = created(api)
    service.sign(contract, "Richard Roe")
    (person,) = get(api, contract)["signers"]
    assert (person["decision"], person["decisionIp"]) == ("signed", "198.51.100.123")
    assert TIMESTAMP.fullmatch(person["decisionTimestamp"])


@pytest.mark.parametrize(
    "change",
    [
        {"templateId": None},
        {"templateId": "größe"},
        {"templateId": "unknown page"},
        {"name": ""},
        {"name": "two\nlines"},
        {"signers": []},
        {"signers": [signer(f"Signer {number}") for number in range(27)]},
        {"signers": [{"fullName": "No Kind"}]},
        {"signers": [{"fullName": "No Mail", "accessKind": "email"}]},
        {"signers": [by_link() | {"accessKind": "letter"}]},
        {"signers": [signer(phone="0172-9973185")]},
        {"signers": [signer(surprise=1)]},
        {"sequentialSigning": "yes"},
        {"surprise": 1},
        {"watchers": [{"name": "W", "email": "w@example.com", "notificationKinds": "created|unheard"}]},
    ],
)
def test_what_the_document_does_not_allow_is_refused(api, service, change):
    assert post(api, **change).status_code == 400
    assert not service.contracts


def test_26_signers_and_any_letters_go_through_and_come_back(api):
    people = [signer(f"Signer {number}") for number in range(24)]
    people += [by_link("Zoë O'Neill 李 " + "x" * 280), signer("Signer 1")]
    shown = get(api, created(api, *people, name="Überlassung «À l'essai» 契約"))
    assert [person["fullName"] for person in shown["signers"]] == [person["fullName"] for person in people]
    assert shown["name"] == "Überlassung «À l'essai» 契約"


def test_a_phone_needs_the_sms_shipper(api, service):
    service.configure(sms_shipper=False)
    assert post(api, signer(phone="+491729973185")).status_code == 400


def test_access_urls_are_shown_to_the_creators_key_alone(api, service):
    contract = created(api, signer(), by_link())
    mail, link = get(api, contract)["signers"]
    assert "accessUrl" not in mail
    assert contract in link["accessUrl"]
    stranger = api.get(f"{CONTRACTS}/{contract}", headers={"Authorization": f"Bearer {OTHER.secret}"}).json()
    assert "accessUrl" not in stranger["signers"][1]


def test_unknown_contracts_are_404(api):
    for contract in (uuid.uuid4(), "15f5b906", "..."):
        assert api.get(f"{CONTRACTS}/{contract}").status_code == 404
    assert api.patch(f"{CONTRACTS}/{uuid.uuid4()}").status_code == 404
    assert api.delete(f"{CONTRACTS}/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("shape", ["object", "id_text", "id_json", "location", "empty"])
def test_the_reply_of_create_is_a_switch_since_nobody_wrote_it_down(api, service, shape, status):
    service.configure(create_reply=shape, create_status=status)
    answer = post(api)
    (made,) = service.contracts
    assert answer.status_code == status
    assert (made in answer.text) == (shape in {"object", "id_text", "id_json"})
    assert answer.headers.get("location", "").endswith(made) == (shape == "location")


@pytest.mark.parametrize(("shape", "kind"), [("json", "application/json"), ("text", "text/plain"), ("empty", "")])
def test_the_shape_of_errors_is_a_switch(api, service, shape, kind):
    service.configure(errors=shape)
    assert post(api, name="").headers.get("content-type", "").startswith(kind)


# Search


def test_an_empty_page_has_a_count_and_no_contracts(api):
    assert search(api) == {"totalCount": 0}
    created(api)
    assert search(api, order="name-asc", page=2) == {"totalCount": 1}


def test_search_shows_contracts_without_signers(api):
    contract = created(api)
    (found,) = search(api)["contracts"]
    assert found["id"] == contract
    assert "signers" not in found


def test_search_by_template_creator_and_substring(api):
    created(api, name="Alpha")
    created(api, by_link("Bob Stone", email="Bob@Stone.example"), name="Beta", templateId="654321")
    assert names(search(api, template_id="654321")) == ["Beta"]
    assert names(search(api, substring="ALPH")) == ["Alpha"]
    assert names(search(api, substring="bob s")) == ["Beta"]
    assert names(search(api, substring="@STONE.")) == ["Beta"]
    assert search(api, creator_id=OWNER)["totalCount"] == 2
    assert search(api, creator_id=OTHER.owner)["totalCount"] == 0


def test_search_by_status_and_placement(api, service):
    sent, ongoing, signed, rejected, expired = (created(api, signer(), signer("Jo Low"), name=n) for n in "abcde")
    service.sign(ongoing, "Jo Low")
    for name in ("Jo Low", "Richard Roe"):
        service.sign(signed, name)
    service.reject(rejected, "Jo Low")
    service.expire(expired)
    for name, status in zip("abcde", ("sent", "ongoing", "signed", "rejected", "expired"), strict=True):
        assert names(search(api, statuses=status)) == [name]
    assert names(search(api, statuses="sent|ongoing", order="name-desc")) == ["b", "a"]
    api.patch(f"{CONTRACTS}/{signed}")
    assert search(api)["totalCount"] == 4
    assert names(search(api, placement="archived")) == ["c"]
    assert search(api, placement="any", statuses="any")["totalCount"] == 5
    assert sent


def test_search_orders_and_pages(api):
    for name in ("b", "C", "a"):
        created(api, name=name)
    assert names(search(api, order="name-asc")) == ["a", "b", "C"]
    assert names(search(api, order="creation-date-desc")) == ["a", "C", "b"]
    assert names(search(api, order="creation-date-asc", page_size=2, page=2)) == ["a"]
    assert search(api, order="creator-id-asc")["totalCount"] == 3
    assert len(names(search(api, order="random", page=7, page_size=2))) == 2


def test_search_by_date_in_a_time_zone(api, service):
    contract = service.contracts[created(api)]
    contract.created = contract.created.replace(year=2022, month=10, day=31, hour=23, minute=30)
    for days in ("2022-10-31", "2022-10-31~", "~2022-10-31", "2022-10-01~2022-10-31"):
        assert search(api, date_range=days)["totalCount"] == 1
        assert search(api, date_range=days, time_zone="Z")["totalCount"] == 1
    for zone in ("Europe/Paris", "UTC+01:00"):
        assert search(api, date_range="~2022-10-31", time_zone=zone)["totalCount"] == 0
        assert search(api, date_range="2022-11-01", time_zone=zone)["totalCount"] == 1


def test_the_page_size_is_10_and_at_most_100(api, service):
    model = service.contracts[created(api)]
    for _ in range(104):
        copy = replace(model, id=str(uuid.uuid4()))
        service.contracts[copy.id] = copy
    assert len(names(search(api))) == 10
    assert len(names(search(api, page_size=100))) == 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page-size", "101"),
        ("page-size", "0"),
        ("page", "one"),
        ("order", "newest"),
        ("statuses", "sent,ongoing"),
        ("placement", "trash"),
        ("date-range", "yesterday"),
        ("time-zone", "Mars/Olympus"),
        ("time-zone", "UTC 01:00"),
        ("substring", ""),
        ("surprise", "1"),
    ],
)
def test_search_parameters_that_are_none_are_refused(api, name, value):
    assert api.get(CONTRACTS, params={name: value}).status_code == 400
