"""What is measured when a package's move was committed: into which status it came, how long signing took, who is needed."""

from __future__ import annotations

from collections.abc import Mapping

from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.runtime.measures import ATTENTION, PACKAGES, SECONDS_TO_SIGN, Measure
from esign.runtime.observability import measure


def tell_of_moves(before: Package | None, after: Package) -> None:
    """A line for a package in another status, and one for a package that begins to need a person."""
    if before is None or before.status is not after.status:
        _measure({PACKAGES: 1} | _time_to_sign(before, after), after, status=after.status.value)
    code = after.attention.code if after.attention else None
    if code and (before is None or before.attention is None or before.attention.code is not code):
        _measure({ATTENTION: 1}, after, code=code.value)


def _time_to_sign(before: Package | None, after: Package) -> dict[Measure, float]:
    """From Send until everybody had signed, as far as we can see it: at the read that found it."""
    signed = before is not None and before.status is PackageStatus.IN_PROCESS and after.status is PackageStatus.SIGNED
    if not signed or after.sent_at is None:
        return {}
    return {SECONDS_TO_SIGN: round((after.updated_at - after.sent_at).total_seconds(), 1)}


def _measure(values: Mapping[Measure, float], package: Package, **dimensions: str) -> None:
    measure(values, account=package.account, package=package.id, provider=package.provider.name, **dimensions)
