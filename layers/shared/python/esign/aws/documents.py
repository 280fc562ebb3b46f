"""Staged documents in S3 (port `DocumentStore`), and what providers called with. Both end with the stage's retention."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from botocore.exceptions import ClientError

from esign.aws.answers import asking, code_of
from esign.aws.objects import ABSENT, on_disk, to_base64, to_hex
from esign.aws.schema import timestamp
from esign.domain.document import Upload
from esign.domain.errors import StoreUnavailable
from esign.domain.ids import AccountId, PackageId
from esign.domain.timing import Timing, seconds
from esign.ports import KeptCallback, StagedObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FIRST_BYTES = 1024
_KEPT_OF_CALLBACK = 32 * 1024  # bytes


class S3Documents:
    """See `esign.ports.DocumentStore`."""

    def __init__(self, client: S3Client, bucket: str, *, timing: Timing) -> None:
        self._client = client
        self._bucket = bucket
        self._timing = timing

    def put(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> None:
        """S3 refuses bytes that have not this hex SHA-256."""
        with asking("S3"):
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentLength=size,
                ContentType=content_type,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=to_base64(sha256),
            )

    def presign_upload(self, key: str, *, size: int, sha256: str, content_type: str, now: datetime) -> Upload:
        """Length, type and checksum are signed: S3 takes these very bytes or none. No call goes out."""
        seconds_valid = int(self._timing.upload_link)
        checksum = to_base64(sha256)
        with asking("S3"):
            url = self._client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ContentLength": size,
                    "ContentType": content_type,
                    "ChecksumSHA256": checksum,
                },
                ExpiresIn=seconds_valid,
            )
        headers = {"Content-Length": str(size), "Content-Type": content_type, "x-amz-checksum-sha256": checksum}
        return Upload("PUT", url, headers, now + seconds(seconds_valid))

    def inspect(self, key: str) -> StagedObject | None:
        """What lies there, by its head and its first 1,024 bytes: two calls, one for an empty or absent object."""
        with asking("S3"):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if code_of(error) not in ABSENT:
                    raise
                return None
            size = head["ContentLength"]
            first = self._first_bytes(key, head["ETag"]) if size else b""
        return StagedObject(size, to_hex(head.get("ChecksumSHA256")), first)

    def fetch(self, key: str) -> AbstractContextManager[BinaryIO]:
        return on_disk(self._client, Bucket=self._bucket, Key=key)

    def remove(self, keys: Sequence[str]) -> None:
        """Absent ones are no error."""
        for start in range(0, len(keys), 1000):
            objects = [{"Key": key} for key in keys[start : start + 1000]]
            with asking("S3"):
                answer = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item]
                )
            if answer.get("Errors"):
                raise StoreUnavailable("S3 did not remove every document.")

    def _first_bytes(self, key: str, etag: str) -> bytes:
        """Of the object that the head spoke of, even when another was put there meanwhile (then: StoreUnavailable)."""
        ranged = f"bytes=0-{_FIRST_BYTES - 1}"
        return self._client.get_object(Bucket=self._bucket, Key=key, Range=ranged, IfMatch=etag)["Body"].read()


class S3RawCallbacks:
    """See `esign.ports.RawCallbacks`. Kept for a replay, which needs only that there was a call, and for disputes."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(
        self,
        provider: str,
        account: AccountId,
        package: PackageId | None,
        *,
        headers: Mapping[str, str],
        body: bytes,
        at: datetime,
    ) -> str:
        """The key that it lies under. `headers` are the allowed ones; of `body` the first 32 KB are kept, the hash is of
        all that was given. `at` is UTC."""
        digest = hashlib.sha256(body).hexdigest()
        kept = {
            "schema": 1,
            "at": timestamp(at),
            "headers": dict(headers),
            "size": len(body),
            "sha256": digest,
            "body": base64.b64encode(body[:_KEPT_OF_CALLBACK]).decode(),
        }
        key = f"{_folder(provider, account, package)}{timestamp(at)}-{digest[:16]}.json"
        with asking("S3"):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=json.dumps(kept).encode(), ContentType="application/json"
            )
        return key

    def kept(
        self, provider: str, account: AccountId, package: PackageId, *, since: datetime | None = None
    ) -> tuple[KeptCallback, ...]:
        """One call for each thousand: the keys tell the time, no object is read."""
        folder = _folder(provider, account, package)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=folder, StartAfter=folder + (timestamp(since) if since else "")
        )
        with asking("S3"):
            keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return tuple(KeptCallback(key, _time_of(key)) for key in keys)


def _folder(provider: str, account: AccountId, package: PackageId | None) -> str:
    return f"callbacks/{provider}/{account}/{package or '-'}/"


def _time_of(key: str) -> datetime:
    return datetime.fromisoformat(key.rpartition("/")[2].rpartition("-")[0])
