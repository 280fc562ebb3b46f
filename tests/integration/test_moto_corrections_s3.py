"""The checks before moto's S3: presigned URLs that expire, signatures that are verified, checksums that must match."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.cloud.aws import ACCESS_KEY, SECRET_KEY, Aws

BUCKET = "documents"
BODY = b"%PDF-1.7 contract"


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with Aws(port=0, region="eu-central-1") as aws:
        client = aws.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield boto3.client(
            "s3",
            endpoint_url=aws.endpoint,
            region_name="eu-central-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(signature_version="s3v4"),
        )


def upload_url(s3: Any, key: str = "a/contract.pdf", **parameters: Any) -> str:
    return str(s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": key, **parameters}, ExpiresIn=60))


@pytest.mark.parametrize("key", ["plain.pdf", "a/b c+d&e=f.pdf", "Vertrag ü (1).pdf", "a//b~.pdf"])
def test_a_presigned_upload_and_download_work_whatever_the_key(s3: Any, key: str) -> None:
    assert httpx.put(upload_url(s3, key), content=BODY).status_code == 200
    url = s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key}, ExpiresIn=60)
    assert httpx.get(url).content == BODY


def test_a_presigned_download_of_one_version_works(s3: Any) -> None:
    version = s3.put_object(Bucket=BUCKET, Key="v", Body=BODY)["VersionId"]
    s3.put_object(Bucket=BUCKET, Key="v", Body=b"newer")
    parameters = {"Bucket": BUCKET, "Key": "v", "VersionId": version, "ResponseContentType": "application/pdf"}
    assert httpx.get(s3.generate_presigned_url("get_object", parameters)).content == BODY


def test_an_expired_url_is_refused(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.auth

    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: an_hour_ago)
    url = upload_url(s3)
    response = httpx.put(url, content=BODY)
    assert response.status_code == 403
    assert "Request has expired" in response.text


def test_a_forged_url_is_refused(s3: Any) -> None:
    url = upload_url(s3, "mine.pdf")
    for forged in (url.replace("mine", "yours"), url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")):
        response = httpx.put(forged, content=BODY)
        assert response.status_code == 403
        assert "SignatureDoesNotMatch" in response.text
    assert httpx.get(url).status_code == 403


def test_another_key_is_refused(s3: Any) -> None:
    request = AWSRequest("GET", f"{s3.meta.endpoint_url}/{BUCKET}/plain.pdf")
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, "guessed"), "s3", "eu-central-1", expires=60).add_auth(request)
    assert httpx.get(str(request.url)).status_code == 403


def test_signed_headers_must_be_sent_as_signed(s3: Any) -> None:
    parameters: dict[str, Any] = {
        "ContentType": "application/pdf",
        "ContentLength": len(BODY),
        "ChecksumSHA256": sha256(BODY),
    }
    url = upload_url(s3, **parameters)
    headers = {"Content-Type": "application/pdf", "x-amz-checksum-sha256": sha256(BODY)}
    assert httpx.put(url, content=BODY, headers={**headers, "Content-Type": "text/html"}).status_code == 403
    assert httpx.put(url, content=BODY + b"!", headers=headers).status_code == 403
    assert httpx.put(url, content=BODY, headers=headers).status_code == 200


def test_a_body_that_does_not_match_its_checksum_is_refused(s3: Any) -> None:
    url = upload_url(s3, ChecksumSHA256=sha256(BODY))
    response = httpx.put(url, content=b"%PDF-1.7 other!!!", headers={"x-amz-checksum-sha256": sha256(BODY)})
    assert response.status_code == 400
    assert "BadDigest" in response.text
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=BUCKET, Key="wrong", Body=BODY, ChecksumSHA256=sha256(b"other"))


def test_headers_that_were_not_signed_are_refused(s3: Any) -> None:
    response = httpx.put(upload_url(s3), content=BODY, headers={"x-amz-tagging": "a=b"})
    assert response.status_code == 403


def test_signature_version_2_is_refused_as_in_every_young_region(s3: Any) -> None:
    old = boto3.client(
        "s3",
        endpoint_url=s3.meta.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(signature_version="s3"),
    )
    response = httpx.get(old.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "plain.pdf"}))
    assert response.status_code == 400
