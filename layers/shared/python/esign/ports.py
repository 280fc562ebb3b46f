"""What the operations need from the world, as Protocols. No library is known here.

All times are timezone-aware UTC. Everything is addressed by {account, package}: nothing is ever looked up by a package
id alone, so no implementation can answer with another tenant's paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, Protocol, runtime_checkable

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.document import FileKind, SignatureObservation, Upload
from esign.domain.errors import Problem
from esign.domain.events import DeadLetter, Event, TimelineEntry
from esign.domain.ids import AccountId, DocumentId, EndpointId, PackageId, RecipientId
from esign.domain.package import Callback, Package, PackageHead, Progress, ProviderReference
from esign.domain.status import PackageStatus, RecipientStatus


class Clock(Protocol):
    """Time of day, UTC, and the one way to wait."""

    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...


# ---------------------------------------------------------------------------------------------------- provider port


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

    Providers never say COMPLETE: that is ours, when the files are stored. `reason` is what a person typed.
    """

    status: PackageStatus | None
    vendor_status: str
    recipients: tuple[RecipientSnapshot, ...] = ()
    reason: str | None = None
    expires_at: datetime | None = None


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


@runtime_checkable
class Reminds(Protocol):
    def remind(self, package: Package) -> None:
        """Send those who have not signed another notification."""
        ...


@runtime_checkable
class ExtendsExpiry(Protocol):
    def extend_expiry(self, package: Package, until: datetime) -> None: ...


@runtime_checkable
class SkipsSigners(Protocol):
    def skip_signers(self, package: Package) -> None:
        """Skip everybody who has not signed yet; the package then finishes."""
        ...


@runtime_checkable
class SignsByLink(Protocol):
    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        """Where the recipient signs; several for a group, one per member. Empty: none at the moment."""
        ...


@runtime_checkable
class LeavesUnsigned(Protocol):
    def unsigned_documents(self, package: Package) -> frozenset[DocumentId]:
        """Documents that go along but do not come back signed, such as the PDF that shows an XML document."""
        ...


@runtime_checkable
class RemovesCopy(Protocol):
    def remove_copy(self, package: Package) -> None:
        """Remove the provider's own copy of what has ended there; one that is gone is no error. ProviderConflict: the
        provider keeps it in its present state."""
        ...


@runtime_checkable
class PutsAway(Protocol):
    def put_away(self, package: Package) -> None:
        """Coupa archived a package that has ended: do at the provider what the account asks for. Doing it again, or of
        one that is gone, is no error."""
        ...


@dataclass(frozen=True, slots=True)
class ListedEnvelope:
    """One line of the provider's own list."""

    reference: ProviderReference
    external_reference: str | None
    vendor_status: str
    status: PackageStatus | None


@runtime_checkable
class Lists(Protocol):
    def list_envelopes(
        self, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[ListedEnvelope, ...], str | None]:
        """The provider's own envelopes, oldest first, and the cursor of the next page (None: the end)."""
        ...


# ---------------------------------------------------------------------------------------------------- package store


@dataclass(frozen=True, slots=True)
class Created:
    package: Package


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """An open package of this account has the external id."""

    package: PackageId


@dataclass(frozen=True, slots=True)
class Wake:
    """The answer to a wake-up: which one it is, and whether a refresh is at work already and will see it."""

    wanted: int
    leased: bool


@dataclass(frozen=True, slots=True)
class RefreshLease:
    """The right to refresh one package until `until`; `wanted` is what this run answers."""

    account: AccountId
    package: PackageId
    owner: str
    wanted: int
    until: datetime
    last_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLease:
    """The right to deliver one package's events until `until`.

    `cursor` is the sequence of the last that is done with; `replays` are earlier ones that were asked for again, in
    order. Of the next event: how often it was tried in vain (`attempts`) or refused (`rejections`). `failing_since`:
    nothing of this package reached its endpoint since then.
    """

    account: AccountId
    package: PackageId
    owner: str
    cursor: int
    attempts: int
    until: datetime
    rejections: int = 0
    failing_since: datetime | None = None
    replays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """A package's next event has to wait until `until`.

    With an `endpoint` it stands in that endpoint's line, and whoever finds the endpoint well may take it earlier.
    Without one nobody tries earlier, whatever rings. The rest is what the next lease tells.
    """

    until: datetime
    attempts: int = 0
    rejections: int = 0
    failing_since: datetime | None = None
    endpoint: EndpointId | None = None


ENDPOINT_PLACES = 5  # calls to one endpoint at the same time, over all running environments


@dataclass(frozen=True, slots=True)
class Place:
    """The right to call an endpoint until `until`; `failures` in a row, of all packages, came before."""

    account: AccountId
    endpoint: EndpointId
    owner: str
    number: int
    until: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Closed:
    """An endpoint that must not be called now: it rests `paused_until`, or (None) as many calls as may be are under way."""

    paused_until: datetime | None


class DueKind(StrEnum):
    REFRESH = "REFRESH"
    DELIVERY = "DELIVERY"
    RETENTION = "RETENTION"


@dataclass(frozen=True, slots=True)
class Due:
    """A line of the sparse index: this package's refresh, delivery or retention was due at `due_at`."""

    account: AccountId
    package: PackageId
    kind: DueKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshState:
    """Where a package's refresh stands: `busy` while somebody has its lease, or a wake-up waits for one."""

    due_at: datetime | None
    read_at: datetime | None
    busy: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How far Coupa was told of a package: whether events still wait, and how many became dead letters."""

    waiting: bool = False
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list of an account's packages, newest first."""

    status: PackageStatus | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    limit: int = 50
    cursor: str | None = None
    attention: bool = False  # only those that a person should look at


class PackageStore(Protocol):
    """The table. Every write is guarded by a condition and repeated safely by its own operation id.

    Errors: StaleVersion (reload and decide anew), StoreUnavailable.
    """

    def create(self, package: Package, *, timeline: Sequence[TimelineEntry] = ()) -> Created | AlreadyOpen:
        """One transaction: the package and the pointer of its external id (`revision` comes from a closed forerunner)."""
        ...

    def get(self, account: AccountId, package: PackageId) -> Package | None:
        """One consistent query."""
        ...

    def head(self, account: AccountId, package: PackageId) -> PackageHead | None:
        """One consistent item read."""
        ...

    def by_reference(self, account: AccountId, provider: str, reference: str) -> PackageId | None:
        """The package whose provider reference begins with this id: for providers that send nothing but their own."""
        ...

    def commit(
        self,
        before: Package,
        after: Package,
        *,
        events: Sequence[Event] = (),
        timeline: Sequence[TimelineEntry] = (),
        refresh_at: datetime | None = None,
        forget_refresh: bool = False,
    ) -> Package:
        """Write what differs between `before` and `after`, with events and timeline, in one transaction. A package that
        closes is due for retention a day later; one that opens again is not.

        Guarded by `before.version`; answers `after` with its new version. `refresh_at` (re)schedules the next provider
        read, `forget_refresh` takes the package out of the sweep. Events also make the delivery due. Raises StaleVersion.
        """
        ...

    def wake(self, account: AccountId, package: PackageId, *, now: datetime) -> Wake: ...

    def lease_refresh(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> RefreshLease | None:
        """None: somebody else has it."""
        ...

    def settle_refresh(
        self, lease: RefreshLease, *, read_at: datetime | None, next_due_at: datetime | None, force: bool = False
    ) -> bool:
        """Give the lease back and set the next date; False when a wake-up came meanwhile (the lease is then still held).

        `force` gives it back all the same and leaves the package due at once.
        """
        ...

    def lease_delivery(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> DeliveryLease | None:
        """None: nothing was ever to deliver, somebody else has it, or it waits and not for its endpoint."""
        ...

    def events_after(
        self, account: AccountId, package: PackageId, sequence: int, *, limit: int = 100
    ) -> tuple[Event, ...]: ...

    def advance_delivery(
        self,
        lease: DeliveryLease,
        *,
        sequence: int,
        letter: DeadLetter | None = None,
        failing_since: datetime | None = None,
    ) -> DeliveryLease:
        """This event is done with: delivered, not wanted, or given up (then `letter` is kept); the counts start anew.

        A replayed event that was delivered takes its dead letter away. Raises StaleVersion when the lease is lost.
        """
        ...

    def settle_delivery(self, lease: DeliveryLease, *, wait: Wait | None = None) -> bool:
        """Give the lease back; None: nothing waits. False when something came meanwhile (then due at once)."""
        ...

    def replay_delivery(
        self, account: AccountId, package: PackageId, sequences: Sequence[int], *, now: datetime
    ) -> tuple[int, ...]:
        """Have these events delivered once more, before anything later, from now on. Answers those that will be: what
        still waits for its first turn comes anyway."""
        ...

    def in_line(self, account: AccountId, endpoint: EndpointId, *, limit: int = 10) -> tuple[PackageId, ...]:
        """Packages that wait for an endpoint, those first that wait longest. May follow the truth by moments."""
        ...

    def enter_endpoint(
        self, account: AccountId, endpoint: EndpointId, *, owner: str, now: datetime, until: datetime
    ) -> Place | Closed:
        """One of ENDPOINT_PLACES; of one that failed, once its pause is over, the only one."""
        ...

    def leave_endpoint(
        self, place: Place, *, failures: int | None = None, paused_until: datetime | None = None
    ) -> None:
        """`failures` in a row now, 0: it is well, and its pause is over; None: nothing was learned. With `failures`, it
        rests `paused_until`. A place that was lost teaches nothing."""
        ...

    def dead_letters(
        self, account: AccountId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[DeadLetter, ...], str | None]:
        """Of all the account's packages, oldest first. May follow the truth by moments. Raises MalformedRequest for a
        cursor that is none."""
        ...

    def due(
        self, shard: int, *, before: datetime, limit: int = 100, cursor: str | None = None
    ) -> tuple[tuple[Due, ...], str | None]: ...

    def defer(self, due: Due, *, to: datetime) -> bool:
        """Move a due line to a later slot, if nobody moved it meanwhile."""
        ...

    def take_shard(self, shard: int, *, owner: str, now: datetime, until: datetime) -> bool:
        """One sweeper at a time has a shard; False: another one, until it leaves or its time is over."""
        ...

    def leave_shard(self, shard: int, *, owner: str) -> None: ...

    def refresh_state(self, account: AccountId, package: PackageId, *, now: datetime) -> RefreshState | None:
        """One consistent item read; None: the package has no refresh."""
        ...

    def settle_poll(self, due: Due, *, now: datetime, read_at: datetime | None, next_due_at: datetime | None) -> bool:
        """The next date of a line that was read without a lease; False when it moved, or somebody woke or took it."""
        ...

    def schedule_retention(self, account: AccountId, package: PackageId, *, at: datetime | None) -> None:
        """When to look again at what has to go; None: never. Unconditional: whoever looks decides by the package."""
        ...

    def told(self, account: AccountId, package: PackageId) -> Told: ...

    def forget_reasons(self, account: AccountId, package: PackageId) -> None:
        """Take what people typed out of the package's events; they can still be delivered. Doing it again is no error."""
        ...

    def subjects(self, account: AccountId, subject: str) -> tuple[PackageId, ...]:
        """The packages that name a person, or keep evidence that may, by `subject_hash`, oldest first. Perhaps one too
        many: look at the package."""
        ...

    def append_timeline(self, account: AccountId, package: PackageId, entries: Sequence[TimelineEntry]) -> None: ...

    def timeline(
        self, account: AccountId, package: PackageId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[TimelineEntry, ...], str | None]: ...

    def listing(self, account: AccountId, query: Listing) -> tuple[tuple[PackageHead, ...], str | None]: ...


SHARDS = 10  # of index `due`


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


# ---------------------------------------------------------------------------------------------------- idempotency


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first request under a key was answered, without its body: links in one expire, and states move on.

    `package` None: the answer was about the account; `made` are the ids of the documents or recipients it added.
    """

    status: int
    package: PackageId | None = None
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of an Idempotency-Key, until `until` (UTC): `request` is the hash of what was asked, `owner` names the
    invocation at work. Without `answer` it is under way, or broke down and ends by itself."""

    request: str
    owner: str
    until: datetime
    answer: FirstAnswer | None = None


class IdempotencyKeys(Protocol):
    """The keys of each account. A key that was used until now is free again."""

    def claim(self, account: AccountId, key: str, use: KeyUse, *, now: datetime) -> KeyUse | None:
        """None: the key is `use.owner`'s now. Else the use that stands there, and nothing was written."""
        ...

    def settle(self, account: AccountId, key: str, use: KeyUse) -> bool:
        """Keep the owner's answer until `use.until`. False: the claim is no longer theirs."""
        ...

    def release(self, account: AccountId, key: str, *, owner: str) -> None:
        """Forget the owner's claim; somebody else's stays."""
        ...


# ---------------------------------------------------------------------------------------------------- accounts


class AccountStore(Protocol):
    """Accounts, their settings, and their provider credentials (cached 300 s, dropped when a provider refuses them)."""

    def get(self, account: AccountId) -> Account | None: ...
    def add(self, account: Account, credentials: Mapping[str, str]) -> None:
        """Credentials first, then the account. Raises Clash when the id is taken."""
        ...

    def save(self, before: Account, after: Account) -> Account:
        """Guarded by `before.version`. Raises StaleVersion."""
        ...

    def list(self) -> Iterator[Account]: ...
    def credentials(self, account: AccountId) -> Mapping[str, str]: ...
    def replace_credentials(self, account: AccountId, credentials: Mapping[str, str]) -> None: ...
    def forget_credentials(self, account: AccountId) -> None:
        """Drop the cached ones: the provider refused them."""
        ...

    def notification_secrets(self, account: AccountId) -> Mapping[str, Any]:
        """How to sign and authenticate notifications to Coupa: {webhookSecrets: [whsec_…], basic?: {username,
        password}, oauth2?: {tokenUrl, clientId, clientSecret, scope?}}."""
        ...

    def replace_notification_secrets(self, account: AccountId, secrets: Mapping[str, Any]) -> None: ...
    def note_callback(self, account: AccountId, *, at: datetime) -> None:
        """Remember when a provider last called for this account."""
        ...


# ---------------------------------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class StagedObject:
    """What lies in the document store under a key: size in bytes, hex SHA-256, and the first bytes."""

    size: int
    sha256: str | None
    first_bytes: bytes


class DocumentStore(Protocol):
    """Staged documents at `<account>/<package>/…`, until retention ends."""

    def put(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> None: ...
    def presign_upload(self, key: str, *, size: int, sha256: str, content_type: str, now: datetime) -> Upload: ...
    def inspect(self, key: str) -> StagedObject | None: ...
    def fetch(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A seekable file on local disk. Raises NotFound."""
        ...

    def remove(self, keys: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class KeptCallback:
    """A call of a provider that was kept: where, and when it came (UTC)."""

    key: str
    at: datetime


class RawCallbacks(Protocol):
    """What providers called with, for 30 days: allowed headers, a hash, the first 32 KB of the body."""

    def keep(
        self,
        provider: str,
        account: AccountId,
        package: PackageId | None,
        *,
        headers: Mapping[str, str],
        body: bytes,
        at: datetime,
    ) -> str:
        """Where it lies."""
        ...

    def kept(
        self, provider: str, account: AccountId, package: PackageId, *, since: datetime | None = None
    ) -> tuple[KeptCallback, ...]:
        """Those of one package from `since` on, oldest first, without their contents."""
        ...


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What the evidence store says of a file that it keeps."""

    key: str
    version: str
    size: int
    sha256: str


class EvidenceStore(Protocol):
    """Write-once files: signed documents, audit trails, manifests."""

    def keep(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> KeptFile:
        """Idempotent: the same key again answers what is there. Raises ContractBroken when other bytes are there."""
        ...

    def retain(self, key: str, version: str, *, until: datetime, mode: str) -> None: ...
    def fetch(self, key: str, version: str) -> AbstractContextManager[BinaryIO]: ...
    def remove(self, key: str, version: str) -> None:
        """For good. One that is gone is no error. Raises WrongState (evidence_locked) while its lock lasts."""
        ...

    def presign_download(self, key: str, version: str, *, name: str, content_type: str, seconds: int) -> str: ...


class SignatureInspector(Protocol):
    """Sees what signatures a PDF holds. Calls nobody."""

    def inspect(self, body: BinaryIO) -> SignatureObservation:
        """Of a seekable file. Never raises for what the file holds."""
        ...


# ---------------------------------------------------------------------------------------------------- effects


class Workflows(Protocol):
    """Starts executions; starting the same one twice is one execution."""

    def refresh(self, account: AccountId, package: PackageId, *, wanted: int, remind: bool = False) -> None:
        """`remind`: a signer asked for a new link, so remind them first."""
        ...

    def submit(self, account: AccountId, package: PackageId, *, attempt: str) -> None: ...

    def retain(self, account: AccountId, package: PackageId, *, due: int) -> None:
        """Remove what has to go. `due` (milliseconds since 1970) names the date that it answers."""
        ...


class Bell(Protocol):
    """Tells the deliverer that a package has events waiting. May ring too often, or be lost: the sweep rings again."""

    def ring(self, account: AccountId, package: PackageId) -> None: ...


class Delivered(StrEnum):
    OK = "OK"
    RETRY = "RETRY"
    REJECTED = "REJECTED"  # a 4xx that will not change
    GONE = "GONE"  # 410: the endpoint wants no more


@dataclass(frozen=True, slots=True)
class DeliveryAnswer:
    """What Coupa's endpoint said; `status` None when nothing came back. `retry_after` in seconds."""

    outcome: Delivered
    status: int | None
    detail: str
    retry_after: float | None = None
    milliseconds: int = 0


class CoupaNotifier(Protocol):
    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer: ...


class CallbackAddresses(Protocol):
    """Capability URLs for providers to call (design: callback addresses)."""

    def package_url(
        self, provider: str, account: AccountId, package: PackageId, *, key: str | None = None
    ) -> tuple[str, str]:
        """(url, key id): signed with the newest key, or with the given one."""
        ...

    def verify(self, provider: str, account: AccountId, package: PackageId, token: str) -> bool: ...

    def account_url(self, provider: str, account: AccountId, *, generation: int) -> str:
        """The one address of the whole account, which an administrator registers at the provider."""
        ...

    def generation(self, provider: str, account: AccountId, token: str) -> int | None:
        """Of an account's address; None: the token is none of ours. `Account.accepts` tells whether it still counts."""
        ...


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document fetched from a source URL, on local disk."""

    body: BinaryIO
    size: int
    sha256: str
    content_type: str | None


class DocumentFetcher(Protocol):
    """Fetches `sourceUrl` documents behind the SSRF guard."""

    def fetch(self, url: str, *, hosts: tuple[str, ...], max_bytes: int) -> AbstractContextManager[FetchedDocument]:
        """Raises UnsafeAddress, Unprocessable (not there, not readable), TooLarge."""
        ...
