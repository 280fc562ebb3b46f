"""Peak memory of a large document: staged by upload, sent to the provider, brought back signed into S3, and looked at.

The product runs in a child process of its own for each way, AWS (moto) and the provider (the simulator) in two others. The
child first does the same with the two-page sample, so that what it loads once is its baseline. Limits (the design,
Proportion): the peak of the process ≤ 1.5 times the document + 120 MB where the door is multipart; where it is base64 in
JSON, the document may raise the peak by 3 times its size. The PDF library has its function's memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.apps import ACCOUNT, aws_variables, make_resources, on_aws, simulated_signers
from benchmarks.desk import Desk
from benchmarks.peak import peak
from esign.domain.ids import PackageId
from esign.domain.status import PackageStatus
from infra.functions import ALL
from sandbox.providers.connective.control import Control

NOWHERE = "http://127.0.0.1:9/hook"
PROCESS = 120.0  # MB that the design grants the process itself


@dataclass(frozen=True, slots=True)
class Door:
    """How a version of Connective's API takes a document, and the bytes of the one that is sent through it."""

    version: str
    multipart: bool
    size: int


DOORS = (
    Door("v3", multipart=True, size=31_000_000),  # it takes 30 MiB at most (contracts/connective.md §A1)
    Door("v4", multipart=False, size=40_000_000),
)


@dataclass(frozen=True, slots=True)
class Peak:
    """Megabytes (10^6). `growth` is above the same process's peak with a small document."""

    name: str
    peak: float
    growth: float
    limit: float  # of `judged`
    judged: float

    @property
    def ok(self) -> bool:
        return self.judged <= self.limit


def measure_memory() -> list[Peak]:
    # Here, since the measured processes load this module too, and nothing else that no function loads.
    from sandbox.cloud.aws import free_port
    from sandbox.coupa.sample import sample_contract

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memory-")))
        aws = stack.enter_context(_served("moto.server", f"http://127.0.0.1:{(port := free_port())}", "-p", str(port)))
        small = folder / "small.pdf"
        small.write_bytes(sample_contract())
        told = []
        for door in DOORS:
            document = folder / f"{door.version}.pdf"
            document.write_bytes(large_contract(small.read_bytes(), door.size))
            url = f"http://127.0.0.1:{(port := free_port())}"
            with _served("sandbox.providers.connective", url, "--port", str(port)):
                told += _measure(door, aws, url, document)
        return told


def _measure(door: Door, aws: str, provider: str, document: Path) -> list[Peak]:
    with aws_variables(aws):
        given = {
            "provider": provider,
            "version": door.version,
            "document": str(document),
            "small": str(document.with_name("small.pdf")),
            "variables": _resources(),
        }
        sent = _child("send", **given)
        collected = _child("collect", **given, package=sent["package"])
        completed = _child("complete", **given, package=sent["package"])
    size = f"{door.version}, {door.size // 1_000_000} MB"
    return [
        _judged(f"{size}: upload to provider", sent, multipart=door.multipart),
        _judged(f"{size}: provider to S3", collected, multipart=True),
        _inspection(f"{size}: signatures looked at, COMPLETE", completed),
    ]


def _judged(name: str, seen: dict[str, Any], *, multipart: bool) -> Peak:
    document = seen["size"] / 1e6
    peak, growth = seen["peak"] / 1e6, (seen["peak"] - seen["baseline"]) / 1e6
    if multipart:
        return Peak(name, peak, growth, 1.5 * document + PROCESS, peak)
    return Peak(name, peak, growth, 3 * document, growth)


def _inspection(name: str, seen: dict[str, Any]) -> Peak:
    peak, growth = seen["peak"] / 1e6, (seen["peak"] - seen["baseline"]) / 1e6
    granted = next(row.memory for row in ALL if row.folder == "workflow/inspect_signatures")
    return Peak(name, peak, growth, granted, peak)


def large_contract(small: bytes, size: int) -> bytes:
    """The two-page sample with an attachment that no compression makes smaller."""
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer: Any = IncrementalPdfFileWriter(io.BytesIO(small))
    writer.root["/BenchmarkBallast"] = writer.add_object(StreamObject(stream_data=os.urandom(size)))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# The other processes


@contextmanager
def _served(module: str, url: str, *options: str) -> Iterator[str]:
    """`python -m module`, from when it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    there = urlsplit(url)
    for _ in range(600):
        assert process.poll() is None, f"{url} ended"
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse()
            return
        time.sleep(0.1)
    raise TimeoutError(url)


def _resources() -> dict[str, str]:
    """moto is emptied for each version."""
    aws = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    connection = http.client.HTTPConnection(str(aws.hostname), aws.port, timeout=60)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    return make_resources()


def _child(what: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    command = [sys.executable, "-m", "benchmarks.memory", what, json.dumps(given)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


# Inside the child


def send(desk: Desk, document: Path, _package: PackageId | None) -> PackageId:
    """addDocuments by upload, addRecipients, sendPackage, which leaves the large one to submit_package."""
    package = desk.draft()
    _upload(desk, package, document)
    desk.coupa("add_recipients", package, {"recipients": desk.new_recipients()})
    desk.coupa("send_package", package)
    attempt = desk.now(package).send_attempt
    desk.call("workflow/submit_package", {"account": ACCOUNT, "package": package, "submit": attempt})
    _expect(desk, package, PackageStatus.IN_PROCESS)
    return package


def collect(desk: Desk, _document: Path, package: PackageId | None) -> PackageId:
    """sync_package and collect_evidence, once everybody has signed."""
    assert package is not None
    desk.sign(desk.now(package))
    desk.step("sync_package", package)
    desk.step("collect_evidence", package)
    return package


def complete(desk: Desk, _document: Path, package: PackageId | None) -> PackageId:
    """inspect_signatures and complete_package."""
    assert package is not None
    desk.step("inspect_signatures", package)
    desk.step("complete_package", package)
    _expect(desk, package, PackageStatus.COMPLETE)
    return package


# What is measured, and the same with the small document before.
WAYS: dict[str, tuple[Callable[[Desk, Path, PackageId | None], PackageId], Callable[[Desk], object]]] = {
    "send": (send, Desk.sent),
    "collect": (collect, Desk.collected),
    "complete": (complete, Desk.complete),
}


def _upload(desk: Desk, package: PackageId, document: Path) -> None:
    """As Coupa does it: announce the bytes, then PUT them to S3 by the signed link."""
    with document.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        announced = {"size": document.stat().st_size, "sha256": digest}
        new = {"externalId": "d1", "name": document.name, "contentType": "application/pdf", "upload": announced}
        link = desk.coupa("add_documents", package, {"documents": [new]})["documents"][0]["upload"]
        there = urlsplit(link["url"])
        connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=60)
        file.seek(0)
        connection.request(link["method"], f"{there.path}?{there.query}", file, link["headers"])
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()


def _expect(desk: Desk, package: PackageId, status: PackageStatus) -> None:
    now = desk.now(package)
    story, _ = desk.app.packages.timeline(ACCOUNT, package)
    assert now.status is status, (now.status, now.status_reason, [line.text for line in story])


def main(what: str, given: dict[str, Any]) -> None:
    way, same_with_the_small_one = WAYS[what]
    app = on_aws(given["variables"], provider_url=given["provider"], callback_url=NOWHERE, api_version=given["version"])
    with Control(given["provider"]) as control:
        control.configure(callbacks={"drop": True})
        desk = Desk(app, ACCOUNT, simulated_signers(control), contract=Path(given["small"]).read_bytes())
        same_with_the_small_one(desk)
        baseline, document = peak(), Path(given["document"])
        package = way(desk, document, given.get("package"))
    told = {"baseline": baseline, "peak": peak(), "size": document.stat().st_size, "package": package}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
