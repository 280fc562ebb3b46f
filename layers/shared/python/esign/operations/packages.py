"""Loading a package for an operation, and changing it when others may change it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from esign.domain.errors import NotFound, Problem, StaleVersion, Unprocessable, WrongState
from esign.domain.events import Event, TimelineEntry
from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.domain.package import Package, PackageHead
from esign.domain.status import PackageStatus
from esign.operations.claim import Claim
from esign.operations.story import Story
from esign.ports import PackageStore

TRIES = 3  # a transaction cancelled by somebody else's change: reload and decide anew


def load(packages: PackageStore, account: AccountId, package_id: str) -> Package:
    """The account's package. NotFound for unknown ids, malformed ids and other tenants' packages alike."""
    package = packages.get(account, PackageId(package_id)) if is_package_id(package_id) else None
    if package is None:
        raise NotFound("No such package.", code="package_not_found")
    return package


def load_head(packages: PackageStore, account: AccountId, package_id: str) -> PackageHead:
    head = packages.head(account, PackageId(package_id)) if is_package_id(package_id) else None
    if head is None:
        raise NotFound("No such package.", code="package_not_found")
    return head


def require(package: PackageHead, *allowed: PackageStatus, to: str) -> None:
    """Raises WrongState unless the package is in one of the allowed statuses; `to` says what was wanted."""
    if package.status not in allowed:
        names = " or ".join(status.value for status in allowed)
        raise WrongState(f"To {to}, the package must be {names}; it is {package.status.value}.")


def refuse_repeated(external_ids: Sequence[str | None], *, pointer: str) -> None:
    """Raises Unprocessable when one request names an external id twice; `pointer` is that of the list."""
    given = [identifier for identifier in external_ids if identifier is not None]
    repeated = {identifier for identifier in given if given.count(identifier) > 1}
    problems = tuple(
        Problem(f"{pointer}/{index}/externalId", "repeated_external_id", "The request names this externalId twice.")
        for index, identifier in enumerate(external_ids)
        if identifier in repeated
    )
    if problems:
        raise Unprocessable("An externalId stands for one item only; nothing was added.", problems=problems)


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision makes of a package: the new state, and what goes into the same transaction."""

    after: Package
    events: Sequence[Event] = ()
    timeline: Sequence[TimelineEntry] = ()
    refresh_at: datetime | None = None
    forget_refresh: bool = False
    made: Sequence[str] = ()  # ids that the caller is answered


def change(
    packages: PackageStore,
    package: Package,
    decide: Callable[[Package], Change | None],
    *,
    story: Story | None = None,
    claim: Claim | None = None,
) -> Package:
    """Write what `decide` makes of the package; when somebody was faster, load it again and decide anew.

    None: there is nothing (more) to do; the package is answered as it is. The lines of `story` and the answer under the
    caller's key go into the same transaction. Raises StaleVersion after three tries.
    """
    for attempt in range(1, TRIES + 1):
        decided = decide(package)
        if decided is None:
            return package
        try:
            changed = packages.commit(
                package,
                decided.after,
                events=decided.events,
                timeline=(*(story.riding() if story else ()), *decided.timeline),
                refresh_at=decided.refresh_at,
                forget_refresh=decided.forget_refresh,
                answer=claim.of(package.id, decided.made) if claim else None,
            )
        except StaleVersion:
            if attempt == TRIES:
                raise
            package = load(packages, package.account, package.id)
        else:
            if story:
                story.lines.clear()
            if claim:
                claim.kept = True
            return changed
    raise AssertionError("unreachable")
