"""The Connective simulator: callbacks, made-up faults, and the control API itself."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from sandbox.providers.connective.control import Control
from sandbox.providers.connective.server import ConnectiveSimulator
from sandbox.providers.connective.settings import Environment
from tests.fakes.connective_packages import (
    create,
    jane,
    john,
    one_signer,
    person,
    process,
    send,
    signer,
    started,
    status,
    two_signers,
    with_document,
)


class Listener(ThreadingHTTPServer):
    """Notes (method, path, body); answers what `answers` still holds, then 200."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hearing)
        self.heard, self.answers = [], []
        self.url = f"http://127.0.0.1:{self.server_port}/ping"


class Hearing(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.heard.append((self.command, self.path, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - as the standard library wants it

    def log_message(self, *args):
        """Silent."""


@pytest.fixture
def listener():
    with Listener() as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


# Callbacks


def test_each_completed_action_and_change_of_status_is_a_ping_without_content(api, control, listener):
    package = two_signers(api, CallBackUrl=listener.url)
    for name in ("jane", "john"):
        control.sign(package, f"{name}@example.org")
    assert control.settle()
    assert listener.heard == [("POST", "/ping", b"")] * 3


@pytest.mark.parametrize("end", ["expire", "fail", "revoke"])
def test_the_ends_that_nobody_signs_are_pinged_too(api, control, listener, end):
    package = one_signer(api, CallBackUrl=listener.url)
    getattr(control, end)(package)
    assert control.settle()
    assert len(listener.heard) == 2


def test_reading_pings_nobody(api, control, listener):
    package = one_signer(api, CallBackUrl=listener.url)
    status(api, package)
    api.post(f"/packages/{package}/reminders")
    assert control.settle()
    assert len(listener.heard) == 1


@pytest.mark.parametrize(
    ("habits", "heard"),
    [
        ({"drop": True}, []),
        ({"duplicates": 2}, [("POST", "/ping", b"")] * 3),
        ({"method": "GET"}, [("GET", "/ping", b"")]),
        ({"body": "<garbage"}, [("POST", "/ping", b"<garbage")]),
        ({"delay": 0.05}, [("POST", "/ping", b"")]),
    ],
)
def test_callbacks_have_habits(api, control, listener, habits, heard):
    control.configure(callbacks=habits)
    one_signer(api, CallBackUrl=listener.url)
    assert control.settle()
    assert listener.heard == heard


@pytest.mark.parametrize(("append", "path"), [("path", "/ping/{}"), ("query", "/ping?PackageId={}")])
def test_the_package_id_may_be_appended(api, control, listener, append, path):
    control.configure(callbacks={"append": append})
    package = one_signer(api, CallBackUrl=listener.url)
    assert control.settle()
    assert [heard[1] for heard in listener.heard] == [path.format(package)]


def test_pings_may_come_in_the_wrong_order(api, control, listener):
    control.configure(callbacks={"reorder": 2})
    for name in ("first", "second"):
        one_signer(api, CallBackUrl=f"{listener.url}/{name}")
    assert control.settle()
    assert [heard[1] for heard in listener.heard] == ["/ping/second", "/ping/first"]


def test_a_ping_is_repeated_until_it_is_answered_with_2xx(api, control, listener):
    control.configure(callbacks={"retry_delay": 0.0})
    listener.answers = [500, 404]
    package = one_signer(api, CallBackUrl=listener.url)
    assert control.settle()
    assert [ping["status"] for ping in control.callbacks(package)] == [500, 404, 200]


def test_who_asks_for_a_new_link_rings_the_other_url(api, control, listener):
    package = one_signer(api, NotificationCallBackUrl=f"{listener.url}/link")
    control.request_new_link(package, "jane@example.org")
    assert control.settle()
    assert listener.heard == [("POST", "/ping/link", b"")]


def test_advancing_the_clock_pings_what_expires(api, control, listener):
    one_signer(api, CallBackUrl=listener.url, ExpiryTimestamp="2090-01-01T00:00:00Z")
    control.advance(70 * 365 * 86400)
    assert control.settle()
    assert len(listener.heard) == 2


# Faults


def test_a_fault_bites_so_many_times_and_then_no_more(api, control):
    control.fault("CreatePackage", "http", status=429, retry_after=7, times=2)
    body = {"Initiator": "info@mail.com", "PackageName": "P"}
    answers = [api.post("/packages", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 201]
    assert answers[0].headers["retry-after"] == "7"
    assert len(control.packages()) == 1


def test_a_fault_may_wait_for_its_turn_and_for_its_version(api, control):
    control.fault("GetPackageStatus", "http", after=1, status=503)
    control.fault("CreatePackage", "http", version="v4")
    package = create(api)
    answers = [api.get(f"/packages/{package}/status").status_code for _ in range(3)]
    assert answers == [200, 503, 200]


def test_a_reset_leaves_no_package_and_a_lost_reply_leaves_one(api, control):
    body = {"Initiator": "info@mail.com", "PackageName": "P"}
    for kind, left in (("reset", 0), ("lost_reply", 1)):
        control.fault("CreatePackage", kind)
        with pytest.raises(httpx.TransportError):
            api.post("/packages", json=body)
        assert len(control.packages()) == left


def test_what_commits_late_is_done_right_before_the_next_such_call(api, control):
    package, _, places = with_document(api)
    process(api, package, person("jane", signer(places[0])))
    control.fault("SetPackageStatus", "commits_late")
    with pytest.raises(httpx.TransportError):
        send(api, package)
    assert status(api, package)["PackageStatus"] == "Draft"
    assert send(api, package).status_code == 409
    assert status(api, package)["PackageStatus"] == "Pending"


def test_garbage_and_truncated_answers_are_no_json_although_the_work_is_done(api, control):
    body = {"Initiator": "info@mail.com", "PackageName": "P"}
    for kind in ("garbage", "truncated"):
        control.fault("CreatePackage", kind)
        answer = api.post("/packages", json=body)
        assert answer.is_success
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    assert len(control.packages()) == 2


def test_a_slow_answer_comes_after_the_client_gave_up_and_the_work_is_done(api, control):
    control.fault("CreatePackage", "slow", seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        api.post("/packages", json={"Initiator": "info@mail.com", "PackageName": "P"}, timeout=0.2)
    assert len(control.packages()) == 1


def test_a_slow_answer_that_nobody_waits_for_does_not_keep_the_server_from_ending():
    with ConnectiveSimulator() as simulator:
        simulator.control.fault("PackageList", "slow", seconds=9)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{simulator.v3}/packages", auth=("api", "secret"), timeout=0.1)
        began = time.monotonic()
    assert time.monotonic() - began < 1.5  # its grace is two seconds


def test_a_limit_of_calls_counts_per_customer_until_a_minute_has_passed(server, api, control):
    control.configure(switches={"calls_per_minute": 3})
    control.configure("other", users={"second": "word"})
    answers = [api.get("/packages") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert httpx.get(f"{server.v3}/packages", auth=("second", "word")).status_code == 200
    control.advance(61)
    assert api.get("/packages").status_code == 200


def test_faults_can_be_cleared(api, control):
    control.fault("*", "http", times=99)
    control.clear_faults()
    create(api)


# Control


def test_the_request_log_tells_what_was_called_without_the_document(api, control):
    package = one_signer(api)
    (call,) = control.requests("CreatePackage")
    assert (call["method"], call["path"], call["status"]) == ("POST", "/webportalapi/v3/packages", 201)
    (added,) = control.requests("AddDocumentToPackage")
    assert added["body"]["Document"].endswith("characters>")
    assert added["path"].endswith(f"{package}/documents")
    assert control.requests("SetProcessInformation")[0]["body"]["Stakeholders"][0]["FirstName"] == "Jane"


def test_a_refused_change_leaves_the_package_as_it_was(api, control):
    package = started(api, jane, john, fields=2)
    before = control.package(package)
    assert send(api, package).status_code == 409
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        control.sign(package, "nobody@example.org")
    assert control.package(package) == before


def test_environments_can_be_given_at_the_start():
    environment = Environment(name="acme", users={"acme": "pass"}, initiators=("owner@acme.example",))
    with ConnectiveSimulator(environments=[environment]) as acme, httpx.Client(auth=("acme", "pass")) as client:
        body = {"Initiator": "owner@acme.example", "PackageName": "P"}
        assert client.post(f"{acme.v3}/packages", json=body).status_code == 201
        acme.control.configure("acme", switches={"list_status_upper": False})
        assert client.get(f"{acme.v3}/packages").json()["Items"][0]["PackageStatus"] == "Draft"
        assert len(acme.control.packages("acme")) == 1


def test_it_runs_as_a_process_of_its_own():
    with ConnectiveSimulator() as spare:
        url, port = spare.url, spare.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "sandbox.providers.connective", "--port", port, "--user", "u"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, Control(url) as control:
        assert process.stdout
        assert b"/webportalapi/v3" in process.stdout.readline()
        for _ in range(100):
            try:
                assert control.packages() == []
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        else:
            pytest.fail("the process does not answer")
        process.terminate()
