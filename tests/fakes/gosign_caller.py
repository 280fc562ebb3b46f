"""GoSign calling the connector in memory: both handlers as they stand, over the events that API Gateway makes of calls."""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from esign.domain.package import Package
from esign.runtime.callbacks import account_callback
from esign.runtime.settings import Settings
from infra.mapping import KEPT
from tests.fakes.connector import Connector
from tests.fakes.raw_callbacks import MemoryRawCallbacks

FUNCTIONS = Path(__file__).parents[2] / "functions" / "callbacks"
TOKEN = "k1.1.token"  # of the connector in memory
NS = "http://www.infocert.it/smartsign/schema/wknotif"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@cache
def door(name: str) -> Any:
    """The module functions/callbacks/<name>/handler.py."""
    spec = importlib.util.spec_from_file_location(f"callback_{name}", FUNCTIONS / name / "handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Heard:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def body(self) -> Any:
        """The one element of a SOAP answer's Body."""
        body = etree.fromstring(self.text.encode()).find(f"{{{SOAP}}}Body")
        assert body is not None
        return next(iter(body), None)


class _NoKeys:
    def of(self, issuer: str, kid: str | None, *, now: float) -> Any:
        raise AssertionError("nobody was to be asked for keys")


class Gosign:
    """An account at GoSign with these settings; `connector` is what stands behind the doors."""

    def __init__(self, **settings: Any) -> None:
        self.connector = Connector()
        record = self.connector.access.account(self.connector.account)
        self.connector.accounts.save(record, replace(record, provider="gosign", settings=settings))
        self.raw = MemoryRawCallbacks()
        self.issuer_keys: Any = _NoKeys()
        self.settings = Settings({})

    def __getattr__(self, name: str) -> Any:
        """The ports of an App that are the connector's."""
        return getattr(self.connector, name)

    @property
    def raw_callbacks(self) -> MemoryRawCallbacks:
        return self.raw

    def sent(self, **fields: Any) -> Package:
        return self.connector.sent(signers=2, **fields)

    def now(self, package: Package) -> Package:
        return self.connector.now(package.id)

    def hears(self, name: str, event: Mapping[str, Any]) -> Heard:
        """The answer of functions/callbacks/<name> to an event of API Gateway."""
        module, app = door(name), self
        handler = account_callback("gosign", module.answer, trouble=module.trouble, composition=lambda: app)  # type: ignore[arg-type, return-value]
        said = handler(event, None)
        return Heard(said["statusCode"], said["body"])

    def gets_description(self, **query: str) -> Heard:
        parameters = {"account": self.connector.account, "token": TOKEN}
        event = {"httpMethod": "GET", "path": "/soap", "pathParameters": parameters, "queryStringParameters": query}
        return self.hears("gosign_soap", event)

    def gets(self, path: str, *, headers: Mapping[str, str] | None = None, token: str = TOKEN, **ids: str) -> Heard:
        """A GET, behind a proxy integration; `ids` are the variables of the path."""
        parameters = {"account": self.connector.account, "token": token, **ids}
        event = {
            "httpMethod": "GET",
            "path": path,
            "pathParameters": parameters,
            "headers": headers or {},
            "body": None,
        }
        return self.hears("gosign_rest", event)

    def posts(
        self, name: str, body: bytes, *, headers: Mapping[str, str] | None = None, token: str = TOKEN, **ids: str
    ) -> Heard:
        """A POST, through the mapping template."""
        event = mapped(body, account=self.connector.account, headers=headers or {}, token=token, **ids)
        return self.hears(name, event)

    def notifies(self, package: str, body: Any, **more: Any) -> Heard:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.posts("gosign_rest", raw, envelope=package, **more)

    def says(self, xml: str | bytes, **more: Any) -> Heard:
        return self.posts("gosign_soap", xml if isinstance(xml, bytes) else xml.encode(), **more)


def mapped(body: bytes, *, account: str, headers: Mapping[str, str], token: str = TOKEN, **ids: str) -> dict[str, Any]:
    """What the mapping template makes of a POST (held to it by test_gosign_callback_events.py)."""
    text = body.decode("utf-8", errors="replace")
    return {
        "mapped": 1,
        "httpMethod": "POST",
        "resource": "/callbacks/gosign/…",
        "pathParameters": _pairs({"account": account, "token": token, **ids}),
        "query": [],
        "headers": _pairs(headers),
        "size": len(text.encode("utf-16-le")) // 2,  # as Java counts
        "body": base64.b64encode(text[:KEPT].encode()).decode(),
    }


def _pairs(told: Mapping[str, str]) -> list[list[str]]:
    return [[base64.b64encode(text.encode()).decode() for text in pair] for pair in told.items()]


def work_notification(package: str, kind: str = "STEP_CLOSED", **more: Any) -> dict[str, Any]:
    """seeds/004 §8.3.1."""
    return {"envelopeExternalId": package, "notificationType": kind, "liveStatus": [], **more}


def step(user: str, status: str, number: int, *, ended: str | None = None, **more: Any) -> dict[str, Any]:
    """A stepEvent of §8.3.1."""
    known = {"mgrExternalId": user, "mgrName": "A", "mgrSurname": "B", "status": status, "stepNumber": number}
    return known | {"startedAt": "2026-03-02T09:00:00.000Z"} | ({"endedAt": ended} if ended else {}) | more


def soap(content: str) -> str:
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{content}</s:Body></s:Envelope>'


def soap_notification(package: str, kind: str = "STEP_CLOSED", more: str = "<liveStatus/>") -> str:
    """§7.1."""
    inner = f"<envelopeExternalId>{package}</envelopeExternalId><notificationType>{kind}</notificationType>{more}"
    return soap(f'<n:workNotification xmlns:n="{NS}">{inner}</n:workNotification>')
