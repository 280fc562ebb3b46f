"""The functions' own handlers in this process, listening to all that leaves them for logs and state.

`told` collects what an operator could read: stdout and stderr (log lines and the metrics in them), what the root logger
prints in a Lambda, inputs of executions, messages of queues, answers of workflow steps, and errors as Lambda reports them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import itertools
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from benchmarks.apps import aws_variables, make_resources
from benchmarks.desk import Unhurried
from esign.aws import clients
from esign.aws.effects import SqsBell, StepFunctionsWorkflows
from esign.domain.account import Account, AccountSecret
from esign.domain.ids import AccountId
from esign.runtime import composition
from esign.runtime.addresses import Keys, SignedAddresses
from tests.contract.store_fixtures import atomic_dynamodb
from tests.fakes.accounts import MemoryAccounts, MemoryBudget
from tests.fakes.files import MemoryDocuments, MemoryEvidence
from tests.fakes.idempotency import MemoryIdempotencyKeys
from tests.fakes.packages import MemoryPackages
from tests.fakes.raw_callbacks import MemoryRawCallbacks
from tests.security.canaries import value

Json = dict[str, Any]
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/GET/v1/account"


@dataclass
class Deployed:
    """`account` is the caller of Coupa's operations; `told` is what could be read of it all, by what said it."""

    account: AccountId = AccountId("")
    told: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def forget(self) -> None:
        """What was said until now: another test begins."""
        self.told.clear()
        self.answers.clear()

    @property
    def app(self) -> composition.App:
        return composition.app()

    def add_account(self, provider: str, settings: Mapping[str, Any], credentials: Mapping[str, str]) -> None:
        """A new one, with its provider and the secrets of its notifications; it is the caller from now on."""
        now = datetime.now(UTC)
        secret = AccountSecret(hashlib.sha256(value("account secret").encode()).hexdigest(), now)
        known: Json = {"calls_per_minute": 1_000_000, "source_hosts": ("127.0.0.1",), "secrets": (secret,)}
        self.account = AccountId(f"acc_canary{next(self._numbers)}")
        made = Account(id=self.account, name="Acme", provider=provider, created_at=now, settings=settings, **known)
        self.app.accounts.add(made, credentials)
        secrets = {"webhookSecrets": ["whsec_" + base64.b64encode(value("webhook secret").encode() * 4).decode()]}
        self.app.accounts.replace_notification_secrets(self.account, secrets)

    def coupa(self, operation: str, method: str = "GET", **request: Any) -> Json:
        """`path`, `query`, `headers`; `body` as JSON or `raw`. The answer's body, {} where it has none."""
        said = self.run(f"coupa/{operation}", self._event(method, **request))
        self.answers.append((operation, said["statusCode"]))
        return dict(json.loads(said["body"])) if said["body"] else {}

    def _event(self, method: str, *, path: Any = None, query: Any = None, headers: Any = None, **sent: Any) -> Json:
        body = sent.get("raw") or (json.dumps(sent["body"]) if "body" in sent else None)
        given = {"Content-Type": "application/json", "User-Agent": value("user agent")} | (headers or {})
        caller = {"accountId": self.account, "provider": "any", "settingsVersion": "1"}
        return {
            "httpMethod": method,
            "pathParameters": path,
            "queryStringParameters": query,
            "headers": given | {"X-Forwarded-For": value("forwarded for")},
            "requestContext": {"requestId": "6f1b0a4e-2d5c-4c8e-9a57-0c1d2e3f4a5b", "authorizer": caller},
            "body": body,
            "isBase64Encoded": False,
        }

    def called_back(
        self, function: str, url: str, body: bytes, *, method: str = "POST", rest: str = "", **names: str
    ) -> int:
        """A provider's call at an address of ours; the answer's status."""
        parts = url[url.index("/callbacks/") :].split("/")[3:]
        keys = ("account", "package", "token") if len(parts) == 3 else ("account", "token")
        headers = {"Content-Type": "application/json", "X-Signature": value("header of a provider")}
        event = {
            "httpMethod": method,
            "path": url[url.index("/callbacks/") :] + rest,
            "pathParameters": dict(zip(keys, parts, strict=True)) | names,
            "queryStringParameters": {"note": value("note of a notification")},
            "headers": headers | {"X-Forwarded-For": value("forwarded for")},
            "requestContext": {"requestId": "callback"},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        return int(self.run(f"callbacks/{function}", event)["statusCode"])

    def step(self, operation: str, package: str, **more: Any) -> Json | None:
        """A step of the workflow; None: it raised, which Step Functions writes down."""
        payload = {
            "account": self.account,
            "package": package,
            "execution": f"run-{len(self.told)}",
            "round": 1,
            **more,
        }
        answer = self.run(f"workflow/{operation}", payload)
        self._tell(f"answer of {operation}", json.dumps(answer))
        return answer if isinstance(answer, dict) and "errorType" not in answer else None

    def bell(self, package: str) -> None:
        record = {"messageId": f"m-{len(self.told)}", "body": json.dumps({"account": self.account, "package": package})}
        self.run("workflow/deliver_notifications", {"Records": [record]})

    def authorize(self, secret: str) -> None:
        pair = base64.b64encode(f"{self.account}:{secret}".encode()).decode()
        event = {"type": "REQUEST", "methodArn": ARN, "headers": {"Authorization": f"Basic {pair}"}}
        self._tell("policy", json.dumps(self.run("authorizer", event)))

    def run(self, folder: str, event: Json) -> Any:
        """The handler's answer, or the error as Lambda reports it: its type, its words, and where it arose."""
        handler = import_module(f"functions.{folder.replace('/', '.')}.handler").handler
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), _root_logger(out):
            try:
                answer = handler(event, Unhurried())
            except Exception as error:  # noqa: BLE001 - Lambda's own last door
                answer = {"errorType": type(error).__name__, "errorMessage": str(error), "repr": repr(error)}
                self._tell(f"error of {folder}", json.dumps(answer))
        self._tell(f"log of {folder}", out.getvalue())
        return answer

    def _tell(self, where: str, text: str) -> None:
        self.told.append((where, text))

    def hear(self, call: str, params: Mapping[str, Any]) -> None:
        """What goes into state elsewhere: inputs of executions, messages of queues."""
        self._tell(f"input of {call}", json.dumps(params, default=str))

    def hear_call(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        """As botocore tells of a call."""
        self.hear(model.name, params)


@contextmanager
def _root_logger(out: io.StringIO) -> Iterator[None]:
    """Lambda prints what libraries log from WARNING on."""
    handler = logging.StreamHandler(out)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


ENVIRONMENT = {
    "ESIGN_CALLBACKS_BASE_URL": "http://127.0.0.1:9",
    "ESIGN_ALLOW_LOOPBACK": "1",
    "ESIGN_RETENTION_MODE": "GOVERNANCE",
    "ESIGN_RETENTION_DAYS": "1",
    "ESIGN_LOG_LEVEL": "DEBUG",
}
KEYS = Keys("k1", {"k1": b"a key of the callback addresses, long enough"})


@contextmanager
def in_memory() -> Iterator[Deployed]:
    """Without moto, whose tables cost most of a test's time: what is kept is kept in memory, and what is told to SQS and
    Step Functions by their own adapters is only heard."""
    with aws_variables(), _environment(ENVIRONMENT):
        found = Deployed()
        app: Any = found.app
        app.packages, app.accounts = MemoryPackages(timing=app.timing), MemoryAccounts()
        app.documents, app.evidence = MemoryDocuments(), MemoryEvidence()
        app.budget, app.idempotency, app.raw_callbacks = MemoryBudget(), MemoryIdempotencyKeys(), MemoryRawCallbacks()
        app.addresses = SignedAddresses(ENVIRONMENT["ESIGN_CALLBACKS_BASE_URL"], lambda: KEYS)
        heard: Any = Heard(found)
        app.bell, app.workflows = SqsBell(heard, "bell"), StepFunctionsWorkflows(heard, "refresh")
        yield found


@dataclass
class Heard:
    """A client of SQS and of Step Functions that does nothing but tell."""

    connector: Any

    def __getattr__(self, call: str) -> Any:
        return lambda **params: self.connector.hear(call, params)


@contextmanager
def on_aws() -> Iterator[Deployed]:
    """On moto, with everything as it is deployed."""
    with atomic_dynamodb(), aws_variables(), _environment(make_resources() | {"ESIGN_LOG_LEVEL": "DEBUG"}):
        found = Deployed()
        for client in (clients.sqs(), clients.stepfunctions()):
            client.meta.events.register("provide-client-params.*", found.hear_call)
        yield found


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The functions' own App over these variables, and no other before or after."""
    with pytest.MonkeyPatch.context() as patch:
        for name, text in variables.items():
            patch.setenv(name, text)
        composition.app.cache_clear()
        try:
            yield
        finally:
            composition.app.cache_clear()
