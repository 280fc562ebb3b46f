"""Packages and settings for tests of the GoSign folder: what an account says, and what its envelope then is."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from esign.domain.errors import Problem
from esign.domain.package import Package, ProviderState
from esign.http.jsonstream import JsonWithFiles
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.plan import planned
from esign.providers.gosign.settings import GosignSettings, parse_settings
from esign.providers.gosign.words import DIALECTS
from esign.providers.gosign.write_oauth import insert_request as oauth_request
from esign.providers.gosign.write_rest import insert_request as rest_request
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

REST = {"integration": "rest", "externalSystemCode": "COUPA", "loadedByExtId": "segr"}
OAUTH = {"integration": "oauth"}
GOSIGN5 = {"integration": "gosign5"}
PAPER = a_pdf(2, texts={(1, 72.0, 400.0): "##FIRMA##"}, signature_fields={"Buyer": (2, 100, 300, 150, 50)})


def a_contract(
    people: int = 2, *, documents: int = 1, options: Mapping[str, Any] | None = None, **changes: Any
) -> Package:
    """Signers in order, on every document."""
    package = a_package(provider=ProviderState("gosign", options=options or {}), **changes)
    return replace(
        package,
        documents=tuple(a_document(package.id, n + 1) for n in range(documents)),
        recipients=tuple(a_recipient(package.id, n + 1) for n in range(people)),
    )


def person(package: Package, index: int = 0, **changes: Any) -> Package:
    people = list(package.recipients)
    people[index] = replace(people[index], **changes)
    return replace(package, recipients=tuple(people))


def settings_of(given: Mapping[str, Any]) -> GosignSettings:
    return parse_settings(given)


def plan(package: Package, given: Mapping[str, Any], **more: Any) -> tuple[Envelope, tuple[Problem, ...]]:
    return planned(package, Papers(default=PAPER), settings_of({**given, **more}), verify=True)


def problems(package: Package, given: Mapping[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(p.pointer, p.code) for p in plan(package, given, **more)[1]]


def said(package: Package, given: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The whole request as JSON, as it would travel; a package with problems is none."""
    envelope, found = plan(package, given, **more)
    assert found == ()
    files = {part.id: io.BytesIO(b"%PDF-1.6 of " + part.id.encode()) for part in envelope.documents}
    door = settings_of({**given, **more})
    if door.oauth:
        body = oauth_request(envelope, files, DIALECTS[door.integration])
    else:
        body = rest_request(envelope, files, customer_code="secret", external_system_code="COUPA")
    decoded: dict[str, Any] = json.loads(b"".join(JsonWithFiles(body)))
    return decoded
