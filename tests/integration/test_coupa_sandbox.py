"""Coupa's double: its client against a server that writes down what it gets, its endpoint, its contract."""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import io
import json
import threading
import time

import httpx
import pypdfium2
import pytest

from esign.coupa.routes import ROUTES
from sandbox.coupa.client import CoupaClient, by_upload, inline
from sandbox.coupa.receiver import Receiver
from sandbox.coupa.sample import BUYER_MARKER, SUPPLIER_MARKER, sample_contract
from tests.fakes.http_server import local_server, replies

JSON = {"Content_Type": "application/json"}
KEY = base64.b64encode(b"k" * 24).decode()
SECRET, OLDER = f"whsec_{KEY}", "whsec_" + base64.b64encode(b"o" * 24).decode()


# The client


def coupa_at(url: str, **options) -> CoupaClient:
    return CoupaClient(url, "acc", "s", **options)


CALLS = [
    (lambda c: c.create_package({"name": "n"}), "POST", "/v1/packages", {"name": "n"}),
    (
        lambda c: c.add_documents("p", [{"name": "d"}]),
        "POST",
        "/v1/packages/p/documents",
        {"documents": [{"name": "d"}]},
    ),
    (
        lambda c: c.add_recipients("p", [{"email": "e"}]),
        "POST",
        "/v1/packages/p/recipients",
        {"recipients": [{"email": "e"}]},
    ),
    (lambda c: c.send_package("p"), "POST", "/v1/packages/p/send", None),
    (lambda c: c.get_package("p"), "GET", "/v1/packages/p", None),
    (lambda c: c.get_package("p", refresh=True), "GET", "/v1/packages/p?refresh=true", None),
    (lambda c: c.get_package_summary("p"), "GET", "/v1/packages/p/summary", None),
    (
        lambda c: c.get_signed_documents("p", delivery="url"),
        "GET",
        "/v1/packages/p/signed-documents?delivery=url",
        None,
    ),
    (lambda c: c.get_signed_document("p", "d"), "GET", "/v1/packages/p/signed-documents/d", None),
    (lambda c: c.delete_package("p", reason="r"), "DELETE", "/v1/packages/p", {"reason": "r"}),
    (lambda c: c.delete_package("p"), "DELETE", "/v1/packages/p", None),
    (lambda c: c.configure_callback({"url": "u"}), "PUT", "/v1/callback", {"url": "u"}),
    (lambda c: c.get_callback(), "GET", "/v1/callback", None),
    (lambda c: c.delete_callback(), "DELETE", "/v1/callback", None),
    (lambda c: c.configure_callback({"url": "u"}, package_id="p"), "PUT", "/v1/packages/p/callback", {"url": "u"}),
    (lambda c: c.get_callback(package_id="p"), "GET", "/v1/packages/p/callback", None),
    (lambda c: c.delete_callback(package_id="p"), "DELETE", "/v1/packages/p/callback", None),
    (lambda c: c.verify_account(), "GET", "/v1/account", None),
    (lambda c: c.list_packages(status="DRAFT"), "GET", "/v1/packages?status=DRAFT", None),
    (lambda c: c.list_events("p"), "GET", "/v1/packages/p/events", None),
    (lambda c: c.remind_recipients("p"), "POST", "/v1/packages/p/reminders", None),
    (
        lambda c: c.extend_expiry("p", "2027-01-01T00:00:00Z"),
        "PUT",
        "/v1/packages/p/expiry",
        {"expiresAt": "2027-01-01T00:00:00Z"},
    ),
    (lambda c: c.skip_recipients("p"), "POST", "/v1/packages/p/skip-signers", None),
    (lambda c: c.get_signing_url("p", "r"), "GET", "/v1/packages/p/recipients/r/signing-url", None),
]


@pytest.mark.parametrize(("make", "method", "path", "body"), CALLS)
def test_each_operation_makes_its_request(make, method, path, body):
    with local_server(replies(200, b'{"id": "x"}', **JSON)) as server, coupa_at(server.url) as coupa:
        answer = make(coupa)
    (seen,) = server.seen
    assert (seen.method, seen.path) == (method, path)
    assert (json.loads(seen.body) if seen.body else None) == body
    assert seen.headers["authorization"] == "Basic " + base64.b64encode(b"acc:s").decode()
    assert (answer.ok, answer.json) == (True, {"id": "x"})


def test_every_row_of_the_route_table_can_be_called():
    with local_server(replies(200, b"{}", **JSON)) as server, coupa_at(server.url) as coupa:
        made = {(make(coupa).operation, method, path.partition("?")[0]) for make, method, path, _ in CALLS}
    names = {"packageId": "p", "documentId": "d", "recipientId": "r"}
    served = {
        (route.operation_id, method, path.format_map(names)) for route in ROUTES for method, path in route.endpoints
    }
    assert made == served


def test_the_basic_path_of_a_stage_is_kept_and_each_answer_is_watched():
    watched = []
    created = replies(201, b'{"id": "x"}', Location="/v1/packages/x", **JSON)
    with local_server(created) as server, coupa_at(f"{server.url}/coupa/", watch=watched.append) as coupa:
        answer = coupa.create_package({"name": "n"}, key="k-1")
    assert server.seen[0].path == "/coupa/v1/packages"
    assert server.seen[0].headers["idempotency-key"] == "k-1"
    assert watched == [answer]
    assert (answer.operation, answer.status, answer.headers["location"]) == ("createPackage", 201, "/v1/packages/x")
    assert answer.milliseconds > 0


def test_a_problem_is_an_answer_like_any_other():
    problem = replies(409, b'{"status": 409, "code": "wrong_state"}', Content_Type="application/problem+json")
    with local_server(problem) as server, coupa_at(server.url) as coupa:
        answer = coupa.send_package("p")
    assert (answer.ok, answer.status, answer.code) == (False, 409, "wrong_state")


def test_a_redirect_to_a_file_is_shown_and_not_followed():
    elsewhere = replies(302, b"", Location="https://files.example/x")
    with local_server(elsewhere) as server, coupa_at(server.url) as coupa:
        answer = coupa.get_signed_document("p", "d")
    assert (answer.status, answer.headers["location"], answer.json) == (302, "https://files.example/x", {})


def test_an_upload_sends_the_signed_headers_and_not_the_accounts_secret():
    with local_server(replies(200, b"")) as server, coupa_at(server.url) as coupa:
        upload = {"method": "PUT", "url": f"{server.url}/bucket/key?X-Amz-Signature=1", "headers": {"x-amz-a": "1"}}
        coupa.upload(upload, io.BytesIO(b"%PDF-1.7"))
        coupa.upload(upload, b"%PDF-1.7")
        coupa.download(f"{server.url}/bucket/key")
    for seen in server.seen[:2]:
        assert (seen.method, seen.path, seen.body) == ("PUT", "/bucket/key?X-Amz-Signature=1", b"%PDF-1.7")
        assert seen.headers["x-amz-a"] == "1"
        assert seen.headers["content-length"] == "8"
    assert all("authorization" not in seen.headers for seen in server.seen)


def test_a_wrong_request_can_be_made_on_purpose():
    with local_server(replies(401, b"")) as server, coupa_at(server.url) as coupa:
        coupa.call("createPackage", "POST", "/packages", content=b"{", headers={"Authorization": "Basic !"})
        coupa.call("createPackage", "POST", "/packages", headers={"Authorization": ""})
    assert [seen.headers["authorization"] for seen in server.seen] == ["Basic !", ""]
    assert server.seen[0].body == b"{"


def test_document_items_say_what_they_hold():
    assert inline("a", b"%PDF", order=2) == {"name": "a", "content": "JVBERg==", "order": 2}
    assert by_upload("a", b"%PDF") == {
        "name": "a",
        "upload": {"size": 4, "sha256": hashlib.sha256(b"%PDF").hexdigest()},
    }


# The endpoint


def notification(package: str = "pkg_1", type: str = "package.sent", sequence: int = 1) -> bytes:  # noqa: A002
    event = {"eventId": f"evt_{package}_{sequence}", "type": type, "sequence": sequence, "packageId": package}
    return json.dumps(event).encode()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None, identifier: str = "evt_1") -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.digest(base64.b64decode(secret[6:]), f"{identifier}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


@pytest.fixture
def receiver():
    with Receiver(secrets=(SECRET, OLDER)) as endpoint:
        yield endpoint


def tell(receiver: Receiver, body: bytes, headers: dict[str, str] | None = None, **options) -> httpx.Response:
    return httpx.post(receiver.url, content=body, headers=signed(body) if headers is None else headers, **options)


def test_a_signed_notification_is_accepted_and_kept_in_order(receiver):
    for sequence, kind in enumerate(("package.sent", "package.signed", "package.completed"), start=1):
        assert tell(receiver, notification(type=kind, sequence=sequence)).status_code == 204
    assert [one.type for one in receiver.of("pkg_1")] == ["package.sent", "package.signed", "package.completed"]
    times = [one.received_at for one in receiver.received]
    assert times == sorted(times)
    first = receiver.received[0]
    assert (first.event_id, first.sequence, first.problem) == ("evt_pkg_1_1", 1, None)


def test_the_published_example_of_the_specification_is_accepted():
    """standardwebhooks.com, specification 1.0.0: its sample secret, id, timestamp, body and signature."""
    from sandbox.coupa.webhooks import problem_with

    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secrets = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)
    assert problem_with(headers, b'{"test": 2432232314}', secrets=secrets, now=1614265330) is None
    assert problem_with(headers, b'{"test": 2432232315}', secrets=secrets, now=1614265330) is not None


def test_either_secret_of_a_rotation_is_accepted_and_so_are_several_signatures(receiver):
    body = notification()
    new, old = signed(body), signed(body, secret=OLDER)
    both = new | {"webhook-signature": "v1a,AAAA v1,AAAA " + old["webhook-signature"]}
    assert [tell(receiver, body, headers).status_code for headers in (new, old, both)] == [204] * 3


def test_what_is_not_proven_is_refused_and_not_counted(receiver):
    body = notification()
    good = signed(body)
    stranger = "whsec_" + base64.b64encode(b"x" * 24).decode()
    forgeries = [
        {},
        signed(body, secret=stranger),
        signed(body + b" "),
        good | {"webhook-id": "evt_2"},
        good | {"webhook-signature": ""},
        good | {"webhook-signature": good["webhook-signature"].removeprefix("v1,")},
        good | {"webhook-timestamp": "now"},
        signed(body, at=time.time() - 600),
        signed(body, at=time.time() + 600),
    ]
    assert [tell(receiver, body, headers).status_code for headers in forgeries] == [401] * len(forgeries)
    assert receiver.accepted == ()
    assert all(one.problem for one in receiver.received)
    with pytest.raises(TimeoutError, match=r"package\.sent"):
        receiver.wait_for("pkg_1", "package.completed", timeout=0.05)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_json_object_is_refused(body, receiver):
    assert tell(receiver, body).status_code == 401


def test_a_get_is_refused(receiver):
    assert httpx.get(receiver.url).status_code == 401


def test_basic_is_asked_for_where_it_was_configured():
    body = notification()
    with Receiver(basic=("user", "pass:word")) as receiver:
        assert tell(receiver, body).status_code == 401
        assert tell(receiver, body, auth=("user", "other")).status_code == 401
        assert tell(receiver, body, auth=("user", "pass:word")).status_code == 204


def test_one_can_wait_for_a_notification_that_is_still_to_come(receiver):
    later = threading.Timer(0.1, lambda: tell(receiver, notification(type="package.completed")))
    later.start()
    assert receiver.wait_for("pkg_1", "package.completed", timeout=5).type == "package.completed"
    later.join()


def test_it_misbehaves_as_told_and_then_behaves_again(receiver):
    receiver.fail(503, times=2, retry_after=7)
    receiver.redirect("https://elsewhere.example/")
    receiver.gone()
    answers = [tell(receiver, notification()) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [503, 503, 307, 410, 204]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[2].headers["location"] == "https://elsewhere.example/"
    assert [one.accepted for one in receiver.received] == [False] * 4 + [True]


def test_misbehaviour_can_be_called_off(receiver):
    receiver.fail(500, times=100)
    receiver.behave()
    assert tell(receiver, notification()).status_code == 204


def test_a_caller_that_does_not_wait_for_a_hanging_endpoint_was_not_answered(receiver):
    receiver.hang(30)
    with pytest.raises(httpx.ReadTimeout):
        tell(receiver, notification(), timeout=0.2)
    assert tell(receiver, notification(sequence=2)).status_code == 204
    receiver.wait_for("pkg_1", "package.sent", timeout=5)
    for _ in range(100):
        if len(receiver.received) == 2:
            break
        time.sleep(0.02)
    assert [(one.sequence, one.answered) for one in receiver.received] == [(1, 0), (2, 204)]


def test_a_forged_notification_is_refused_by_a_hanging_endpoint_too(receiver):
    receiver.hang(0.01)
    assert tell(receiver, notification(), {}).status_code == 401


def test_the_connectors_own_signature_is_believed():
    from esign.coupa.notifier import signed_headers

    body = notification()
    with Receiver(secrets=(SECRET,)) as receiver:
        headers = signed_headers("evt_1", int(time.time()), body, (OLDER, SECRET))
        assert tell(receiver, body, headers).status_code == 204


# The contract


def test_the_sample_is_two_pages_with_both_markers_on_the_second():
    pdf = pypdfium2.PdfDocument(sample_contract())
    texts = [page.get_textpage().get_text_range() for page in pdf]
    assert len(texts) == 2
    assert "Master Supply Agreement" in texts[0]
    for marker in (SUPPLIER_MARKER, BUYER_MARKER):
        assert marker not in texts[0]
        assert texts[1].count(marker) == 1


def test_the_sample_is_the_same_every_time():
    assert sample_contract() == sample_contract()
    assert sample_contract().startswith(b"%PDF-")


def test_the_markers_cannot_be_seen():
    page = pypdfium2.PdfDocument(sample_contract())[1]
    words = page.get_textpage()
    left, bottom, right, top = words.get_charbox(words.get_text_range().index(SUPPLIER_MARKER))
    height, picture = page.get_height(), page.render(scale=1).to_pil().convert("L")
    seen = picture.crop((int(left), int(height - top), int(right) + 20, int(height - bottom)))
    assert seen.getextrema() == (255, 255)


def test_the_double_knows_nothing_of_the_connector():
    import sandbox.coupa.client
    import sandbox.coupa.receiver
    import sandbox.coupa.webhooks

    for module in (sandbox.coupa.client, sandbox.coupa.receiver, sandbox.coupa.webhooks):
        assert "esign." not in inspect.getsource(module)
