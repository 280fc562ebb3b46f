"""The demo's scenarios: the main job, the minimal package, and the sad ways. Each drives Coupa's HTTP API only."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.coupa.client import Answer, CoupaClient, by_upload, inline
from sandbox.coupa.sample import sample_contract
from sandbox.demo.report import Report
from sandbox.demo.signatures import covering_signatures
from sandbox.world import World

PATIENCE = 40.0  # seconds that a step of the story may take on a slow machine
INLINE = 4 * 1024 * 1024


@dataclass(slots=True)
class Stage:
    """A world with Coupa's client in it and a report to write to."""

    world: World
    coupa: CoupaClient
    quiet: CoupaClient  # the same account, without rows in the report
    report: Report
    out: Path
    patience: float = PATIENCE

    def status(self, package: str) -> str:
        return str(self.world_package(package).get("status"))

    def world_package(self, package: str) -> dict[str, Any]:
        return self.quiet.get_package(package).json

    def reference(self, package: str) -> list[str]:
        return list(self.world_package(package)["provider"]["reference"])

    def until(self, what: str, holds: Callable[[], bool]) -> bool:
        began = time.monotonic()
        while time.monotonic() - began < self.patience:
            if holds():
                self.report.event(what, "", (time.monotonic() - began) * 1000)
                return True
            time.sleep(0.1)
        self.report.check(what, holds=False, why=f"not within {self.patience:.0f} s")
        return False

    def told(self, package: str, kind: str) -> bool:
        """Wait until Coupa was told; a row with the time it took and the status that the notification bore."""
        began = time.monotonic()
        try:
            heard = self.world.receiver.wait_for(package, kind, timeout=self.patience)
        except TimeoutError as never:
            self.report.check(f"Coupa was told {kind}", holds=False, why=str(never))
            return False
        took = (time.monotonic() - began) * 1000
        self.report.event(f"notified {kind}", str(heard.body.get("status")), took)
        self.report.check(f"Coupa was told {kind}", heard.problem is None, str(heard.problem))
        return True


def person(name: str, email: str, order: int, role: str = "SIGNER", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"fullName": name, "email": email, "signingOrder": order, "role": role, "externalId": email, **more}


def new_package(stage: Stage, name: str, **more: Any) -> str:  # noqa: ANN401 - any JSON
    return str(stage.coupa.create_package({"name": name, **more}).json.get("id"))


def main_job(stage: Stage, second: Path | None) -> None:
    """Verify, create, two documents, two signers in order and one CC, callback, send, sign, signed files."""
    coupa, report = stage.coupa, stage.report
    report.begin("main job")
    verified = coupa.verify_account()
    report.check("the account's provider credentials are proven", verified.ok)
    package = new_package(stage, "Master supply agreement", externalId="CLM-2026-0417", sequentialSigning=True)
    given = documents(second)
    _add_documents(stage, package, given)
    added = coupa.add_recipients(
        package,
        [
            person("Anna Peeters", "anna.peeters@supplier.example", 1),
            person("Ben Holt", "ben.holt@buyer.example", 2),
            person("Clara Archive", "archive@buyer.example", 3, role="CC"),
        ],
    )
    report.check("two signers and one CC are in", len(added.json.get("recipients", [])) == 3)
    coupa.configure_callback({"url": stage.world.receiver.url}, package_id=package)
    sent = coupa.send_package(package)
    report.check("the package is out for signature", sent.json.get("status") == "IN_PROCESS")
    stage.told(package, "package.sent")
    reference = stage.reference(package)
    for email in ("anna.peeters@supplier.example", "ben.holt@buyer.example"):
        stage.world.side.sign(reference, email)
        report.event(f"{email.split('.')[0].capitalize()} signs")
        stage.until("the connector knows it", partial(_signed, stage, package, email))
    stage.told(package, "package.signed")
    stage.told(package, "package.completed")
    report.check("COMPLETE", coupa.get_package_summary(package).json.get("status") == "COMPLETE")
    signed_documents(stage, package, given, signers=2)
    story = coupa.list_events(package).json.get("events", [])
    report.check("the timeline tells the story", len(story) >= 6, f"{len(story)} lines")


def documents(second: Path | None) -> dict[str, bytes]:
    """The demo's own two pages, and the file that PDF= names (without one: the same pages as an annex)."""
    own = sample_contract()
    return {"contract.pdf": own, (second.name if second else "annex.pdf"): second.read_bytes() if second else own}


def _add_documents(stage: Stage, package: str, given: dict[str, bytes]) -> None:
    """Inline while it fits, else by upload link, as Coupa would."""
    for name, content in given.items():
        external = {"externalId": name}
        if len(content) <= INLINE:
            stage.coupa.add_documents(package, [inline(name, content, **external)])
            continue
        added = stage.coupa.add_documents(
            package, [by_upload(name, content, contentType="application/pdf", **external)]
        )
        stage.coupa.upload(added.json["documents"][0]["upload"], content)
    stored = stage.world_package(package).get("documents", [])
    stage.report.check("both documents are in", len(stored) == len(given))


def signed_documents(stage: Stage, package: str, given: dict[str, bytes], *, signers: int) -> None:
    """Fetch everything into `out/`, check digests and count the signatures that cover each file."""
    answer = stage.coupa.get_signed_documents(package)
    files = answer.json.get("documents", [])
    folder = stage.out / package
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [f["kind"] for f in files]
    stage.report.check("every document came back signed", kinds.count("SIGNED_DOCUMENT") == len(given))
    stage.report.check("with an audit trail and a manifest", "AUDIT_TRAIL" in kinds and "MANIFEST" in kinds, str(kinds))
    for file in files:
        content = _content(stage, file)
        path = folder / f"{file['id'].rpartition('_')[2]}-{Path(file['name']).name}"
        path.write_bytes(content)
        stage.report.check(f"{path.name}: the digest is right", hashlib.sha256(content).hexdigest() == file["sha256"])
        if file["kind"] == "SIGNED_DOCUMENT" and content.startswith(b"%PDF"):
            found = covering_signatures(content, stage.world.side.authority())
            stage.report.check(f"{path.name}: {signers} valid signatures", found == signers, f"{found} found")
    one = stage.coupa.get_signed_document(package, files[0]["id"]) if files else None
    stage.report.check("a single file is a redirect to a short-lived link", one is not None and one.status == 302)


def _content(stage: Stage, file: dict[str, Any]) -> bytes:
    if "content" in file:
        return base64.b64decode(file["content"])
    return stage.coupa.download(file["url"]).content


def minimal(stage: Stage) -> None:
    """A name, one PDF, one signer, nothing else: the default configuration."""
    report = stage.report
    report.begin("minimal package")
    package = new_package(stage, "Minimal")
    content = sample_contract()
    stage.coupa.add_documents(package, [{"name": "minimal.pdf", "content": base64.b64encode(content).decode()}])
    stage.coupa.add_recipients(package, [{"fullName": "Dora Minimal", "email": "dora@example.com"}])
    stage.coupa.send_package(package)
    stage.world.side.sign(stage.reference(package), "dora@example.com")
    report.event("Dora signs")
    stage.told(package, "package.completed")
    signed_documents(stage, package, {"minimal.pdf": content}, signers=1)


def _ready(stage: Stage, name: str) -> str:
    package = new_package(stage, name)
    stage.coupa.add_documents(package, [inline("contract.pdf", sample_contract())])
    stage.coupa.add_recipients(package, [person("Eva Sad", "eva@example.com", 1)])
    return package


def declined(stage: Stage) -> None:
    stage.report.begin("declined")
    package = _ready(stage, "To be declined")
    stage.coupa.send_package(package)
    stage.world.side.decline(stage.reference(package), "eva@example.com", "The price is wrong.")
    stage.report.event("Eva declines")
    stage.told(package, "package.declined")
    answer = stage.coupa.get_package(package)
    recipient = answer.json["recipients"][0]
    stage.report.check("DECLINED, with her reason", recipient.get("declineReason") == "The price is wrong.")


def withdrawn(stage: Stage) -> None:
    stage.report.begin("withdrawn")
    package = _ready(stage, "To be withdrawn")
    stage.coupa.send_package(package)
    gone = stage.coupa.delete_package(package, reason="The deal is off.")
    stage.report.check("CANCELLED at the provider too", gone.json.get("status") == "CANCELLED")
    again = stage.coupa.delete_package(package)
    stage.report.check("asking again answers the same", again.status == 200 and again.json["status"] == "CANCELLED")
    stage.told(package, "package.cancelled")


def expired(stage: Stage) -> None:
    stage.report.begin("expired")
    package = _ready(stage, "To expire")
    stage.coupa.send_package(package)
    stage.world.side.expire(stage.reference(package))
    stage.report.event("the time to sign is over")
    stage.told(package, "package.expired")
    stage.report.check("EXPIRED", stage.coupa.get_package_summary(package).json.get("status") == "EXPIRED")


def provider_down(stage: Stage) -> None:
    stage.report.begin("provider down at Send")
    package = _ready(stage, "Sent in a bad moment")
    stage.world.side.go_down()
    stage.report.event("the provider goes down")
    refused = stage.coupa.send_package(package)
    stage.report.check(
        "Send says so, and when to try again", refused.status == 503 and "retry-after" in refused.headers
    )
    stage.report.check("the package is a draft again", stage.status(package) == "DRAFT")
    stage.world.side.come_back()
    stage.report.event("the provider is back")
    stage.report.check("the same Send works then", stage.coupa.send_package(package).json.get("status") == "IN_PROCESS")


def reply_lost(stage: Stage) -> None:
    stage.report.begin("reply lost at Send")
    package = _ready(stage, "Sent, but nobody heard the answer")
    stage.world.side.lose_next_reply_of_send()
    stage.report.event("a reply will be lost")
    _sent: Answer = stage.coupa.send_package(package)
    stage.until("the connector finds out", lambda: stage.status(package) == "IN_PROCESS")
    stage.coupa.send_package(package)
    found = stage.world.side.envelopes(package)
    stage.report.check("there is exactly one envelope at the provider", found == 1, f"{found} found")


def callback_lost(stage: Stage) -> None:
    stage.report.begin("callbacks lost")
    package = _ready(stage, "Nobody called")
    stage.coupa.send_package(package)
    stage.world.side.lose_callbacks(lose=True)
    stage.world.side.sign(stage.reference(package), "eva@example.com")
    stage.report.event("Eva signs, no callback comes")
    stage.told(package, "package.completed")
    stage.world.side.lose_callbacks(lose=False)


def _signed(stage: Stage, package: str, email: str) -> bool:
    recipients = stage.world_package(package)["recipients"]
    return any(r.get("email") == email and r["status"] == "SIGNED" for r in recipients)


SAD_WAYS = (declined, withdrawn, expired, provider_down, reply_lost, callback_lost)
