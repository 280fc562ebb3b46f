"""How long a provider's callback takes to be accepted, in process: from API Gateway's event to the answer.

The handlers as they stand, over the connector in memory: what AWS and the network add is not in it. Processor time beside
the clock tells what a busy machine adds.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.apps import ACCOUNT
from benchmarks.cases import CASES
from benchmarks.desk import Desk
from benchmarks.warm import in_memory
from esign.domain.package import Package
from esign.runtime.callbacks import package_callback
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.gosign_caller import Gosign, door, mapped, soap_notification, step, work_notification
from tests.fakes.raw_callbacks import MemoryRawCallbacks

PING = Path(__file__).parents[1] / "events" / "callbacks" / "connective" / "changed.json"
CALLS, FIRST = 500, 20  # measured, and thrown away before
LIMIT = 20.0  # milliseconds, of the slowest in a hundred
_SIGNER = "signer1@example.com"
_ISSUER = "https://login.example/t-1/v2.0"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Milliseconds; `cpu99` of the processor, the others by the clock. `case`: whose calls of AWS are counted for it."""

    name: str
    case: str
    p50: float
    p99: float
    cpu99: float

    @property
    def ok(self) -> bool:
        return self.p99 <= LIMIT


Body = Callable[[Package], bytes]


def _small(package: Package) -> bytes:
    events = [step(_SIGNER, "WKD", 1, ended="2026-03-02T10:00:00Z"), step("signer2@example.com", "NEW", 2)]
    return json.dumps(work_notification(package.id, liveStatus=events)).encode()


def _ended(package: Package) -> bytes:
    documents = [{"docExternalId": "d", "content": {"mimeType": "application/pdf", "data": "JVBERi0x" * 600_000}}]
    body = {"envelopeExternalId": package.id, "notificationType": "SIGN_PROCESS_ENDED", "documents": documents}
    return json.dumps(body).encode()


def _soap(package: Package) -> bytes:
    return soap_notification(package.id).encode()


def _soap_ended(package: Package) -> bytes:
    content = f"<content><mime-type>application/pdf</mime-type><data>{'JVBERi0x' * 600_000}</data></content>"
    documents = f"<documents><document><docExternalId>d</docExternalId>{content}</document></documents>"
    return soap_notification(package.id, "SIGN_PROCESS_ENDED", documents).encode()


def measure_notifications(calls: int = CALLS) -> list[Accepted]:
    rest, soap = "gosign notification", "gosign notification (SOAP)"
    with contextlib.redirect_stdout(io.StringIO()):  # the log line is made and written, and not shown
        return [
            _pings(calls),
            _as_case("esigntools", "esigntools callback", calls),
            _as_case("contract-signatures", "contract-signatures callback", calls),
            _measure("rest", rest, _small, calls),
            _measure("rest, recipients moved", f"{rest} (recipient moved)", _small, calls, moves=True),
            _measure("rest, end with 4.8 MB", rest, _ended, calls),
            _measure("rest, with a JWT", rest, _small, calls, jwt=True),
            _measure("soap", soap, _soap, calls),
            _measure("soap, end with 4.8 MB", soap, _soap_ended, calls),
        ]


def _pings(calls: int) -> Accepted:
    """Connective's content-free ones."""
    connector: Any = Connector()  # with the ports of an App that a callback asks for
    connector.raw_callbacks = MemoryRawCallbacks()
    package = connector.sent()
    known = {"account": package.account, "package": package.id, "token": "k1.token"}
    event = json.loads(PING.read_text()) | {"pathParameters": known}
    accept = package_callback("connective", door("connective").meaning, composition=lambda: connector)
    return _timed("connective ping", "connective callback", lambda _: accept(event, None)["statusCode"], calls)


def _as_case(name: str, case: str, calls: int) -> Accepted:
    """As cases.py has it: each message is another one."""
    app, _ = in_memory()
    desk = Desk(app, ACCOUNT, lambda _: None, contract=b"")
    known = next(one for one in CASES if one.name == case)
    handler, events = desk.handler(known.folder), [known.event(desk) for _ in range(FIRST + calls)]
    return _timed(name, case, lambda number: handler(events[number], None)["statusCode"], calls)


def _sent(gosign: Gosign) -> Package:
    gosign.connector.clock.advance(60)  # the account's budget of provider calls is by the minute
    return gosign.sent()


def _timed(name: str, case: str, call: Callable[[int], int], calls: int) -> Accepted:
    clocked: list[float] = []
    worked: list[float] = []
    for number in range(FIRST + calls):
        began, busy = time.perf_counter(), time.process_time()
        status = call(number)
        clocked.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        if not 200 <= status < 300:
            raise RuntimeError(f"{name} was answered {status}")
    return Accepted(name, case, _of(clocked, 50), _of(clocked, 99), _of(worked, 99))


def _measure(name: str, case: str, body: Body, calls: int, *, moves: bool = False, jwt: bool = False) -> Accepted:
    gosign, headers = _account(moves=moves, jwt=jwt)
    door_ = "gosign_soap" if "SOAP" in case else "gosign_rest"
    packages = [_sent(gosign) for _ in range(FIRST + calls if moves else 1)]  # each notification moves somebody once
    events = [_event(gosign, package, body, headers) for package in packages]

    def call(number: int) -> int:
        return gosign.hears(door_, events[number % len(events)]).status

    return _timed(name, case, call, calls)


def _of(taken: list[float], percent: int) -> float:
    kept = sorted(taken[FIRST:])
    return kept[len(kept) * percent // 100]


def _event(gosign: Gosign, package: Package, body: Body, headers: dict[str, str]) -> dict[str, Any]:
    return mapped(body(package), account=gosign.connector.account, headers=headers, envelope=package.id)


def _account(*, moves: bool, jwt: bool) -> tuple[Gosign, dict[str, str]]:
    if not jwt:
        return Gosign(integration="oauth" if moves else "rest"), {}
    from joserfc import jwt as jose
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, {"kid": "a"})
    agreed = {"issuer": _ISSUER, "tenantId": "t-1", "notificationAudience": "api://esign"}
    gosign = Gosign(notifications={"authentication": "jwt"}, identityProvider=agreed)

    class Keys:
        def of(self, _issuer: str, _kid: str | None, *, now: float) -> dict[str, Any]:  # noqa: ARG002
            return {"keys": [key.as_dict(private=False)]}

    gosign.issuer_keys = Keys()
    until = int((START + timedelta(days=1)).timestamp())
    claims = {"iss": _ISSUER, "tid": "t-1", "aud": "api://esign", "exp": until}
    return gosign, {"Authorization": "Bearer " + jose.encode({"alg": "RS256", "kid": "a"}, claims, key)}
