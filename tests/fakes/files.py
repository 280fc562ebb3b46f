"""The file stores in memory."""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from esign.domain.document import SignatureObservation, Upload
from esign.domain.errors import ContractBroken, NotFound, StoreUnavailable, WrongState
from esign.ports import KeptFile, StagedObject


class MemoryDocuments:
    """Port `DocumentStore`. `objects` maps keys to bytes; `upload` plays the caller who follows a presigned link."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._expected: dict[str, tuple[str, int, str]] = {}

    def put(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> None:
        self.objects[key] = _checked(body.read(), size, sha256)

    def presign_upload(self, key: str, *, size: int, sha256: str, content_type: str, now: datetime) -> Upload:
        url = f"https://documents.invalid/{key}"
        self._expected[url] = (key, size, sha256)
        headers = {"Content-Length": str(size), "Content-Type": content_type, "x-amz-checksum-sha256": sha256}
        return Upload("PUT", url, headers, now + timedelta(seconds=900))

    def upload(self, upload: Upload, body: bytes) -> None:
        key, size, sha256 = self._expected[upload.url]
        self.objects[key] = _checked(body, size, sha256)

    def inspect(self, key: str) -> StagedObject | None:
        body = self.objects.get(key)
        return None if body is None else StagedObject(len(body), hashlib.sha256(body).hexdigest(), body[:1024])

    @contextmanager
    def fetch(self, key: str) -> Iterator[BinaryIO]:
        if key not in self.objects:
            raise NotFound("The file is not there.")
        with tempfile.TemporaryFile() as file:  # a real one, as the port promises: some readers ask for its descriptor
            file.write(self.objects[key])
            file.seek(0)
            yield file

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)


class MemoryEvidence:
    """Port `EvidenceStore`. `retained` maps (key, version) to (until, mode); `now` is what a lock's end is held against."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.objects: dict[str, bytes] = {}
        self.retained: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._lock = threading.Lock()

    def keep(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> KeptFile:
        body.seek(0)
        given = _checked(body.read(), size, sha256)
        with self._lock:
            if self.objects.setdefault(key, given) != given:
                raise ContractBroken("Other bytes are kept under the same name already.")
        return KeptFile(key, "v1", size, sha256)

    def retain(self, key: str, version: str, *, until: datetime, mode: str) -> datetime:
        if key not in self.objects or version != "v1":
            raise StoreUnavailable("There is no such version.")
        ends, held = self.retained.get((key, version), (until, mode))
        if ends > self.now():
            until, mode = max(ends, until), held if held == "COMPLIANCE" else mode
        self.retained[key, version] = (until, mode)
        return until

    @contextmanager
    def fetch(self, key: str, version: str) -> Iterator[BinaryIO]:
        if key not in self.objects or version != "v1":
            raise NotFound("The file is not there.")
        yield io.BytesIO(self.objects[key])

    def remove(self, key: str, version: str) -> None:
        until, _mode = self.retained.get((key, version), (None, ""))
        if until is not None and until > self.now():
            raise WrongState("The file is still locked.", code="evidence_locked")
        self.objects.pop(key, None)

    def presign_download(self, key: str, version: str, *, name: str, content_type: str, seconds: int) -> str:
        return f"https://evidence.invalid/{key}?versionId={version}"


class FakeInspector:
    """Port `SignatureInspector`: what it sees next, the last one again and again."""

    def __init__(self, *seen: SignatureObservation) -> None:
        self.seen = list(seen) or [SignatureObservation(readable=True)]
        self.looked = 0

    def inspect(self, body: BinaryIO) -> SignatureObservation:
        self.looked += 1
        return self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]


def _checked(body: bytes, size: int, sha256: str) -> bytes:
    if len(body) != size or hashlib.sha256(body).hexdigest() != sha256:
        raise StoreUnavailable("S3 did not do what was asked (BadDigest).")
    return body
