"""Idempotency-Key: the same request under the same key has one effect, and is answered like the first time.

contracts/coupa.md §2, Idempotency; design: state-and-delivery, Idempotency-Key. Kept is what the first answer was about,
never its body: a replay reads the package anew and shows it in the same shape, with fresh links. Costs one conditional
write for a first request that adds something, two for others, one and a query for a replay (and the account, where the
answer has warnings of a draft); nothing where no key is given
(then this module is not loaded).

The claim is made before the work. What createPackage, addDocuments, addRecipients and the removal of a package's callback
do is one transaction, and the answer is part of it: no crash can part them. The other operations do the same again without
harm (Send and Delete look at the state, an expiry or a callback is set to what it is); their answer is kept after the work,
and a crash in between leaves a claim that ends with the function's own time-out. Only a reminder is then sent twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from esign.coupa import reports, views
from esign.coupa.routes import IDEMPOTENCY_KEY_PATTERN
from esign.domain.errors import Clash, InFlight, MalformedRequest, Problem, StoreUnavailable
from esign.domain.ids import PackageId
from esign.domain.status import PackageStatus
from esign.operations.add_documents import with_upload
from esign.operations.check_package import warnings_of
from esign.operations.claim import Claim
from esign.operations.packages import load
from esign.ports import FirstAnswer, KeyUse
from esign.runtime.endpoint import GRACE, IDEMPOTENCY_KEY, Reply, Request, Work
from esign.runtime.observability import Level, log

if TYPE_CHECKING:
    from esign.domain.document import Document
    from esign.domain.package import Package
    from esign.runtime.composition import App

KEPT = timedelta(days=7)
_KEY = re.compile(IDEMPOTENCY_KEY_PATTERN)

# What is answered where the answer is kept with the effect (of a callback: of its removal).
_EFFECT = {"create_package": 201, "add_documents": 201, "add_recipients": 201, "configure_callback": 204}

# The operations that answer what they added; the others answer the package or, configureCallback, the callback.
_LISTS = {"add_documents": "documents", "add_recipients": "recipients"}


def once(operation: str, work: Work, request: Request, app: App) -> Reply:
    """The work's reply, or the first one's again. Raises what the work raises, and then forgets the key: failures are
    never replayed. Raises MalformedRequest (no usable key), Clash (another request), InFlight."""
    key, now = _key(request), app.clock.now()
    # The claim lives as long as this invocation can: its deadline is Lambda's own time-out less the grace.
    until = now + timedelta(seconds=request.deadline.remaining() + GRACE)
    use = KeyUse(_hash(operation, request), uuid.uuid4().hex, until)
    standing = app.idempotency.claim(request.account, key, use, now=now)
    if standing is not None:
        return _again(operation, _answer_of(standing, use), request, app)
    kept = replace(use, until=now + KEPT)
    claim = Claim(request.account, key, kept, FirstAnswer(_EFFECT.get(operation, 200)))
    try:
        reply = work(replace(request, claim=claim), app)
    except Exception:
        with suppress(StoreUnavailable):  # then it ends by itself
            app.idempotency.release(request.account, key, owner=use.owner)
        raise
    if not claim.kept:
        _keep(key, replace(kept, answer=_first(operation, reply, request)), request, app)
    return reply


def _key(request: Request) -> str:
    key = request.headers[IDEMPOTENCY_KEY]
    if not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 255 characters of printable ASCII, the first and the last no space."
        raise MalformedRequest(detail, problems=(Problem("", "invalid_idempotency_key", detail),))
    return key


def _hash(operation: str, request: Request) -> str:
    """Of all that makes the request: what is asked of which thing, and the body byte by byte as it came."""
    asked = json.dumps([operation, request.method, sorted(request.path.items()), request.body_encoded])
    return hashlib.sha256(f"{asked}\n{request.raw_body or ''}".encode()).hexdigest()


def _answer_of(standing: KeyUse, claim: KeyUse) -> FirstAnswer:
    if standing.request != claim.request:
        raise Clash(
            "This Idempotency-Key was used for another request. Take a new key for each thing that is to be done once.",
            code="idempotency_key_in_use",
        )
    if standing.answer is None:
        raise InFlight("The first request with this Idempotency-Key is still at work. Ask again in a moment.")
    return standing.answer


def _keep(key: str, use: KeyUse, request: Request, app: App) -> None:
    """What is done is done: the caller hears of it, also where the key could not be kept."""
    try:
        kept = app.idempotency.settle(request.account, key, use)
    except StoreUnavailable:
        kept = False
    if not kept:
        log(Level.WARNING, "idempotency key not kept", account=request.account, request=request.id)


def _first(operation: str, reply: Reply, request: Request) -> FirstAnswer:
    package = reply.package or request.path.get("packageId")
    added = (reply.body or {}).get(_LISTS.get(operation, ""), ())
    return FirstAnswer(reply.status, PackageId(package) if package else None, tuple(item["id"] for item in added))


def _again(operation: str, first: FirstAnswer, request: Request, app: App) -> Reply:
    """The first answer in its shape, of what is true now. Raises NotFound when the package is gone for good."""
    if first.status == 204:
        return Reply(204, replayed=True)
    if operation == "configure_callback":
        found = app.callbacks.get(request.account, first.package)
        body = reports.callback_answer(found.callback, found.provider_callback)
        return Reply(first.status, body, replayed=True)
    package = load(app.packages, request.account, first.package or "")
    headers = request.location(package.id) if operation == "create_package" else {}
    return Reply(first.status, _body(operation, first, package, app), headers, package=package.id, replayed=True)


def _body(operation: str, first: FirstAnswer, package: Package, app: App) -> dict[str, Any]:
    match _LISTS.get(operation):
        case "documents":
            documents = (package.document(identifier) for identifier in first.made)
            shown = [_document(found, package, app) for found in documents if found]
            return views.present(documents=shown, warnings=_warnings(package, app))
        case "recipients":
            people = (package.recipient(identifier) for identifier in first.made)
            shown = [views.recipient(found) for found in people if found]
            return views.present(recipients=shown, warnings=_warnings(package, app))
        case _:
            return views.package(package)


def _warnings(package: Package, app: App) -> list[views.View] | None:
    """Of a draft, as the first answer had them; what was sent was looked at by Send."""
    found = warnings_of(package, app.access) if package.status is PackageStatus.DRAFT else ()
    return views.warnings(found)


def _document(document: Document, package: Package, app: App) -> dict[str, Any]:
    """With a fresh upload link, as long as one is of use."""
    if package.status is not PackageStatus.DRAFT:
        return views.document(document)
    item = with_upload(document, documents=app.documents, clock=app.clock)
    return views.document(item.document, upload=item.upload)
