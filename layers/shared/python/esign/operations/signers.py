"""The extra operations on a package that is out for signature: remind, more time, skip, and where a recipient signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from esign.domain.capabilities import Feature
from esign.domain.errors import NotFound, OutcomeUnknown, Problem, ProviderError, Unprocessable
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.poll_plan import next_poll
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing
from esign.operations.packages import Change, change, load, require
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Refresh
from esign.operations.story import Story
from esign.ports import Clock, ExtendsExpiry, PackageStore, Reminds, SignatureProvider, SignsByLink, SkipsSigners


def _unsupported(provider: SignatureProvider, feature: Feature) -> Unprocessable:
    reason = provider.capabilities.why_not(feature) or "this door of the provider has no call for it"
    return Unprocessable(
        f"{provider.capabilities.provider} cannot do {feature.value}: {reason}", code="unsupported_feature"
    )


def _out_for_signature(packages: PackageStore, account: AccountId, package_id: str, *, to: str) -> Package:
    package = load(packages, account, package_id)
    require(package, PackageStatus.IN_PROCESS, to=to)
    return package


def _wished(packages: PackageStore, package: Package, text: str, clock: Clock, *, skip: bool) -> Package:
    def decide(current: Package) -> Change:
        now = clock.now()
        told = entry(now, EntryKind.COUPA_CALL, text)
        return Change(replace(current, skip_requested=skip, updated_at=now), timeline=(told,))

    return change(packages, package, decide)


def remind_recipients(
    account: AccountId, package_id: str, *, packages: PackageStore, access: ProviderAccess, clock: Clock
) -> Package:
    """Raises NotFound, WrongState, Unprocessable `unsupported_feature`, ProviderError."""
    package = _out_for_signature(packages, account, package_id, to="remind its recipients")
    story = Story(packages, account, package.id, clock)
    with access.open(account, calls=1, story=story) as provider:
        if not isinstance(provider, Reminds):
            raise _unsupported(provider, Feature.REMIND)
        provider.remind(package)
        story.tell("Coupa had a reminder sent.", kind=EntryKind.COUPA_CALL)
    return package


def extend_expiry(
    account: AccountId,
    package_id: str,
    until: datetime,
    *,
    packages: PackageStore,
    access: ProviderAccess,
    clock: Clock,
    timing: Timing,
) -> Package:
    """`until` is UTC and in the future. Only while IN_PROCESS: an expired package is a person's decision."""
    package = _out_for_signature(packages, account, package_id, to="give its signers more time")
    if until <= clock.now():
        detail = "expiresAt must lie in the future."
        raise Unprocessable(detail, problems=(Problem("/expiresAt", "expiry_in_the_past", detail),))

    def decide(current: Package) -> Change:
        now = clock.now()
        after = replace(current, expires_at=until, updated_at=now)
        told = entry(now, EntryKind.COUPA_CALL, f"Coupa gave the signers time until {until.isoformat()}.")
        return Change(after, timeline=(told,), refresh_at=next_poll(after, now=now, timing=timing))

    story = Story(packages, account, package.id, clock)
    with access.open(account, calls=1, story=story) as provider:
        if not isinstance(provider, ExtendsExpiry):
            raise _unsupported(provider, Feature.EXTEND_EXPIRY)
        provider.extend_expiry(package, until)
        return change(packages, package, decide, story=story)


def skip_recipients(
    account: AccountId,
    package_id: str,
    *,
    packages: PackageStore,
    access: ProviderAccess,
    refresh: Refresh,
    clock: Clock,
) -> Package:
    """Skip everybody who has not signed; the package then finishes, with fewer signatures than signers."""
    package = _out_for_signature(packages, account, package_id, to="skip its signers")
    story = Story(packages, account, package.id, clock)
    record = access.account(account)
    with access.open(record, calls=2, story=story) as provider:
        if not isinstance(provider, SkipsSigners):
            raise _unsupported(provider, Feature.SKIP_SIGNERS)
        # The wish comes first: a package finished by skipping that nobody asked for raises attention.
        asked = _wished(packages, package, "Coupa asked to skip the remaining signers.", clock, skip=True)
        try:
            provider.skip_signers(asked)
        except OutcomeUnknown:
            raise
        except ProviderError:
            # A wish that came to nothing must not excuse a later skip by somebody else; an earlier one, whose outcome
            # nobody knows, still stands.
            if not package.skip_requested:
                _wished(packages, asked, "The provider refused; the wish is taken back.", clock, skip=False)
            raise
        return refresh.take_over(asked, refresh.snapshot(provider, asked), fast=record.fast_poll, story=story)


def get_signing_url(
    account: AccountId, package_id: str, recipient_id: str, *, packages: PackageStore, access: ProviderAccess
) -> tuple[str, ...]:
    """Where a recipient signs; several for a group, none when it is not their turn."""
    package = _out_for_signature(packages, account, package_id, to="have signing URLs")
    recipient = package.recipient(recipient_id)
    if recipient is None:
        raise NotFound("The package has no such recipient.", code="recipient_not_found")
    with access.open(account, calls=1) as provider:
        if not isinstance(provider, SignsByLink):
            raise _unsupported(provider, Feature.SIGNING_URL)
        return provider.signing_urls(package, recipient.id)
