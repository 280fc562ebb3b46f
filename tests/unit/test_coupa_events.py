"""Every event under events/coupa, through its real handler and the real operations, over stores in memory."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from esign.coupa import answers, openapi
from esign.coupa.endpoints import ENDPOINTS, Endpoint
from esign.coupa.routes import ROUTES, Route
from esign.domain.account import AccountSecret
from esign.domain.package import Callback, Package
from esign.http.deadline import Deadline
from esign.operations.configure_callback import CallbackConfiguration
from esign.runtime.authorizer import authorize
from esign.runtime.endpoint import Work, coupa_endpoint
from esign.runtime.settings import Settings
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import an_account

ROOT = Path(__file__).parents[2]
PLACEHOLDER = "pkg_" + "0" * 26
QUERIES = ("refresh", "delivery", "status", "externalId", "createdAfter", "cursor", "limit", "refesh")
EVENTS = sorted((ROOT / "events" / "coupa").glob("*/*.json"))


class MemoryApp:
    """The composition root over the connector in memory."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.settings = Settings({})
        self.callbacks = CallbackConfiguration(
            connector.packages, connector.access, connector.addresses, connector.clock
        )

    def until(self, deadline: Deadline) -> MemoryApp:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)


class Context:
    aws_request_id = "lambda-1"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def draft(connector: Connector) -> Package:
    return connector.ready(external_id="CLM-0815")


def sent(connector: Connector) -> Package:
    return connector.send(draft(connector).id)


def complete(connector: Connector) -> Package:
    package = sent(connector)
    connector.provider.sign(package.recipients[0].id, at=START, last=True)
    connector.run_refresh(package.id)
    return connector.now(package.id)


def with_callback(connector: Connector) -> Package:
    package = draft(connector)
    MemoryApp(connector).callbacks.put(connector.account, package.id, Callback("https://acme.coupahost.com/hook"))
    return connector.now(package.id)


# operation/case -> the package's state before, the status, and the code or the pointers of the problem
Expected = tuple[Callable[[Connector], Package], int, str]
CASES: dict[str, Expected] = {
    "create_package/minimal": (draft, 201, ""),
    "create_package/full": (draft, 201, ""),
    "create_package/malformed_json": (draft, 400, "not_json"),
    "create_package/unknown_member": (draft, 400, "/colour"),
    "create_package/expired": (draft, 422, "/expiresAt"),
    "create_package/not_json": (draft, 415, "unsupported_media_type"),
    "add_documents/inline": (draft, 201, ""),
    "add_documents/upload": (draft, 201, ""),
    "add_documents/source_url": (draft, 201, ""),
    "add_documents/not_base64": (draft, 400, "/documents/0/content"),
    "add_documents/two_sources": (draft, 422, "/documents/0"),
    "add_documents/empty_document": (draft, 422, "/documents/0/content"),
    "add_documents/not_what_it_says": (draft, 422, "/documents/0"),
    "add_recipients/minimal": (draft, 201, ""),
    "add_recipients/full": (draft, 201, ""),
    "add_recipients/without_email": (draft, 422, "/recipients/0/email"),
    "add_recipients/too_many": (draft, 422, "/recipients"),
    "add_recipients/wrong_type": (draft, 400, "/recipients/0/signingOrder"),
    "send_package/known": (draft, 200, ""),
    "get_package/known": (sent, 200, ""),
    "get_package/refreshed": (sent, 200, ""),
    "get_package/bad_query": (sent, 400, "bad_query_parameter"),
    "get_package_summary/known": (sent, 200, ""),
    "get_package_summary/refreshed": (sent, 200, ""),
    "get_package_summary/bad_query": (sent, 400, "bad_query_parameter"),
    "get_signed_documents/known": (complete, 200, ""),
    "get_signed_documents/by_url": (complete, 200, ""),
    "get_signed_documents/one_file": (complete, 302, ""),
    "get_signed_documents/unknown_file": (complete, 404, "document_not_found"),
    "get_signed_documents/bad_delivery": (complete, 400, "bad_query_parameter"),
    "delete_package/known": (draft, 200, ""),
    "delete_package/with_reason": (sent, 200, ""),
    "delete_package/wrong_type": (sent, 400, "/reason"),
    "configure_callback/account_put": (draft, 200, ""),
    "configure_callback/account_get": (draft, 200, ""),
    "configure_callback/account_delete": (draft, 204, ""),
    "configure_callback/package_put": (draft, 200, ""),
    "configure_callback/package_get": (draft, 200, ""),
    "configure_callback/package_delete": (with_callback, 204, ""),
    "configure_callback/unknown_event": (draft, 422, "/events/0"),
    "configure_callback/credentials_of_a_package": (draft, 400, "/authentication"),
    "verify_account/known": (draft, 200, ""),
    "verify_account/account_gone": (draft, 404, "account_not_found"),
    "list_packages/first_page": (draft, 200, ""),
    "list_packages/by_external_id": (draft, 200, ""),
    "list_packages/bad_limit": (draft, 400, "bad_query_parameter"),
    "list_events/known": (sent, 200, ""),
    "list_events/bad_cursor": (sent, 400, "bad_query_parameter"),
    "remind_recipients/known": (sent, 200, ""),
    "extend_expiry/later": (sent, 200, ""),
    "extend_expiry/without_zone": (sent, 422, "/expiresAt"),
    "skip_recipients/known": (sent, 200, ""),
    "get_signing_url/known": (sent, 200, ""),
}
UNKNOWN: Expected = (draft, 404, "package_not_found")


@cache
def work_of(operation: str) -> Work:
    path = ROOT / "functions" / "coupa" / operation / "handler.py"
    spec = importlib.util.spec_from_file_location(f"handler_{operation}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    work: Work = module.handler.__wrapped__
    return work


def invoke(connector: Connector, operation: str, event: dict[str, Any]) -> dict[str, Any]:
    app: Any = MemoryApp(connector)
    answer = coupa_endpoint(operation, query=QUERIES, composition=lambda: app)(work_of(operation))(event, Context())
    return answer | {"json": json.loads(answer["body"] or "null")}


def endpoint_of(event: dict[str, Any]) -> Endpoint:
    return ENDPOINTS[event["httpMethod"], event["resource"]]


@pytest.fixture
def connector() -> Connector:
    connector = Connector()
    connector.fetcher.pages["https://files.example.com/annex.pdf"] = b"%PDF-1.7 an annex"
    return connector


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_event_is_answered_as_documented(path: Path, connector: Connector) -> None:
    case = f"{path.parent.name}/{path.stem}"
    prepare, status, fault = UNKNOWN if path.stem == "unknown_package" else CASES[case]
    package = prepare(connector)
    event = json.loads(path.read_text().replace(PLACEHOLDER, package.id))
    answer = invoke(connector, path.parent.name, event)
    assert answer["statusCode"] == status, answer["body"]
    endpoint = endpoint_of(event)
    if status < 400:
        model = endpoint.success[status]
        assert model is None or model.model_validate_json(answer["body"])
    else:
        answers.Problem.model_validate_json(answer["body"])
        told = [answer["json"]["code"]] + [p[k] for p in answer["json"].get("errors", ()) for k in ("pointer", "code")]
        assert fault in told
        assert str(status) in openapi.document()["paths"][event["resource"]][event["httpMethod"].lower()]["responses"]


def test_every_operation_has_a_good_and_a_bad_event() -> None:
    for route in ROUTES:
        statuses = {
            (UNKNOWN if path.stem == "unknown_package" else CASES[f"{route.operation}/{path.stem}"])[1] < 400
            for path in EVENTS
            if path.parent.name == route.operation
        }
        assert statuses == {True, False}, route.operation


def test_every_case_has_its_event() -> None:
    there = {f"{path.parent.name}/{path.stem}" for path in EVENTS if path.stem != "unknown_package"}
    assert there == set(CASES)


def read(path: str, **placeholders: str) -> dict[str, Any]:
    text = (ROOT / "events" / "coupa" / path).read_text()
    read: dict[str, Any] = json.loads(text.replace(PLACEHOLDER, placeholders.get("package", PLACEHOLDER)))
    return read


def test_the_same_create_is_the_same_package_and_another_body_clashes(connector: Connector) -> None:
    event = read("create_package/full.json")
    first, second = invoke(connector, "create_package", event), invoke(connector, "create_package", event)
    assert (first["statusCode"], second["statusCode"]) == (201, 200)
    assert first["json"]["id"] == second["json"]["id"]
    assert first["headers"]["Location"] == f"/dev/v1/packages/{first['json']['id']}"
    event["body"] = json.dumps(json.loads(event["body"]) | {"name": "Another name"})
    clash = invoke(connector, "create_package", event)
    assert (clash["statusCode"], clash["json"]["code"]) == (409, "external_id_in_use")


@pytest.mark.parametrize("operation", [r.operation for r in ROUTES if "{packageId}" in r.endpoints[-1][1]])
def test_another_accounts_package_is_an_unknown_package(operation: str, connector: Connector) -> None:
    package = sent(connector)
    connector.add_account(id="globex")
    path = next(p for p in EVENTS if p.parent.name == operation and "{packageId}" in p.read_text() and _good(p))
    event = read(f"{operation}/{path.name}", package=package.id)
    unknown = read(f"{operation}/{path.name}", package="pkg_7" + "z" * 25)
    for one in (event, unknown):
        one["requestContext"]["authorizer"]["accountId"] = "globex"
    theirs, nobodys = invoke(connector, operation, event), invoke(connector, operation, unknown)
    assert theirs["statusCode"] == 404
    assert theirs["body"] == nobodys["body"]


def _good(path: Path) -> bool:
    return CASES.get(f"{path.parent.name}/{path.stem}", UNKNOWN)[1] < 400


@pytest.mark.parametrize("operation", [route.operation for route in ROUTES])
def test_an_operation_knows_the_query_parameters_that_are_documented(operation: str, connector: Connector) -> None:
    path = next(p for p in EVENTS if p.parent.name == operation)
    event = read(f"{operation}/{path.name}") | {"queryStringParameters": {"refesh": "true"}}
    answer = invoke(connector, operation, event)
    assert (answer["statusCode"], answer["json"]["errors"][0]["code"]) == (400, "bad_query_parameter")
    documented = [e.parameters for e in map(ENDPOINTS.get, _route(operation).endpoints) if e and e.parameters]
    known = ", ".join(*documented) if documented else "none"
    assert answer["json"]["errors"][0]["detail"].endswith(f"knows {known}.")


def _route(operation: str) -> Route:
    return next(route for route in ROUTES if route.operation == operation)


def test_documents_after_send_are_refused_and_nothing_changes(connector: Connector) -> None:
    package = sent(connector)
    for operation, case in (("add_documents", "inline"), ("add_recipients", "minimal")):
        answer = invoke(connector, operation, read(f"{operation}/{case}.json", package=package.id))
        assert (answer["statusCode"], answer["json"]["code"]) == (409, "wrong_state")
    assert connector.now(package.id) == package


def test_the_authorizers_events_are_answered_as_they_are_named(connector: Connector) -> None:
    digest = hashlib.sha256(b"example-only-secret").hexdigest()
    acme = an_account(secrets=(AccountSecret(digest, START),))
    for path in (ROOT / "events" / "authorizer").glob("*.json"):
        event = json.loads(path.read_text())
        if path.stem == "known":
            assert authorize(event, MemoryAccounts(acme), now=START)["context"]["accountId"] == "acme"
        else:
            with pytest.raises(Exception, match=r"^Unauthorized$"):
                authorize(event, MemoryAccounts(acme), now=START)


def loaded_by(handlers: list[str]) -> set[str]:
    """The heavy libraries that are there once these handlers are loaded."""
    script = (
        "import sys, runpy\n"
        "for folder in sys.argv[1:]: runpy.run_path(f'{folder}/handler.py')\n"
        "heavy = {'boto3', 'botocore', 'httpx', 'pydantic', 'zeep', 'pyhanko', 'pypdfium2', 'aws_lambda_powertools'}\n"
        "print(*sorted(heavy & sys.modules.keys()))"
    )
    environment = {"PYTHONPATH": "layers/shared/python"}
    run = subprocess.run(
        [sys.executable, "-c", script, *handlers], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_a_handler_loads_no_library_that_it_may_not_need() -> None:
    """Everything heavy is loaded by the adapter that is asked for, when it is asked; models where a body is taken."""
    takes_body = {r: any(ENDPOINTS[endpoint].body for endpoint in r.endpoints) for r in ROUTES}
    folders = {route: f"functions/coupa/{route.operation}" for route in ROUTES}
    assert loaded_by([folders[r] for r in ROUTES if not takes_body[r]] + ["functions/authorizer"]) == set()
    for route in ROUTES:
        if takes_body[route]:
            assert loaded_by([folders[route]]) == {"pydantic"}, route.operation
