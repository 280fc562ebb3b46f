"""Where the vendor's document contradicts itself, what we send: one test for each filled cell "send" of
contracts/gosign.md §1.11, by its number; 18 and 26 are paths and codes: test_gosign_clients.py. What the simulator takes
in either form: tests/integration/gosign.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from esign.domain.package import Package
from esign.domain.recipient import Field as PlacedField
from esign.domain.recipient import Role, Zone, ZonePosition
from esign.providers.gosign import callback_soap_answers
from esign.providers.gosign.settings import GosignSettings
from tests.fakes.clock import START
from tests.fakes.gosign_packages import GOSIGN5, OAUTH, REST, a_contract, person, said

SWAPPED = {"document": "doc-1", "coordinates": {"page": -1, "llx": 205, "lly": 705, "urx": 75, "ury": 665}}
BOTH = pytest.mark.parametrize("door", [REST, OAUTH], ids=["REST v1", "OAuth2"])


def a_rich_one(**options: Any) -> Package:
    """Two strangers who sign, the first where the example says, and somebody who gets a copy; it expires."""
    given = {"recipients": {"signer-1": {"actions": [SWAPPED]}}} | options
    package = a_contract(3, options=given, expires_at=START + timedelta(days=30))
    return person(package, 2, role=Role.CC)


def envelope(door: dict[str, str], **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = said(a_rich_one(**options), door)["envelope"]
    return found


def keys(value: Any) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from keys(inner)
    for inner in value if isinstance(value, list) else ():
        yield from keys(inner)


def tasks(door: dict[str, str], **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = envelope(door, **options)["procDef"]["tasks"]
    return found


@BOTH
def test_1_the_process_is_procdef(door):
    names = set(keys(said(a_rich_one(), door)))
    assert "procDef" in names
    assert "processDef" not in names


@pytest.mark.parametrize(("door", "name"), [(REST, "commonMessage"), (OAUTH, "commonMessages")])
def test_2_the_message_has_each_doors_own_name(door, name):
    assert {n for n in keys(said(a_rich_one(), door)) if n.startswith("commonMessage")} == {name}


@pytest.mark.parametrize(("door", "name"), [(REST, "addUsersInCC"), (OAUTH, "usersInCC")])
def test_3_copies_have_each_doors_own_name(door, name):
    assert {n for n in keys(said(a_rich_one(), door)) if n.lower().endswith("usersincc")} == {name}


@BOTH
def test_4_new_users_stand_directly_under_the_process_repeated(door):
    made = envelope(door)["procDef"]["newUsers"]
    assert [person["email"] for person in made] == ["anna.berg1@example.com", "anna.berg2@example.com"]
    assert "insertUser" not in set(keys(made))
    assert not any("newUsers" in task for task in tasks(door))


def test_5_an_authority_is_an_object():
    for one in envelope(REST)["procDef"]["newUsers"]:
        assert [set(authority) for authority in one["userAuthorities"]] == [{"username", "authority"}]


@BOTH
def test_6_one_actor_is_needed_where_nobody_says_otherwise(door):
    assert {task["howMany"] for task in tasks(door)} == {1}


@BOTH
@pytest.mark.parametrize("zone", list(Zone))
def test_7_no_compass_number_from_4_to_8_is_sent(door, zone):
    package = a_contract(1)
    fields = (PlacedField(package.documents[0].id, ZonePosition(1, zone)),)
    (act,) = said(person(package, 0, fields=fields), door)["envelope"]["procDef"]["tasks"][0]["actionDefs"]
    place = act["appearance"]
    assert "coordAppearance" in place or place["compassAppearance"]["position"] not in range(4, 9)


@BOTH
def test_8_and_9_a_special_page_is_negative_and_corners_are_put_in_order(door):
    (act,) = tasks(door)[0]["actionDefs"]
    place = act["appearance"]["coordAppearance"]
    assert place["page"] == -1
    assert (place["llx"], place["lly"], place["urx"], place["ury"]) == (75, 665, 205, 705)


@BOTH
def test_9_every_document_that_an_act_names_is_there(door):
    said_there = envelope(door)
    there = {document["externalId"] for document in said_there["documents"]}
    named = {act["docExternalId"] for task in said_there["procDef"]["tasks"] for act in task["actionDefs"]}
    assert named == there


@pytest.mark.parametrize(("door", "word"), [(REST, "T"), (OAUTH, "HUMAN")])
def test_10_a_task_is_a_t_and_for_oauth2_human(door, word):
    assert {task["type"] for task in tasks(door)} == {word}


def test_11_identification_is_said_on_the_task():
    package = a_contract(1, options={"signatureType": "DIGITAL_PDF", "requiredIdentification": True})
    (task,) = said(package, GOSIGN5)["envelope"]["procDef"]["tasks"]
    assert json.loads(task["confString"])["requiredIdentification"] is True
    assert "requireIdentification" not in json.dumps(task)
    assert all("Identification" not in (act.get("confString") or "") for act in task["actionDefs"])


@BOTH
def test_12_a_confstring_is_json_in_a_text(door):
    made = tasks(door, recipients={"signer-1": {"actions": [SWAPPED | {"visibility": "H"}]}})
    found = [task["confString"] for task in made if task.get("confString")]
    found += [act["confString"] for task in made for act in task["actionDefs"] if act.get("confString")]
    assert all(isinstance(json.loads(one), dict) for one in found)
    assert found


@BOTH
def test_13_nothing_is_wrapped_as_xml_turned_into_json_is(door):
    assert not {"insertEnvelopeRequest", "taskDef", "actionDef", "insertUser"} & set(keys(said(a_rich_one(), door)))


@BOTH
def test_16_an_expiry_is_expireat(door):
    names = set(keys(said(a_rich_one(), door)))
    assert "expireAt" in names
    assert "expiresAt" not in names


def test_17_the_use_is_usetype_and_no_path_has_a_blank():
    names = set(keys(said(a_rich_one(useType="PUBLIC"), OAUTH)))
    assert [name for name in names if name.lower() == "usetype"] == ["useType"]
    fields = GosignSettings.model_fields.items()
    paths = [field.default for name, field in fields if name.endswith("_path") and field.default]
    assert paths
    assert not any(" " in path for path in paths)


@BOTH
def test_19_subject_and_text_are_always_said(door):
    (message,) = [v for k, v in envelope(door).items() if k.startswith("commonMessage")]
    first = message[0] if isinstance(message, list) else message
    assert first["text"]
    assert door is OAUTH or first["subject"]


def test_21_digital_pdf_is_said_by_its_name():
    (task,) = said(a_contract(1, options={"signatureType": "DIGITAL_PDF"}), GOSIGN5)["envelope"]["procDef"]["tasks"]
    assert task["signatureType"] == "DIGITAL_PDF"


def test_22_a_policys_revision_is_always_said():
    options = {"policy": {"code": "two_eyes"}, "documentClass": {"name": "Order", "id": "377"}}
    assert said(a_contract(1, options=options), REST)["envelope"]["procDef"]["revision"] == "-1"


@BOTH
def test_24_without_a_document_class_none_is_said(door):
    assert "docClass" not in set(keys(said(a_rich_one(), door)))


def test_25_the_wsdl_keeps_the_vendors_spelling():
    assert callback_soap_answers.DESCRIPTIONS["events"] == "EvelopeEventService.wsdl"
