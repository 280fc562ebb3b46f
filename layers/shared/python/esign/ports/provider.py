"""A signature provider: what each can do, what it shows and answers, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.document import FileKind
from esign.domain.errors import Problem
from esign.domain.ids import AccountId, DocumentId, RecipientId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.recipient import Recipient
from esign.domain.status import PackageStatus, RecipientStatus


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """What a cheap authenticated call proved. `remarks` are sentences for the administrator (evidence switched off…)."""

    description: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipientSnapshot:
    """One recipient as the provider shows it; `status` None: the vendor's word is unknown to us."""

    recipient: RecipientId
    status: RecipientStatus | None
    signed_at: datetime | None = None
    signed_with: str | None = None
    acted_by: str | None = None
    decline_reason: str | None = None
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A package as the provider shows it now. `status` None: the vendor's word is unknown; SIGNED: all is signed.

    Providers never say COMPLETE: that is ours, when the files are stored. `reason` is what a person typed. `newcomers` are
    people of the provider's own process who are no recipients yet: as they are now, `met`, and without an id of ours.
    """

    status: PackageStatus | None
    vendor_status: str
    recipients: tuple[RecipientSnapshot, ...] = ()
    reason: str | None = None
    expires_at: datetime | None = None
    newcomers: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderNotice:
    """What a provider says by itself of a package. `told` and `code` are ours, for the timeline.

    `reason`: what a person typed who refused; kept, and believed once a read shows the refusal. `people`: the recipients,
    only of a provider whose reads show nobody.
    """

    told: str
    code: str
    reason: str | None = None
    people: Callable[[Package], Sequence[RecipientSnapshot]] | None = None


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file to fetch. `open()` streams its bytes once; `digest` is (algorithm, hex) where the provider gives one."""

    kind: FileKind
    name: str
    content_type: str
    open: Callable[[], AbstractContextManager[Iterator[bytes]]]
    document: DocumentId | None = None
    digest: tuple[str, str] | None = None
    optional: bool = False  # evidence that the account's policy may do without


@dataclass(frozen=True, slots=True)
class TakenInCharge:
    """The provider has the package and says later, by itself, whether there is an envelope (`settle_submission`).

    Nothing is asked of the envelope before. `receipt` names the request in what it will say, where it gave it a name.
    """

    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The envelope is there: a lost reply was a success."""

    reference: ProviderReference
    started: bool  # False: it is there, but not out for signature yet; `send` may go on from `progress`
    progress: Progress


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider certainly has no envelope of this package."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider cannot tell; a person has to."""

    why: str


class NotShown(Exception):
    """The bytes of a document are not shown to this caller: it judges what can be judged without them."""


class DocumentSource(Protocol):
    """The bytes of a package's documents, fetched from the document store when asked for."""

    def open(self, document: DocumentId) -> AbstractContextManager[BinaryIO]:
        """A seekable file on local disk; never the whole document in memory. Raises NotFound; NotShown where a check
        has to do without."""
        ...


class SignatureProvider(Protocol):
    """A signing service, for one account and one invocation (it knows its deadline).

    Errors: those of `esign.domain.errors` under ProviderError. All but OutcomeUnknown promise that nothing changed.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:
        """Every reason why this provider could not take the package, beyond what its capabilities already say."""
        ...

    def verify(self) -> ProviderIdentity:
        """One cheap authenticated call."""
        ...

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,
        checkpoint: Callable[[Progress], None],
        callback_url: str | None,
    ) -> ProviderReference | TakenInCharge:
        """Submit the package, from where `progress` says; `checkpoint` saves it (at most 8 KB) after each step."""
        ...

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        """After a lost reply: did it arrive?"""
        ...

    def read(self, package: Package) -> Snapshot:
        """Package and recipient states by `package.provider.reference`. ProviderNotFound: the envelope is gone."""
        ...

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        """Signed documents and evidence, streamed. ProviderConflict: not ready yet."""
        ...

    def withdraw(self, package: Package, reason: str | None) -> None:
        """Make it impossible to sign. ProviderConflict: its state does not allow that (read it again)."""
        ...


class ProviderCall(Protocol):
    """One HTTP call to a provider as it may be told: a redacted path, no query value, header or body.

    `status` None: no answer came; `failure` names what broke it off (a class).
    """

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def milliseconds(self) -> int: ...
    @property
    def failure(self) -> str | None: ...


class Providers(Protocol):
    """Opens the signing service of an account, for this invocation (deadline and credentials come with it)."""

    def open(self, account: Account, *, observe: Callable[[ProviderCall], None] | None = None) -> SignatureProvider:
        """`observe` hears of every call when it has ended, those that failed included."""
        ...

    def capabilities(self, account: Account) -> Capabilities:
        """Without any call and without the vendor's client."""
        ...

    def credentials_end(self, account: Account) -> datetime | None:
        """Until when the account's credentials are valid (UTC), as its settings say; None: they do not. Without any call.
        Raises Unprocessable (settings)."""
        ...

    def check_options(self, provider: str, options: Mapping[str, Any]) -> tuple[Problem, ...]:
        """What is wrong with a package's `provider.options`; pointers start at /provider/options."""
        ...


class CallBudget(Protocol):
    """How often an account may call its provider, over all running environments."""

    def take(self, account: AccountId, *, calls: int, per_minute: int, now: datetime) -> float:
        """0.0 when granted, else the seconds to wait; nothing is taken then."""
        ...
