"""The composition root: every port with its implementation, made when first asked for, once per process.

The only place that chooses implementations. Imports sit inside the properties so that a function loads only what it
uses: the summary no httpx, the authorizer no provider.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from esign.http.deadline import Deadline
from esign.runtime.settings import Settings, from_environment

if TYPE_CHECKING:
    from esign.aws.secrets import Secrets
    from esign.domain.events import DeadLetter
    from esign.domain.timing import Timing
    from esign.http.issuer_keys import IssuerKeys
    from esign.http.redaction import Exchange
    from esign.operations.apply_retention import Retention
    from esign.operations.configure_callback import CallbackConfiguration
    from esign.operations.deliver_notifications import NotificationDelivery
    from esign.operations.forget_subject import SubjectRequest
    from esign.operations.provider_access import ProviderAccess
    from esign.operations.refresh import Refresh
    from esign.operations.submission import Submission
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

POLL_SECONDS = 10.0  # for one read by the sweep


class SystemClock:
    """Time of day."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class App:
    """All ports of one process. `deadline` is the running invocation's, set by the endpoint."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.deadline = Deadline(25)

    def until(self, deadline: Deadline) -> App:
        """The same App, for an invocation that must end at `deadline`."""
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

        return Secrets(clients.secretsmanager())

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
        return self._providers(lambda: self.deadline)

    def _providers(self, deadline: Callable[[], Deadline]) -> Providers:
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

    # Operations that are made of several ports.

    @cached_property
    def refresh(self) -> Refresh:
        from esign.operations.refresh import Refresh

        return Refresh(self.packages, self.access, self.bell, self.clock, self.timing)

    @cached_property
    def polling(self) -> Refresh:
        """As `refresh`, with little time for each read: a provider that hangs holds a sweep up for no longer."""
        from esign.operations.provider_access import ProviderAccess
        from esign.operations.refresh import Refresh

        providers = self._providers(lambda: self.deadline.within(POLL_SECONDS))
        access = ProviderAccess(self.accounts, providers, self.budget, self.clock)
        return Refresh(self.packages, access, self.bell, self.clock, self.timing)

    @cached_property
    def retention(self) -> Retention:
        from esign.operations.apply_retention import Retention

        return Retention(self.packages, self.access, self.documents, self.evidence, self.clock, self.timing)

    @cached_property
    def subject_request(self) -> SubjectRequest:
        from esign.operations.forget_subject import SubjectRequest

        return SubjectRequest(self.packages, self.documents, self.access, self.clock)

    @cached_property
    def submission(self) -> Submission:
        from esign.operations.submission import Submission

        return Submission(self.packages, self.addresses, self.bell, self.clock, self.timing)

    @cached_property
    def callbacks(self) -> CallbackConfiguration:
        from esign.operations.configure_callback import CallbackConfiguration

        return CallbackConfiguration(self.packages, self.access, self.addresses, self.clock)

    @cached_property
    def delivery(self) -> NotificationDelivery:
        from esign.operations.deliver_notifications import NotificationDelivery

        return NotificationDelivery(
            self.packages, self.accounts, self.notifier, self.clock, self.timing, alarm=_dead_letter, tried=_tried
        )


def _dead_letter(letter: DeadLetter) -> None:
    from esign.operations.deliver_notifications import DEAD_LETTER
    from esign.runtime.observability import alarm

    alarm(DEAD_LETTER, account=letter.account, package=letter.package, event=letter.event, detail=letter.detail)


def _tried(age: float, failures: int) -> None:
    from esign.runtime.measures import DELIVERY_AGE, ENDPOINT_FAILURES
    from esign.runtime.observability import measure

    measure({DELIVERY_AGE: round(age, 1), ENDPOINT_FAILURES: failures})


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


@cache
def app() -> App:
    """The process's own App, over its environment."""
    return App(from_environment())
