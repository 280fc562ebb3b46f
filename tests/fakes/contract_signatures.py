"""Contract Signatures and an Atlassian site without sockets: answers that a test writes, and the provider over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx

from esign.domain.account import EvidencePolicy
from esign.domain.package import Package, ProviderState
from esign.http.deadline import Deadline
from esign.http.pool import build_client
from esign.providers.contract_signatures.adapter import ContractSignaturesProvider
from esign.providers.contract_signatures.connect import connect
from esign.providers.opening import Opening
from tests.fakes.factories import a_document, a_package, a_recipient, an_account

CONTRACT = "15f5b906-1076-4539-a9ac-0be80bdef973"  # the document's own
SETTINGS = {"hostApp": "confluence", "siteUrl": "https://company.atlassian.net", "templateId": "654321"}
CREDENTIALS = {"apiKey": "BgV57K7vCwGE2vXex7Bc", "atlassianEmail": "bot@company.example", "atlassianToken": "t0ken"}

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


class Scripted:
    """Answers by "METHOD host/path" or "METHOD path"; several are given one after another, the last one for ever."""

    def __init__(self, answers: Mapping[str, Answer | list[Answer]]) -> None:
        self._answers = {at: given if isinstance(given, list) else [given] for at, given in answers.items()}
        self.asked: list[httpx.Request] = []

    def client(self) -> httpx.Client:
        return build_client(httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        path = f"{request.url.raw_path.decode().partition('?')[0]}"
        for at in (f"{request.method} {request.url.host}{path}", f"{request.method} {path}", request.method):
            if found := self._answers.get(at):
                given = found.pop(0) if len(found) > 1 else found[0]
                return given(request) if callable(given) else copied(given)
        return httpx.Response(404)


def copied(answer: httpx.Response) -> httpx.Response:
    """A response can be read once."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def a_provider(
    scripted: Scripted, *, evidence: EvidencePolicy = EvidencePolicy.REQUIRED, **settings: Any
) -> ContractSignaturesProvider:
    account = an_account(provider="contract-signatures", settings=SETTINGS | settings, evidence=evidence)
    real = connect(
        account,
        Opening(
            credentials=lambda: CREDENTIALS, deadline=Deadline(5), observe=lambda _told: None, allow_loopback=False
        ),
    )
    client = scripted.client
    return replace(
        real,
        api=replace(real.api, http=replace(real.api.http, client=client)),
        site=replace(real.site, http=replace(real.site.http, client=client, onward=lambda _host: client())),
    )


def a_contract_package(signers: int = 1, *, template: str | None = "default", **changes: Any) -> Package:
    """A package that Contract Signatures can take; out for signature if `reference` is given."""
    reference = changes.pop("reference", ())
    state = ProviderState("contract-signatures", reference=reference, options=changes.pop("options", {}))
    package = a_package(provider=state, **changes)
    document = a_document(package.id, size=None, sha256=None, key=None, template=template)
    people = tuple(a_recipient(package.id, number) for number in range(1, signers + 1))
    return replace(package, documents=(document,), recipients=people)


def a_contract(package: Package | None = None, **said: Any) -> dict[str, Any]:
    """A Contract Object as the document shows one, with the package's signers."""
    people = sorted(package.recipients, key=lambda r: r.signing_order) if package else []
    signers = [{"fullName": r.full_name, "accessKind": "email", "email": r.email} for r in people if r.signs]
    known = {
        "id": CONTRACT,
        "templateId": "654321",
        "collectionId": "123456",
        "name": "NDA",
        "createdById": "123456:b84aeffd-32e5-4b4b-a012-89bf06cae06e",
        "creationTimestamp": "2022-09-16T13:28:37.4951Z",
        "expirationTimestamp": "2022-09-23T13:28:37.4951Z",
        "sequentialSigning": False,
        "status": "sent",
        "signers": signers,
    }
    return known | said
