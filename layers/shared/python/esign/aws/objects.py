"""What both file stores do alike in S3: checksums, and bytes to the local disk, never whole in memory."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import ClientError

from esign.aws.answers import asking, code_of
from esign.domain.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1024 * 1024  # bytes
ABSENT = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


def to_base64(sha256: str) -> str:
    """S3 wants checksums in base64, we keep them in hex."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def to_hex(checksum: str | None) -> str | None:
    """None for no checksum, and for the checksum of checksums of a multipart upload ("…-2")."""
    return base64.b64decode(checksum).hex() if checksum and "-" not in checksum else None


@contextmanager
def on_disk(client: S3Client, **where: str) -> Iterator[BinaryIO]:
    """The object in an unnamed file of /tmp, at its start. Raises NotFound, StoreUnavailable."""
    with TemporaryFile() as file:
        with asking("S3"):
            _download(client, cast("BinaryIO", file), where)
        file.seek(0)
        yield cast("BinaryIO", file)


def _download(client: S3Client, file: BinaryIO, where: dict[str, Any]) -> None:
    try:
        body = client.get_object(**where)["Body"]
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        raise NotFound("The file is not there.") from None
    for chunk in body.iter_chunks(_CHUNK):
        file.write(chunk)
