"""The submission of a package that is SENDING: one attempt, its checkpoints, and its four possible outcomes.

Design: state-and-delivery, Send. Every write is conditional on this attempt still being the package's: a resumer that
replaced `send_attempt` makes all later writes of an old attempt vanish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from esign.domain.errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from esign.domain.events import EntryKind, EventType, entry
from esign.domain.package import AttentionNote, Package, Progress, ProviderReference
from esign.domain.recipient import Recipient
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.domain.timing import Timing, seconds
from esign.domain.transitions import event_of, moved
from esign.operations.packages import Change, change
from esign.operations.story import Story
from esign.ports import Bell, CallbackAddresses, Clock, DocumentSource, Found, PackageStore, SignatureProvider

UNKNOWN_STEP = (
    "Ask Get Package in a minute: the connector looks for the envelope at the provider. If this stays, a person looks there "
    "and says `esign packages resolve <id> --reference R` or `--not-sent`."
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
        """Submit from where `progress` says, by default the package's own. Answers the package IN_PROCESS.

        Raises ProviderRefused, ProviderUnavailable… (back in DRAFT) and OutcomeUnknown (stays SENDING with attention).
        """
        url, key = self.addresses.package_url(
            package.provider.name, package.account, package.id, key=package.callback_key
        )
        attempt = _Attempt(package)
        if package.callback_key is None:
            # The key's name is stored before the provider learns the address: a callback may come at once.
            self._write(attempt, lambda current: Change(replace(current, callback_key=key)))
        try:
            if progress is not None and progress != package.provider.progress:
                self._checkpoint(attempt, progress)
            reference = self._send(attempt, provider, documents, url)
        except _Overtaken:
            return attempt.package
        except OutcomeUnknown:
            raise
        except ProviderError as refusal:
            self._back_to_draft(attempt, refusal)
            raise
        return self.accept(attempt.package, reference)

    def _send(
        self, attempt: _Attempt, provider: SignatureProvider, documents: DocumentSource, url: str
    ) -> ProviderReference:
        """Send; when a reply is lost, ask the provider, and go on at once where it shows what became of the call.

        Raises OutcomeUnknown (noted on the package) where it does not.
        """
        for look in (self._found, _no_more):
            try:
                return provider.send(
                    attempt.package,
                    documents,
                    progress=attempt.package.provider.progress,
                    checkpoint=lambda progress: self._checkpoint(attempt, progress),
                    callback_url=url,
                )
            except OutcomeUnknown as lost:
                found = look(attempt, provider)
                if found is None:
                    self.doubt(attempt.package, lost.detail)
                    raise
                if found.started:
                    return found.reference
                self._checkpoint(attempt, found.progress)
        raise AssertionError("unreachable")

    def accept(self, package: Package, reference: ProviderReference) -> Package:
        """SENDING -> IN_PROCESS, with the event, the first poll and the reference."""
        attempt = _Attempt(package)
        now = self.clock.now()

        def decide(current: Package) -> Change:
            out = replace(
                current,
                provider=replace(current.provider, reference=reference),
                recipients=_invited(current.recipients),
                attention=None,
                status_reason="withdrawal_pending" if current.withdrawing else None,
                sent_at=now,
            )
            after = moved(out, PackageStatus.IN_PROCESS, now)
            after, event = event_of(after, EventType.PACKAGE_SENT, previous=current.status, now=now)
            told = entry(now, EntryKind.DECISION, "The provider has the package; it is out for signature.")
            # A withdrawal that was asked for meanwhile is due at once, by the workflow.
            due = now if current.withdrawing else now + seconds(self.timing.poll_plan[0])
            return Change(after, events=(event,), timeline=(told,), refresh_at=due)

        self._write(attempt, decide)
        self.bell.ring(package.account, package.id)
        return attempt.package

    def doubt(self, package: Package, why: str) -> Package:
        """Nobody knows whether it arrived: SENDING, with attention, looked at again after deadline and grace."""
        attempt = _Attempt(package)
        now = self.clock.now()
        note = AttentionNote(Attention.OUTCOME_UNKNOWN, now, UNKNOWN_STEP)
        told = entry(
            now, EntryKind.DECISION, f"Nobody knows whether the package arrived: {why}", code="outcome_unknown"
        )
        deadline = package.send_deadline or now
        due = max(deadline, now) + seconds(self.timing.send_grace)
        self._write(attempt, lambda current: Change(replace(current, attention=note), timeline=(told,), refresh_at=due))
        return attempt.package

    def postpone(self, package: Package, until: datetime) -> None:
        """The account's budget is used up: the workflow takes the submission up again at `until`."""
        self._write(_Attempt(package), lambda current: Change(replace(current, send_deadline=until), refresh_at=until))

    def give_up(self, package: Package) -> None:
        """Nothing arrived, and nobody wants it any more or it failed too often: back to DRAFT (or gone)."""
        self._back_to_draft(
            _Attempt(package), ProviderUnavailable("The submission never arrived.", code="send_not_arrived")
        )

    def _found(self, attempt: _Attempt, provider: SignatureProvider) -> Found | None:
        """The envelope of a lost reply. Absent is no proof yet: a provider may commit after our time-out."""
        try:
            found = provider.find(attempt.package, attempt.package.provider.progress)
        except ProviderError:
            return None
        return found if isinstance(found, Found) else None

    def _checkpoint(self, attempt: _Attempt, progress: Progress) -> None:
        def decide(current: Package) -> Change:
            return Change(replace(current, provider=replace(current.provider, progress=progress)))

        self._write(attempt, decide)
        if attempt.lost:
            raise _Overtaken

    def _back_to_draft(self, attempt: _Attempt, refusal: ProviderError) -> None:
        now = self.clock.now()
        told = entry(
            now, EntryKind.DECISION, f"The submission failed, nothing was sent: {refusal.detail}", code=refusal.kind
        )

        def decide(current: Package) -> Change:
            cancelled = current.withdrawing
            status = PackageStatus.DELETED if cancelled else PackageStatus.DRAFT
            after = replace(
                moved(current, status, now),
                status_reason=None if cancelled else _reason(refusal),
                attention=None,
                send_attempt=None,
                send_deadline=None,
                provider=replace(current.provider, progress={}),
            )
            return Change(after, timeline=(told,), forget_refresh=True)

        self._write(attempt, decide)

    def _write(self, attempt: _Attempt, decide: Callable[[Package], Change]) -> None:
        """Write for this attempt only; `attempt.lost` when it is no longer the package's."""
        own = attempt.package.send_attempt

        def guarded(current: Package) -> Change | None:
            if current.status is not PackageStatus.SENDING or current.send_attempt != own:
                attempt.lost = True
                return None
            return decide(current)

        attempt.package = change(self.packages, attempt.package, guarded, story=self.story)


def _no_more(_attempt: _Attempt, _provider: SignatureProvider) -> Found | None:
    """A second lost reply in one request: enough; the workflow looks again later."""
    return None


def _reason(refusal: ProviderError) -> str:
    """For `statusReason`: our code and, where a provider refused, its own code and words."""
    fault = refusal.fault if isinstance(refusal, ProviderRefused) else None
    words = [refusal.kind, *(part for part in (fault.code, fault.message) if part)] if fault else [refusal.kind]
    return ": ".join(words)


def _invited(recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """Those whose turn it is are SENT, later ones WAITING; the first read corrects what the provider sees differently."""
    first = min((r.signing_order for r in recipients if r.acts), default=1)

    def status(recipient: Recipient) -> RecipientStatus:
        if not recipient.acts:
            return recipient.status
        return RecipientStatus.SENT if recipient.signing_order == first else RecipientStatus.WAITING

    return tuple(replace(r, status=status(r)) for r in recipients)
