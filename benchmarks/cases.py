"""One case for each function, a second one where an operation has two very different ways: what has to be there before
the call, and the event. The same table serves cold start, warm time and the counts of calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import callback_cases
from benchmarks import coupa_events as events
from benchmarks.coupa_events import Event
from benchmarks.desk import Desk


@dataclass(frozen=True, slots=True)
class Case:
    """`event` prepares by the connector's own operations. `again`: the call leaves all as it was, so one event serves
    many calls. `calls_provider`: this function may call a provider, so its cold start may be longer."""

    name: str
    folder: str  # below functions/
    event: Callable[[Desk], Event]
    again: bool = False
    calls_provider: bool = False
    first: bool = True  # the case that stands for its function at a cold start

    @property
    def operation(self) -> str:
        return self.folder.rpartition("/")[2]


def _coupa(
    operation: str,
    method: str,
    package: Callable[[Desk], str] | None = None,
    *,
    name: str = "",
    query: dict[str, str] | None = None,
    body: Callable[[Desk], object] | None = None,
    again: bool = False,
    calls_provider: bool = False,
    first: bool = True,
) -> Case:
    def event(desk: Desk) -> Event:
        path = {"packageId": package(desk)} if package else {}
        return events.rest_call(method, account=desk.account, path=path, query=query, body=body(desk) if body else None)

    return Case(name or operation, f"coupa/{operation}", event, again=again, calls_provider=calls_provider, first=first)


def _signing_url(desk: Desk) -> Event:
    package = desk.sent()
    path = {"packageId": package, "recipientId": f"{package}_r01"}
    return events.rest_call("GET", account=desk.account, path=path)


def _list(desk: Desk) -> Event:
    for _ in range(20):
        desk.draft()
    return events.rest_call("GET", account=desk.account)


def _submission(desk: Desk) -> Event:
    package = desk.filled()
    return {"account": desk.account, "package": package, "submit": desk.begin_sending(package)}


def _step(operation: str, package: Callable[[Desk], str], *, calls_provider: bool) -> Case:
    def event(desk: Desk) -> Event:
        return {"account": desk.account, "package": package(desk), "execution": "benchmark", "round": 1}

    return Case(operation, f"workflow/{operation}", event, calls_provider=calls_provider)


def _heard(name: str, folder: str, event: Callable[[Desk], Event], *, again: bool = False, first: bool = True) -> Case:
    return Case(name, f"callbacks/{folder}", event, again=again, first=first)


def _stock(desk: Desk) -> Event:
    desk.sent()
    return {}


def _sweep(desk: Desk) -> Event:
    desk.call("callbacks/connective", events.callback_call(desk.callback_url(desk.sent())))
    return {}


CASES: tuple[Case, ...] = (
    Case("authorizer", "authorizer", lambda desk: events.authorizer_call(desk.account, desk.secret), again=True),
    _coupa("create_package", "POST", body=Desk.new_package),
    _coupa("add_documents", "POST", Desk.draft, body=lambda desk: {"documents": [desk.new_document()]}),
    _coupa("add_recipients", "POST", Desk.draft, body=lambda desk: {"recipients": desk.new_recipients()}),
    _coupa("send_package", "POST", Desk.filled, calls_provider=True),
    _coupa("get_package", "GET", Desk.sent, again=True),
    _coupa(
        "get_package",
        "GET",
        Desk.sent,
        name="get_package?refresh",
        query={"refresh": "true"},
        calls_provider=True,
        first=False,
    ),
    _coupa("get_package_summary", "GET", Desk.sent, again=True),
    _coupa("get_signed_documents", "GET", Desk.complete, again=True),
    _coupa("delete_package", "DELETE", Desk.filled),
    _coupa("delete_package", "DELETE", Desk.sent, name="delete_package (out)", calls_provider=True, first=False),
    _coupa(
        "configure_callback",
        "PUT",
        Desk.draft,
        body=lambda _desk: {"url": "https://coupa.example/hook", "events": ["package.completed"]},
    ),
    _coupa("verify_account", "GET", again=True, calls_provider=True),
    Case("list_packages", "coupa/list_packages", _list, again=True),
    _coupa("list_events", "GET", Desk.sent, again=True),
    _coupa("remind_recipients", "POST", Desk.sent, calls_provider=True),
    _coupa("extend_expiry", "PUT", Desk.sent, body=lambda desk: {"expiresAt": desk.in_days(30)}, calls_provider=True),
    _coupa("skip_recipients", "POST", Desk.sent, calls_provider=True),
    Case("get_signing_url", "coupa/get_signing_url", _signing_url, again=True, calls_provider=True),
    Case(
        "connective callback",
        "callbacks/connective",
        lambda desk: events.callback_call(desk.callback_url(desk.sent())),
    ),
    _heard("esigntools callback", "esigntools", callback_cases.esigntools),
    _heard("contract-signatures callback", "contract_signatures", callback_cases.contract_signatures),
    _heard("gosign notification", "gosign_rest", callback_cases.gosign_rest),
    _heard("gosign notification (recipient moved)", "gosign_rest", callback_cases.gosign_rest_moves, first=False),
    _heard("gosign ping", "gosign_rest", callback_cases.gosign_ping, again=True, first=False),
    _heard("gosign workable?", "gosign_rest", callback_cases.gosign_workable, again=True, first=False),
    _heard("gosign notification (SOAP)", "gosign_soap", callback_cases.gosign_soap),
    _heard("gosign workable? (SOAP)", "gosign_soap", callback_cases.gosign_soap_question, again=True, first=False),
    _heard("gosign OperationDone (SOAP)", "gosign_soap", callback_cases.gosign_soap_done, first=False),
    Case("find_due", "workflow/find_due", _sweep),
    Case("take_stock", "workflow/take_stock", _stock),
    _step("sync_package", Desk.signed_there, calls_provider=True),
    _step("collect_evidence", Desk.signed, calls_provider=True),
    _step("inspect_signatures", Desk.collected, calls_provider=False),
    _step("complete_package", Desk.inspected, calls_provider=False),
    _step("apply_retention", Desk.complete, calls_provider=True),
    Case("submit_package", "workflow/submit_package", _submission, calls_provider=True),
    Case(
        "deliver_notifications",
        "workflow/deliver_notifications",
        lambda desk: events.bell_message(desk.account, desk.sent()),
    ),
)
