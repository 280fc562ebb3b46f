"""The rows of the vendor's database: keys, contracts, signers, attachments. No rules, no HTTP. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

OWNER = "123456:b84aeffd-32e5-4b4b-a012-89bf06cae06e"  # the example's Atlassian user id
PRIVILEGES = frozenset({"get", "search", "create", "archive", "delete"})


@dataclass(frozen=True, slots=True)
class Key:
    """[C] Keys: privileges, not valid before, not valid after, allowed IPs (addresses or ranges; none: any)."""

    secret: str = field(repr=False)
    owner: str = OWNER
    privileges: frozenset[str] = PRIVILEGES
    not_before: datetime | None = None
    not_after: datetime | None = None
    allowed_ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF on a page of Confluence or an issue of Jira; `version` only in Confluence."""

    id: str
    holder: str  # the page's or issue's id
    title: str
    content: bytes = field(repr=False)
    created: datetime
    sha3: str
    version: int | None = None


@dataclass(slots=True)
class Signer:
    """`decision` is signed or rejected."""

    full_name: str
    access_kind: str
    email: str | None
    phone: str | None
    append_macro: bool
    receives_contract: bool
    secret: str = field(repr=False)
    decision: str | None = None
    decided_at: datetime | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    name: str
    email: str
    kinds: frozenset[str]


@dataclass(slots=True)
class Contract:
    id: str
    template_id: str
    collection_id: str
    name: str
    creator: str
    created: datetime
    expires: datetime
    sequential: bool
    signers: list[Signer]
    watchers: list[Watcher]
    archived: datetime | None = None
    finalized: Attachment | None = None
    certificate: Attachment | None = None
    shown_as: str | None = None  # a status that a test wants shown

    def status(self, now: datetime) -> str:
        """contracts/contract-signatures.md §2.3: sent, ongoing, rejected, signed, expired."""
        decisions = [signer.decision for signer in self.signers]
        if "rejected" in decisions:
            return "rejected"
        if None not in decisions:
            return "signed"
        if now >= self.expires:
            return "expired"
        return "ongoing" if "signed" in decisions else "sent"

    def may_decide(self, now: datetime) -> list[Signer]:
        """[C] sequentialSigning: "the invitation email be sent after a previous signer decision"."""
        if self.status(now) not in {"sent", "ongoing"}:
            return []
        undecided = [signer for signer in self.signers if signer.decision is None]
        return undecided[:1] if self.sequential else undecided
