"""What 410 Gone of a Coupa endpoint changes: the callback that named it is disabled, and a person is told.

Design: state-and-delivery, Delivery. Used by deliver_notifications alone; it must not know how events are delivered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from esign.domain.package import AttentionNote, Callback, Package
from esign.domain.status import Attention
from esign.operations.packages import Change, change
from esign.ports import AccountStore, PackageStore

_STEP = "Set the callback anew, then run `esign notifications replay` for what was missed."


def disable(package: Package, gone: Callback, *, packages: PackageStore, accounts: AccountStore, now: datetime) -> None:
    """Disable `gone`, the account's or the package's. One set anew meanwhile stays. Raises StaleVersion."""
    disabled = replace(gone, disabled_at=now, reason="The endpoint answered 410 Gone.")
    record = accounts.get(package.account)
    if package.callback is None and record and record.callback == gone:
        accounts.save(record, replace(record, callback=disabled))
    change(packages, package, lambda current: Change(_disabled(current, gone, disabled, now)))


def calm(package: Package, *, packages: PackageStore) -> Package:
    """Coupa hears of the package again: nobody has to look."""
    if not _is_disabled(package):
        return package
    return change(
        packages,
        package,
        lambda current: Change(replace(current, attention=None)) if _is_disabled(current) else None,
    )


def _is_disabled(package: Package) -> bool:
    return package.attention is not None and package.attention.code is Attention.DELIVERY_DISABLED


def _disabled(current: Package, gone: Callback, disabled: Callback, now: datetime) -> Package:
    """What a person should look at already is more than this."""
    note = AttentionNote(Attention.DELIVERY_DISABLED, now, _STEP)
    callback = disabled if current.callback == gone else current.callback
    return replace(current, callback=callback, attention=current.attention or note, updated_at=now)
