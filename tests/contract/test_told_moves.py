"""The DynamoDB store tells of a package once its writes are certain, and of nothing that was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.aws.packages import DynamoPackages
from esign.domain.errors import StaleVersion
from esign.domain.timing import Timing
from esign.ports import Created
from tests.contract.store_fixtures import TABLE, atomic_dynamodb, make_table
from tests.fakes.factories import a_package


def test_what_was_written_is_told_and_what_was_refused_is_not() -> None:
    import boto3

    heard: list[tuple[Any, Any]] = []
    with atomic_dynamodb():
        client = boto3.client("dynamodb")
        make_table(client)
        store = DynamoPackages(client, TABLE, timing=Timing(), told=lambda *both: heard.append(both))
        made = store.create(a_package())
        assert isinstance(made, Created)
        changed = store.commit(made.package, replace(made.package, name="Other"))
        with pytest.raises(StaleVersion):
            store.commit(made.package, replace(made.package, name="Too late"))
    assert heard == [(None, made.package), (made.package, changed)]
