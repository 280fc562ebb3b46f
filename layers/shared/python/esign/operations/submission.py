"""The submission of a package that is SENDING: one attempt, its checkpoints, and its outcome.

Design: state-and-delivery, Send. Every write is conditional on this attempt still being the package's: a resumer that
replaced `send_attempt` makes all later writes of an old attempt vanish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from esign.domain.errors import OutcomeUnknown, ProviderError, ProviderUnavailable
from esign.domain.package import Package, Progress, ProviderReference, Verdict
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing
from esign.operations.packages import Change, change
from esign.operations.send_outcomes import accepted, doubted, failed, in_charge, refused
from esign.operations.story import Story
from esign.ports import (
    Absent,
    Bell,
    CallbackAddresses,
    Clock,
    DocumentSource,
    Found,
    PackageStore,
    SignatureProvider,
    TakenInCharge,
    Unknown,
)


def calls_of_send(package: Package) -> int:
    """What a Send takes from the account's budget: create, people, start, each document, and (v4 of Connective needs a
    call for each) every recipient. Rather too much than too little."""
    return 3 + len(package.documents) + len(package.recipients)


class _Overtaken(Exception):
    """Another attempt owns the submission now; this one stops where it is and writes nothing more."""


@dataclass(slots=True)
class _Attempt:
    """The package as this attempt last wrote it."""

    package: Package
    lost: bool = field(default=False)  # somebody else has taken over


@dataclass(frozen=True, slots=True)
class Submission:
    packages: PackageStore
    addresses: CallbackAddresses
    bell: Bell
    clock: Clock
    timing: Timing
    story: Story | None = None  # of the calls that this submission makes

    def run(
        self,
        package: Package,
        *,
        provider: SignatureProvider,
        documents: DocumentSource,
        progress: Progress | None = None,
    ) -> Package:
        """Submit from where `progress` says, by default the package's own. Answers the package IN_PROCESS, or
        SENDING where the provider has only taken it in charge.

        Raises ProviderRefused, ProviderUnavailable… (back in DRAFT) and OutcomeUnknown (stays SENDING with attention).
        """
        url, key = self.addresses.package_url(
            package.provider.name, package.account, package.id, key=package.callback_key
        )
        attempt = _Attempt(package)
        try:
            self._begin(attempt, key)
            if progress is not None and progress != package.provider.progress:
                self._checkpoint(attempt, progress)
            sent = self._send(attempt, provider, documents, url)
        except _Overtaken:
            return attempt.package
        except OutcomeUnknown:
            raise
        except ProviderError as refusal:
            self._back_to_draft(attempt, refusal)
            raise
        if isinstance(sent, TakenInCharge):
            return self.take_charge(attempt.package, sent.receipt)
        return self.accept(attempt.package, sent)

    def _send(
        self, attempt: _Attempt, provider: SignatureProvider, documents: DocumentSource, url: str
    ) -> ProviderReference | TakenInCharge:
        """Send; when a reply is lost, ask the provider, and go on at once where it shows what became of the call.

        A refusal of a later try, in this request or another one, says nothing of the call before it, which may commit
        after our time-out: it counts only once nothing is left at the provider. Raises OutcomeUnknown (noted on the
        package) where nobody can tell.
        """
        for last in (False, True):  # one more try in this request; after that the workflow looks
            try:
                return provider.send(
                    attempt.package,
                    documents,
                    progress=attempt.package.provider.progress,
                    checkpoint=lambda progress: self._checkpoint(attempt, progress),
                    callback_url=url,
                )
            except ProviderError as failure:
                lost = isinstance(failure, OutcomeUnknown)
                if not lost and not last and attempt.package.send_tries <= 1:
                    raise
                found = self._found(attempt, provider)
                if isinstance(found, Found) and found.started:
                    return found.reference
                if isinstance(found, Absent) and not lost:
                    raise
                if last or not lost or not isinstance(found, Found):
                    self.doubt(attempt.package, failure.detail)
                    if lost:
                        raise
                    raise OutcomeUnknown(failure.detail, fault=failure.fault) from failure
                self._checkpoint(attempt, found.progress)
        raise AssertionError("unreachable")

    def accept(self, package: Package, reference: ProviderReference) -> Package:
        """SENDING -> IN_PROCESS, with the event, the first poll and the reference."""
        return self._settle(package, partial(accepted, reference=reference, now=self.clock.now(), timing=self.timing))

    def take_charge(self, package: Package, receipt: str | None) -> Package:
        """The provider says later what became of it; SENDING until then, if it has not done so already."""
        return self._settle(package, partial(in_charge, receipt=receipt, now=self.clock.now(), timing=self.timing))

    def fail(self, package: Package, verdict: Verdict) -> Package:
        """SENDING -> FAILED: the provider had taken it in charge and then refused it."""
        return self._settle(package, partial(failed, verdict=verdict, now=self.clock.now()))

    def doubt(self, package: Package, why: str) -> Package:
        """Nobody knows whether it arrived: SENDING, with attention, looked at again after deadline and grace."""
        return self._settle(package, partial(doubted, why=why, now=self.clock.now(), timing=self.timing))

    def postpone(self, package: Package, until: datetime) -> None:
        """The account's budget is used up: the workflow takes the submission up again at `until`."""
        self._write(_Attempt(package), lambda current: Change(replace(current, send_deadline=until), refresh_at=until))

    def give_up(self, package: Package) -> None:
        """Nothing arrived, and nobody wants it any more or it failed too often: back to DRAFT (or gone)."""
        self._back_to_draft(
            _Attempt(package), ProviderUnavailable("The submission never arrived.", code="send_not_arrived")
        )

    def _found(self, attempt: _Attempt, provider: SignatureProvider) -> Found | Absent | None:
        """The envelope of a lost reply; None: the provider cannot tell. After a lost reply absent is no proof yet: a
        provider may commit after our time-out."""
        try:
            found = provider.find(attempt.package, attempt.package.provider.progress)
        except ProviderError:
            return None
        return None if isinstance(found, Unknown) else found

    def _begin(self, attempt: _Attempt, key: str) -> None:
        """Count the try, and store the name of the key before the provider learns the address: a callback may come at
        once. The last look, too, at whether the submission is still this attempt's."""
        self._keep(attempt, lambda current: replace(current, callback_key=key, send_tries=current.send_tries + 1))

    def _checkpoint(self, attempt: _Attempt, progress: Progress) -> None:
        self._keep(attempt, lambda current: replace(current, provider=replace(current.provider, progress=progress)))

    def _keep(self, attempt: _Attempt, noted: Callable[[Package], Package]) -> None:
        """Write what this attempt needs to know later. Raises _Overtaken, before the provider is asked for more."""
        self._write(attempt, lambda current: Change(noted(current)))
        if attempt.lost:
            raise _Overtaken

    def _back_to_draft(self, attempt: _Attempt, refusal: ProviderError) -> None:
        self._write(attempt, partial(refused, refusal=refusal, now=self.clock.now()))

    def _settle(self, package: Package, decide: Callable[[Package], Change]) -> Package:
        """Write an outcome, and have Coupa told of it."""
        attempt = _Attempt(package)
        self._write(attempt, decide)
        if attempt.package.sequence > package.sequence:
            self.bell.ring(package.account, package.id)
        return attempt.package

    def _write(self, attempt: _Attempt, decide: Callable[[Package], Change]) -> None:
        """Write for this attempt only; `attempt.lost` when it is no longer the package's."""
        own = attempt.package.send_attempt

        def guarded(current: Package) -> Change | None:
            if current.status is not PackageStatus.SENDING or current.send_attempt != own:
                attempt.lost = True
                return None
            return decide(current)

        attempt.package = change(self.packages, attempt.package, guarded, story=self.story)
