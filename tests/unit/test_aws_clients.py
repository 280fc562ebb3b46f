"""What the AWS clients are set to, where AWS itself would only tell in a region or a bucket that no test has."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from esign.aws import clients
from esign.aws.documents import S3Documents
from esign.aws.evidence import S3Evidence
from esign.domain.timing import Timing
from tests.fakes.clock import START


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clients are made once per process: of this test's environment, and of no other's afterwards."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    _forget()
    yield
    _forget()


def _forget() -> None:
    clients.s3.cache_clear()
    clients._session.cache_clear()


def links() -> list[str]:
    """Where a download and an upload go, up to the query."""
    download = S3Evidence(clients.s3(), "files-1").presign_download(
        "a/b", "v1", name="x.pdf", content_type="application/pdf", seconds=300
    )
    upload = S3Documents(clients.s3(), "files-1", timing=Timing()).presign_upload(
        "a/b", size=3, sha256="00" * 32, content_type="application/pdf", now=START
    )
    return [link.partition("?")[0] for link in (download, upload.url)]


@pytest.mark.parametrize("region", ["eu-central-1", "eu-south-1"])
def test_a_link_names_the_host_of_the_bucket_s_own_region(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    assert {urlsplit(link).netloc for link in links()} == {f"files-1.s3.{region}.amazonaws.com"}


def test_at_an_address_without_a_name_the_bucket_is_in_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local cloud's: no name in front of 127.0.0.1 leads anywhere."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    assert set(links()) == {"http://127.0.0.1:5000/files-1/a/b"}
