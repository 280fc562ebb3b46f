"""submit_package: the workflow's Send, for packages too large for one request and for submissions left in the middle.

Design: state-and-delivery, Send. Each run first makes itself the owner (a new `send_attempt`, by condition). A resumer
does so only when nobody can be at work any more, then asks the provider whether the envelope is there, and only then
goes on.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from esign.domain.errors import ProviderError, ProviderNotFound, RateLimited
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.poll_plan import untouched_until
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Next, Step
from esign.operations.staged_documents import StagedDocuments
from esign.operations.story import Story
from esign.operations.submission import Submission, calls_of_send
from esign.ports import (
    Absent,
    Bell,
    CallbackAddresses,
    Clock,
    DocumentSource,
    DocumentStore,
    Found,
    PackageStore,
    SignatureProvider,
    Unknown,
)

TRIES = 3  # submissions of one Send, the first included; then a person looks


def submit_package(
    account: AccountId,
    package_id: PackageId,
    *,
    attempt: str | None,
    packages: PackageStore,
    documents: DocumentStore,
    access: ProviderAccess,
    addresses: CallbackAddresses,
    bell: Bell,
    clock: Clock,
    timing: Timing,
) -> Step:
    """`attempt` names the Send that asked for it; None: resume what was left in the middle. Never raises for what the
    provider says: the package carries it."""
    package = load(packages, account, package_id)
    if package.status is not PackageStatus.SENDING:
        return Step(Next.DONE)
    if package.charge and not package.verdicts:
        return Step(Next.DONE)  # the provider says by itself what became of it
    mine = uuid.uuid4().hex
    package = _owned(packages, package, clock, timing, former=attempt, mine=mine)
    if package.send_attempt != mine:
        return Step(Next.DONE)  # another run has it, or may still be at work
    source = StagedDocuments(package, documents)
    story = Story(packages, account, package_id, clock)
    submission = Submission(packages, addresses, bell, clock, timing, story=story)
    try:
        with access.open(account, calls=calls_of_send(package), story=story) as provider:
            _go_on(package, submission, provider, source, resumed=attempt is None)
    except RateLimited as limited:
        submission.postpone(package, clock.now() + seconds(limited.retry_after or 60))
    except ProviderError:
        pass  # the submission has noted what it means and, where nobody knows, when to look again
    return Step(Next.DONE)


def _owned(
    packages: PackageStore, package: Package, clock: Clock, timing: Timing, *, former: str | None, mine: str
) -> Package:
    """The package under the attempt `mine`, with the whole time for itself; under another one where that has it.

    `former`: the attempt that goes on as `mine`; None: whichever was left in the middle. What a provider has in charge is
    looked at without waiting: that makes nothing there.
    """
    now = clock.now()
    resumed, left = former is None, former or package.send_attempt

    def decide(current: Package) -> Change | None:
        if current.status is not PackageStatus.SENDING or current.send_attempt != left:
            return None
        if resumed and not current.charge and now < untouched_until(current, timing=timing):
            return None
        deadline = now + seconds(timing.submit_budget)
        due = deadline + seconds(timing.send_grace)
        told = entry(now, EntryKind.DECISION, "A submission was left in the middle; the connector takes it up.")
        after = replace(current, send_attempt=mine, send_deadline=deadline)
        return Change(after, timeline=(told,) if resumed else (), refresh_at=due)

    return change(packages, package, decide)


def _removed(package: Package, found: Found, provider: SignatureProvider) -> bool:
    """Whether what is at the provider of it, a draft or one part of several, is gone: a part might be signed."""
    known = replace(package.provider, reference=found.reference, progress=found.progress)
    try:
        provider.withdraw(replace(package, provider=known), None)
    except ProviderError as failure:
        return isinstance(failure, ProviderNotFound)
    return True


def _found(package: Package, provider: SignatureProvider) -> Found | Absent | Unknown:
    """What the provider shows; a look that fails tells no more than a provider that cannot say. Raises RateLimited."""
    try:
        return provider.find(package, package.provider.progress)
    except RateLimited:
        raise
    except ProviderError as failure:
        return Unknown(failure.detail)


def _go_on(
    package: Package, submission: Submission, provider: SignatureProvider, source: DocumentSource, *, resumed: bool
) -> None:
    if not resumed:
        submission.run(package, provider=provider, documents=source)
        return
    if package.verdicts and package.charge is None:
        submission.take_charge(package, None)  # said while the attempt was under way that has ended without a word
        return
    found = _found(package, provider)
    if isinstance(found, Found) and found.started:
        submission.accept(package, found.reference)
    elif isinstance(found, Unknown):
        submission.doubt(package, found.why)
    elif package.verdicts:
        submission.fail(package, package.verdicts[-1])  # there is one of this name, and it is not ours
    elif package.withdrawing or package.send_tries >= TRIES:
        if isinstance(found, Found) and not _removed(package, found, provider):
            submission.doubt(package, "it was not sent as a whole, and a part of it could not be removed")
            return
        submission.give_up(package)
    else:
        progress = found.progress if isinstance(found, Found) else {}
        submission.run(package, provider=provider, documents=source, progress=progress)
