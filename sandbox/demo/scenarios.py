"""The demo's scenarios: the main job, the minimal package, and the sad ways. Each drives Coupa's HTTP API only."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.demo.documents import Documents, add_document, add_documents, documents, first
from sandbox.demo.signatures import covering_signatures
from sandbox.demo.stage import Stage

ANNA, BEN = "anna.peeters@supplier.example", "ben.holt@buyer.example"
DORA, EVA = "dora@example.com", "eva@example.com"


def person(stage: Stage, name: str, email: str, order: int, role: str = "SIGNER") -> dict[str, Any]:
    fields, _ = stage.world.side.wants(email) if role == "SIGNER" else ({}, {})
    return {"fullName": name, "email": email, "signingOrder": order, "role": role, "externalId": email, **fields}


def new_package(stage: Stage, name: str, *signers: str, **more: Any) -> str:  # noqa: ANN401 - any JSON
    """With what the account must know of these signers beforehand, if anything."""
    wanted = {email: options for email in signers if (options := stage.world.side.wants(email)[1])}
    own = {"provider": {"options": {"recipients": wanted}}} if wanted else {}
    return str(stage.coupa.create_package({"name": name, **own, **more}).json.get("id"))


def main_job(stage: Stage, second: Path | None) -> str:
    """Verify, create, documents, two signers in order and one CC, callback, send, sign, signed files.

    Two documents and the CC where the provider knows such things. Answers the package's id.
    """
    coupa, report = stage.coupa, stage.report
    report.begin("main job")
    verified = coupa.verify_account()
    report.check("the account's provider credentials are proven", verified.ok)
    package = new_package(
        stage, "Master supply agreement", ANNA, BEN, externalId="CLM-2026-0417", sequentialSigning=True
    )
    given = documents(stage, second)
    add_documents(stage, package, given)
    people = [
        person(stage, "Anna Peeters", ANNA, 1),
        person(stage, "Ben Holt", BEN, 2),
        *([person(stage, "Clara Archive", "archive@buyer.example", 3, role="CC")] if stage.can("cc") else []),
    ]
    added = coupa.add_recipients(package, people)
    report.check("all recipients are in", len(added.json.get("recipients", [])) == len(people))
    coupa.configure_callback({"url": stage.world.receiver.url}, package_id=package)
    report.check("the package is out for signature", stage.send(package) == "IN_PROCESS")
    stage.told(package, "package.sent")
    reference = stage.reference(package)
    for email in (ANNA, BEN):
        stage.world.side.sign(reference, email)
        report.event(f"{email.split('.')[0].capitalize()} signs")
        stage.until("the connector knows it", partial(_signed, stage, package, email))
    stage.told(package, "package.signed")
    stage.told(package, "package.completed")
    report.check("COMPLETE", coupa.get_package_summary(package).json.get("status") == "COMPLETE")
    signed_documents(stage, package, given, signers=2)
    story = coupa.list_events(package).json.get("events", [])
    report.check("the timeline tells the story", len(story) >= 6, f"{len(story)} lines")
    return package


def signed_documents(stage: Stage, package: str, given: Documents, *, signers: int) -> None:
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
            expected = stage.world.side.signatures(signers)
            stage.report.check(f"{path.name}: {expected} valid signatures", found == expected, f"{found} found")
    one = stage.coupa.get_signed_document(package, files[0]["id"]) if files else None
    stage.report.check("a single file is a redirect to a short-lived link", one is not None and one.status == 302)


def _content(stage: Stage, file: dict[str, Any]) -> bytes:
    if "content" in file:
        return base64.b64decode(file["content"])
    return stage.coupa.download(file["url"]).content


def minimal(stage: Stage) -> None:
    """A name, one document, one signer, nothing else: the default configuration."""
    report = stage.report
    report.begin("minimal package")
    package = new_package(stage, "Minimal", DORA)
    given = first(stage)
    for name, content in given.items():
        add_document(stage, package, name, content)
    stage.coupa.add_recipients(
        package, [{"fullName": "Dora Minimal", "email": DORA, **stage.world.side.wants(DORA)[0]}]
    )
    stage.send(package)
    stage.world.side.sign(stage.reference(package), DORA)
    report.event("Dora signs")
    stage.told(package, "package.completed")
    signed_documents(stage, package, given, signers=1)


def ready(stage: Stage, name: str) -> str:
    package = new_package(stage, name, EVA)
    add_documents(stage, package, first(stage))
    stage.coupa.add_recipients(package, [person(stage, "Eva Sad", EVA, 1)])
    return package


def declined(stage: Stage) -> None:
    stage.report.begin("declined")
    package = ready(stage, "To be declined")
    stage.send(package)
    stage.world.side.decline(stage.reference(package), EVA, "The price is wrong.")
    stage.report.event("Eva declines")
    stage.told(package, "package.declined")
    recipient = stage.coupa.get_package(package).json["recipients"][0]
    reason = "The price is wrong." if stage.can("decline_reason") else None
    told = (recipient["status"], recipient.get("declineReason"))
    # What a notification told and no read shows is marked as such, behind the reason.
    right = told[0] == "DECLINED" and (told[1] is None if reason is None else str(told[1]).startswith(reason))
    stage.report.check("DECLINED, with her reason where the provider tells one", right, str(told))


def withdrawn(stage: Stage) -> None:
    stage.report.begin("withdrawn")
    package = ready(stage, "To be withdrawn")
    stage.send(package)
    gone = stage.coupa.delete_package(package, reason="The deal is off.")
    stage.report.check("CANCELLED at the provider too", gone.json.get("status") == "CANCELLED")
    again = stage.coupa.delete_package(package)
    stage.report.check("asking again answers the same", again.status == 200 and again.json["status"] == "CANCELLED")
    stage.told(package, "package.cancelled")


def expired(stage: Stage) -> None:
    stage.report.begin("expired")
    package = ready(stage, "To expire")
    stage.send(package)
    stage.world.side.expire(stage.reference(package))
    stage.report.event("the time to sign is over")
    stage.told(package, "package.expired")
    stage.report.check("EXPIRED", stage.coupa.get_package_summary(package).json.get("status") == "EXPIRED")


def provider_down(stage: Stage) -> None:
    stage.report.begin("provider down at Send")
    package = ready(stage, "Sent in a bad moment")
    stage.world.side.go_down()
    stage.report.event("the provider goes down")
    refused = stage.coupa.send_package(package)
    stage.report.check(
        "Send says so, and when to try again", refused.status == 503 and "retry-after" in refused.headers
    )
    stage.report.check("the package is a draft again", stage.status(package) == "DRAFT")
    stage.world.side.come_back()
    stage.report.event("the provider is back")
    stage.report.check("the same Send works then", stage.send(package) == "IN_PROCESS")


def reply_lost(stage: Stage) -> None:
    stage.report.begin("reply lost at Send")
    package = ready(stage, "Sent, but nobody heard the answer")
    stage.world.side.lose_next_reply_of_send()
    stage.report.event("a reply will be lost")
    sent = stage.coupa.send_package(package)
    if stage.can("recover_lost_send"):
        stage.until("the connector finds out", lambda: stage.status(package) == "IN_PROCESS")
    else:
        stage.report.check("Send says that nobody can know", sent.status == 504, str(sent.status))
        seen = stage.world_package(package)
        asked = (seen.get("status"), (seen.get("attention") or {}).get("code"))
        waiting, settled = ("SENDING", "outcome_unknown"), ("IN_PROCESS", None)
        stage.report.check("a person is asked, or the provider says it", asked in {waiting, settled}, str(asked))
    stage.coupa.send_package(package)
    envelopes = partial(stage.world.side.envelopes, package)
    stage.until("the provider has made what it took in charge", lambda: envelopes() > 0)
    stage.report.check("there is exactly one envelope at the provider", envelopes() == 1, f"{envelopes()} found")


def callback_lost(stage: Stage) -> None:
    stage.report.begin("callbacks lost")
    package = ready(stage, "Nobody called")
    stage.send(package)
    stage.world.side.lose_callbacks(lose=True)
    stage.world.side.sign(stage.reference(package), EVA)
    stage.report.event("Eva signs, no callback comes")
    stage.told(package, "package.completed")
    stage.world.side.lose_callbacks(lose=False)


def _signed(stage: Stage, package: str, email: str) -> bool:
    recipients = stage.world_package(package)["recipients"]
    return any(r.get("email") == email and r["status"] == "SIGNED" for r in recipients)


SAD_WAYS = (declined, withdrawn, expired, provider_down, reply_lost, callback_lost)
