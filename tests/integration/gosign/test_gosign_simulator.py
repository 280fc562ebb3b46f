"""The GoSign simulator over real HTTP, REST v1: the document's examples, its rules, its contradictions."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader

from sandbox.demo.signatures import covering_signatures
from sandbox.providers.gosign.model import Appearance
from sandbox.providers.gosign.placement import spots
from sandbox.providers.gosign.server import GosignSimulator
from tests.fakes.gosign_envelopes import (
    CODE,
    PDF,
    action,
    b64,
    document,
    example,
    rest,
    stranger,
    task,
    with_papers,
)
from tests.fakes.papers import a_pdf

OK = {"code": "OK", "message": "Successfull"}


@pytest.fixture(scope="module")
def running():
    with GosignSimulator() as simulator, httpx.Client(timeout=30) as http:
        simulator.control.configure(
            policies={
                "policy_test": {"1": [task("usrU", actionDefs=[action(0)])], "3": [task(actionDefs=[action(0)])]}
            },
            doc_classes={"377": {"name": "FRM_Ord", "mandatory": ["Proj_number"]}},
        )
        yield simulator, http


@pytest.fixture
def gosign(running):
    simulator, _ = running
    customer = simulator.control.customers()[0]
    simulator.control.reset()
    simulator.control.configure(
        switches={"unknown_fields": "refuse"}, policies=customer["policies"], doc_classes=customer["doc_classes"]
    )
    return simulator


@pytest.fixture
def put(gosign, running):
    def call(body, *, path="envelopes", ext_id=None):
        inner = body.get("insertEnvelopeRequest", body) if isinstance(body, dict) else {}
        ext_id = ext_id or inner.get("envelope", {}).get("externalId", "E1")
        return running[1].put(f"{gosign.rest}/{path}/{ext_id}", json=body)

    return call


@pytest.fixture
def get(gosign, running):
    def call(ext_id="E1", *, with_bytes=False, code=CODE):
        body = {"customerCode": code, "externalSystemCode": "COUPA", "enveExtId": ext_id, "withDocBytes": with_bytes}
        return running[1].post(f"{gosign.rest}/envelopes/{ext_id}", json=body)

    return call


def the_task(envelope):
    return envelope["procDef"]["tasks"][0]


def the_action(envelope):
    return the_task(envelope)["actionDefs"][0]


def refused(answer) -> str:
    assert answer.status_code == 200
    return str(answer.json()["code"])


def content_of(answer, n=0) -> bytes:
    return base64.b64decode(answer.json()["documents"][n]["bytes"])


# ------------------------------------------------------------------------------------------------ the vendor's examples


def test_example_4_3_1_is_taken_and_awaits_confirmation(put, get):
    body = with_papers(example("4.3.1-insert")) | {"customerCode": CODE}
    assert put(body).json() == OK
    shown = get("EXTID_YYY").json()
    assert shown["status"] == "PGS"
    assert shown["process"]["liveStatus"][0]["status"] == "TCF", "actionInTCF is true there"


def test_example_4_3_2_is_refused_since_its_action_names_no_document_of_it(put, get):
    body = with_papers(example("4.3.2-insert")) | {"customerCode": CODE}
    assert refused(put(body)) == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"
    body["envelope"]["documents"][0]["externalId"] = "ABC123"
    assert put(body).json() == OK, "with its lly above its ury"


def test_example_4_3_3_is_a_draft_without_a_process(put, get, gosign):
    body = with_papers(example("4.3.3-insert")) | {"customerCode": CODE}
    assert put(body).json() == OK
    shown = get("extid_YYY").json()
    assert (shown["status"], shown["process"], shown["draft"]) == ("DRF", None, True)


def test_example_10_is_taken_with_its_alternative_names(put, get, gosign):
    body = with_papers(example("10-rest")) | {"customerCode": CODE}
    assert put(body).json() == OK
    shown = get("id_della_pratica1").json()
    assert [copy["externalId"] for copy in shown["usersInCC"]] == ["manager_1", "manager_2"]
    assert "stranger_ext" in {user["extId"] for user in gosign.control.users()}


def test_the_copies_of_example_6_4_get_an_e_mail_at_the_end(put, gosign):
    copies = example("6.4-copies")["addUsersInCC"]
    put(rest(top={"addUsersInCC": copies}))
    gosign.control.sign("E1", "mgr")
    assert {"envelope": "E1", "to": "user@example.com", "kind": "copy"}.items() <= gosign.control.mails("E1")[0].items()


def test_the_policy_of_example_6_5_brings_its_own_tasks(put, get):
    policy = example("6.5-policy")
    body = rest(docClass=policy["docClass"], process=policy["procDef"])
    assert put(body).json() == OK
    assert get().json()["process"]["liveStatus"][0]["mgrExternalId"] == "mgr", "revision 3"
    unclassed = rest("E2", process=policy["procDef"])
    assert refused(put(unclassed)) == "DOCUMENT_CLASS_ERROR"
    assert refused(put(rest("E3", docClass={"id": "377", "name": "FRM_Ord"}, process=policy["procDef"]))) == (
        "DOCUMENT_CLASS_ERROR"
    )


@pytest.mark.parametrize(("default", "actor"), [(1, "usr"), (-1, "mgr")])
def test_a_policy_without_a_revision_takes_the_first_or_the_last(put, get, gosign, default, actor):
    gosign.control.configure(switches={"default_revision": default})
    body = rest(docClass=example("6.5-policy")["docClass"], process={"code": "policy_test"})
    assert put(body).json() == OK
    assert get().json()["process"]["liveStatus"][0]["mgrExternalId"] == actor


@pytest.mark.parametrize("name", ["6.6-cc-cc", "6.6-cc-mm", "6.6-mm-mm"])
def test_the_graphometric_examples_are_taken_as_they_are_wrapped(put, get, gosign, name):
    body = with_papers(example(name))
    inner = body["insertEnvelopeRequest"]
    inner["customerCode"] = CODE
    people = {inner["envelope"]["loadedByExtId"], "usrSgrMgrCC", "noreply+mm@example.com"}
    person = {"name": "N", "surname": "S", "email": "x@example.com", "authorities": ["ROLE_MGR"]}
    gosign.control.configure(users=dict.fromkeys(people, person))
    assert put(body).json() == OK
    assert get(inner["envelope"]["externalId"]).json()["trustLevelCode"] == "GRAPHO_FEA"


# ------------------------------------------------------------------------------------------------------- the way it goes


def test_two_signers_in_series_sign_for_real_and_the_report_comes_with_the_documents(put, get, gosign):
    tasks = [task("anna@supplier.exampleU", 1), task("ben@buyer.exampleU", 2)]
    users = [stranger(), stranger("ben@buyer.example", name="Ben")]
    put(rest(trustLevelCode="DIGITAL_PDF", process={"tasks": tasks, "newUsers": users}))
    first = get().json()["process"]["liveStatus"]
    assert [event["startedAt"] is None for event in first] == [False, True]
    with pytest.raises(httpx.HTTPStatusError):
        gosign.control.sign("E1", "ben@buyer.example")
    gosign.control.sign("E1", "anna@supplier.example")
    done = gosign.control.sign("E1", "ben@buyer.example")
    assert (done["status"], done["previousStatus"], done["worked"]) == ("WKD", "PGS", True)
    shown = get(with_bytes=True)
    assert [(d["docType"], d["externalId"]) for d in shown.json()["documents"]] == [("D", "doc1"), ("R", None)]
    assert covering_signatures(content_of(shown), gosign.control.authority()) == 2
    assert content_of(shown, 1).startswith(b"%PDF")


def test_internal_signatures_are_marks_without_a_certificate(put, get, gosign):
    text = {"confString": '{"customSignatureText":"Signed by #nnss#","customSignatureTextL1":"OPD"}'}
    put(rest(process={"tasks": [task(actionDefs=[action(**text)])]}))
    gosign.control.sign("E1", "mgr")
    signed = content_of(get(with_bytes=True))
    assert covering_signatures(signed, gosign.control.authority()) == 0
    assert len(signed) > len(PDF)


def test_fea_has_one_closing_signature_and_takes_nothing_signed(put, get, gosign):
    put(rest(trustLevelCode="FEA"))
    gosign.control.sign("E1", "mgr")
    signed = content_of(get(with_bytes=True))
    assert covering_signatures(signed, gosign.control.authority()) == 1
    again = rest("E2", trustLevelCode="FEA", documents=[document(content=signed)])
    assert refused(put(again)) == "BAD_DOC_FORMAT"


def test_p7m_gives_one_cades_envelope_with_every_signature(put, get, gosign):
    put(rest(trustLevelCode="DIGITAL_P7M", process={"tasks": [task("mgrU"), task("usrU", 2)]}))
    gosign.control.sign("E1", "mgr")
    gosign.control.sign("E1", "usr")
    shown = get(with_bytes=True)
    paper = shown.json()["documents"][0]
    assert (paper["mimeType"], paper["originalFname"]) == ("application/pkcs7-mime", "doc1.pdf.p7m")
    signed = cms.ContentInfo.load(content_of(shown))["content"]
    assert (len(signed["signer_infos"]), signed["encap_content_info"]["content"].native) == (2, PDF)


def test_an_empty_field_is_signed_where_it_is(put, get, gosign):
    there = action(appearance={"blankSignatureFieldName": "Buyer"})
    put(rest(trustLevelCode="DIGITAL_PDF", process={"tasks": [task(actionDefs=[there])]}))
    gosign.control.sign("E1", "mgr")
    fields = PdfFileReader(io.BytesIO(content_of(get(with_bytes=True)))).embedded_signatures
    assert [field.field_name for field in fields] == ["Buyer"]


def test_howmany_actors_close_a_step_and_a_pipe_means_or(put, get, gosign):
    put(rest(process={"tasks": [task("mgrU|usrU|usr2U", howMany=2)]}))
    gosign.control.sign("E1", "usr2")
    assert get().json()["status"] == "PGS"
    gosign.control.sign("E1", "mgr")
    assert get().json()["status"] == "WKD"
    put(rest("E2", process={"tasks": [task("1R")]}))
    gosign.control.sign("E2", "usr")
    assert get("E2").json()["process"]["steps"][0]["howMany"] == 1


def test_a_rejection_leaves_the_envelopes_own_note_alone_and_an_expiry_or_a_cancellation_ends_all_steps(
    put, get, gosign
):
    put(rest(note="For the records."))
    gosign.control.reject("E1", "mgr", "The price is wrong.")
    shown = get().json()
    assert (shown["status"], shown["note"]) == ("REJ", "For the records.")
    assert shown["process"]["liveStatus"][0]["status"] == "ERJ"
    for ext_id, status in (("E2", "EXP"), ("E3", "STP")):
        put(rest(ext_id))
        (gosign.control.expire if status == "EXP" else gosign.control.cancel)(ext_id)
        assert (get(ext_id).json()["status"], get(ext_id).json()["process"]["status"]) == (status, "X")


def test_a_stored_envelope_remembers_how_it_ended(put, get, gosign):
    put(rest())
    gosign.control.sign("E1", "mgr")
    shown = gosign.control.store("E1")
    assert (shown["status"], shown["previousStatus"]) == ("STO", "WKD")


def test_time_alone_expires_an_envelope(put, get, gosign):
    put(rest(expireAt=4102444800000))
    assert get().json()["expireAt"] == 4102444800000
    gosign.control.advance(100 * 365 * 86400)
    assert get().json()["status"] == "EXP"


@pytest.mark.parametrize("ending", ["/delete/", "/delete"])
def test_a_deletion_hides_the_envelope_and_mails_whose_turn_it_was(put, get, gosign, running, ending):
    put(rest())
    url, body = f"{gosign.rest}/envelopes/E1{ending}", {"customerCode": CODE, "usrExtId": "segr"}
    assert running[1].post(url, json=body).json() == OK
    assert get().json()["status"] == "DEL"
    assert gosign.control.mails("E1")[0]["kind"] == "deleted"
    assert refused(running[1].post(url, json=body)) == "ENVELOPE_NOT_FOUND"
    assert refused(running[1].post(url, json=body | {"usrExtId": "mgr"})) == "ACCESS_DENIED"


def test_insert_envelope_2_returns_the_whole_envelope(put):
    answer = put(rest(), path="envelopes2")
    assert answer.json()["externalId"] == "E1"
    assert content_of(answer) == PDF


# --------------------------------------------------------------------------------------------------------- what it refuses


def test_ids_are_unique_and_case_sensitive(put):
    assert put(rest("E1")).json() == OK
    answer = put(rest("E1"))
    assert answer.json() == {
        "code": "RETURN_STATUS_ENVELOPE_ALREADY_EXISTS",
        "message": "Envelope already exists - extEnveId = E1",
    }
    assert put(rest("e1")).json() == OK
    twice = rest("E2", documents=[document(), document()])
    assert refused(put(twice)) == "MULTILPLE_DOCS_WITH_SAME_EXT_ID"


def test_a_wrong_customer_code_is_repeated_in_the_message(put, get):
    answer = put(rest(top={"customerCode": "b8cc"}))
    message = "Customer not found or access is denied - customerCode = b8cc"
    assert answer.json() == {"code": "CUST_NOT_FOUND", "message": message}
    assert refused(get("nowhere")) == "ENVELOPE_NOT_FOUND"


def test_another_customers_envelope_is_not_found(put, get, gosign):
    gosign.control.configure("another-code")
    put(rest())
    assert refused(get(code="another-code")) == "ENVELOPE_NOT_FOUND"


BAD: dict[str, dict[str, Any]] = {
    "no subject": {"subject": None},
    "an unknown trust level": {"trustLevelCode": "DIGITAL_XML"},
    "a field of OAuth2": {"trustLevel": "FEA"},
    "a use type of SOAP": {"corporateUseType": "X"},
    "seconds for milliseconds": {"expireAt": 1577746800},
    "a spelling of its own": {"Subject": "x"},
    "no documents": {"documents": []},
}


@pytest.mark.parametrize("name", BAD)
def test_a_request_against_the_table_is_an_illegal_argument(put, name):
    assert refused(put(rest(**BAD[name]))) == "ILLEGAL_ARGUMENT"


BAD_TASKS: dict[str, Any] = {
    "howMany 0": [task(howMany=0)],
    "howMany 5": [task("mgrU|usrU", howMany=5)],
    "an unknown certificate type": [task(certType="Q")],
    "a task action of OAuth2": [task(action="WORK")],
    "broken confString": [task(confString="{signAllVisible:V")],
    "an object for confString": [task(confString={"signAllVisible": "V"})],
    "not mandatory": [task(actionDefs=[action(mandatory=False)])],
    "two places": [
        task(actionDefs=[action(appearance={"compassAppearance": {"page": 1, "position": 1}} | action()["appearance"])])
    ],
    "no place": [task(actionDefs=[action(appearance={})])],
    "an invisible initial": [task(actionDefs=[action(kind="I", confString='{"visibilityStatus":"N"}')])],
    "a hidden approval": [task(actionDefs=[action(kind="A", confString='{"visibilityStatus":"H"}')])],
    "compass 0": [task(actionDefs=[action(appearance={"compassAppearance": {"page": 1, "position": 0}})])],
    "page -4": [task(actionDefs=[action(appearance={"compassAppearance": {"page": -4, "position": 1}})])],
    "a signature type of GoSign 5": [task(signatureType="SIMPLE")],
}


@pytest.mark.parametrize("name", BAD_TASKS)
def test_a_task_against_the_table_is_an_illegal_argument(put, name):
    assert refused(put(rest(process={"tasks": BAD_TASKS[name]}))) == "ILLEGAL_ARGUMENT"


TO = {"typeRecipient": "TO", "userExternalId": "usr"}
MAIL: dict[str, Any] = {"type": "A", "order": 3, "action": "SDM", "howMany": 1, "actionDefs": []}
BAD_PROCESSES: dict[str, Any] = {
    "no tasks though immediate": [],
    "an action on no document": [task(actionDefs=[action("doc9")])],
    "no action": [task(actionDefs=[])],
    "no actor": [task(actorExpr=None)],
    "an actor of no kind": [task("mgr")],
    "more actors than there are": [task(howMany=2)],
    "a page that is not there": [task(actionDefs=[action(appearance={"compassAppearance": {"page": 9, "position": 1}})])],
    "a tag that is not there": [task(actionDefs=[action(appearance={"tagAppearance": {"startTagPattern": "##NO##"}})])],
    "a field that is not there": [task(actionDefs=[action(appearance={"blankSignatureFieldName": "Nobody"})])],
    "graphometric at another level": [task(actionDefs=[action(kind="G")])],
    "a mail to nobody": [task(), {**MAIL, "sendMailMessage": {"sendMailRecipientList": [{**TO, "typeRecipient": "CC"}]}}],
    "a mail that is not the last": [task(), {**MAIL, "order": 1, "sendMailMessage": {"sendMailRecipientList": [TO]}}],
    "two mails": [task(), *({**MAIL, "order": n, "sendMailMessage": {"sendMailRecipientList": [TO]}} for n in (3, 4))],
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PROCESSES)
def test_a_process_that_cannot_be_is_refused(put, name):
    assert refused(put(rest(process={"tasks": BAD_PROCESSES[name]}))) == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"


def test_a_send_mail_task_at_the_end_mails_all(put, gosign):
    put(rest(process={"tasks": [task(), {**MAIL, "sendMailMessage": {"sendMailRecipientList": [TO]}}]}))
    gosign.control.sign("E1", "mgr")
    assert gosign.control.mails("E1")[0]["to"] == "anna.bianchi@customer.example"


@pytest.mark.parametrize(
    "content",
    ["not base64!", "", b64(b"no PDF at all"), b64(PDF[:-200]), b64(a_pdf(password="x")), b64(PDF + b"%" * 9000)],
    ids=["no base64", "nothing", "no PDF", "cut off", "locked", "without an end"],
)
def test_bytes_that_are_no_document_are_a_bad_format(put, content):
    assert refused(put(rest(documents=[document(bytes=content)]))) == "BAD_DOC_FORMAT"


def test_an_unknown_actor_or_loader_is_a_user_not_found(put):
    assert refused(put(rest(process={"tasks": [task("nobodyU")]}))) == "USER_NOT_FOUND"
    assert refused(put(rest(loadedByExtId="nobody"))) == "USER_NOT_FOUND"
    assert refused(put(rest(process={"tasks": [task("99R")]}))) == "USER_NOT_FOUND"


def test_a_refused_insertion_leaves_no_user_behind(put, gosign):
    users = [stranger(), stranger("ben@buyer.example")]
    put(rest(process={"tasks": [task("nobodyU")], "newUsers": users}))
    assert "anna@supplier.example" not in {user["extId"] for user in gosign.control.users()}


def test_an_expired_subscription_inserts_nothing(put, gosign):
    gosign.control.configure(expired=True)
    assert refused(put(rest())) == "PRODUCT_EXPIRED"


# ----------------------------------------------------------------------------------------------------------- its people


def test_new_user_strategies_do_what_the_table_says(put, gosign):
    def insert(ext_id, **user):
        return put(rest(ext_id, process={"tasks": [task()], "newUsers": [stranger(**user)]})).json()["code"]

    assert insert("E1", newUserStrategy="REJECT_ALWAYS") == "OK"
    assert insert("E2", newUserStrategy="REJECT_ALWAYS") == "ILLEGAL_ARGUMENT"
    assert insert("E3", newUserStrategy="REJECT_IF_DIFFERENT") == "OK"
    assert insert("E4", newUserStrategy="REJECT_IF_DIFFERENT", name="Other") == "ILLEGAL_ARGUMENT"
    assert insert("E5", newUserStrategy="EMAIL_BASED", name="Other") == "OK"
    assert insert("E6", newUserStrategy="ACCEPT_ALWAYS", username="ANNA@supplier.example", name="New") == "OK"
    anna = [user for user in gosign.control.users() if user["email"] == "anna@supplier.example"]
    assert [user["name"] for user in anna] == ["New"], "updated by ACCEPT_ALWAYS, left alone by EMAIL_BASED"
    assert insert("E7", newUserStrategy=None) == "ILLEGAL_ARGUMENT", "REJECT_ALWAYS is the default"


def test_the_cases_of_6_2_make_a_second_user_or_find_the_first(put, gosign):
    for name, strangers in (("6.2-case-2", 0), ("6.2-case-1", 1)):
        user = example(name)["procDef"]["newUsers"][0] | {"email": "mario.rossi@customer.example"}
        assert put(rest(name, process={"tasks": [task("test1U")], "newUsers": [user]})).json() == OK
        assert sum(user["extId"] == "test1" for user in gosign.control.users()) == strangers


def test_a_manager_made_by_an_insertion_cannot_sign_digitally(put, gosign):
    made = stranger(userAuthorities="ROLE_MGR")
    process = {"tasks": [task("anna@supplier.exampleU")], "newUsers": [made]}
    put(rest(trustLevelCode="DIGITAL_PDF", process=process))
    with pytest.raises(httpx.HTTPStatusError):
        gosign.control.sign("E1", "anna@supplier.example")


def test_copies_follow_the_three_rules(put):
    def copy(**one):
        return put(rest(str(one), top={"addUsersInCC": [one]})).json()["code"]

    assert copy(externalId="usr") == "OK"
    assert copy(externalId="nobody", email="x@y.example") == "USER_NOT_FOUND"
    assert copy(email="mario.rossi@customer.example") == "OK"
    assert copy(email="x@y.example") == "USER_NOT_FOUND"
    assert copy(email="x@y.example", name="X", surname="Y") == "OK"
    assert copy(name="X") == "ILLEGAL_ARGUMENT"
    assert (
        copy(externalId="nobody", email="x@y.example", name="X", surname="Y", addUsersInCCStrategy="EMAIL_ALWAYS")
        == "OK"
    )


ANNA = "anna@supplier.example"
SERVICES = [
    ("deleteUsers/", {"usrExtId": "usr2"}, "usr2", lambda user: user is None),
    ("deleteUser/", {"users": [{"externalId": "usr2"}]}, "usr2", lambda user: user is None),
    ("deleteUsers/", {"usersExtId": ["mgr"]}, "mgr", lambda user: user["enabled"] is False),
    ("secretary/", {"user": stranger("s@c.it")}, "s@c.it", lambda user: user["authorities"] == ["ROLE_SEGR"]),
    ("updateAuthorities/", {"usrExtId": "usr", "command": "R"}, "usr", lambda user: "R" in user["authorities"]),
    ("removeAuthorities/", {"username": "usr", "roles": ["ROLE_MGR"]}, "usr", lambda user: not user["authorities"]),
    ("modifyUserAttributes/", {"extId": "usr", "attributes": {"name": "A"}}, "usr", lambda user: user["name"] == "A"),
    ("convertStrangerToCorporate/", {"usrExtId": ANNA}, ANNA, lambda user: user["type"] == "corporate"),
]


@pytest.mark.parametrize(("path", "body", "who", "holds"), SERVICES)
def test_the_six_user_services_take_every_body_that_makes_sense(put, gosign, running, path, body, who, holds):
    put(rest(process={"tasks": [task()], "newUsers": [stranger()]}))
    answer = running[1].put(f"{gosign.rest}/{path}", json={"customerCode": CODE, **body})
    assert answer.json() == OK
    assert holds({user["extId"]: user for user in gosign.control.users()}.get(who))
    assert refused(running[1].put(f"{gosign.rest}/{path}", json={"customerCode": CODE})) == "ILLEGAL_ARGUMENT"


# ------------------------------------------------------------------- its contradictions (contracts/gosign.md §1.11, accept)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda e: e.update(processDef=e.pop("procDef")), id="1 processDef"),
        pytest.param(lambda e: e.update(commonMessages=e.pop("commonMessage")), id="2 commonMessages"),
        pytest.param(lambda e: e["procDef"].update(newUsers=[{"insertUser": stranger()}]), id="4 insertUser"),
        pytest.param(lambda e: e["procDef"].update(newUsers={"insertUser": [stranger()]}), id="4 insertUser list"),
        pytest.param(lambda e: the_task(e).update(newUsers=[stranger()]), id="4 in a task"),
        pytest.param(lambda e: e["procDef"].update(newUsers=[stranger(userAuthorities="ROLE_STRANGER")]), id="5 text"),
        pytest.param(lambda e: the_task(e).update(type="H"), id="10 H"),
        pytest.param(lambda e: the_task(e).update(confString='{"requiredIdentification":true}'), id="11 task"),
        pytest.param(lambda e: the_action(e).update(confString='{"requireIdentification":true}'), id="11 action"),
        pytest.param(lambda e: e.update(expiresAt=4102444800000), id="16 expiresAt"),
        pytest.param(lambda e: e.pop("commonMessage"), id="19 no message"),
        pytest.param(lambda e: e["commonMessage"].pop("subject"), id="19 no subject"),
        pytest.param(lambda e: the_action(e).update(confString='{"visibilityStatus":"N"}'), id="§5.1 N on a signature"),
        pytest.param(lambda e: the_action(e)["appearance"]["coordAppearance"].update(page=-3), id="8 special page"),
    ],
)  # fmt: skip
def test_each_contradiction_is_taken_in_either_form(put, change):
    body = rest()
    change(body["envelope"])
    assert put(body).json() == OK


@pytest.mark.parametrize("name", ["addUsersInCC", "AddUsersInCC", "addUsersInCCRequest", "usersInCC"])
def test_people_in_copy_may_come_under_all_four_names(put, get, name):
    put(rest(top={name: [{"externalId": "usr"}]}))
    assert get().json()["usersInCC"] == [{"externalId": "usr"}]


def with_field(name):
    body = rest()
    body["envelope"][name] = "P"
    return body


@pytest.mark.parametrize("name", ["UseType", "corporateusetype"])
def test_field_names_are_case_sensitive(put, name):
    assert refused(put(with_field(name))) == "ILLEGAL_ARGUMENT"


# ------------------------------------------------------------------------------------------ what the document leaves open


def test_the_unknown_shapes_of_its_answers_are_switches(put, get, gosign):
    gosign.control.configure(switches={"insert_reply": "returnStatus", "get_envelope": "wrapped", "ko_status": 400})
    assert put(rest()).json() == {"returnStatus": OK}
    assert get().json()["envelope"]["status"] == "PGS"
    assert put(rest()).status_code == 400
    gosign.control.configure(switches={"get_envelope": "returnStatus", "not_found": "null"})
    assert get().json()["returnStatus"] == OK
    assert get("E9").json() is None
    gosign.control.configure(switches={"not_found": "empty", "deleted": "hidden"})
    assert get("E9").content == b""
    gosign.control.delete("E1")
    assert get("E1").content == b""


# ------------------------------------------------------------------------------------------------- bad luck, bad input


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b""])
def test_a_body_that_is_no_object_is_refused(gosign, running, body):
    headers = {"content-type": "application/json"}
    assert refused(running[1].put(f"{gosign.rest}/envelopes/E1", content=body, headers=headers)) == "ILLEGAL_ARGUMENT"
    assert running[1].put(f"{gosign.rest}/envelopes/E1", content=body).status_code == 415


def test_a_lost_reply_has_done_its_work_and_a_reset_has_not(put, gosign):
    gosign.control.fault("InsertEnvelope", "lost_reply", version="rest")
    with pytest.raises(httpx.RemoteProtocolError):
        put(rest("E1"))
    gosign.control.fault("InsertEnvelope", "reset")
    with pytest.raises(httpx.TransportError):
        put(rest("E2"))
    assert [envelope["externalId"] for envelope in gosign.control.envelopes()] == ["E1"]
    gosign.control.fault("GetEnvelope", "http", status=503)
    gosign.control.clear_faults()


def test_the_log_has_no_secret_and_no_document(put, gosign):
    put(rest())
    entry = gosign.control.requests("InsertEnvelope")[0]
    assert (entry["body"]["customerCode"], entry["body"]["envelope"]["documents"][0]["bytes"]) == ("…", "…")


# ------------------------------------------------------------------------------------------------------------ its places


def test_tags_are_found_isolated_and_first_with_their_offset():
    pdf = a_pdf(2, texts={(1, 72, 400): "x##A##", (2, 100, 300): "##A##", (2, 100, 200): "##A##"})
    ((page, box),) = spots(pdf, Appearance("tag", start_tag="##A##", offset=(50, 100)), actors=[])
    assert (page, round(box[0])) == (2, 150)
    assert round(842 - box[1] - box[3]) in range(397, 404)


def test_compass_numbers_follow_the_dialects_own_table(put, get, gosign):
    where = [Appearance("compass", page=1, quadrant=quadrant) for quadrant in ("LT", "RB")]
    first, last = (spots(PDF, one, actors=[])[0][1] for one in where)
    assert first[0] < last[0]
    assert first[1] < last[1]
    assert len(spots(PDF, Appearance("compass", page=-2, quadrant="CM"), actors=[])) == 2
