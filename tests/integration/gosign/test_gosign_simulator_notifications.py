"""The GoSign simulator calls an external system: notifications, retries, questions, OperationDone, authentication."""

from __future__ import annotations

import base64
import json
import time
from contextlib import contextmanager

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from lxml import etree

from sandbox.providers.gosign.side import DOORS, GosignSide
from sandbox.providers.gosign.workability import Verdict, judged
from tests.fakes.gosign_envelopes import PDF, action, example, rest, task
from tests.fakes.http_server import local_server

WKNOTIF = "{http://www.infocert.it/smartsign/schema/wknotif}"


class System:
    """An external system: `notify` are its answers to notifications, the last one for all further ones."""

    def __init__(self):
        self.ping, self.workable = {"online": True}, {"workable": True}
        self.notify = [(200, {"outcome": "succeeded"})]
        self.xml = ["<r><success>true</success></r>"]
        self.asked, self.told, self.headers = [], [], []

    def __call__(self, exchange):
        seen = exchange.seen
        self.headers.append(seen.headers)
        if seen.headers.get("content-type", "").startswith("text/xml"):
            self.told.append(seen.body)
            body = self.xml.pop(0) if len(self.xml) > 1 else self.xml[0]
            exchange.answer(200, body.encode(), Content_Type="text/xml")
        elif seen.path.endswith("/notify"):
            self.told.append((seen.path, json.loads(seen.body)))
            status, answer = self.notify.pop(0) if len(self.notify) > 1 else self.notify[0]
            exchange.answer(status, json.dumps(answer).encode(), Content_Type="application/json")
        else:
            self.asked.append(seen.path)
            found = self.ping if seen.path == "/status" else self.workable
            exchange.answer(200, json.dumps(found).encode(), Content_Type="application/json")


@pytest.fixture
def gosign(running):
    simulator = running[0]
    simulator.control.reset()
    simulator.control.configure(targets=[], habits={"retry_delay": 0.01})
    return simulator


@pytest.fixture
def system(gosign):
    with registered(gosign) as found:
        yield found


@contextmanager
def registered(gosign, **authentication):
    system = System()
    with local_server(system) as server:
        gosign.control.register(server.url, authentication)
        yield system
        gosign.control.settle()
        gosign.control.configure(targets=[])


@pytest.fixture
def put(gosign, running):
    return lambda body: running[1].put(f"{gosign.rest}/envelopes/{body['envelope']['externalId']}", json=body)


def kinds(system):
    return [body["notificationType"] for _, body in system.told]


# ----------------------------------------------------------------------------------------------------------------- §8.3


def test_the_last_step_is_told_by_the_end_alone_with_the_signed_documents(put, gosign, system):
    put(rest(process={"tasks": [task(), task("usrU", 2)]}))
    gosign.control.sign("E1", "mgr")
    gosign.control.settle()
    gosign.control.sign("E1", "usr")
    gosign.control.settle()
    assert kinds(system) == ["STEP_CLOSED", "SIGN_PROCESS_ENDED"]
    (path, first), (_, last) = system.told
    assert path == "/envelopes/E1/notify"
    assert "documents" not in first
    assert [(e["mgrExternalId"], e["status"]) for e in first["liveStatus"]] == [("mgr", "WKD"), ("usr", "NEW")]
    assert base64.b64decode(last["documents"][0]["content"]["data"]).startswith(PDF[:100])


def test_a_notification_has_the_fields_of_the_example(put, gosign, system):
    put(rest())
    gosign.control.replace("E1", "mgr", by="usr")
    gosign.control.sign("E1", "usr")
    gosign.control.settle()
    sample, told = example("8.3.1-notification"), system.told[0][1]
    step, shown = sample["liveStatus"][0], told["liveStatus"][0]
    assert set(told) == set(sample) - {"note"}
    assert set(shown) == set(step)
    assert set(shown["actionResume"]) == set(step["actionResume"]) | {"viewedActions"}, "the text lists one more"
    assert (shown["mgrExternalId"], shown["fromMgrExternalId"]) == ("usr", "mgr")
    assert shown["startedAt"].endswith("Z")


def test_approvals_alone_end_in_their_own_type_a_rejection_bears_its_note(put, gosign, system):
    put(rest("E1", process={"tasks": [task(actionDefs=[action(kind="A"), action(kind="V")])]}))
    gosign.control.sign("E1", "mgr")
    put(rest("E2"))
    gosign.control.reject("E2", "mgr", "The price is wrong.")
    put(rest("E3"))
    gosign.control.cancel("E3")
    put(rest("E4"))
    gosign.control.expire("E4")
    gosign.control.settle()
    by_kind = {body["notificationType"]: body for _, body in system.told}
    assert set(by_kind) == {"VA_PROCESS_ENDED", "ENVELOPE_REJECTED", "PROCESS_CANCELLED"}, "nothing tells an expiry"
    assert by_kind["ENVELOPE_REJECTED"]["note"] == "The price is wrong."


def test_the_words_that_the_document_writes_twice_are_switches(put, gosign, system):
    gosign.control.configure(switches={"resume_key": "actionsResume", "end_of_signing": "SIGN_PROCESS_ENDED_WSUPPL"})
    put(rest())
    gosign.control.sign("E1", "mgr")
    gosign.control.settle()
    assert kinds(system) == ["SIGN_PROCESS_ENDED_WSUPPL"]
    assert "documents" in system.told[0][1]
    assert system.told[0][1]["liveStatus"][0]["actionsResume"]["signedActions"] == 1


def test_a_step_that_waits_for_confirmation_or_for_its_turn_is_told_so(put, gosign):
    put(rest(process={"tasks": [task(), task("usrU", 2)]}))
    shown = gosign.control.prepare("E1", "mgr")
    assert [event["status"] for event in shown["process"]["liveStatus"]] == ["TCF", "NEW"]
    assert gosign.control.to_reject("E1")["status"] == "TRJ"
    assert gosign.control.reject("E1", "mgr")["status"] == "REJ"
    assert [event["status"] for event in gosign.control.envelope("E1")["process"]["liveStatus"]] == ["ERJ", "PCD"]


def test_the_extended_format_has_the_fields_of_the_example(put, gosign, system):
    gosign.control.configure(habits={"format": "extended"})
    fields = [{"name": "FLD02_01", "textValue": "cmp02"}]
    put(rest(docClass={"name": "CL02", "fields": fields}, top={"addUsersInCC": [{"externalId": "usr"}]}))
    gosign.control.sign("E1", "mgr")
    gosign.control.store("E1")
    gosign.control.settle()
    sample = example("8.3.2-extended")
    worked, stored = sorted((body for _, body in system.told), key=lambda body: body["status"], reverse=True)
    assert set(worked) == set(sample)
    assert set(worked["process"]["liveStatus"][0]) == set(sample["process"]["liveStatus"][0])
    assert set(worked["documents"][0]) == set(sample["documents"][0])
    assert (worked["status"], worked["previousStatus"]) == ("WKD", "PGS")
    assert (stored["status"], stored["previousStatus"]) == ("STO", "WKD")


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([(200, {"outcome": "succeeded"})], 1),
        ([(202, {"outcome": "failed_please_discard", "message": "unknown"})], 1),
        ([(200, {"outcome": "failed_please_retry"}), (200, {"outcome": "succeeded"})], 2),
        ([(500, {"outcome": "succeeded"}), (200, {"outcome": "succeeded"})], 2),
        ([(404, {}), (200, {}), (200, []), (200, {"outcome": "odd"}), (200, {"outcome": "succeeded"})], 5),
    ],
)
def test_a_notification_is_repeated_in_gosigns_own_language(put, gosign, system, answers, tries):
    system.notify = list(answers)
    put(rest())
    gosign.control.reject("E1", "mgr")
    assert gosign.control.settle()
    assert len(system.told) == tries


def test_notifications_can_be_inhibited_lost_doubled_and_reordered(put, gosign, system):
    gosign.control.configure(habits={"inhibited": ["STEP_CLOSED"], "documents": False, "duplicates": 1})
    put(rest(process={"tasks": [task(), task("usrU", 2)]}))
    gosign.control.sign("E1", "mgr")
    gosign.control.sign("E1", "usr")
    gosign.control.settle()
    assert kinds(system) == ["SIGN_PROCESS_ENDED"] * 2
    assert "documents" not in system.told[0][1]
    gosign.control.configure(habits={"inhibited": [], "duplicates": 0, "reorder": 2})
    put(rest("E2", process={"tasks": [task(), task("usrU", 2)]}))
    for who in ("mgr", "usr"):
        gosign.control.sign("E2", who)
    gosign.control.settle()
    assert kinds(system)[2:] == ["SIGN_PROCESS_ENDED", "STEP_CLOSED"]
    gosign.control.configure(habits={"drop": True})
    put(rest("E3"))
    gosign.control.sign("E3", "mgr")
    gosign.control.settle()
    assert len(system.told) == 4


# ------------------------------------------------------------------------------------------------------------ §8.1, §12.3


@pytest.mark.parametrize(
    ("authentication", "header", "value"),
    [
        ({}, "authorization", None),
        ({"scheme": "basic", "username": "u", "password": "p"}, "authorization", "Basic dTpw"),
        ({"scheme": "api-key", "header": "X-Key", "key": "k"}, "x-key", "k"),
    ],
)
def test_it_authenticates_itself_as_the_customer_wants(put, gosign, authentication, header, value):
    with registered(gosign, **authentication) as system:
        put(rest())
        gosign.control.sign("E1", "mgr")
        gosign.control.settle()
    assert {headers.get(header) for headers in system.headers} == {value}


def test_with_an_identity_provider_every_call_bears_a_jwt(put, gosign):
    with registered(gosign, scheme="jwt") as system:
        put(rest())
        gosign.control.sign("E1", "mgr")
        gosign.control.settle()
    trust = gosign.control.customers()[0]["identity"]
    keys = httpx.get(f"{gosign.url}/idp/{trust['tenant']}/discovery/v2.0/keys").json()
    token = system.headers[-1]["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims
    assert (claims["tid"], claims["aud"], claims["azp"]) == (trust["tenant"], "api://connector", "gosign")


# ------------------------------------------------------------------------------------------------------------------ §8.4


def test_before_somebody_signs_the_external_system_is_asked(put, gosign, system):
    put(rest())
    gosign.control.sign("E1", "mgr")
    assert system.asked == ["/status", "/envelopes/E1/managers/mgr/status"]
    put(rest("E2"))
    gosign.control.replace("E2", "mgr", by="usr")
    gosign.control.sign("E2", "usr")
    assert system.asked[-1] == "/envelopes/E2/managers/usr/for/mgr/status"


def test_what_is_not_workable_is_not_signed(put, gosign, system):
    system.workable = example("8.4-workable")
    put(rest())
    with pytest.raises(httpx.HTTPStatusError) as refused:
        gosign.control.sign("E1", "mgr")
    assert refused.value.response.json() == {"code": "NOT_WORKABLE", "message": "User permission expired"}
    assert gosign.control.envelope("E1")["status"] == "PGS"
    system.workable = {"workable": False, "action": "DELETE"}
    with pytest.raises(httpx.HTTPStatusError):
        gosign.control.sign("E1", "mgr")
    assert gosign.control.envelope("E1")["status"] == "DEL"


@pytest.mark.parametrize(
    ("ping", "signs"),
    [
        (example("8.2-ping"), True),
        (example("8.2-ping-services"), True),
        ({"online": False}, False),
        ({"online": True, "services": {"getStatus": {"online": True, "available": False}}}, False),
        ({"online": True, "services": {"send": {"online": True}}}, False),
    ],
)
def test_the_ping_says_which_service_is_there(put, gosign, system, ping, signs):
    system.ping = ping
    put(rest())
    if signs:
        assert gosign.control.sign("E1", "mgr")["status"] == "WKD"
    else:
        with pytest.raises(httpx.HTTPStatusError):
            gosign.control.sign("E1", "mgr")
    assert gosign.control.ping() == [ping]


# --------------------------------------------------------------------------------------------------------- §7: SOAP, §11


STATUSES = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<n:getEnvelopeExternalStatusResponse xmlns:n="http://www.infocert.it/smartsign/schema/wknotif"><envelopeStatuses>
<userAllowedToWork>true</userAllowedToWork><envelopeStatuses><extId>E1</extId><workable>true</workable>
</envelopeStatuses></envelopeStatuses></n:getEnvelopeExternalStatusResponse></e:Body></e:Envelope>"""
TRUE, FALSE = "<r><success>true</success></r>", "<r><success>false</success></r>"


def test_soap_notifications_have_an_unqualified_inside_and_are_repeated_until_success(put, gosign, system):
    gosign.control.configure(habits={"channel": "soap"})
    system.xml = [STATUSES, FALSE, "<broken", TRUE]
    put(rest())
    gosign.control.sign("E1", "mgr")
    gosign.control.settle()
    question, *told = system.told
    assert (
        etree.fromstring(question).findtext(f".//{WKNOTIF}getEnvelopeExternalStatusRequest/envelopeExtIdList") == "E1"
    )
    assert len(told) == 3
    notification = etree.fromstring(told[0]).find(f".//{WKNOTIF}workNotification")
    assert notification is not None
    assert [child.tag for child in notification] == [
        "envelopeExternalId",
        "notificationType",
        "documents",
        "liveStatus",
    ]
    assert len(notification.findall("liveStatus/stepEvent/actionsResume/*")) == 12
    assert base64.b64decode(notification.findtext("documents/document/content/data") or "").startswith(b"%PDF")


def test_the_root_of_a_soap_notification_is_a_switch(put, gosign, system):
    gosign.control.configure(
        habits={"channel": "soap", "ask_workable": False}, switches={"soap_root": "workNotificationRequest"}
    )
    put(rest())
    gosign.control.reject("E1", "mgr")
    gosign.control.settle()
    inner = etree.fromstring(system.told[0]).find(f".//{WKNOTIF}workNotificationRequest/workNotification")
    assert inner is not None


def test_the_question_names_who_was_replaced(put, gosign, system):
    gosign.control.configure(habits={"channel": "soap"})
    system.xml = [STATUSES, TRUE]
    put(rest())
    gosign.control.replace("E1", "mgr", by="usr")
    gosign.control.sign("E1", "usr")
    gosign.control.settle()
    asked = etree.fromstring(system.told[0]).find(".//envelopeExtIdList")
    assert asked is not None
    assert asked.get("fromUserExtId") == "mgr"


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"userAllowedToWork": "false", "globalEnvelopeAction": "DELETE"}, Verdict(workable=False, action="DELETE")),
        ({"own": {"workable": "true"}, "globalEnvelopeAction": "NOP"}, Verdict(workable=True, action="NOP")),
        ({"own": {"workable": "false"}, "globalEnvelopeAction": "DELETE"}, Verdict(workable=False, action="DELETE")),
        ({"own": {"workable": "false", "action": "NOP"}, "globalEnvelopeAction": "DELETE"}, Verdict(workable=False)),
    ],
)
def test_the_table_of_7_2_is_followed(told, verdict):
    own = told.pop("own", None)
    assert judged({**told, "envelopes": [{"extId": "E1", **own}] if own else []}, "E1") == verdict


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 1), ("twice", 2), ("never", 0)])
def test_legalbus_tells_by_soap_what_became_of_an_insertion(gosign, running, system, when, times):
    gosign.control.configure(habits={"channel": "soap"}, switches={"operation_done": when})
    system.xml = ["<ok/>"]
    answer = running[1].put(f"{gosign.legalbus}/envelopes/E1", json=rest()).json()
    assert bool(system.told) is (when == "before")
    wait(gosign.control.operations)
    gosign.control.settle()
    events = [etree.fromstring(body).find(".//{*}OperationDoneEvent") for body in system.told]
    assert [(e.findtext("ID"), e.findtext("extId"), e.findtext("returnStatus/code")) for e in events] == [
        (answer["message"], "E1", "OK")
    ] * times


def wait(read):
    end = time.monotonic() + 15
    while not read() and time.monotonic() < end:
        time.sleep(0.02)


# -------------------------------------------------------------------------------------------------------------- the side


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_side_speaks_for_each_door(gosign, door):
    side = GosignSide(gosign, door)
    assert side.settings["baseUrl"] == gosign.url
    assert side.credentials
    side.register("https://connector.example/callbacks/gosign/acc/token", {})
    target = gosign.control.customers()[0]["targets"][0]
    assert target["address"].endswith("/soap") is (door in {"gosign-soap", "gosign-legalbus"})
    assert target["authentication"] == ({"scheme": "jwt"} if door == "gosign-idp" else {})
