"""Package load time: from createPackage to IN_PROCESS, the document's way in included, by its size."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cache

import httpx

from sandbox.coupa.client import Answer, CoupaClient, by_upload, inline
from sandbox.demo.documents import INLINE
from sandbox.demo.scenarios import EVA, new_package, person
from sandbox.demo.stage import Stage
from tests.e2e.papers import a_large_pdf
from tools.evidence.contract import Checked, Contract

SIZES = (0.1, 1.0, 10.0, 40.0)  # megabytes
PATIENCE = 120.0  # seconds
# The connector's own words for what a provider cannot take: found beforehand, or answered by it.
REFUSED = re.compile(r"^422: |nothing was sent: \S+ answered 4\d\d")


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds. `refused` says why where the contract did not go out; `by_provider`: for a reason of the provider's own, such
    as the size that it documents."""

    door: str
    megabytes: float
    route: str
    seconds: float
    upload: float = 0.0
    refused: str = ""
    by_provider: bool = False

    @property
    def arrived(self) -> bool:
        return not self.refused


@cache
def document(megabytes: float) -> bytes:
    return a_large_pdf(int(megabytes * 1_000_000))


def load(stage: Stage, megabytes: float, contract: Contract) -> tuple[Load, list[Checked]]:
    """One contract of this size, which is withdrawn again."""
    content = document(megabytes)
    checked: list[Checked] = []
    login = stage.world.add_account("Evidence, loaded", calls_per_minute=1_000_000)

    def watch(answer: Answer) -> None:
        if answer.operation != "upload":
            checked.append(contract.check(answer))

    with stage.world.coupa(login, watch=watch, timeout=180) as coupa:
        mine = Stage(stage.world, coupa, coupa, stage.report, stage.out, stage.patience)
        try:
            found = _loaded(mine, coupa, megabytes, content)
        except (httpx.HTTPError, LookupError) as error:  # the next size is still to be tried
            found = Load(stage.world.door, megabytes, "", 0.0, refused=f"it broke off: {type(error).__name__}")
    return found, checked


def _loaded(stage: Stage, coupa: CoupaClient, megabytes: float, content: bytes) -> Load:
    route = "inline" if len(content) <= INLINE else "upload link"
    began = time.monotonic()
    package = new_package(stage, f"{megabytes} MB", EVA)
    added_in, refused = _added(coupa, package, content)
    if not refused:
        coupa.add_recipients(package, [person(stage, "Eva Loaded", EVA, 1)])
        refused = _sent(coupa, package)
    taken = 0.0 if refused else time.monotonic() - began
    coupa.delete_package(package)
    by_provider = REFUSED.search(refused) is not None
    return Load(stage.world.door, megabytes, route, taken, added_in, refused, by_provider)


def _added(coupa: CoupaClient, package: str, content: bytes) -> tuple[float, str]:
    """Seconds until the document lies there, and why it may not."""
    began = time.monotonic()
    small = len(content) <= INLINE
    item = inline("load.pdf", content) if small else by_upload("load.pdf", content, contentType="application/pdf")
    added = coupa.add_documents(package, [item])
    if not added.ok:
        return 0.0, _why(added)
    if not small:
        stored = coupa.upload(added.json["documents"][0]["upload"], content)
        if not stored.ok:
            return 0.0, f"the upload was answered {stored.status}"
    return time.monotonic() - began, ""


def _sent(coupa: CoupaClient, package: str) -> str:
    """ "" once it is out; else why not."""
    sent = coupa.send_package(package)
    if not sent.ok:
        return _why(sent)
    status, end = sent.json["status"], time.monotonic() + PATIENCE
    while status == "SENDING" and time.monotonic() < end:
        time.sleep(0.05)
        status = coupa.get_package_summary(package).json.get("status")
    return "" if status == "IN_PROCESS" else f"it was {status} at last: {_story(coupa, package)}"


def _story(coupa: CoupaClient, package: str) -> str:
    """The last lines of its timeline, the latest first."""
    events = coupa.list_events(package).json.get("events", [])
    latest = sorted(events, key=lambda one: str(one.get("at")), reverse=True)
    return "; ".join(str(one.get("text")) for one in latest[:4])


def _why(refusal: Answer) -> str:
    errors = refusal.json.get("errors") or [refusal.json]
    return f"{refusal.status}: {'; '.join(str(one.get('detail', '')) for one in errors)}"[:300]
