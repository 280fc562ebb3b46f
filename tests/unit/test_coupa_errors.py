"""The one table from errors to HTTP, and the problem that a caller reads."""

from __future__ import annotations

import inspect

import pytest

from esign.coupa import errors as told
from esign.domain import errors
from esign.domain.errors import ConnectorError, Problem, ProviderFault

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, ConnectorError)]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_has_a_row(cls: type[ConnectorError]) -> None:
    row = told.told(cls("a sentence"))
    assert 400 <= row.status < 600
    assert row.status != 500 or cls is ConnectorError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UnsafeAddress, 422),
        (errors.ProviderNotFound, 502),
        (errors.ProviderConflict, 409),
        (errors.ProviderRateLimited, 429),
        (errors.OutcomeUnknown, 504),
        (errors.StaleVersion, 409),
    ],
)
def test_the_nearest_ancestor_counts(error: type[ConnectorError], status: int) -> None:
    assert told.told(error("")).status == status


@pytest.mark.parametrize("cls", [c for c in CLASSES if told.told(c("")).status in {429, 503}])
def test_who_is_told_to_wait_is_told_how_long(cls: type[ConnectorError]) -> None:
    assert told.retry_after(cls("")) is not None
    assert told.retry_after(cls("", retry_after=0.2)) == 1
    assert told.retry_after(cls("", retry_after=41.3)) == 42


def test_only_what_a_person_should_look_at_alerts() -> None:
    alerting = {c.__name__ for c in CLASSES if told.told(c("")).alert}
    assert alerting == {
        "ConnectorError",
        "ProviderError",
        "CredentialsRefused",
        "ContractBroken",
        "OutcomeUnknown",
        "StoreUnavailable",
    }


def test_a_problem_says_everything_that_is_known_and_nothing_else() -> None:
    fault = ProviderFault("connective", 409, "DocumentPackage.Expired", "It expired.", None)
    error = errors.ProviderRefused("No.", problems=(Problem("/name", "x", "y"),), fault=fault)
    assert told.problem(error, instance="urn:request:1") == {
        "type": "urn:problem-type:esign:provider_refused",
        "title": "The provider refused",
        "status": 502,
        "detail": "No.",
        "instance": "urn:request:1",
        "code": "provider_refused",
        "provider": {"name": "connective", "code": "DocumentPackage.Expired", "message": "It expired."},
        "errors": [{"pointer": "/name", "code": "x", "detail": "y"}],
    }
    bare = told.problem(errors.NotFound("No such package.", code="package_not_found"), instance="urn:request:1")
    assert bare["code"] == "package_not_found"
    assert not {"provider", "errors"} & bare.keys()
