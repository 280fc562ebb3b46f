"""GoSign's heavy doors: what a 20 MB document costs in memory by REST v1 and by SOAP, and how long the SOAP client takes.

Each door runs in a child process of its own, the simulator in this one. The child first sends the two-page sample, so that
what it loads once is its baseline. Limits: 3 times the document by REST, 7 times by SOAP, 60 ms of processor time for the
client after its import, once per process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks.peak import peak
from esign.domain.account import Account
from esign.domain.document import Document
from esign.domain.ids import AccountId, DocumentId, new_package_id
from esign.domain.package import Package, ProviderState
from esign.domain.recipient import Recipient
from esign.domain.status import DocumentStatus, PackageStatus
from esign.http.deadline import Deadline
from esign.providers.opening import Opening

SIZE = 20_000_000
TIMES = {"gosign-rest": 3, "gosign-soap": 7}
CLIENT_LIMIT = 60.0  # ms


@dataclass(frozen=True, slots=True)
class Growth:
    """Megabytes (10^6) above the same process's peak with a small document."""

    name: str
    growth: float
    limit: float

    @property
    def ok(self) -> bool:
        return self.growth <= self.limit


@dataclass(frozen=True, slots=True)
class Client:
    """Milliseconds. `importing` is zeep and lxml; `again`: the same WSDL, the second time."""

    importing: float
    building: float
    again: float

    @property
    def ok(self) -> bool:
        return self.building <= CLIENT_LIMIT


def measure_gosign() -> tuple[list[Growth], Client]:
    from sandbox.providers.gosign.server import GosignSimulator
    from sandbox.providers.gosign.side import GosignSide

    with GosignSimulator() as simulator:
        grown = []
        for door, times in TIMES.items():
            side = GosignSide(simulator, door)
            told = _child("send", json.dumps([side.settings, side.credentials]))
            grown.append(Growth(f"{door}, {SIZE / 1e6:.0f} MB", told["growth"] / 1e6, times * SIZE / 1e6))
    return grown, Client(**_child("client"))


def _child(*what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.gosign", *what]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


class _File:
    """Port `DocumentSource`: one file for all documents."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, _document: DocumentId) -> AbstractContextManager[BinaryIO]:
        return self._path.open("rb")


def _send(settings: dict[str, Any], credentials: dict[str, str], path: Path) -> None:
    from esign.runtime.providers import vendor

    now = datetime.now(UTC)
    account = Account(id=AccountId("acc"), name="A", provider="gosign", created_at=now, settings=settings)
    provider = vendor("gosign").open_provider(
        account,
        Opening(credentials=lambda: credentials, deadline=Deadline(120), observe=lambda _: None, allow_loopback=True),
    )
    identifier = new_package_id(now)
    package = Package(
        id=identifier,
        account=account.id,
        name="Frame contract",
        status=PackageStatus.DRAFT,
        created_at=now,
        updated_at=now,
        provider=ProviderState("gosign"),
    )
    document = Document(
        id=DocumentId(f"{identifier}_01"),
        external_id=None,
        name="contract.pdf",
        content_type="application/pdf",
        order=1,
        status=DocumentStatus.STORED,
        size=path.stat().st_size,
    )
    signer = Recipient(
        id=f"{identifier}_r01",  # type: ignore[arg-type] # a NewType of str
        external_id=None,
        first_name="Anna",
        last_name="Berg",
        email="anna@example.com",
        signing_order=1,
    )
    package = replace(package, documents=(document,), recipients=(signer,))
    sent = provider.send(package, _File(path), progress={}, checkpoint=lambda _: None, callback_url=None)
    if sent != (identifier,):
        raise RuntimeError(f"GoSign did not take it: {sent}")


def _growth(settings: dict[str, Any], credentials: dict[str, str]) -> dict[str, float]:
    import tempfile

    from sandbox.coupa.sample import sample_contract

    sample = sample_contract()
    with tempfile.TemporaryDirectory(prefix="gosign-") as folder:
        small, large = Path(folder) / "small.pdf", Path(folder) / "large.pdf"
        small.write_bytes(sample)
        with large.open("wb") as file:  # the same pages, and 20 MB that no page shows
            file.write(sample[: sample.rindex(b"startxref")])
            for _ in range(SIZE // 1_000_000):
                file.write(b"%" + b"x" * 999_998 + b"\n")
            file.write(sample[sample.rindex(b"startxref") :])
        del sample
        _send(settings, credentials, small)
        before = peak()
        _send(settings, credentials, large)
        return {"growth": float(peak() - before)}


def _client() -> dict[str, float]:
    began = time.process_time()
    from esign.providers.gosign.client_soap import sign_book

    imported = time.process_time()
    sign_book(None)
    built = time.process_time()
    sign_book(None)
    return {
        "importing": (imported - began) * 1000,
        "building": (built - imported) * 1000,
        "again": (time.process_time() - built) * 1000,
    }


if __name__ == "__main__":
    _what, *_rest = sys.argv[1:]
    print(json.dumps(_growth(*json.loads(_rest[0])) if _what == "send" else _client()))
