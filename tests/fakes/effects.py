"""Effects that only remember that they were asked for."""

from __future__ import annotations

from esign.domain.ids import AccountId, PackageId


class RecordingBell:
    """Port `Bell`. `rung` lists (account, package)."""

    def __init__(self) -> None:
        self.rung: list[tuple[AccountId, PackageId]] = []

    def ring(self, account: AccountId, package: PackageId) -> None:
        self.rung.append((account, package))


class RecordingWorkflows:
    """Port `Workflows`. Each execution once, by name, in the order of the first start: name → (account, package)."""

    def __init__(self) -> None:
        self.started: dict[str, tuple[AccountId, PackageId]] = {}

    def refresh(self, account: AccountId, package: PackageId, *, wanted: int, remind: bool = False) -> None:
        name = f"{package}-{wanted}-remind" if remind else f"{package}-{wanted}"
        self.started.setdefault(name, (account, package))

    def submit(self, account: AccountId, package: PackageId, *, attempt: str) -> None:
        self.started.setdefault(f"{package}-submit-{attempt}", (account, package))

    def retain(self, account: AccountId, package: PackageId, *, due: int) -> None:
        self.started.setdefault(f"{package}-retain-{due}", (account, package))
