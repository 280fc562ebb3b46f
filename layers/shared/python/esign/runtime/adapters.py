"""Every port with its implementation, made when first asked for, once per process.

The only place that chooses implementations. Imports sit inside the properties so that a function loads only what it
uses: the summary no httpx, the authorizer no provider.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from esign.http.deadline import Deadline
from esign.runtime.settings import Settings

if TYPE_CHECKING:
    from esign.aws.secrets import Secrets
    from esign.domain.timing import Timing
    from esign.http.issuer_keys import IssuerKeys
    from esign.http.redaction import Exchange
    from esign.operations.provider_access import ProviderAccess
    from esign.ports import (
        AccountStore,
        Bell,
        CallBudget,
        CoupaNotifier,
        DocumentFetcher,
        DocumentStore,
        EvidenceStore,
        IdempotencyKeys,
        PackageStore,
        Providers,
        RawCallbacks,
        SignatureInspector,
        Workflows,
    )
    from esign.runtime.addresses import SignedAddresses


class SystemClock:
    """Time of day."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Adapters:
    """All ports of one process. `deadline` is the running invocation's, set by the endpoint."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.deadline = Deadline(25)

    def until(self, deadline: Deadline) -> Self:
        """The same, for an invocation that must end at `deadline`."""
        self.deadline = deadline
        return self

    @cached_property
    def timing(self) -> Timing:
        return self.settings.timing

    @cached_property
    def packages(self) -> PackageStore:
        from esign.aws import clients
        from esign.aws.packages import DynamoPackages
        from esign.runtime.moves import tell_of_moves

        return DynamoPackages(clients.dynamodb(), self.settings.table, timing=self.timing, told=tell_of_moves)

    @cached_property
    def accounts(self) -> AccountStore:
        from esign.aws import clients
        from esign.aws.accounts import DynamoAccounts

        return DynamoAccounts(
            clients.dynamodb(), self.settings.table, secrets=self.secrets, prefix=self.settings.secrets_prefix
        )

    @cached_property
    def secrets(self) -> Secrets:
        from esign.aws import clients
        from esign.aws.secrets import Secrets

        return Secrets(clients.secretsmanager(), kms_key=self.settings.secrets_key)

    @cached_property
    def budget(self) -> CallBudget:
        from esign.aws import clients
        from esign.aws.call_budget import DynamoBudget

        return DynamoBudget(clients.dynamodb(), self.settings.table)

    @cached_property
    def idempotency(self) -> IdempotencyKeys:
        from esign.aws import clients
        from esign.aws.idempotency import DynamoIdempotencyKeys

        return DynamoIdempotencyKeys(clients.dynamodb(), self.settings.table)

    @cached_property
    def documents(self) -> DocumentStore:
        from esign.aws import clients
        from esign.aws.documents import S3Documents

        return S3Documents(clients.s3(), self.settings.documents_bucket, timing=self.timing)

    @cached_property
    def evidence(self) -> EvidenceStore:
        from esign.aws import clients
        from esign.aws.evidence import S3Evidence

        return S3Evidence(clients.s3(), self.settings.evidence_bucket)

    @cached_property
    def inspector(self) -> SignatureInspector:
        from esign.pades.inspector import PdfSignatureInspector

        return PdfSignatureInspector()

    @cached_property
    def raw_callbacks(self) -> RawCallbacks:
        from esign.aws import clients
        from esign.aws.documents import S3RawCallbacks

        return S3RawCallbacks(clients.s3(), self.settings.documents_bucket)

    @cached_property
    def workflows(self) -> Workflows:
        from esign.aws import clients
        from esign.aws.effects import StepFunctionsWorkflows

        return StepFunctionsWorkflows(clients.stepfunctions(), self.settings.refresh_machine_arn)

    @cached_property
    def bell(self) -> Bell:
        from esign.aws import clients
        from esign.aws.effects import SqsBell

        return SqsBell(clients.sqs(), self.settings.bell_queue_url)

    @cached_property
    def addresses(self) -> SignedAddresses:
        from esign.aws.callback_keys import SecretCallbackKeys
        from esign.runtime.addresses import Keys, SignedAddresses

        stored = SecretCallbackKeys(self.secrets, f"{self.settings.secrets_prefix}/callback-keys")

        def keys() -> Keys:
            found = stored.keys()
            return Keys(found.current, found.keys)

        return SignedAddresses(self.settings.callbacks_base_url, keys)

    @cached_property
    def providers(self) -> Providers:
        return self.providers_until(lambda: self.deadline)

    def providers_until(self, deadline: Callable[[], Deadline]) -> Providers:
        """As `providers`, whose calls end by what `deadline` gives."""
        from esign.runtime.providers import ProviderRegistry

        return ProviderRegistry(
            self.accounts,
            deadline,
            _observe,
            allow_loopback=self.settings.allow_loopback_http,
            hosts=self.settings.provider_hosts,
        )

    @cached_property
    def access(self) -> ProviderAccess:
        from esign.operations.provider_access import ProviderAccess

        return ProviderAccess(self.accounts, self.providers, self.budget, self.clock)

    @cached_property
    def issuer_keys(self) -> IssuerKeys:
        from esign.http.issuer_keys import IssuerKeys, fetch_json

        return IssuerKeys(lambda url: fetch_json(url, allow_loopback_http=self.settings.allow_loopback_http))

    @cached_property
    def fetcher(self) -> DocumentFetcher:
        from esign.http.fetcher import GuardedFetcher

        return GuardedFetcher(lambda: self.deadline, allow_loopback_http=self.settings.allow_loopback_http)

    @cached_property
    def notifier(self) -> CoupaNotifier:
        from esign.coupa.bearer import Bearers
        from esign.coupa.notifier import StandardWebhooks
        from esign.runtime.outbound import Poster

        poster = Poster(allow_loopback_http=self.settings.allow_loopback_http)
        bearers = Bearers(poster.token, self.clock)
        return StandardWebhooks(poster.post, self.clock, bearers=bearers, seconds=self.timing.delivery_timeout)


def _observe(exchange: Exchange) -> None:
    """One log line per call to a provider: method, host, redacted path, status, milliseconds."""
    from esign.runtime.observability import Level, log

    level = Level.INFO if exchange.failure is None else Level.WARNING
    log(
        level,
        "provider call",
        method=exchange.method,
        host=exchange.host,
        path=exchange.path,
        status=exchange.status,
        milliseconds=exchange.milliseconds,
        failure=exchange.failure,
    )
