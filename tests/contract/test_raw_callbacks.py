"""What every store of raw callbacks keeps to, over the in-memory one and S3."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest

from esign.aws.documents import S3RawCallbacks
from esign.domain.ids import AccountId, PackageId
from esign.ports import KeptCallback, RawCallbacks
from tests.contract.store_fixtures import aws  # noqa: F401 - a fixture
from tests.fakes.clock import START
from tests.fakes.factories import ACME, GLOBEX
from tests.fakes.raw_callbacks import MemoryRawCallbacks

CALLED = PackageId("pkg_01jnahzkgv3w9c4x5y6z7a8b9d")


@pytest.fixture(params=["memory", "s3"])
def raw(request: pytest.FixtureRequest) -> RawCallbacks:
    if request.param == "memory":
        return MemoryRawCallbacks()
    request.getfixturevalue("aws")
    client = boto3.client("s3")
    client.create_bucket(Bucket="calls", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return S3RawCallbacks(client, "calls")


def test_kept_calls_of_a_package_are_found_by_time_and_by_nobody_else(raw: RawCallbacks) -> None:
    def keep(second: float, *, account: AccountId = ACME, package: PackageId | None = CALLED) -> KeptCallback:
        at = START + timedelta(seconds=second)
        return KeptCallback(raw.keep("connective", account, package, headers={}, body=b"%f" % second, at=at), at)

    called = [keep(second) for second in (0, 0.5, 3600)]
    keep(1, account=GLOBEX)
    keep(2, package=None)
    keep(3, package=PackageId(f"{CALLED[:-1]}0"))
    assert list(raw.kept("connective", ACME, CALLED)) == called
    assert list(raw.kept("connective", ACME, CALLED, since=START + timedelta(seconds=0.5))) == called[1:]
    assert raw.kept("connective", ACME, CALLED, since=START + timedelta(hours=2)) == ()
    assert raw.kept("gosign", ACME, CALLED) == ()
