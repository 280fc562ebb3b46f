"""Every JSON example of the vendor's document: what we send has its shape, what we receive like it is understood.

Beside each verbatim print lies its minimal correction where the print is no JSON (escaped quotes, commas, brackets that
were lost in conversion). SOAP's examples: test_gosign_soap.py; calls to us: test_gosign_callback*.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esign.domain.errors import CredentialsRefused, ProviderConflict, ProviderNotFound, ProviderRefused
from esign.domain.package import Message, Reminders
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.http.outcome import Reply, Vendor
from esign.providers.gosign.errors import NAME, read_fault
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.snapshot import snapshot
from esign.providers.gosign.wire import StepEvent, envelope_in, moment
from tests.fakes.gosign_packages import GOSIGN5, OAUTH, REST, a_contract, person, said

FOLDER = Path(__file__).parents[1] / "data/gosign/json"
ALL = sorted(path.name.removesuffix(".txt") for path in FOLDER.glob("*.txt"))
USED: set[str] = set()
MINE = {"userExternalId": "mgr"}
PLACE = {"document": "doc-1", "coordinates": {"page": 1, "llx": 75, "lly": 705, "urx": 205, "ury": 665}}
COMPASS = {"document": "doc-1", "compass": {"page": 1, "position": "TOP_LEFT"}}
CLASS = {
    "name": "TESTCLASS",
    "fields": [
        {"name": "CODICE", "textValue": "XYZ123"},
        {"name": "IMPORTO", "numericValue": 10.0},
        {"name": "DTINVIO", "dateValue": 1462372619099},
    ],
}


def example(name: str):
    USED.add(name)
    corrected = FOLDER / f"{name}.corrected.json"
    return json.loads((corrected if corrected.exists() else FOLDER / f"{name}.txt").read_text())


def paths(value, prefix="") -> dict[str, str]:
    """Every place of a document and the JSON type there; list items share one place, null is no type."""
    if isinstance(value, dict):
        found = {}
        for key, inner in value.items():
            found |= paths(inner, f"{prefix}/{key}")
        return found
    if isinstance(value, list):
        found = {}
        for inner in value:
            found |= paths(inner, f"{prefix}/*")
        return found
    kinds = {str: "string", bool: "boolean", int: "number", float: "number"}
    return {prefix: kinds[type(value)]} if value is not None else {}


def a_signed(options=None, **changes):
    """One signer known to GoSign, who acts as the example says."""
    return a_contract(1, options=options or {}, **changes)


def with_actions(*actions, **options):
    return {"recipients": {"signer-1": MINE | {"actions": list(actions)}}} | options


def has_shape_of(request, wanted, *, but=()) -> None:
    """Everything that the example says is said there too, in the same type. `but`: what we never send, with its reason."""
    ours, theirs = paths(request), paths(wanted)
    left_out = {path for path in theirs if path not in ours} - set(but)
    assert left_out == set()
    assert {p: (k, ours[p]) for p, k in theirs.items() if p in ours and ours[p] != k} == {}


# ------------------------------------------------------------------------------------------------------ REST v1 (§4, §6)


def test_4_3_1_a_minimal_insertion():
    options = with_actions(COMPASS | {"customSignatureText": "Firmato da Mario"}, sysGenerator="SAP")
    request = said(a_signed(options), REST, actionInTCF=True)
    has_shape_of(request, wanted := example("4.3.1-insert"))
    task, theirs = request["envelope"]["procDef"]["tasks"][0], wanted["envelope"]["procDef"]["tasks"][0]
    for name in ("type", "order", "actorExpr", "action", "howMany", "certType"):
        assert task[name] == theirs[name]
    assert task["actionDefs"][0]["appearance"] == theirs["actionDefs"][0]["appearance"]
    assert json.loads(task["actionDefs"][0]["confString"]) == json.loads(theirs["actionDefs"][0]["confString"])


def test_4_3_2_class_and_coordinates():
    options = with_actions(PLACE | {"visibility": "H"}, documentClass=CLASS)
    package = a_signed(options, reminders=Reminders(first_after_days=6, every_days=3))
    request = said(package, REST)
    echoes = {"/envelope/sendingModeImmediate", "/envelope/sendingModeDraft"}  # derived; GetEnvelope's own (§4.1)
    has_shape_of(request, wanted := example("4.3.2-insert"), but=echoes)
    assert request["envelope"]["docClass"] == wanted["envelope"]["docClass"]
    place = request["envelope"]["procDef"]["tasks"][0]["actionDefs"][0]["appearance"]["coordAppearance"]
    assert (place["lly"], place["ury"]) == (665, 705)  # the print has them upside down
    assert request["envelope"]["expirationFollowingReminder"] == 3


def test_4_3_3_the_required_fields_are_always_sent_and_a_draft_never():
    request = said(a_signed(), REST)
    has_shape_of(request, wanted := example("4.3.3-insert"))
    assert (wanted["envelope"]["sendingMode"], request["envelope"]["sendingMode"]) == ("DRF", "IMD")


def test_6_1_a_tag():
    tag = {"start": "##FIRMA##", "xOffset": 110.64254760742188, "yOffset": 748.3197021484375}
    request = said(a_signed(with_actions({"document": "doc-1", "tag": tag})), REST)
    place = request["envelope"]["procDef"]["tasks"][0]["actionDefs"][0]["appearance"]
    assert {"appearance": place} == example("6.1-tag")


@pytest.mark.parametrize(("name", "strategy"), [("6.2-case-1", "ACCEPT_ALWAYS"), ("6.2-case-2", "EMAIL_BASED")])
def test_6_2_a_new_user(name, strategy):
    package = person(a_signed({"newUserStrategy": strategy}), phone="+393482259422")
    (user,) = said(package, REST)["envelope"]["procDef"]["newUsers"]
    (theirs,) = example(name)["procDef"]["newUsers"]
    assert paths(user) == paths(theirs)
    assert user["newUserStrategy"] == theirs["newUserStrategy"]
    assert user["userAuthorities"] == [{"username": user["username"], "authority": "ROLE_STRANGER"}]


def test_6_4_copies():
    package = person(a_contract(2, options={}), 1, role=Role.CC)
    by_mail = said(package, REST)["addUsersInCC"]
    by_id = said(package, REST, copyRule="by-external-id")["addUsersInCC"]
    (wanted,) = example("6.4-copies")["addUsersInCC"]
    assert by_mail[0]["addUsersInCCStrategy"] == wanted["addUsersInCCStrategy"]
    assert set(by_mail[0]) | set(by_id[0]) == set(wanted)


def test_6_5_a_policy():
    fields = [{"name": "Proj_desc", "textValue": "value to insert"}, {"name": "Proj_number", "numericValue": 546798}]
    options = {
        "policy": {"code": "policy_test", "revision": 3},
        "documentClass": {"name": "FRM_Ord", "id": "377", "fields": fields},
        "recipients": {"signer-1": MINE},
    }
    envelope = said(a_signed(options), REST)["envelope"]
    wanted = example("6.5-policy")
    assert envelope["procDef"] == wanted["procDef"]
    assert envelope["docClass"]["id"] == wanted["docClass"]["id"]
    numbers = [field.get("numericValue") for field in envelope["docClass"]["fields"]]
    assert numbers == [None, 546798]  # the print has the number in quotes; §4.1 says Double


def test_6_6_graphometric_actions():
    wanted = example("6.6-actions")
    names = ("graphFieldName", "graphFieldDesc", "graphSignerRole", "graphSignerName")
    asked = []
    for action in wanted["actionDefs"]:
        conf = {key: value.strip() or None for key, value in json.loads(action["confString"]).items()}
        told = zip(("fieldName", "fieldDescription", "signerRole", "signerName"), names, strict=True)
        graph = {ours: conf[theirs] for ours, theirs in told if conf[theirs]}
        field = action["appearance"]["blankSignatureFieldName"]
        text = conf["customSignatureText"]
        asked.append(
            {
                "document": "doc-1",
                "type": "GRAPHOMETRIC",
                "field": field,
                "graphometric": graph,
                "customSignatureText": text,
            }
        )
    options = with_actions(*asked, trustLevel="GRAPHO_FEA")
    envelope = said(a_signed(options), REST)["envelope"]
    assert envelope["trustLevelCode"] == wanted["trustLevelCode"]
    for ours, theirs in zip(envelope["procDef"]["tasks"][0]["actionDefs"], wanted["actionDefs"], strict=True):
        assert (ours["type"], ours["mandatory"], ours["appearance"]) == ("G", True, theirs["appearance"])
        said_there = {k: v.strip() for k, v in json.loads(theirs["confString"]).items() if v.strip()}
        assert json.loads(ours["confString"]) == said_there


@pytest.mark.parametrize("name", ["6.6-cc-cc", "6.6-cc-mm", "6.6-mm-mm"])
def test_6_6_the_three_customers_of_graphometric_envelopes(name):
    """These prints are XML turned into JSON (contracts/gosign.md §1.11, 13): same words, another nesting."""
    wanted = example(name)["insertEnvelopeRequest"]["envelope"]
    (theirs,) = wanted["processDef"]["tasks"].values()
    user = theirs["actorExpr"].removesuffix("U")
    action = {
        "document": "doc-1",
        "type": "GRAPHOMETRIC",
        "compass": {"page": 1, "position": "TOP_LEFT"},
        "visibility": "V",
    }
    options = {"trustLevel": "GRAPHO_FEA", "recipients": {"signer-1": {"userExternalId": user, "actions": [action]}}}
    envelope = said(a_signed(options), REST, loadedByExtId=wanted["loadedByExtId"])["envelope"]
    (task,) = envelope["procDef"]["tasks"]
    assert envelope["loadedByExtId"] == wanted["loadedByExtId"]
    assert envelope["trustLevelCode"] == wanted["trustLevelCode"]
    for key in ("type", "actorExpr", "action", "certType"):
        assert task[key] == theirs[key]
    printed = theirs["actionDefs"]["actionDef"]
    assert task["actionDefs"][0]["type"] == printed["type"]
    assert json.loads(task["actionDefs"][0]["confString"]) == printed["confString"]


# ------------------------------------------------------------------------------------------------- OAuth2, GoSign 5 (§9)


def test_9_1_a_token():
    token = example("9.1-token")
    assert token["token_type"] == "bearer"
    assert token["expires_in"] == 1_987_683  # seconds: read by test_gosign_tokens.py


def test_9_2_an_insertion():
    options = with_actions(
        {"document": "doc-1", "coordinates": {"page": 1, "llx": 100, "lly": 100, "urx": 200, "ury": 200}}
    )
    package = a_signed(options | {"starred": True}, message=Message(text="insert TEXT"))
    request = said(package, OAUTH, receiveCompletedEnvelopeMail=True)
    # The request's own appearance is invisible at a place: a contradiction; we say a place, or a hidden one.
    odd = {"/envelope/procDef/tasks/*/actionDefs/*/appearance/invisible"}
    has_shape_of(request, wanted := example("9.2-insert"), but=odd)
    ours, theirs = request["envelope"]["procDef"]["tasks"][0], wanted["envelope"]["procDef"]["tasks"][0]
    assert json.loads(ours["confString"]) == json.loads(theirs["confString"])
    for name in ("type", "order", "action", "howMany"):
        assert ours[name] == theirs[name]


def test_9_2_the_parameters_beside_the_envelope():
    assert set(said(a_signed(), OAUTH)) <= set(example("9.2-insert-parameters"))


def test_9_2_who_gets_which_mail():
    wanted = json.loads(example("9.2-conf-string")["envelope"]["procDef"]["tasks"][0]["confString"])
    request = said(a_signed(), OAUTH, receiveCompletedEnvelopeMail=False)
    assert json.loads(request["envelope"]["procDef"]["tasks"][0]["confString"]) == wanted


def test_10_the_same_envelope_by_rest_and_by_oauth():
    options = with_actions(PLACE) | {"newUserStrategy": "ACCEPT_ALWAYS"}
    options["recipients"]["signer-1"]["newUser"] = True
    package = person(person(a_contract(2, options=options), 1, role=Role.CC), 0, phone="+393482259422")
    lost = "/envelope/procDef/tasks/*"
    rest, by_rest = (
        example("10-rest"),
        said(package, REST, signAllVisible=True, actionInTCF=True, copyRule="by-external-id"),
    )
    misplaced = {p for p in paths(rest) if p.startswith((f"{lost}/newUsers", "/envelope/commonMessages"))}
    has_shape_of(by_rest, rest, but=misplaced | {f"{lost}/actionDefs/*/appearance/invisible"})
    oauth = example("10-oauth")
    by_oauth = said(package, OAUTH, signAllVisible=True, actionInTCF=True, copyRule="by-external-id")
    has_shape_of(by_oauth, oauth, but={f"{lost}/actionDefs/*/appearance/invisible"})
    for theirs, ours in ((rest, by_rest), (oauth, by_oauth)):
        wanted, task = theirs["envelope"]["procDef"]["tasks"][0], ours["envelope"]["procDef"]["tasks"][0]
        assert [task[key] for key in ("action", "type", "howMany")] == [
            wanted[key] for key in ("action", "type", "howMany")
        ]
        assert json.loads(task["confString"])["signAllVisible"] == "V"


@pytest.mark.parametrize(
    ("name", "kind"), [("9.7.1-tasks", "FEA_OTP"), ("9.7.3-tasks", "QUICKSTART_FEA"), ("9.7.4-tasks", "DIGITAL_PDF")]
)
def test_9_7_a_task_has_a_signature_type_and_the_envelope_no_trust_level(name, kind):
    (wanted,) = example(name)["tasks"]
    options = with_actions(PLACE)
    request = said(a_signed(options), GOSIGN5, signatureType=kind)
    (task,) = request["envelope"]["procDef"]["tasks"]
    assert task["signatureType"] == wanted["signatureType"] == kind
    assert "trustLevel" not in request["envelope"]
    assert set(task) <= set(wanted)
    assert set(task["actionDefs"][0]["appearance"]) < set(wanted["actionDefs"][0]["appearance"])  # one of the three


def test_9_7_4_identification_is_said_on_the_task():
    printed = json.loads(example("9.7.4-tasks")["tasks"][0]["actionDefs"][0]["confString"])
    assert printed == {"requireIdentification": True}  # on the action, and without the d of the text
    request = said(a_signed(), GOSIGN5, signatureType="DIGITAL_PDF", requiredIdentification=True)
    (task,) = request["envelope"]["procDef"]["tasks"]
    assert json.loads(task["confString"])["requiredIdentification"] is True
    assert "confString" not in task["actionDefs"][0]


# --------------------------------------------------------------------------------------------------------- what comes back


def answered(name: str, status: int = 200) -> Reply:
    return Reply(status, {}, json.dumps(example(name)).encode(), Vendor(NAME, read_fault), safe=True)


@pytest.mark.parametrize("name", ["9.2-insert-response", "9.3-with-documents", "9.3-simple"])
def test_9_3_an_envelope_is_read(name):
    reply = answered(name)
    view = envelope_in(reply.json(), reply)
    assert view.external_id == "TEST08092020"
    assert [d.original_fname for d in view.documents] == ["Name_Document.pdf"]
    assert bool(view.documents[0].content) == (name != "9.3-simple")
    assert view.status == ""  # the samples have none


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("9.2-ko-exists", ProviderConflict),
        ("9.2-ko-documents", ProviderRefused),
        ("9.4-ko", ProviderNotFound),
        ("9.5-ko", CredentialsRefused),
    ],
)
def test_9_a_ko_is_an_error_whatever_its_http_status(name, error):
    reply = answered(name)
    with pytest.raises(error) as raised:
        envelope_in(reply.json(), reply)
    assert "e2c32a3e" not in str(raised.value.fault)  # §9.5 prints the token that it refuses


@pytest.mark.parametrize("name", ["9.2-insert-ok", "9.4-ok"])
def test_9_ok_is_a_success(name):
    from esign.providers.gosign.answers import checked

    reply = answered(name)
    assert checked(lambda _path: reply, "/") is reply


def test_9_5_and_9_6_are_plain_text():
    url, word = ((FOLDER / f"{name}.txt").read_text().strip() for name in ("9.5-ok", "9.6-status"))
    USED.update({"9.5-ok", "9.6-status"})
    assert url.startswith("https://webappcl.gosign.digital/gosign/mLink?")
    assert word == "“IN_PROGRESS”"  # read by test_gosign_clients.py


def test_8_3_1_a_step_of_a_notification_is_read():
    (told,) = example("8.3.1-notification")["liveStatus"]
    event = StepEvent.model_validate(told)
    assert event.started_at == datetime(2019, 9, 6, 11, 4, 48, 141_000, tzinfo=UTC)
    assert example("8.3.1-outcome").keys() == {"outcome", "message"}


def test_8_3_2_the_extended_format_is_an_envelope_in_full():
    told = example("8.3.2-extended")
    view = envelope_in(told, Reply(200, {}, b"", Vendor(NAME), safe=True))
    package = a_contract(1)
    package = person(package, 0, role=Role.APPROVER, first_name="Anna", last_name="Bianchi")
    seen = snapshot(package, view, parse_options({}))
    assert seen.status is PackageStatus.SIGNED
    assert seen.recipients[0].status is RecipientStatus.APPROVED
    assert seen.recipients[0].signed_at == moment(1573837225000)
    assert seen.expires_at == moment(1577746800000)


def test_the_calls_to_us_have_tests_of_their_own():
    """§8.2 and §8.4 are our own answers: test_gosign_callback*.py holds them to these prints."""
    assert example("8.2-ping") == {"online": True}
    assert example("8.2-ping-services")["services"]["send"] == {"online": True, "available": False}
    assert set(example("8.4-workable")) == {"workable", "reason", "action"}


def test_every_example_is_used(request, capsys):
    """Last: the count of JSON examples that were looked at."""
    if request.session.testscollected < 30:
        pytest.skip("only some of the tests run")
    with capsys.disabled():
        print(f"\n{len(USED)} JSON examples of the vendor's document")  # noqa: T201
    assert set(ALL) == USED
