"""What every file store keeps to, over the in-memory ones and S3; and the effects: bell, workflows, raw callbacks."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from moto.s3.exceptions import AccessDeniedByLock
from moto.s3.models import S3Backend

from esign.aws.documents import S3Documents, S3RawCallbacks
from esign.aws.effects import SqsBell, StepFunctionsWorkflows
from esign.aws.evidence import S3Evidence
from esign.domain.errors import ContractBroken, NotFound, StoreUnavailable, WrongState
from esign.domain.ids import PackageId
from esign.domain.timing import Timing
from esign.ports import DocumentStore, EvidenceStore, KeptFile, StagedObject
from tests.contract.store_fixtures import aws  # noqa: F401 - a fixture
from tests.fakes.clock import START
from tests.fakes.factories import ACME
from tests.fakes.files import MemoryDocuments, MemoryEvidence

PDF = b"%PDF-1.7\n" + b"x" * 3000
PACKAGE = PackageId("pkg_01jnahzkgv3w9c4x5y6z7a8b9c")


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def file(body: bytes = PDF) -> dict[str, Any]:
    return {"size": len(body), "sha256": digest(body), "content_type": "application/pdf"}


@pytest.fixture(scope="module")
def s3(aws: None) -> Any:  # noqa: F811
    config = Config(request_checksum_calculation="when_required", response_checksum_validation="when_required")
    client = boto3.client("s3", config=config)
    client.create_bucket(Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return client


@pytest.fixture(params=["memory", "s3"])
def documents(request: pytest.FixtureRequest) -> DocumentStore:
    if request.param == "memory":
        return MemoryDocuments()
    return S3Documents(request.getfixturevalue("s3"), "documents", timing=Timing())


@pytest.fixture(params=["memory", "s3"])
def evidence(request: pytest.FixtureRequest) -> EvidenceStore:
    if request.param == "memory":
        return MemoryEvidence()
    client, bucket = request.getfixturevalue("s3"), f"evidence-{digest(request.node.name.encode())[:12]}"
    where = {"LocationConstraint": "eu-central-1"}
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    return S3Evidence(client, bucket)


# --------------------------------------------------------------------------------------------------------- documents


def test_a_document_comes_back_as_it_was_put(documents: DocumentStore) -> None:
    documents.put("acme/p/01", io.BytesIO(PDF), **file())
    with documents.fetch("acme/p/01") as body:
        assert body.read(4) == b"%PDF"
        body.seek(0)
        assert body.read() == PDF


def test_an_object_is_told_by_size_digest_and_first_bytes(documents: DocumentStore) -> None:
    documents.put("acme/p/02", io.BytesIO(PDF), **file())
    assert documents.inspect("acme/p/02") == StagedObject(len(PDF), digest(PDF), PDF[:1024])


def test_an_empty_object_is_told_too(documents: DocumentStore) -> None:
    documents.put("acme/p/03", io.BytesIO(b""), **file(b""))
    assert documents.inspect("acme/p/03") == StagedObject(0, digest(b""), b"")


def test_an_absent_document_is_not_found(documents: DocumentStore) -> None:
    assert documents.inspect("acme/p/none") is None
    with pytest.raises(NotFound), documents.fetch("acme/p/none"):
        pass


def test_removed_documents_are_gone_and_absent_ones_no_error(documents: DocumentStore) -> None:
    documents.put("acme/p/04", io.BytesIO(PDF), **file())
    documents.remove(["acme/p/04", "acme/p/none"])
    assert documents.inspect("acme/p/04") is None
    documents.remove([])


def test_an_upload_link_says_how_to_put_and_until_when(documents: DocumentStore) -> None:
    upload = documents.presign_upload("acme/p/05", now=START, **file())
    assert upload.method == "PUT"
    assert (upload.expires_at - START).total_seconds() == 900
    assert upload.headers["Content-Length"] == str(len(PDF))
    assert upload.headers["Content-Type"] == "application/pdf"
    assert "x-amz-checksum-sha256" in upload.headers


def test_length_type_and_checksum_of_an_upload_are_signed(s3: Any) -> None:
    upload = S3Documents(s3, "documents", timing=Timing()).presign_upload("acme/p/06", now=START, **file())
    query = parse_qs(urlsplit(upload.url).query)
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    assert signed == {"host", "content-length", "content-type", "x-amz-checksum-sha256"}
    assert query["X-Amz-Expires"] == ["900"]
    assert base64.b64decode(upload.headers["x-amz-checksum-sha256"]).hex() == digest(PDF)


def test_a_large_document_is_never_whole_in_memory(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen at the only place where bytes arrive: they are asked for piece by piece."""
    body = b"%PDF" + bytes(5 * 1024 * 1024)
    store = S3Documents(s3, "documents", timing=Timing())
    store.put("acme/p/07", io.BytesIO(body), **file(body))
    from botocore.response import StreamingBody

    asked: list[int | None] = []
    original = StreamingBody.read

    def read(self: StreamingBody, amt: int | None = None) -> bytes:
        asked.append(amt)
        return original(self, amt)

    monkeypatch.setattr(StreamingBody, "read", read)
    with store.fetch("acme/p/07") as found:
        assert found.fileno() > 0
        found.seek(0, io.SEEK_END)
        assert found.tell() == len(body)
    assert len(asked) >= 5
    assert all(amount is not None and amount <= 1024 * 1024 for amount in asked)


# ---------------------------------------------------------------------------------------------------------- evidence


def test_evidence_is_kept_and_fetched_by_its_version(evidence: EvidenceStore) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    assert (kept.key, kept.size, kept.sha256) == ("acme/p/signed.pdf", len(PDF), digest(PDF))
    with evidence.fetch(kept.key, kept.version) as body:
        assert body.read() == PDF


def test_keeping_the_same_file_again_answers_the_first(evidence: EvidenceStore) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    half_read = io.BytesIO(PDF)
    half_read.read(100)
    assert evidence.keep("acme/p/signed.pdf", half_read, **file()) == kept


def test_other_bytes_under_the_same_name_are_refused(evidence: EvidenceStore) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    with pytest.raises(ContractBroken):
        evidence.keep("acme/p/signed.pdf", io.BytesIO(b"other"), **file(b"other"))
    with evidence.fetch(kept.key, kept.version) as body:
        assert body.read() == PDF


def test_a_version_that_is_not_there_is_not_found(evidence: EvidenceStore) -> None:
    with pytest.raises(NotFound), evidence.fetch("acme/p/none", "v1"):
        pass


def test_retention_is_of_one_version(s3: Any) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="locked", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    evidence = S3Evidence(s3, "locked")
    kept = evidence.keep("a", io.BytesIO(PDF), **file())
    until = START.replace(year=2036)
    evidence.retain(kept.key, kept.version, until=until, mode="COMPLIANCE")
    found = s3.head_object(Bucket="locked", Key="a", VersionId=kept.version)
    assert (found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", until)


@pytest.fixture
def locks_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto takes every retention. S3 "can't be shortened", "mode can't be changed" in COMPLIANCE, and in GOVERNANCE not
    without a right that no role of ours has (docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html, Retention
    modes)."""
    put = S3Backend.put_object_retention

    def put_if_allowed(self: S3Backend, bucket: str, key: str, version_id: str, retention: tuple[str, str]) -> None:
        held = self.get_object(bucket, key, version_id=version_id)
        mode, until = retention
        if held.lock_until and (until < held.lock_until or (held.lock_mode, mode) == ("COMPLIANCE", "GOVERNANCE")):
            raise AccessDeniedByLock
        put(self, bucket, key, version_id, retention)

    monkeypatch.setattr(S3Backend, "put_object_retention", put_if_allowed)


@pytest.mark.usefixtures("locks_hold")
@pytest.mark.parametrize(
    ("held", "asked", "holds"),
    [
        (("GOVERNANCE", 10), ("GOVERNANCE", 1), ("GOVERNANCE", 10)),
        (("GOVERNANCE", 1), ("GOVERNANCE", 10), ("GOVERNANCE", 10)),
        (("GOVERNANCE", 10), ("COMPLIANCE", 1), ("COMPLIANCE", 10)),
        (("COMPLIANCE", 10), ("COMPLIANCE", 1), ("COMPLIANCE", 10)),
        (("COMPLIANCE", 10), ("GOVERNANCE", 1), ("COMPLIANCE", 10)),
        (("COMPLIANCE", 1), ("GOVERNANCE", 10), ("COMPLIANCE", 10)),
    ],
)
def test_a_lock_becomes_longer_and_stricter_but_never_less(
    evidence: EvidenceStore, held: tuple[str, int], asked: tuple[str, int], holds: tuple[str, int]
) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    now = datetime.now(UTC).replace(microsecond=0)

    def retain(lock: tuple[str, int]) -> datetime:
        return evidence.retain(kept.key, kept.version, until=now + timedelta(days=lock[1]), mode=lock[0])

    assert retain(held) == now + timedelta(days=held[1])
    assert retain(asked) == now + timedelta(days=holds[1])
    assert lock_of(evidence, kept) == (holds[0], now + timedelta(days=holds[1]))


def lock_of(evidence: EvidenceStore, kept: KeptFile) -> tuple[str, datetime]:
    if isinstance(evidence, MemoryEvidence):
        until, mode = evidence.retained[kept.key, kept.version]
        return mode, until
    assert isinstance(evidence, S3Evidence)
    found = evidence._client.head_object(Bucket=evidence._bucket, Key=kept.key, VersionId=kept.version)
    return found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]


def test_evidence_is_removed_for_good_and_twice_is_no_error(evidence: EvidenceStore) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    evidence.remove(kept.key, kept.version)
    evidence.remove(kept.key, kept.version)
    with pytest.raises(NotFound), evidence.fetch(kept.key, kept.version):
        pass


def test_evidence_that_is_locked_cannot_be_removed(evidence: EvidenceStore) -> None:
    kept = evidence.keep("acme/p/signed.pdf", io.BytesIO(PDF), **file())
    evidence.retain(kept.key, kept.version, until=datetime.now(UTC) + timedelta(days=1), mode="GOVERNANCE")
    with pytest.raises(WrongState) as refused:
        evidence.remove(kept.key, kept.version)
    assert refused.value.kind == "evidence_locked"
    with evidence.fetch(kept.key, kept.version) as body:
        assert body.read() == PDF


def test_a_download_link_names_the_file_the_version_and_the_type(s3: Any) -> None:
    link = S3Evidence(s3, "documents").presign_download(
        "acme/p/a", "v7", name='Verträge "2026"\r\n.pdf', content_type="application/pdf", seconds=300
    )
    query = parse_qs(urlsplit(link).query)
    assert query["versionId"] == ["v7"]
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-type"] == ["application/pdf"]
    assert query["response-content-disposition"] == [
        "attachment; filename=\"Vertr_ge _2026___.pdf\"; filename*=UTF-8''Vertr%C3%A4ge%20%222026%22%0D%0A.pdf"
    ]


# ----------------------------------------------------------------------------------------------------------- effects


def test_a_callback_is_kept_with_its_hash_and_its_first_32_kilobytes(s3: Any) -> None:
    body = b"y" * 40_000
    key = S3RawCallbacks(s3, "documents").keep(
        "connective", ACME, PACKAGE, headers={"user-agent": "c"}, body=body, at=START
    )
    assert key.startswith(f"callbacks/connective/acme/{PACKAGE}/2026-03-02T09:00:00.000000Z-")
    kept = json.loads(s3.get_object(Bucket="documents", Key=key)["Body"].read())
    assert (kept["headers"], kept["size"], kept["sha256"]) == ({"user-agent": "c"}, 40_000, digest(body))
    assert base64.b64decode(kept["body"]) == body[: 32 * 1024]


def test_a_bell_says_which_package_of_which_account(aws: None) -> None:  # noqa: F811
    client = boto3.client("sqs")
    queue = client.create_queue(QueueName="bell")["QueueUrl"]
    SqsBell(client, queue).ring(ACME, PACKAGE)
    (message,) = client.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"]) == {"account": "acme", "package": PACKAGE}


def test_a_queue_that_is_gone_is_an_unavailable_store(aws: None) -> None:  # noqa: F811
    with pytest.raises(StoreUnavailable):
        SqsBell(boto3.client("sqs"), "https://sqs.eu-central-1.amazonaws.com/123456789012/none").ring(ACME, PACKAGE)


class Machine:
    """Step Functions, as far as it is asked."""

    def __init__(self, exception: Exception | None = None) -> None:
        self.started: list[dict[str, Any]] = []
        self._exception = exception

    def start_execution(self, **request: Any) -> None:
        self.started.append(request)
        if self._exception:
            raise self._exception


def test_executions_are_named_by_what_they_answer() -> None:
    machine: Any = Machine()
    workflows = StepFunctionsWorkflows(machine, "arn:machine")
    workflows.refresh(ACME, PACKAGE, wanted=3)
    workflows.submit(ACME, PACKAGE, attempt="4f9c3f6e-9d1f-4a57-8f6a-0d6f1f1e2a3b")
    workflows.refresh(ACME, PACKAGE, wanted=3, remind=True)
    refresh, submit, reminder = machine.started
    assert refresh["name"] == f"{PACKAGE}-3"
    asked = {"schema": 1, "account": "acme", "package": PACKAGE}
    assert json.loads(refresh["input"]) == asked | {"wanted": 3, "remind": False}
    assert submit["name"] == f"{PACKAGE}-submit-4f9c3f6e-9d1f-4a57-8f6a-0d6f1f1e2a3b"
    assert len(submit["name"]) <= 80
    assert json.loads(submit["input"])["submit"] == "4f9c3f6e-9d1f-4a57-8f6a-0d6f1f1e2a3b"
    assert reminder["name"] == f"{PACKAGE}-3-remind"
    assert json.loads(reminder["input"])["remind"] is True


@pytest.mark.parametrize(("code", "fails"), [("ExecutionAlreadyExists", False), ("StateMachineDeleting", True)])
def test_an_execution_that_runs_already_is_fine(code: str, fails: bool) -> None:
    from botocore.exceptions import ClientError

    machine: Any = Machine(ClientError({"Error": {"Code": code, "Message": ""}}, "StartExecution"))
    workflows = StepFunctionsWorkflows(machine, "arn:machine")
    if not fails:
        workflows.refresh(ACME, PACKAGE, wanted=3)
        return
    with pytest.raises(StoreUnavailable):
        workflows.refresh(ACME, PACKAGE, wanted=3)
