"""One contract through Coupa's API: created, sent, signed by a person, COMPLETE, its signed PDF fetched and checked.

Each step has a name, and a run that fails says which one it was and why, without a name, an address or a secret.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from sandbox.canary.person import NotSigned, sign
from sandbox.coupa.client import Answer, CoupaClient, Json, inline
from sandbox.coupa.sample import sample_contract

SIGNER = {"fullName": "Canary Signer", "email": "canary@example.com"}
_LOOKED_EVERY = 2.0  # seconds


class CanaryFailed(Exception):
    """`step` is the one that did not hold."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


@dataclass(frozen=True, slots=True)
class Signed:
    """A run that went well. `seconds` from createPackage until the signed file was checked."""

    package: str
    seconds: float


@dataclass(slots=True)
class Canary:
    """`patience` in seconds is how long the connector may take from the signature to COMPLETE; `every`, between looks.

    `package` is the one of the run, as soon as there is one.
    """

    coupa: CoupaClient
    patience: float = 120.0
    every: float = _LOOKED_EVERY
    person: Callable[[str], None] = sign
    package: str | None = None

    def run(self) -> Signed:
        """Raises CanaryFailed."""
        began = time.monotonic()
        package, recipient = self._sent()
        url = self._link(package, recipient)
        try:
            self.person(url)
        except NotSigned as problem:
            raise CanaryFailed("sign", str(problem)) from None
        self._completed(package)
        self._checked(package)
        return Signed(package, time.monotonic() - began)

    def _sent(self) -> tuple[str, str]:
        named = {"name": f"Canary {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
        package = str(_well("createPackage", lambda: self.coupa.create_package(named))["id"])
        self.package = package
        contract = inline("canary.pdf", sample_contract())
        _well("addDocuments", lambda: self.coupa.add_documents(package, [contract]))
        added = _well("addRecipients", lambda: self.coupa.add_recipients(package, [SIGNER]))
        sent = _well("sendPackage", lambda: self.coupa.send_package(package))
        if sent.get("status") != "IN_PROCESS":
            raise CanaryFailed("sendPackage", f"the package is {sent.get('status')}")
        return package, str(added["recipients"][0]["id"])

    def _link(self, package: str, recipient: str) -> str:
        urls = _well("getSigningUrl", lambda: self.coupa.get_signing_url(package, recipient)).get("urls") or []
        if not urls:
            raise CanaryFailed("getSigningUrl", "the signer has no link")
        return str(urls[0])

    def _completed(self, package: str) -> None:
        """By what the callback, or at last the sweep, does: nothing is asked to be refreshed."""
        until, status = time.monotonic() + self.patience, "unknown"
        while time.monotonic() < until:
            found = _well("getPackageSummary", lambda: self.coupa.get_package_summary(package))
            status = str(found.get("status"))
            if status == "COMPLETE":
                return
            time.sleep(self.every)
        raise CanaryFailed("complete", f"{self.patience:.0f} s after the signature the package is {status}")

    def _checked(self, package: str) -> None:
        files = _well("getSignedDocuments", lambda: self.coupa.get_signed_documents(package)).get("documents", [])
        signed = [file for file in files if file.get("kind") == "SIGNED_DOCUMENT"]
        if len(signed) != 1:
            raise CanaryFailed("getSignedDocuments", f"{len(signed)} signed documents in place of one")
        content = self._content(signed[0])
        if hashlib.sha256(content).hexdigest() != signed[0]["sha256"]:
            raise CanaryFailed("digest", "the signed file is not what its digest says")
        if not content.startswith(b"%PDF-") or b"/ByteRange" not in content:
            raise CanaryFailed("signature", "the signed file is no PDF with a signature")

    def _content(self, file: Json) -> bytes:
        if "content" in file:
            return base64.b64decode(file["content"])
        answer = _asked("download", lambda: self.coupa.download(file["url"]))
        if not answer.ok:
            raise CanaryFailed("download", f"answered {answer.status}")
        return answer.content


def _well(step: str, ask: Callable[[], Answer]) -> Json:
    answer = _asked(step, ask)
    if not answer.ok:
        raise CanaryFailed(step, f"answered {answer.status} {answer.code or ''}".strip())
    return answer.json


def _asked(step: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except httpx.HTTPError as error:
        raise CanaryFailed(step, f"no answer ({type(error).__name__})") from None
