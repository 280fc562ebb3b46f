"""Signed documents and evidence in S3, written once (port `EvidenceStore`). Retention is set per version, by the caller."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast
from urllib.parse import quote

from botocore.exceptions import ClientError

from esign.aws.answers import asking, code_of
from esign.aws.objects import ABSENT, on_disk, to_base64, to_hex
from esign.domain.errors import ContractBroken, StoreUnavailable, WrongState
from esign.ports import KeptFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectLockRetentionModeType

_Lock: TypeAlias = tuple[datetime, str]  # when it ends, and its mode

_TRIES = 3  # where another writer of the same key is just under way


class S3Evidence:
    """See `esign.ports.EvidenceStore`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> KeptFile:
        """One call, two where the file is there already."""
        with asking("S3"):
            for _ in range(_TRIES):
                body.seek(0)
                try:
                    version = self._put(key, body, size, sha256, content_type)
                except ClientError as error:
                    if code_of(error) == "PreconditionFailed":
                        return self._existing(key, sha256)
                    if code_of(error) != "ConditionalRequestConflict":
                        raise
                else:
                    return KeptFile(key, version, size, sha256)
        raise StoreUnavailable("Another run keeps the same file just now.")

    def retain(self, key: str, version: str, *, until: datetime, mode: str) -> datetime:
        """`mode` GOVERNANCE or COMPLIANCE. One call; where S3 refuses to shorten or to weaken a lock, two or three."""
        with asking("S3"):
            try:
                self._lock(key, version, until, mode)
            except ClientError as error:
                held = self._held(key, version) if code_of(error) == "AccessDenied" else None
                if held is None:
                    raise
                return self._extend(key, version, held, (until, mode))
        return until

    def fetch(self, key: str, version: str) -> AbstractContextManager[BinaryIO]:
        return on_disk(self._client, Bucket=self._bucket, Key=key, VersionId=version)

    def remove(self, key: str, version: str) -> None:
        with asking("S3"):
            try:
                self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
            except ClientError as error:
                if code_of(error) in ABSENT:
                    return
                if code_of(error) != "AccessDenied":
                    raise
                raise WrongState("The file is still locked.", code="evidence_locked") from None

    def presign_download(self, key: str, version: str, *, name: str, content_type: str, seconds: int) -> str:
        """A link to this very version, which downloads under `name`. No call goes out."""
        with asking("S3"):
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "VersionId": version,
                    "ResponseContentDisposition": _attachment(name),
                    "ResponseContentType": content_type,
                },
                ExpiresIn=seconds,
            )

    def _put(self, key: str, body: BinaryIO, size: int, sha256: str, content_type: str) -> str:
        return self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentLength=size,
            ContentType=content_type,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=to_base64(sha256),
            IfNoneMatch="*",
        )["VersionId"]

    def _lock(self, key: str, version: str, until: datetime, mode: str) -> None:
        self._client.put_object_retention(
            Bucket=self._bucket,
            Key=key,
            VersionId=version,
            Retention={"Mode": cast("ObjectLockRetentionModeType", mode), "RetainUntilDate": until.astimezone(UTC)},
        )

    def _held(self, key: str, version: str) -> _Lock | None:
        head = self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version)
        return (head["ObjectLockRetainUntilDate"], head["ObjectLockMode"]) if "ObjectLockMode" in head else None

    def _extend(self, key: str, version: str, held: _Lock, asked: _Lock) -> datetime:
        """To the later end and the stricter mode of both, which S3 allows everybody who may lock:
        docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html, Retention periods."""
        until, mode = max(held[0], asked[0]), held[1] if held[1] == "COMPLIANCE" else asked[1]
        if (until, mode) != held:
            self._lock(key, version, until, mode)
        return until

    def _existing(self, key: str, sha256: str) -> KeptFile:
        head = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        if to_hex(head.get("ChecksumSHA256")) != sha256:
            raise ContractBroken("Other bytes are kept under the same name already.")
        return KeptFile(key, head["VersionId"], head["ContentLength"], sha256)


def _attachment(name: str) -> str:
    """RFC 6266 with the name in both forms: plain ASCII for old clients, RFC 5987 for what it really is."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
