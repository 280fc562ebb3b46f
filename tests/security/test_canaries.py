"""Personal data and secrets go through every path of every vendor, and none can be read in logs, metrics or state."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.canaries import WHAT, leaked, value
from tests.security.job import DECLINER, USUAL, Job, a_job, leaks, operation_done

NOWHERE = {"baseUrl": "http://127.0.0.1:9"}


def test_there_are_fifty_canaries_and_each_is_found_again_in_every_spelling():
    assert len(WHAT) >= 50
    for what in WHAT:
        told = value(what)
        assert leaked(f"… {told} …") == leaked(told.upper()) == [what]
        for before in ("", "x", "xy"):
            assert leaked(base64.b64encode(f"{before}{told}, and more".encode()).decode()) == [what]


def test_the_search_would_find_what_a_function_says(connector):
    connector.add_account("connective", NOWHERE, {"username": "u", "password": "p"})
    connector.told.append(("log of coupa/send_package", f"sent to {value('signer e-mail')}"))
    assert leaks(connector) == [("log of coupa/send_package", "signer e-mail")]


# ------------------------------------------------------------------------------------------------ the main job


@pytest.fixture(params=USUAL)
def job(request, connector) -> Iterator[Job]:
    with a_job(connector, request.param) as found:
        yield found


def test_a_signed_contract_leaves_no_trace_of_its_people_in_logs_or_state(job):
    connector = job.connector
    connector.coupa("verify_account")
    package = job.signed()
    path = {"packageId": package}
    for operation in ("get_package", "get_package_summary", "get_signed_documents", "list_events"):
        connector.coupa(operation, path=path)
    assert job.status(package) == "COMPLETE"
    assert leaks(connector) == []


def test_a_refusal_a_withdrawal_and_an_expiry_keep_their_reasons_to_themselves(job):
    connector = job.connector
    declined, withdrawn, expired = job.sent(DECLINER), job.sent(), job.sent()
    job.side.decline(job.reference(declined), value("decliner e-mail"), value("decline reason"))
    job.side.expire(job.reference(expired))
    for package in (declined, expired):
        connector.step("sync_package", package)
    reason = {"reason": value("delete reason")}
    connector.coupa("delete_package", "DELETE", path={"packageId": withdrawn}, body=reason)
    ends = [
        connector.coupa("get_package_summary", path={"packageId": one})["status"]
        for one in (declined, withdrawn, expired)
    ]
    assert ends[0] == "DECLINED"
    assert ends[1] == "CANCELLED"
    assert leaks(connector) == []


def test_what_coupa_may_ask_besides_says_nothing(job):
    connector, package = job.connector, job.sent()
    path = {"packageId": package}
    key = {"Idempotency-Key": value("idempotency key")}
    connector.coupa("remind_recipients", "POST", path=path, headers=key)
    connector.coupa("extend_expiry", "PUT", path=path, body={"expiresAt": "2031-01-01T00:00:00Z"}, headers=key)
    connector.coupa("skip_recipients", "POST", path=path)
    connector.coupa("get_signing_url", path=path | {"recipientId": f"{package}_r01"})
    connector.coupa("get_package", path=path, query={"refresh": "true"})
    connector.coupa("list_packages", query={"externalId": value("package external id")})
    connector.coupa("list_packages", query={"cursor": value("cursor")})
    for method in ("GET", "DELETE"):
        connector.coupa("configure_callback", method, path=path)
    connector.authorize(value("account secret"))
    connector.authorize(value("wrong secret"))
    assert leaks(connector) == []


# ------------------------------------------------------------------------------------------------ what is refused


def everything_at_once() -> dict[str, Any]:
    """More than any vendor can do."""
    return {
        "externalId": value("package external id"),
        "message": {"subject": value("subject"), "text": value("message")},
        "language": "fr-BE",
        "expiresAt": "2031-01-01T00:00:00Z",
        "reminders": {"firstAfterDays": 3, "everyDays": 2},
        "provider": {"options": {value("option"): value("option")}},
    }


def many_people() -> list[dict[str, Any]]:
    member = {"fullName": value("group member"), "email": value("member e-mail")}
    place = {"documentId": value("document external id"), "anchor": {"text": value("anchor")}}
    link = f"https://example.com/{value('redirect path')}?to={value('redirect query')}"
    return [
        {"group": {"name": value("group name"), "members": [member]}, "fields": [place]},
        {
            "fullName": f"{value('copy first name')} {value('copy last name')}",
            "email": value("copy e-mail"),
            "message": value("recipient message"),
            "redirectUrl": link,
            "authentication": "SMS_OTP",
            "delivery": "LINK",
        },
    ]


def test_a_package_that_no_provider_can_take_is_refused_without_its_content(job):
    connector = job.connector
    package = job.filled(**{name: told for name, told in everything_at_once().items() if name != "provider"})
    path = {"packageId": package}
    connector.coupa("create_package", "POST", body={"name": value("package name"), **everything_at_once()})
    connector.coupa("add_recipients", "POST", path=path, body={"recipients": many_people()})
    second = {
        "name": value("second file name"),
        "content": base64.b64encode(value("second document text").encode()).decode(),
    }
    connector.coupa("add_documents", "POST", path=path, body={"documents": [second]})
    connector.coupa("send_package", "POST", path=path)
    assert leaks(connector) == []


WRONG: tuple[tuple[str, str, Any], ...] = (
    ("create_package", "POST", {value("unknown member"): value("unknown value")}),
    ("create_package", "POST", {"name": [value("package name")], "expiresAt": value("unknown value")}),
    ("add_documents", "POST", {"documents": [{"name": value("file name"), "content": value("document text")}]}),
    (
        "add_documents",
        "POST",
        {
            "documents": [
                {"name": "a", "sourceUrl": f"http://127.0.0.1:1/{value('source path')}?{value('source query')}"}
            ]
        },
    ),
    (
        "add_recipients",
        "POST",
        {"recipients": [{"fullName": value("signer first name"), "email": value("wrong secret")}]},
    ),
    ("configure_callback", "PUT", {"url": f"gopher://{value('callback path')}"}),
    ("delete_package", "DELETE", {"reason": {value("unknown member"): value("delete reason")}}),
    ("extend_expiry", "PUT", {"expiresAt": value("unknown value")}),
)


def test_what_is_wrong_in_a_request_is_told_to_coupa_alone(connector):
    connector.add_account("connective", NOWHERE, {"username": "u", "password": "p"})
    package = connector.coupa("create_package", "POST", body={"name": value("package name")})["id"]
    for operation, method, body in WRONG:
        path = None if operation == "create_package" else {"packageId": package}
        connector.coupa(operation, method, path=path, body=body)
        connector.coupa(operation, method, path=path, raw=f'{{"{value("unknown member")}": {value("unknown value")}')
        connector.coupa(operation, method, path=path, query={value("unknown member"): value("query value")}, body=body)
        connector.coupa(operation, method, path={"packageId": value("unknown id")}, body=body)
    basic = {"username": value("callback username"), "password": value("callback password")}
    account = {"url": f"https://example.com/{value('callback path')}?{value('callback query')}"}
    connector.coupa("configure_callback", "PUT", body=account | {"authentication": {"basic": basic}})
    oauth2 = {"tokenUrl": account["url"], "clientId": value("provider client"), "clientSecret": value("provider key")}
    connector.coupa("configure_callback", "PUT", body=account | {"authentication": {"oauth2": oauth2}})
    assert [one for one in connector.answers if one[1] >= 500] == []
    assert leaks(connector) == []


# ------------------------------------------------------------------------------------------------ callbacks


def test_callbacks_are_heard_without_repeating_what_they_say(job):
    connector, package = job.connector, job.sent()
    url = job.address(package)
    functions = {"gosign": ("gosign_rest", "gosign_soap")}.get(
        job.side.provider, (job.side.provider.replace("-", "_"),)
    )
    names = {"envelope": package, "user": value("person in a notification")}
    for function in functions:
        for body in bodies(package, job.reference(package)):
            rest = "/soap" if function == "gosign_soap" else f"/envelopes/{package}/notify"
            known = {"envelope": package} if function == "gosign_rest" else {}
            connector.called_back(function, url, body, rest=rest, **known)
            connector.called_back(
                function, f"{url.rpartition('/')[0]}/{value('callback token')}", body, rest=rest, **known
            )
        connector.called_back(function, url, b"", method="GET", **(names if function == "gosign_rest" else {}))
    connector.step("sync_package", package, remind=True)
    connector.step("find_due", package)
    assert leaks(connector) == []


def bodies(package: str, reference: list[str]) -> list[bytes]:
    """Notifications as the vendors word them, with people in them; and what is none."""
    person, note = value("person in a notification"), value("note of a notification")
    rejected = {"envelopeExternalId": package, "notificationType": "ENVELOPE_REJECTED", "note": note}
    extended = {
        "externalId": package,
        "status": "REJECTED",
        "process": {"liveStatus": [{"user": person}]},
        "note": note,
    }
    event = {"eventUuid": "0d5f1c9e-6a0b-4d6e-9a51-5b1f3c1e7a12", "contractId": reference[0], "eventType": "signature"}
    said = [
        rejected | {"liveStatus": [{"user": person}]},
        extended,
        event | {"signers": [{"name": person}]},
        {person: note},
    ]
    soap = [operation_done(package, note), operation_done(person, note, code="KO"), f"<a>{person}".encode()]
    return [*(json.dumps(one).encode() for one in said), *soap, person.encode(), b"\xff" + note.encode()]
