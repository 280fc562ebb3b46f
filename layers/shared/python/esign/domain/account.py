"""An account joins one Coupa customer with one provider, and proves itself by a secret that can be changed without a
gap: for a while the new one and the one before are both live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from esign.domain import rotation
from esign.domain.ids import AccountId
from esign.domain.package import Callback


class EvidencePolicy(StrEnum):
    """Whether COMPLETE waits for the provider's audit trail (it can be switched off in a customer's environment)."""

    REQUIRED = "required"
    OPTIONAL = "optional"


ENDS_SOON = timedelta(days=14)  # of credentials whose end is known: from then on a person is told
USE_NOTED_EVERY = timedelta(hours=1)  # so a secret's use costs 24 writes a day at most


@dataclass(frozen=True, slots=True)
class AccountSecret:
    """One Basic secret: its SHA-256 (hex; the secret is 256 random bits, so that is enough), its age, its last use to
    the hour, and when it ends (None: nobody has said), all in UTC."""

    sha256: str
    created_at: datetime
    last_used_at: datetime | None = None
    ends_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at

    def ending(self, at: datetime) -> AccountSecret:
        return replace(self, ends_at=at)

    def wants_note(self, now: datetime) -> bool:
        """Whether its use is worth a write: the last one that was noted is too long ago."""
        return self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What goes by itself. `after_days` after the end: what is personal in the table, and staged documents (None: they
    stay); with it, if `provider_copy`, the provider's own copy. `evidence`: signed files, when their lock has ended."""

    after_days: int | None = None
    provider_copy: bool = False
    evidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`settings` are the provider's parameters, typed in the vendor's folder; credentials live in Secrets Manager."""

    id: AccountId
    name: str
    provider: str
    created_at: datetime
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_version: int = 1
    secrets: tuple[AccountSecret, ...] = ()
    callback: Callback | None = None
    source_hosts: tuple[str, ...] = ()
    evidence: EvidencePolicy = EvidencePolicy.REQUIRED
    retention_mode: str | None = None  # GOVERNANCE or COMPLIANCE; None: the stage's default
    retention_days: int | None = None
    calls_per_minute: int | None = None  # None: the provider's documented budget
    fast_poll: bool = False
    forgetting: Forgetting = Forgetting()
    hold: bool = False  # nothing of any of its packages may be removed
    expect_signatures: bool | None = None  # cryptographic ones in signed PDFs; None: what the provider declares
    enabled: bool = True
    last_callback_at: datetime | None = None
    callback_generation: int = 1  # of the account's own callback address; a new one leaves the former valid
    version: int = 0

    def live_secrets(self, now: datetime) -> tuple[AccountSecret, ...]:
        """At most LIVE_SECRETS, the newest first."""
        return rotation.live(self.secrets, now)

    def rotated(self, new: AccountSecret, *, overlap: timedelta) -> Account:
        """With a new secret; the one before ends `overlap` after the new one's birth. Raises WrongState while another
        rotation is under way."""
        return replace(self, secrets=rotation.rotated(self.secrets, new, now=new.created_at, overlap=overlap))

    def rotation_ended(self, now: datetime) -> Account:
        """With the newest secret alone. Raises WrongState when there is but one."""
        return replace(self, secrets=rotation.ended(self.secrets, now))

    def accepts(self, generation: int) -> bool:
        """Whether a provider may still call an address of this generation: the current one, and the one before."""
        return 0 <= self.callback_generation - generation <= 1
