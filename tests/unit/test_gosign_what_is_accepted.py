"""Where the vendor's document contradicts itself, what is taken: one row for each filled cell "accept" of
contracts/gosign.md §1.11, by its number, and what §1.13 adds. What we send: test_gosign_what_is_sent.py.

"Taken" is the simulator's, which stands for GoSign, and where GoSign speaks to us, ours.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from esign.providers.gosign import callback_rest, callback_soap
from esign.providers.gosign.callback_notice import Notice
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.snapshot import snapshot
from esign.providers.gosign.wire import EnvelopeView
from sandbox.providers.gosign.app import create_app
from tests.fakes.asgi import Caller
from tests.fakes.gosign_caller import soap_notification
from tests.fakes.gosign_envelopes import CODE, action, oauth_stranger, rest, stranger, task
from tests.fakes.gosign_intake import JSON, Intake, places, printed, said
from tests.fakes.gosign_packages import a_contract

HERE = "tests/unit/test_gosign_what_is_accepted.py"
SIMULATOR = "tests/integration/gosign/test_gosign_simulator.py"
EITHER = f"{SIMULATOR}::test_each_contradiction_is_taken_in_either_form"
EXAMPLES = "tests/unit/test_gosign_callback_examples.py"
WORDS = "tests/unit/test_gosign_snapshot.py"

# The row's number -> its cell, and the tests that hold it; [..] is the id of a case.
CELLS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "1": ("both", (f"{HERE}::test_1_the_process_has_two_names", f"{HERE}::test_1_by_soap")),
    "2": ("both everywhere", (f"{HERE}::test_2_the_message_has_two_names", f"{HERE}::test_2_by_soap")),
    "3": ("all", (f"{HERE}::test_3_copies_have_four_names", f"{HERE}::test_3_by_soap")),
    "4": ("both shapes", (
        f"{HERE}::test_4_new_users_come_in_every_shape", f"{HERE}::test_4_by_soap", f"{EITHER}[4 in a task]",
    )),
    "5": ("both", (f"{HERE}::test_5_an_authority_is_a_text_or_an_object", f"{HERE}::test_5_by_soap")),
    "6": ("any int; never reject 0 on read", (f"{HERE}::test_6_any_howmany_of_a_step_is_read",)),
    "7": ("per-dialect table", (
        f"{HERE}::test_7_a_compass_number_is_its_own_dialects", f"{HERE}::test_7_by_soap",
        f"{HERE}::test_7_oauth2_has_words",
    )),
    "8": ("negative", (f"{HERE}::test_8_special_pages_are_negative", f"{HERE}::test_8_by_soap")),
    "9": ("reject an unknown docExternalId", (
        f"{HERE}::test_9_an_action_on_no_document_is_refused", f"{HERE}::test_9_by_soap",
        f"{SIMULATOR}::test_example_4_3_2_is_refused_since_its_action_names_no_document_of_it",
        "tests/unit/test_gosign_rules.py::test_an_action_names_a_document_of_the_package",
    )),
    "10": ("T (H tolerated)", (f"{HERE}::test_10_an_h_is_a_t", f"{HERE}::test_10_by_soap")),
    "11": ("both", (f"{HERE}::test_11_identification_may_stand_on_a_task_or_an_action",)),
    "12": ("JSON string; a bad one = ILLEGAL_ARGUMENT", (
        f"{HERE}::test_12_a_confstring_is_json_in_a_text", f"{HERE}::test_12_a_bad_confstring_is_an_illegal_argument",
        f"{HERE}::test_12_by_soap", f"{HERE}::test_12_quotes_that_are_not_escaped_make_no_json_of_the_whole",
    )),
    "13": ("optional", (
        f"{HERE}::test_13_xml_turned_into_json_is_taken_or_not",
        f"{SIMULATOR}::test_the_graphometric_examples_are_taken_as_they_are_wrapped",
    )),
    "14": ("normalizer 1.8", ("tests/unit/test_gosign_clients.py::test_a_code_is_known_in_every_spelling",)),
    "15": ("all", (
        f"{HERE}::test_15_by_soap", f"{HERE}::test_15_in_the_extended_format",
        f"{EXAMPLES}::test_the_names_on_which_the_document_disagrees_with_itself_are_all_taken",
    )),
    "16": ("both", (
        f"{HERE}::test_16_an_expiry_has_two_names", f"{HERE}::test_16_by_soap", f"{HERE}::test_16_both_are_read",
    )),
    "17": ("useType", (
        f"{HERE}::test_17_the_use_is_usetype_in_this_spelling_alone",
        f"{SIMULATOR}::test_field_names_are_case_sensitive",
    )),
    "18": ("both", (
        f"{HERE}::test_18_a_deletion_has_a_slash_or_none", f"{HERE}::test_18_deleteuser_is_deleteusers",
        f"{SIMULATOR}::test_a_deletion_hides_the_envelope_and_mails_whose_turn_it_was",
        f"{SIMULATOR}::test_the_six_user_services_take_every_body_that_makes_sense",
    )),
    "19": ("tolerate absence", (f"{HERE}::test_19_a_message_or_its_subject_may_be_absent", f"{HERE}::test_19_by_soap")),
    "20": ("table 1.6", (f"{WORDS}::test_every_word_of_a_person", f"{WORDS}::test_series_and_times")),
    "22": ("both", (
        f"{HERE}::test_22_without_a_revision_it_is_the_first_or_the_last",
        f"{SIMULATOR}::test_a_policy_without_a_revision_takes_the_first_or_the_last",
    )),
    "23": ("ignore; use `status`", (f"{HERE}::test_23_numbers_and_booleans_that_repeat_the_status_change_nothing",)),
    "§1.13, N on a signature": ("accept", (f"{EITHER}[§5.1 N on a signature]", f"{HERE}::test_1_by_soap")),
    "§1.13, urx and ury": ("lower right against top right", (f"{HERE}::test_corners_are_taken_in_any_order",)),
    "§1.13, certType and docClass.id": ("absent in samples", (f"{HERE}::test_what_samples_leave_out_may_be_absent",)),
}  # fmt: skip


@pytest.mark.parametrize("place", sorted({place for _, tests in CELLS.values() for place in tests}))
def test_the_test_that_a_row_names_exists(place):
    path, _, name = place.partition("::")
    function, _, case = name.partition("[")
    assert function in functions(path)
    assert not case or f'id="{case[:-1]}"' in functions(path)[function]


@cache
def functions(path: str) -> dict[str, str]:
    """Each test of a file with its source, decorators included."""
    text = Path(path).read_text()
    found = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)]
    return {
        one.name: "\n".join(ast.get_source_segment(text, part) or "" for part in (*one.decorator_list, one))
        for one in found
    }


def test_every_test_of_a_row_is_named_in_the_table():
    named = {place.partition("::")[2] for _, tests in CELLS.values() for place in tests if place.startswith(HERE)}
    assert {name for name in functions(HERE) if name.startswith("test_") and name[5].isdigit()} <= named


EVERY = pytest.mark.parametrize("door", list(JSON))
STRANGER = {"rest": stranger(), "oauth": oauth_stranger(), "gs5": oauth_stranger()}
END = 4102444800000


@pytest.fixture
def gosign():
    return Intake()


@pytest.fixture
def line():
    app = create_app()
    return app.state.simulator, Caller(app, "http://gosign.example")


def renamed(old: str, new: str):
    return lambda envelope: envelope.update({new: envelope.pop(old)})


def process(envelope: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = envelope["procDef"]
    return found


def first_task(envelope: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = process(envelope)["tasks"][0]
    return found


def first_action(envelope: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = first_task(envelope)["actionDefs"][0]
    return found


# ----------------------------------------------------------------------------------------------------- names and shapes


@EVERY
@pytest.mark.parametrize("name", ["procDef", "processDef"])
def test_1_the_process_has_two_names(gosign, door, name):
    assert [one.actors for one in gosign.takes(door, said(door, renamed("procDef", name))).tasks] == [["mgr"]]


@pytest.mark.parametrize("name", ["procDef", "processDef"])
def test_1_by_soap(gosign, name):
    taken = gosign.takes_soap(printed(("procDef>", f"{name}>")))
    assert [one.actors for one in taken.tasks] == [["usr"], ["usr2"]]
    assert taken.tasks[0].actions[0].conf == {"visibilityStatus": "N"}  # on a signature, as §5.1 prints it


@EVERY
@pytest.mark.parametrize("name", ["commonMessage", "commonMessages"])
def test_2_the_message_has_two_names(gosign, door, name):
    own = "commonMessage" if door == "rest" else "commonMessages"
    assert gosign.takes(door, said(door, renamed(own, name))).message["text"] == "Please sign"


@pytest.mark.parametrize("name", ["commonMessage", "commonMessages"])
def test_2_by_soap(gosign, name):
    assert gosign.takes_soap(printed(("commonMessage>", f"{name}>"))).message["text"] == "Testo del messaggio"


COPIES = pytest.mark.parametrize("name", ["addUsersInCC", "AddUsersInCC", "addUsersInCCRequest", "usersInCC"])


@EVERY
@COPIES
def test_3_copies_have_four_names(gosign, door, name):
    asked = said(door)
    asked.pop("usersInCC", None)
    assert [one["externalId"] for one in gosign.takes(door, asked | {name: [{"externalId": "usr"}]}).copies] == ["usr"]


@COPIES
def test_3_by_soap(gosign, name):
    copies = "".join(f"<{name}><externalId>{who}</externalId></{name}>" for who in ("usr", "usr2"))
    taken = gosign.takes_soap(printed(("<envelope>", f"{copies}<envelope>")))
    assert [one["externalId"] for one in taken.copies] == ["usr", "usr2"]


@EVERY
@pytest.mark.parametrize(
    "put",
    [
        pytest.param(lambda envelope, user: process(envelope).update(newUsers=[user]), id="repeated"),
        pytest.param(lambda envelope, user: process(envelope).update(newUsers={"insertUser": [user]}), id="insertUser"),
        pytest.param(
            lambda envelope, user: process(envelope).update(newUsers=[{"insertUser": user}]), id="each in one"
        ),
        pytest.param(lambda envelope, user: first_task(envelope).update(newUsers=[user]), id="in a task"),
    ],
)
def test_4_new_users_come_in_every_shape(gosign, door, put):
    gosign.takes(door, said(door, lambda envelope: put(envelope, STRANGER[door])))
    assert STRANGER[door]["externalId"] in gosign.people


def user_in_xml(authority: str) -> str:
    fields = {**stranger(), "userAuthorities": authority}
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


OBJECT = "<username>anna@supplier.example</username><authority>ROLE_STRANGER</authority>"


@pytest.mark.parametrize("level", ["{}", "<insertUser>{}</insertUser>"], ids=["repeated", "insertUser"])
def test_4_by_soap(gosign, level):
    users = f"<newUsers>{level.format(user_in_xml(OBJECT))}</newUsers>"
    gosign.takes_soap(printed(("</procDef>", f"{users}</procDef>")))
    assert "anna@supplier.example" in gosign.people


@pytest.mark.parametrize(
    "authority", ["ROLE_STRANGER", stranger()["userAuthorities"], stranger()["userAuthorities"][0]]
)
def test_5_an_authority_is_a_text_or_an_object(gosign, authority):
    user = stranger(userAuthorities=authority)
    gosign.takes("rest", said("rest", lambda envelope: process(envelope).update(newUsers=[user])))
    assert gosign.simulator.user(CODE, user["externalId"]).authorities == {"ROLE_STRANGER"}


@pytest.mark.parametrize("authority", ["ROLE_STRANGER", OBJECT], ids=["text", "object"])
def test_5_by_soap(gosign, authority):
    gosign.takes_soap(printed(("</procDef>", f"<newUsers>{user_in_xml(authority)}</newUsers></procDef>")))
    assert gosign.simulator.user(CODE, "anna@supplier.example").authorities == {"ROLE_STRANGER"}


# ------------------------------------------------------------------------------------------------------------- on a page

# What §4.1 and §5.1 print beside the number: column and row of the sheet.
REST_COMPASS = {1: "LT", 2: "CT", 3: "RT", 4: "LM", 5: "CM", 6: "RM", 7: "LB", 8: "CB", 9: "RB"}
SOAP_COMPASS = {1: "LT", 2: "CT", 3: "RT", 4: "CM", 5: "RM", 6: "LM", 7: "CB", 8: "LB", 9: "RB"}
COORDINATES = "<page>1</page>\n<llx>50.0</llx>\n<lly>50.0</lly>\n<urx>150.0</urx>\n<ury>80.0</ury>"


def at_compass(position: object):
    compass = {"compassAppearance": {"page": 1, "position": position}}
    return lambda envelope: first_action(envelope).update(appearance=compass)


@pytest.mark.parametrize(("number", "third"), REST_COMPASS.items())
def test_7_a_compass_number_is_its_own_dialects(gosign, number, third):
    assert places(gosign.takes("rest", said("rest", at_compass(number)))) == [(1, third)]


@pytest.mark.parametrize(("number", "third"), SOAP_COMPASS.items())
def test_7_by_soap(gosign, number, third):
    compass = f"<compassPage>1</compassPage><compassPosition>{number}</compassPosition>"
    assert places(gosign.takes_soap(printed((COORDINATES, compass)))) == [(1, third)]


@pytest.mark.parametrize("door", ["oauth", "gs5"])
def test_7_oauth2_has_words(gosign, door):
    assert places(gosign.takes(door, said(door, at_compass("CENTRAL_LEFT_WEST")))) == [(1, "LM")]
    assert Intake().refuses(door, said(door, at_compass(6))) == "ILLEGAL_ARGUMENT"


SPECIAL = pytest.mark.parametrize(("page", "pages"), [(-1, [3]), (-2, [1, 2, 3]), (-3, [1, 3]), (1, [1]), (2, [2])])


@EVERY
@SPECIAL
def test_8_special_pages_are_negative(gosign, door, page, pages):
    taken = gosign.takes(door, said(door, lambda e: first_action(e)["appearance"]["coordAppearance"].update(page=page)))
    assert [number for number, _ in places(taken)] == pages


@SPECIAL
def test_8_by_soap(gosign, page, pages):
    taken = gosign.takes_soap(printed((COORDINATES, COORDINATES.replace("<page>1", f"<page>{page}"))))
    assert [number for number, _ in places(taken)] == pages


@EVERY
@pytest.mark.parametrize(
    "corners", [(50, 700, 200, 650), (200, 700, 50, 650), (50, 650, 200, 700)]
)  # §4.3.2: lly > ury
def test_corners_are_taken_in_any_order(gosign, door, corners):
    where = {"page": 1} | dict(zip(("llx", "lly", "urx", "ury"), corners, strict=True))
    taken = gosign.takes(door, said(door, lambda e: first_action(e)["appearance"].update(coordAppearance=where)))
    assert places(taken) == [(1, "LT")]


@EVERY
def test_9_an_action_on_no_document_is_refused(gosign, door):
    asked = said(door, lambda envelope: first_action(envelope).update(docExternalId="ABC123"))
    assert gosign.refuses(door, asked) == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"


def test_9_by_soap(gosign):
    known = "<docExternalId>extdocid11491322230858<"
    asked = printed((known, "<docExternalId>ABC123<"))
    assert gosign.refuses_soap(asked) == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"


# ---------------------------------------------------------------------------------------------------- tasks and actions


def test_10_an_h_is_a_t(gosign):
    taken = gosign.takes("rest", said("rest", lambda envelope: first_task(envelope).update(type="H")))
    assert [one.type for one in taken.tasks] == ["T"]


def test_10_by_soap(gosign):
    assert {one.type for one in gosign.takes_soap(printed(("<type>T<", "<type>H<"))).tasks} == {"T"}


@EVERY
@pytest.mark.parametrize("part", [first_task, first_action], ids=["task", "action"])
@pytest.mark.parametrize("name", ["requiredIdentification", "requireIdentification"])
def test_11_identification_may_stand_on_a_task_or_an_action(gosign, door, part, name):
    taken = gosign.takes(door, said(door, lambda envelope: part(envelope).update(confString=f'{{"{name}":true}}')))
    (one,) = taken.tasks
    assert one.conf | one.actions[0].conf == {name: True}


@EVERY
@pytest.mark.parametrize("part", [first_task, first_action], ids=["task", "action"])
def test_12_a_confstring_is_json_in_a_text(gosign, door, part):
    text = json.dumps({"signAllVisible": "V"})
    (one,) = gosign.takes(door, said(door, lambda envelope: part(envelope).update(confString=text))).tasks
    assert one.conf | one.actions[0].conf == {"signAllVisible": "V"}


BAD: dict[str, object] = {
    "curly quotes": "{“signAllVisible”:“V”}",
    "a comma at the end": '{"signAllVisible":"V",}',
    "an equals sign": '{"requireIdentification"=true}',  # §9.7.4
    "no quotes": "{signAllVisible:V}",
    "a list": '["V"]',
    "an object": {"signAllVisible": "V"},  # §6.6, where nothing is wrapped
}


@EVERY
@pytest.mark.parametrize("part", [first_task, first_action], ids=["task", "action"])
@pytest.mark.parametrize("bad", BAD)
def test_12_a_bad_confstring_is_an_illegal_argument(gosign, door, part, bad):
    asked = said(door, lambda envelope: part(envelope).update(confString=BAD[bad]))
    assert gosign.refuses(door, asked) == "ILLEGAL_ARGUMENT"


@pytest.mark.parametrize("bad", [name for name, text in BAD.items() if isinstance(text, str)])
def test_12_by_soap(gosign, bad):
    known = "{ &quot;visibilityStatus&quot; : &quot;N&quot; }"
    assert gosign.refuses_soap(printed((known, str(BAD[bad])))) == "ILLEGAL_ARGUMENT"


def test_12_quotes_that_are_not_escaped_make_no_json_of_the_whole(line):
    """§9.7.4 prints it so."""
    _, http = line
    asked = json.dumps(said("rest", lambda envelope: first_task(envelope).update(confString="HERE")))
    broken = asked.replace("HERE", '{"requireIdentification":true}')
    answer = http.request(
        "PUT", "/gosign/services/v1/envelopes/E1", content=broken, headers={"content-type": "application/json"}
    )
    assert answer.json()["code"] == "ILLEGAL_ARGUMENT"


@pytest.mark.parametrize("optional", [True, False])
def test_13_xml_turned_into_json_is_taken_or_not(optional):
    gosign = Intake(switches={"wrapped_rest_json": optional})
    inner = said("rest")
    step = first_task(inner["envelope"]) | {"actionDefs": {"actionDef": first_action(inner["envelope"])}, "order": "1"}
    inner["envelope"]["procDef"] = {"tasks": {"taskDef": [step]}}
    wrapped = {"insertEnvelopeRequest": inner}
    if optional:
        assert [one.order for one in gosign.takes("rest", wrapped).tasks] == [1]
    else:
        assert gosign.refuses("rest", wrapped) == "ILLEGAL_ARGUMENT"


# -------------------------------------------------------------------------------------------------- the envelope's fields


@EVERY
@pytest.mark.parametrize("name", ["expireAt", "expiresAt"])
def test_16_an_expiry_has_two_names(gosign, door, name):
    taken = gosign.takes(door, said(door, lambda envelope: envelope.update({name: END})))
    assert taken.expire_at == datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["expireAt", "expiresAt"])
def test_16_by_soap(gosign, name):
    taken = gosign.takes_soap(printed(("<sendingMode>", f"<{name}>{END}</{name}><sendingMode>")))
    assert taken.expire_at == datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("door", ["oauth", "gs5"])
def test_17_the_use_is_usetype_in_this_spelling_alone(gosign, door):
    assert gosign.refuses(door, said(door, lambda envelope: envelope.update(UseType="CORPORATE"))) == "ILLEGAL_ARGUMENT"
    assert gosign.takes(door, said(door, lambda envelope: envelope.update(useType="CORPORATE"))).use_type == "C"


@EVERY
@pytest.mark.parametrize("absent", ["message", "subject"])
def test_19_a_message_or_its_subject_may_be_absent(gosign, door, absent):
    def change(envelope: dict[str, Any]) -> None:
        message = envelope.pop("commonMessage" if door == "rest" else "commonMessages")
        if absent == "subject":
            envelope["commonMessage"] = {"text": message["text"]}

    assert gosign.takes(door, said(door, change)).message == (None if absent == "message" else {"text": "Please sign"})


SUBJECT = "<subject>Oggetto del messaggio</subject>\n"
MESSAGE = f"<commonMessage>\n{SUBJECT}<text>Testo del messaggio</text>\n</commonMessage>\n"


@pytest.mark.parametrize(("absent", "left"), [(MESSAGE, None), (SUBJECT, {"text": "Testo del messaggio"})])
def test_19_by_soap(gosign, absent, left):
    assert gosign.takes_soap(printed((absent, ""))).message == left


@pytest.mark.parametrize(
    ("default", "said_revision", "actor"),
    [(1, None, "usr"), (-1, None, "mgr"), (1, "-1", "mgr"), (-1, "1", "usr"), (1, -1, "mgr"), (-1, 3, "mgr")],
)
def test_22_without_a_revision_it_is_the_first_or_the_last(default, said_revision, actor):
    policy = {number: [task(who, actionDefs=[action(0)])] for number, who in (("1", "usrU"), ("3", "mgrU"))}
    gosign = Intake(
        switches={"default_revision": default},
        policies={"policy_test": policy},
        doc_classes={"377": {"name": "FRM_Ord", "mandatory": []}},
    )
    asked = {"code": "policy_test"} | ({"revision": said_revision} if said_revision else {})
    classed = {"procDef": asked, "docClass": {"id": "377", "name": "FRM_Ord"}}
    assert [one.actors for one in gosign.takes("rest", said("rest", lambda e: e.update(classed))).tasks] == [[actor]]


def test_what_samples_leave_out_may_be_absent(gosign):
    def change(envelope: dict[str, Any]) -> None:
        first_task(envelope).pop("certType")
        envelope["docClass"] = {"name": "Order"}

    assert gosign.takes("rest", said("rest", change)).doc_class == {"name": "Order"}


# --------------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("ending", ["/delete/", "/delete"])
@pytest.mark.parametrize(
    ("base", "headers", "body"),
    [
        ("/gosign/services/v1", {}, {"customerCode": CODE, "usrExtId": "segr"}),
        ("/gosign/secure/oauth/api/v2", {"authorization": "Bearer t"}, None),
        ("/gosign/oauth/api/gs5/v2", {"authorization": "Bearer t"}, None),
    ],
    ids=list(JSON),
)
def test_18_a_deletion_has_a_slash_or_none(line, base, headers, body, ending):
    simulator, http = line
    simulator.tokens["t"] = (CODE, "segr", datetime(2100, 1, 1, tzinfo=UTC))
    http.request("PUT", "/gosign/services/v1/envelopes/E1", json=rest())
    assert http.post(f"{base}/envelopes/E1{ending}", headers=headers, json=body).json()["code"] == "OK"
    assert simulator.any_envelope("E1").status == "DEL"


@pytest.mark.parametrize("path", ["deleteUsers/", "deleteUsers", "deleteUser/", "deleteUser"])
def test_18_deleteuser_is_deleteusers(line, path):
    simulator, http = line
    body = {"customerCode": CODE, "usrExtId": "usr2"}
    assert http.request("PUT", f"/gosign/services/v1/{path}", json=body).json()["code"] == "OK"
    assert "usr2" not in simulator.directory(CODE)


# ------------------------------------------------------------------------------------------------------- what we are told


PACKAGE = a_contract(1)


def shown(**more: Any):
    """What a read of an envelope in process, with one signer, means to us."""
    step = {"mgrExternalId": "anna.berg1@example.com", "status": "NEW", "startedAt": 1573837214000, "stepNumber": 0}
    run = {"status": "O", "liveStatus": [step]} | more.pop("process", {})
    told = {"externalId": PACKAGE.id, "status": "PGS", "process": run} | more
    return snapshot(PACKAGE, EnvelopeView.model_validate(told), parse_options({}))


@pytest.mark.parametrize("number", [0, 1, 4, 5, -1])
def test_6_any_howmany_of_a_step_is_read(number):
    steps = {"steps": [{"howMany": number, "status": "W"}], "tasks": [{"howMany": number}]}
    assert shown(process=steps, procDef={"tasks": [{"howMany": number}]}).recipients == shown().recipients


@pytest.mark.parametrize("told", [END, str(END), "2100-01-01T00:00:00Z"])
@pytest.mark.parametrize("name", ["expireAt", "expiresAt"])
def test_16_both_are_read(name, told):
    assert shown(**{name: told, f"{name}TimezoneID": "Europe/Rome"}).expires_at == datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "more",
    [
        {"nDocs": 5, "ndocs": 7, "nPages": 5, "npages": 9},
        {"nDocs": "many", "ndocs": None, "npages": {}},
        {"cancel": True, "cancelled": True, "inProgress": False},
        dict.fromkeys(("worked", "rejected", "expired", "deleted", "stored", "draft", "toReject"), True),
        {"process": {"open": False, "closed": True, "cancelled": True}},
    ],
    ids=["numbers", "no numbers", "cancelled", "every other end", "of the process"],
)  # fmt: skip
def test_23_numbers_and_booleans_that_repeat_the_status_change_nothing(more):
    assert shown(**more).status == "IN_PROCESS"
    assert shown(**more).recipients == shown().recipients
    assert shown(**more, status="REJ").status == "DECLINED"


MEDIA = pytest.mark.parametrize("media_type", ["mimeType", "mime-type"])
COUNTERS = pytest.mark.parametrize("counters", ["actionResume", "actionsResume"])


@MEDIA
@COUNTERS
def test_15_by_soap(media_type, counters):
    content = f"<content><{media_type}>application/pdf</{media_type}><data>JVBE</data></content>"
    paper = f"<documents><document><docExternalId>d</docExternalId>{content}</document></documents>"
    step = f"<stepEvent><status>NEW</status><{counters}><actions>1</actions></{counters}></stepEvent>"
    told = soap_notification("e", "SIGN_PROCESS_ENDED", f"{paper}<liveStatus>{step}</liveStatus>").encode()
    notice = callback_soap.parse(told, whole=True)
    assert isinstance(notice, Notice)
    assert (notice.envelope, notice.kind, len(notice.live_status)) == ("e", "SIGN_PROCESS_ENDED", 1)


@COUNTERS
def test_15_in_the_extended_format(counters):
    steps = {"liveStatus": [{"status": "NEW", counters: {"actions": 1}}]}  # without viewedActions
    notice = callback_rest.parse(
        json.dumps({"externalId": "e", "status": "PGS", "process": steps}).encode(), whole=True
    )
    assert (notice.kind, len(notice.live_status)) == ("STEP_CLOSED", 1)
