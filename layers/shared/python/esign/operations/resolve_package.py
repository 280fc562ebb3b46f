"""`esign packages resolve`: a person has looked at the provider and says whether a submission arrived."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol, runtime_checkable

from esign.domain.errors import ProviderNotFound, WrongState
from esign.domain.ids import AccountId
from esign.domain.package import Package, ProviderReference
from esign.domain.poll_plan import untouched_until
from esign.domain.status import PackageStatus
from esign.domain.timing import seconds
from esign.operations.packages import load
from esign.operations.provider_access import ProviderAccess
from esign.operations.submission import Submission
from esign.ports import PackageStore


@runtime_checkable
class ChecksReference(Protocol):
    """A provider that can tell, without any call, that a person has mistaken its ids."""

    def check_reference(self, package: Package, reference: ProviderReference) -> None:
        """Raises Unprocessable where they cannot be the package's."""
        ...


def resolve_package(
    account: AccountId,
    package_id: str,
    *,
    reference: ProviderReference | None,
    packages: PackageStore,
    access: ProviderAccess,
    submission: Submission,
) -> Package:
    """`reference`: the provider's ids of the envelope that arrived; None: it did not arrive, back to DRAFT. What is known
    to be there of it is then taken from the signers first; where that fails, ProviderError, and nothing changed here.

    Raises NotFound, WrongState when the package is not SENDING, or before the submission's deadline and grace are over:
    an attempt in flight, or one that the provider has in charge, would else make an envelope that nobody knows of.
    Raises Unprocessable where the reference cannot be this package's.
    """
    package = load(packages, account, package_id)
    if package.status is not PackageStatus.SENDING:
        raise WrongState(f"Only a package in SENDING can be resolved; this one is {package.status.value}.")
    free_at = untouched_until(package, timing=submission.timing)
    if package.charge and not package.verdicts:
        free_at = max(free_at, package.charge.since + seconds(submission.timing.late_verdict))
    if submission.clock.now() < free_at:
        raise WrongState(f"The submission may still be under way. Wait until {free_at.isoformat()}, then look again.")
    if reference is not None:
        provider = access.unbudgeted(account)
        if isinstance(provider, ChecksReference):
            provider.check_reference(package, reference)
        return submission.accept(package, reference)
    if package.provider.progress:
        with access.open(account, calls=1 + len(package.documents)) as provider, suppress(ProviderNotFound):
            provider.withdraw(package, None)
    submission.give_up(package)
    return load(packages, account, package_id)
