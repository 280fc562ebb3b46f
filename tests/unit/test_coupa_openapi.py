"""openapi.json: valid, fresh, and the same as what the functions do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from pydantic import BaseModel

from esign.coupa import models, models_documents, models_recipients, openapi
from esign.coupa.endpoints import ENDPOINTS
from esign.coupa.problems import read_request
from esign.coupa.routes import ROUTES
from esign.domain.errors import MalformedRequest, Unprocessable
from esign.domain.ids import is_package_id, new_package_id
from tests.fakes.clock import START

ROOT = Path(__file__).parents[2]
DOCUMENT = openapi.document()


def operations() -> list[dict[str, Any]]:
    return [operation for path in DOCUMENT["paths"].values() for operation in path.values()]


def validator(record: type[BaseModel]) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{record.__name__}", "components": DOCUMENT["components"]}
    )


def test_it_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_the_file_in_the_repository_is_fresh() -> None:
    assert (ROOT / "openapi.json").read_text() == openapi.text(), "python -m esign.coupa.openapi > openapi.json"


def test_every_route_is_published_and_nothing_else() -> None:
    published = {(m.upper(), path) for path, methods in DOCUMENT["paths"].items() for m in methods}
    assert published == {endpoint for route in ROUTES for endpoint in route.endpoints} == set(ENDPOINTS)


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [operation["operationId"] for operation in operations()]
    assert len(ids) == len(set(ids))
    assert {route.operation_id for route in ROUTES} <= set(ids)


def test_every_schema_that_is_published_is_used() -> None:
    text = json.dumps(DOCUMENT)
    unused = [name for name in DOCUMENT["components"]["schemas"] if f'schemas/{name}"' not in text]
    assert unused == ["Callback"] or unused == []


def test_the_pattern_of_a_package_id_is_the_domains() -> None:
    for text in (new_package_id(START), "pkg_8" + "0" * 25, "pkg_" + "u" * 26, "pkg_", "PKG_" + "0" * 26):
        assert bool(re.search(openapi.PACKAGE_ID, text)) is is_package_id(text)


def test_every_pattern_reads_the_same_in_ecmascript() -> None:
    """No escape that a Unicode-aware ECMAScript engine refuses: only syntax characters, classes and \\uXXXX."""
    for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(DOCUMENT)):
        escapes = re.findall(r"\\(.)", json.loads(pattern))
        assert set(escapes) <= set(r"^$\.*+?()[]{}|/sdu"), pattern


PLACE = {"page": 0, "x": 0, "y": 0, "width": 1, "height": 1}
METHOD = {"provider": "x", "method": "y"}
BASIC = {"basic": {"username": "u", "password": "p"}}
GOOD: list[tuple[type[BaseModel], Any]] = [
    (models.PackageRequest, {"name": "x"}),
    (models.PackageRequest, {"name": "x", "externalId": None, "message": None, "reminders": {"everyDays": 1.0}}),
    (models_documents.DocumentsRequest, {"documents": [{"name": "a", "content": "QQ==", "sourceUrl": None}]}),
    (models_documents.DocumentsRequest, {"documents": [{"name": "a", "upload": {"size": 1, "sha256": "AB" * 32}}]}),
    (
        models_recipients.RecipientsRequest,
        {"recipients": [{"fullName": "A", "email": "a@b.de", "phone": "+49 (0) 171 1234567"}]},
    ),
    (models_recipients.RecipientsRequest, {"recipients": [{"authentication": "SMS_OTP"}, {"authentication": METHOD}]}),
    (
        models_recipients.RecipientsRequest,
        {"recipients": [{"fields": [{"documentId": "A", "formField": {"name": "x"}}]}]},
    ),
    (models.ExpiryRequest, {"expiresAt": "2027-01-31T17:00:00Z"}),
    (models.AccountCallbackRequest, {"url": "https://a.de", "authentication": BASIC}),
]
BAD: list[tuple[type[BaseModel], Any]] = [
    (models.PackageRequest, {}),
    (models.PackageRequest, {"name": ""}),
    (models.PackageRequest, {"name": "a\nb"}),
    (models.PackageRequest, {"name": "x", "colour": 1}),
    (models.PackageRequest, {"name": "x", "reminders": {"everyDays": 366}}),
    (models.PackageRequest, {"name": "x", "metadata": {"a b": "c"}}),
    (models.PackageRequest, {"name": "x", "sequentialSigning": "true"}),
    (models_documents.DocumentsRequest, {"documents": []}),
    (models_documents.DocumentsRequest, {"documents": [{"name": "a"}]}),
    (models_documents.DocumentsRequest, {"documents": [{"name": "a", "content": "QQ==", "template": {"id": "x"}}]}),
    (models_documents.DocumentsRequest, {"documents": [{"name": "a", "upload": {"size": 1, "sha256": "no"}}]}),
    (models_recipients.RecipientsRequest, {"recipients": [{"email": "a@b"}]}),
    (models_recipients.RecipientsRequest, {"recipients": [{"phone": "0171 1234567"}]}),
    (models_recipients.RecipientsRequest, {"recipients": [{"role": "signer"}]}),
    (models_recipients.RecipientsRequest, {"recipients": [{"fields": [{"documentId": "A", "rectangle": PLACE}]}]}),
    (models.CallbackRequest, {"url": "ftp://a.de"}),
    (models.CallbackRequest, {"url": "https://a.de", "events": ["x"]}),
]


@pytest.mark.parametrize(("record", "body"), GOOD)
def test_what_the_schema_takes_the_functions_take(record: type[BaseModel], body: Any) -> None:
    validator(record).validate(body)
    read_request(record, body)


@pytest.mark.parametrize(("record", "body"), BAD)
def test_what_the_schema_refuses_the_functions_refuse(record: type[BaseModel], body: Any) -> None:
    assert not validator(record).is_valid(body)
    with pytest.raises((MalformedRequest, Unprocessable)):
        read_request(record, body)


def test_the_examples_are_good_requests() -> None:
    examples = [(e.body, e.example) for e in ENDPOINTS.values() if e.example]
    assert examples
    for body, example in examples:
        assert body is not None
        validator(body).validate(example)
        read_request(body, example)
