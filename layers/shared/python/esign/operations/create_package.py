"""createPackage: a container in DRAFT, once per external id among the account's open packages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from esign.domain.drafts import NewPackage
from esign.domain.errors import Clash, Problem, Unprocessable
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, new_package_id
from esign.domain.package import Package, ProviderState
from esign.domain.status import PackageStatus
from esign.operations.claim import Claim
from esign.operations.packages import load
from esign.ports import Clock, Created, PackageStore, Providers


@dataclass(frozen=True, slots=True)
class CreatedPackage:
    """`created` False: an open package of the same external id and body was there already."""

    package: Package
    created: bool


def create_package(
    new: NewPackage,
    *,
    account: AccountId,
    provider: str,
    providers: Providers,
    packages: PackageStore,
    clock: Clock,
    claim: Claim | None = None,
) -> CreatedPackage:
    """One write. Raises Unprocessable (options, expiry) and Clash (the external id is open with another body)."""
    now = clock.now()
    problems = list(providers.check_options(provider, new.options))
    if new.expires_at and new.expires_at <= now:
        problems.append(Problem("/expiresAt", "expiry_in_the_past", "expiresAt must lie in the future."))
    if problems:
        raise Unprocessable("The package cannot be created like this.", problems=tuple(problems))
    package = _drafted(new, account, provider, now)
    told = entry(now, EntryKind.COUPA_CALL, "Coupa created the package.")
    outcome = packages.create(package, timeline=(told,), answer=claim.of(package.id) if claim else None)
    if isinstance(outcome, Created):
        if claim:
            claim.kept = True
        return CreatedPackage(outcome.package, created=True)
    existing = load(packages, account, outcome.package)
    if existing.create_hash != new.body_hash:
        raise Clash(
            "An open package has this externalId with another content. Use that package, delete it, or take another id.",
            code="external_id_in_use",
        )
    return CreatedPackage(existing, created=False)


def _drafted(new: NewPackage, account: AccountId, provider: str, now: datetime) -> Package:
    return Package(
        id=new_package_id(now),
        account=account,
        external_id=new.external_id,
        create_hash=new.body_hash,
        name=new.name,
        description=new.description,
        message=new.message,
        language=new.language,
        status=PackageStatus.DRAFT,
        sequential_signing=new.sequential_signing,
        expires_at=new.expires_at,
        reminders=new.reminders,
        metadata=new.metadata,
        provider=ProviderState(name=provider, options=new.options),
        created_at=now,
        updated_at=now,
    )
