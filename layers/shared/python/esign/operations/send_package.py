"""sendPackage: one guarded submission. The intent is stored before the provider hears anything.

Design: state-and-delivery, Send. Small packages are submitted inside the request; larger ones by the workflow, and the
answer is the package in SENDING.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from esign.domain.errors import Unprocessable, WrongState
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.status import OPEN_AT_PROVIDER, PackageStatus
from esign.domain.timing import Timing, seconds
from esign.operations.check_package import look_over
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.operations.staged_documents import StagedDocuments
from esign.operations.story import Story
from esign.operations.submission import Submission, calls_of_send
from esign.ports import (
    Bell,
    CallbackAddresses,
    Clock,
    DocumentStore,
    LeavesUnsigned,
    PackageStore,
    SignatureProvider,
    Workflows,
)

IN_REQUEST = 10 * 1024 * 1024  # bytes of documents that are submitted inside the request


def send_package(
    account: AccountId,
    package_id: str,
    *,
    packages: PackageStore,
    documents: DocumentStore,
    access: ProviderAccess,
    addresses: CallbackAddresses,
    workflows: Workflows,
    bell: Bell,
    clock: Clock,
    timing: Timing,
) -> Package:
    """The package, IN_PROCESS or (larger ones, or where the provider only takes it in charge) SENDING.

    Sending again what is SENDING or out already answers the package and submits nothing. Raises WrongState, Unprocessable
    with every problem, ProviderRefused and its like (the package is in DRAFT again), OutcomeUnknown (it stays SENDING).
    """
    package = load(packages, account, package_id)
    if package.status is PackageStatus.SENDING or package.status in OPEN_AT_PROVIDER:
        return package
    if package.status is not PackageStatus.DRAFT:
        raise WrongState(f"The package is {package.status.value}; only a DRAFT can be sent.")
    story = Story(packages, account, package.id, clock)
    small = sum(d.size or 0 for d in package.documents) <= IN_REQUEST
    calls = calls_of_send(package) if small else 0  # the workflow takes its own
    with access.open(account, calls=calls, story=story) as provider:
        ready = _ready(package, documents, provider)
        attempt = uuid.uuid4().hex
        budget = timing.send_budget if small else timing.submit_budget
        sending = _intend(packages, package, ready, attempt=attempt, budget=budget, clock=clock, timing=timing)
        if sending.send_attempt != attempt:
            return sending  # somebody else's Send was faster
        if not small:
            workflows.submit(account, sending.id, attempt=attempt)
            return sending
        submission = Submission(packages, addresses, bell, clock, timing, story=story)
        return submission.run(sending, provider=provider, documents=StagedDocuments(ready, documents))


def _ready(package: Package, documents: DocumentStore, provider: SignatureProvider) -> Package:
    """Looked over, and marked. Raises Unprocessable with every problem."""
    looked = look_over(package, documents, provider)
    if looked.problems:
        raise Unprocessable("The package cannot be sent like this; nothing was sent.", problems=looked.problems)
    return _marked(looked.package, provider)


def _intend(
    packages: PackageStore,
    package: Package,
    ready: Package,
    *,
    attempt: str,
    budget: float,
    clock: Clock,
    timing: Timing,
) -> Package:
    """DRAFT -> SENDING with the attempt's name and deadline; nobody else touches it before that and the grace are over."""
    now = clock.now()
    deadline = now + seconds(budget)

    def decide(current: Package) -> Change | None:
        if current.status is not PackageStatus.DRAFT:
            return None
        if current.version != package.version:
            raise WrongState("The package was changed while it was being sent. Look at it and send again.")
        after = replace(
            ready,
            status=PackageStatus.SENDING,
            status_reason=None,
            attention=None,
            send_attempt=attempt,
            send_deadline=deadline,
            send_tries=0,  # until it has begun
            charge=None,
            verdicts=(),
            updated_at=now,
        )
        told = entry(now, EntryKind.COUPA_CALL, "Coupa asked to send the package; the submission begins.")
        return Change(after, timeline=(told,), refresh_at=deadline + seconds(timing.send_grace))

    return change(packages, package, decide)


def _marked(package: Package, provider: SignatureProvider) -> Package:
    """Which documents will not come back signed: the signed-file gate asks for all others."""
    unsigned = provider.unsigned_documents(package) if isinstance(provider, LeavesUnsigned) else frozenset()
    documents = tuple(replace(d, comes_back=False) if d.id in unsigned else d for d in package.documents)
    return replace(package, documents=documents)
