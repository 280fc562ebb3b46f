"""What a provider shows, laid over what we know of a package. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from esign.domain.document import MAX_RECIPIENTS
from esign.domain.newcomers import welcome
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import PackageStatus, RecipientStatus
from esign.domain.transitions import Seen
from esign.domain.wording import many
from esign.ports import RecipientSnapshot, Snapshot


def seen(package: Package, snapshot: Snapshot) -> Seen:
    """A snapshot in our words, as far as it tells. Whom we do not know is left out, unless the provider brought them."""
    shown = {r.recipient: r for r in snapshot.recipients}
    told = f"{package.told_reason} (as the provider's notification told)" if package.told_reason else None
    merged = {r.id: _merged(r, shown[r.id], told) for r in package.recipients if r.id in shown}
    reason = snapshot.reason or (told if snapshot.status is PackageStatus.DECLINED else None)
    found = welcome(package, snapshot.newcomers, taken=shown.keys())
    people = merged | found.known
    return Seen(snapshot.status, snapshot.vendor_status, people, reason, snapshot.expires_at, found.new, found.left_out)


def _merged(recipient: Recipient, shown: RecipientSnapshot, told: str | None) -> Recipient:
    """What a read does not tell (any more) stays as it was; `told` is why somebody refused, where the read does not say."""
    declined = shown.status is RecipientStatus.DECLINED
    return replace(
        recipient,
        status=shown.status or recipient.status,
        signed_at=shown.signed_at or recipient.signed_at,
        signed_with=shown.signed_with or recipient.signed_with,
        acted_by=shown.acted_by or recipient.acted_by,
        decline_reason=shown.decline_reason or recipient.decline_reason or (told if declined else None),
        ip_address=shown.ip_address or recipient.ip_address,
    )


def sentence(before: Package, after: Package, *, left_out: int = 0) -> str:
    """A read's line in the timeline. `left_out`: of those whom the provider brought."""
    shown = f"The provider shows {after.provider.status!r}"
    if after.status is not before.status:
        told = f"{shown}: the package is {after.status.value} (was {before.status.value})."
    else:
        told = f"{shown}: {after.counts.signed} of {many(after.counts.total, 'signer')} signed."
    return " ".join((told, *_newcomers(len(after.recipients) - len(before.recipients), left_out)))


def _newcomers(new: int, left_out: int) -> Iterator[str]:
    if new:
        yield f"Its own process brought {many(new, 'recipient')} whom Coupa had not named."
    if left_out:
        yield f"It shows {left_out} more; a package has {MAX_RECIPIENTS} recipients at most."
