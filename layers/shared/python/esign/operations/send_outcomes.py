"""What becomes of a package that is SENDING, outcome by outcome: pure decisions, written by whoever learns of one.

Design: state-and-delivery, Send. Each takes the package as it is and answers the change; `now` is UTC.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from esign.domain.errors import ProviderError, ProviderRefused
from esign.domain.events import EntryKind, EventType, entry
from esign.domain.package import AttentionNote, Charge, Package, ProviderReference, Verdict, VerdictKind
from esign.domain.poll_plan import next_look
from esign.domain.recipient import Recipient
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.domain.timing import Timing, seconds
from esign.domain.transitions import event_of, moved
from esign.operations.packages import Change

UNKNOWN_STEP = (
    "Ask Get Package in a minute: the connector looks for the envelope at the provider. If this stays, a person looks there "
    "and says `esign packages resolve <id> --reference R` or `--not-sent`."
)
_KEPT = 5  # verdicts that came early: one per request of this Send, and a Send makes few


def accepted(package: Package, reference: ProviderReference, *, now: datetime, timing: Timing) -> Change:
    """SENDING -> IN_PROCESS, with the event, the first poll and the reference."""
    out = replace(
        package,
        provider=replace(package.provider, reference=reference),
        recipients=_invited(package.recipients),
        attention=None,
        status_reason="withdrawal_pending" if package.withdrawing else None,
        sent_at=now,
        charge=None,
        verdicts=(),
    )
    after = moved(out, PackageStatus.IN_PROCESS, now)
    after, event = event_of(after, EventType.PACKAGE_SENT, previous=package.status, now=now)
    told = entry(now, EntryKind.DECISION, "The provider has the package; it is out for signature.")
    # A withdrawal that was asked for meanwhile is due at once, by the workflow.
    due = now if package.withdrawing else now + seconds(timing.poll_plan[0])
    return Change(after, events=(event,), timeline=(told,), refresh_at=due)


def refused(package: Package, refusal: ProviderError, *, now: datetime) -> Change:
    """Nothing was made: SENDING -> DRAFT with the reason, without an event; or gone, where nobody wants it any more."""
    told = entry(
        now, EntryKind.DECISION, f"The submission failed, nothing was sent: {refusal.detail}", code=refusal.kind
    )
    status = PackageStatus.DELETED if package.withdrawing else PackageStatus.DRAFT
    after = replace(
        moved(package, status, now),
        status_reason=None if package.withdrawing else _reason(refusal),
        attention=None,
        send_attempt=None,
        send_deadline=None,
        charge=None,
        verdicts=(),
        provider=replace(package.provider, progress={}),
    )
    return Change(after, timeline=(told,), forget_refresh=True)


def doubted(package: Package, why: str, *, now: datetime, timing: Timing) -> Change:
    """Nobody knows whether it arrived: SENDING, with attention since the first doubt, and looked at again; unless the
    provider has said by itself what became of it.

    The attempt that doubts has ended, so its deadline is now: after the grace a person may decide.
    """
    if package.verdicts and package.charge is None:
        return in_charge(package, None, now=now, timing=timing)
    note = _doubt(package) or AttentionNote(Attention.OUTCOME_UNKNOWN, now, UNKNOWN_STEP)
    told = entry(now, EntryKind.DECISION, f"Nobody knows whether the package arrived: {why}", code="outcome_unknown")
    due = next_look(note.since, now=now, timing=timing)
    return Change(replace(package, attention=note, send_deadline=now), timeline=(told,), refresh_at=due)


def in_charge(package: Package, receipt: str | None, *, now: datetime, timing: Timing) -> Change:
    """The provider says later what became of it: SENDING, until it does; perhaps it has done so already."""
    charge = Charge(now, receipt)
    early = [verdict for verdict in package.verdicts if verdict.answers(charge)]
    waiting = replace(package, charge=charge, verdicts=(), attention=None, updated_at=now)
    if early:
        return judged(waiting, early[-1], now=now, timing=timing)
    told = entry(now, EntryKind.DECISION, "The provider took the package in charge; it will say what became of it.")
    return Change(waiting, timeline=(told,), refresh_at=now + seconds(timing.late_verdict))


def heard(package: Package, verdict: Verdict, *, now: datetime, timing: Timing) -> Change | None:
    """What a provider's verdict changes; None: nothing, since it is settled, said twice, or said of another request.

    While the call that submits is under way its receipt is not known yet: then the verdict is kept beside it.
    """
    if package.status is not PackageStatus.SENDING or verdict in package.verdicts:
        return None
    if package.charge is None and not _doubt(package):
        told = entry(now, EntryKind.CALLBACK, "The provider's verdict came before its reply; it is kept.")
        return Change(replace(package, verdicts=(*package.verdicts, verdict)[-_KEPT:]), timeline=(told,))
    charge = package.charge or Charge(now)
    if not verdict.answers(charge):
        return None
    return judged(replace(package, charge=charge), verdict, now=now, timing=timing)


def judged(package: Package, verdict: Verdict, *, now: datetime, timing: Timing) -> Change:
    """The provider's verdict on this very submission. EXISTS is left to the workflow, which reads the provider."""
    match verdict.kind:
        case VerdictKind.ACCEPTED:
            return accepted(package, verdict.reference, now=now, timing=timing)
        case VerdictKind.REFUSED:
            return failed(package, verdict, now=now)
        case VerdictKind.EXISTS:
            told = entry(now, EntryKind.CALLBACK, "The provider has an envelope of this name; the connector reads it.")
            return Change(replace(package, verdicts=(verdict,)), timeline=(told,), refresh_at=now)


def failed(package: Package, verdict: Verdict, *, now: datetime) -> Change:
    """SENDING -> FAILED: the provider had taken it in charge and then refused it."""
    refusal = ProviderRefused("the provider refused what it had taken in charge", code=verdict.code)
    if package.withdrawing:
        return refused(package, refusal, now=now)
    reason = ": ".join(filter(None, (ProviderRefused.code, verdict.code)))
    told = entry(now, EntryKind.DECISION, f"The submission failed: {refusal.detail}.", code=verdict.code)
    after = moved(replace(package, attention=None, charge=None, verdicts=()), PackageStatus.FAILED, now)
    after = replace(after, status_reason=reason)
    after, event = event_of(after, EventType.PACKAGE_FAILED, previous=package.status, now=now, reason=reason)
    return Change(after, events=(event,), timeline=(told,), forget_refresh=True)


def _doubt(package: Package) -> AttentionNote | None:
    note = package.attention
    return note if note and note.code is Attention.OUTCOME_UNKNOWN else None


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
