"""eSignTools as a transport without sockets: a list of agreements, every request kept, and answers that a test scripts."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx

from esign.domain.account import EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.pool import build_client
from esign.http.tokens import Tokens
from esign.providers.esigntools.adapter import EsignToolsProvider
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.credentials import EsignToolsCredentials
from esign.providers.esigntools.options import parse_settings
from esign.providers.esigntools.wire import read_fault

BASE = "https://rec.esign-tools.fr/api"
AGREEMENTS = "/api/signing/v1/agreements"
Answer = httpx.Response | Exception


def jwt(**claims: Any) -> str:
    parts = ({"alg": "HS512"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + ".c2ln"


class Service:
    """`script` answers in its turn, before the service itself does: None lets the service answer."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []
        self.script: list[Answer | None] = []
        self.agreements: dict[str, dict[str, Any]] = {}
        self.token: Callable[[], str] = lambda: jwt(n=len(self.seen))
        self._tokens = Tokens()

    def client(self, deadline: float = 5.0) -> EsignTools:
        """Of one process: tokens are kept between clients."""
        transport = httpx.MockTransport(self._answer)
        http = ProviderHttp(
            vendor=Vendor("esigntools", read_fault), base_url=BASE, client=lambda: build_client(transport)
        )
        return EsignTools(http, Deadline(deadline), lambda: EsignToolsCredentials("api", "hunter2"), self._tokens)

    def provider(self, evidence: EvidencePolicy = EvidencePolicy.REQUIRED, **settings: Any) -> EsignToolsProvider:
        return EsignToolsProvider(
            client=self.client(),
            tidy=self.client,
            settings=parse_settings({"environment": "test"} | settings),
            evidence_optional=evidence is EvidencePolicy.OPTIONAL,
        )

    def calls(self, of: str = "") -> list[str]:
        """METHOD and path, without logging in."""
        told = [f"{r.method} {r.url.path.removeprefix('/api')}" for r in self.seen]
        return [call for call in told if of in call and not call.endswith("/authenticate")]

    @property
    def logins(self) -> int:
        return sum(r.url.path.endswith("/authenticate") for r in self.seen)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.seen.append(request)
        if request.url.path == "/api/v1/authenticate":
            return httpx.Response(200, json={"id_token": self.token(), "authorities": ["ROLE_USER"]})
        scripted = self.script.pop(0) if self.script else None
        if isinstance(scripted, Exception):
            raise scripted
        return scripted or self._serve(request)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        rest = request.url.path.removeprefix(AGREEMENTS).strip("/")
        if request.method == "POST":
            return self._create(request)
        number, _, what = rest.partition("/")
        if number not in self.agreements:
            return httpx.Response(404)
        if request.method == "DELETE":
            self.agreements[number]["status"] = "DELETED"
            return httpx.Response(204)
        match what:
            case "send-mails":
                return httpx.Response(200, json=True)
            case "":
                return httpx.Response(200, json=self.agreements[number])
        return httpx.Response(200, content=b"%PDF-1.7 " + what.encode())

    def _create(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(parts(request)[0][2])
        number = str(1001 + len(self.agreements))
        people = [{**r, "id": n, "status": "WAITING"} for n, r in enumerate(asked["recipients"])]
        made = {"id": int(number), "name": asked["name"], "status": "OPEN", "currentStep": 1, "recipients": people}
        self.agreements[number] = made
        return httpx.Response(200, json=made)


def parts(request: httpx.Request) -> list[tuple[str, str, bytes]]:
    """The parts of a multipart body, in order: Content-Disposition, Content-Type, content."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.content)
    found = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append((str(part["content-disposition"]), str(part["content-type"]), content))
    return found
