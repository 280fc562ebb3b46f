"""What commands answer, as JSON. People's names and addresses, and what people typed, only when asked for.

Built on the API's own views and narrowed by lists of what is shown, so that a new field is private until somebody
lists it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cli.trouble import diagnosis, remedy
from esign.coupa.reports import timeline_entry as entry_view
from esign.coupa.views import instant
from esign.coupa.views import package as package_view
from esign.coupa.views import package_head as head_view
from esign.domain.account import Account, AccountSecret, Forgetting
from esign.domain.document import EvidenceFile
from esign.domain.events import TimelineEntry
from esign.domain.package import Callback, Package, PackageHead
from esign.domain.rotation import live
from esign.domain.status import PackageStatus
from esign.domain.webhook_secret import WebhookSecret
from esign.domain.webhook_secret import webhook_secrets as read_webhook_secrets
from esign.operations.configure_callback import ProviderCallback
from esign.operations.find_stuck import Stuck
from esign.operations.replay_callbacks import Replayed

View = dict[str, Any]

_HEAD = (
    "id", "externalId", "revision", "name", "language", "status", "statusReason", "attention", "sequentialSigning",
    "expiresAt", "createdAt", "sentAt", "completedAt", "updatedAt", "archived",
)  # fmt: skip
_PROVIDER = ("name", "reference", "status")
_DOCUMENT = ("id", "externalId", "name", "contentType", "size", "sha256", "pages", "order", "status", "template")
_RECIPIENT = (
    "id", "externalId", "role", "signingOrder", "authentication", "delivery", "language", "status", "signedAt",
    "signedWith",
)  # fmt: skip
_PEOPLE = (
    "fullName", "firstName", "lastName", "email", "phone", "group", "message", "actedBy", "declineReason", "ipAddress",
)  # fmt: skip
# In these, `statusReason` is what a person typed; elsewhere it is our code and a provider's answer.
_TYPED_REASON = frozenset({PackageStatus.DECLINED, PackageStatus.CANCELLED})


def provider_callback(standing: ProviderCallback) -> View:
    """How our address gets to the provider; the address where an administrator has to register it there."""
    return {"registration": standing.registration} | ({"url": standing.url} if standing.url else {})


def account(record: Account, *, now: datetime, personal: bool) -> View:
    """Settings, ages, callback: never a secret, nor its hash."""
    return _present(
        id=record.id,
        name=record.name,
        provider=record.provider,
        enabled=record.enabled,
        createdAt=instant(record.created_at),
        settings=dict(record.settings) if personal else _masked(record.settings),
        settingsVersion=record.settings_version,
        secrets=secrets(record, now),
        callback=_callback(record.callback),
        lastProviderCallAt=instant(record.last_callback_at),
        sourceHosts=list(record.source_hosts),
        evidence=record.evidence.value,
        retention=_present(mode=record.retention_mode, days=record.retention_days),
        forgetting=forgetting(record.forgetting),
        hold=record.hold or None,
        expectSignatures=record.expect_signatures,
        callsPerMinute=record.calls_per_minute,
        fastPoll=record.fast_poll,
    )


def forgetting(rules: Forgetting) -> View:
    return _present(afterDays=rules.after_days, providerCopy=rules.provider_copy, evidence=rules.evidence)


def account_line(record: Account) -> View:
    """A line of the list."""
    return _present(
        id=record.id,
        name=record.name,
        provider=record.provider,
        enabled=record.enabled,
        createdAt=instant(record.created_at),
        lastProviderCallAt=instant(record.last_callback_at),
    )


def head(one: PackageHead, *, personal: bool) -> View:
    """A line of the list."""
    counts = {"signed": one.counts.signed, "skipped": one.counts.skipped, "total": one.counts.total}
    return _of_head(one, head_view(one), personal=personal) | {"counts": counts}


def package(whole: Package, story: Iterable[TimelineEntry], *, personal: bool) -> View:
    """All that support needs of one package, with its story."""
    view = package_view(whole)
    recipient = _RECIPIENT + (_PEOPLE if personal else ())
    shown = (
        _of_head(whole, view, personal=personal)
        | _present(
            account=whole.account,
            provider=_chosen(view["provider"], _PROVIDER) | _present(readAt=instant(whole.provider.read_at)),
            callback=_callback(whole.callback),
            lastProviderCallAt=instant(whole.last_callback_at),
            sendDeadline=instant(whole.send_deadline) if whole.status is PackageStatus.SENDING else None,
            withdrawalPending=whole.withdrawing or None,
            hold=whole.hold or None,
            forgottenAt=instant(whole.forgotten_at),
            providerCopyRemovedAt=instant(whole.copy_removed_at),
        )
        | {
            "counts": head(whole, personal=personal)["counts"],
            "documents": [_chosen(one, _DOCUMENT) for one in view["documents"]],
            "recipients": [_person(one, recipient, personal=personal) for one in view["recipients"]],
            "files": [_file(one) for one in whole.files],
            "timeline": [entry_view(one) for one in story],
        }
    )
    return shown | _present(diagnosis=diagnosis(shown))


def stuck(found: Iterable[Stuck]) -> View:
    """The packages, and for each reason among them what it means."""
    packages = [
        _present(
            id=one.head.id,
            account=one.head.account,
            externalId=one.head.external_id,
            status=one.head.status.value,
            code=one.code,
            since=instant(one.since),
        )
        for one in found
    ]
    codes = dict.fromkeys(one["code"] for one in packages)
    return {"packages": packages, "reasons": [remedy(code) for code in codes]}


def replayed(one: Replayed) -> View:
    calls = [{"at": instant(call.at), "key": call.key} for call in one.callbacks]
    return {"account": one.package.account, "id": one.package.id, "callbacks": calls} | _present(running=one.running)


def _of_head(one: PackageHead, view: View, *, personal: bool) -> View:
    shown = _chosen(view, _HEAD)
    if not personal and one.status in _TYPED_REASON and shown.pop("statusReason", None):
        shown["statusReason"] = "typed by a person; --personal shows it"
    if "attention" in shown:
        shown["attention"] = shown["attention"] | {"nextStep": _runnable(one, shown["attention"]["nextStep"])}
    return shown


def _runnable(one: PackageHead, step: str) -> str:
    """The next step as a command that can be copied."""
    return step.replace("<id>", f"{one.account} {one.id}")


def _person(view: View, shown: tuple[str, ...], *, personal: bool) -> View:
    """An external id is Coupa's choice and may well be an address."""
    chosen = _chosen(view, shown)
    return chosen if personal else {name: _masked(value) for name, value in chosen.items()}


def _file(one: EvidenceFile) -> View:
    return _present(
        number=one.number,
        kind=one.kind.value,
        documentId=one.document,
        name=one.name,
        contentType=one.content_type,
        size=one.size,
        sha256=one.sha256,
        collectedAt=instant(one.collected_at),
    )


def secrets(record: Account, now: datetime) -> list[View]:
    """The live ones, the newest first: their ages, never they themselves."""
    return [_secret(one, now) for one in record.live_secrets(now)]


def _secret(one: AccountSecret, now: datetime) -> View:
    return _present(
        createdAt=instant(one.created_at),
        ageDays=(now - one.created_at).days,
        lastUsedAt=instant(one.last_used_at),
        endsAt=instant(one.ends_at),
    )


def webhook_secrets(stored: Mapping[str, Any], now: datetime) -> list[View]:
    """As `secrets`, of those by which notifications are signed."""
    return [_webhook_secret(one, now) for one in live(read_webhook_secrets(stored), now)]


def _webhook_secret(one: WebhookSecret, now: datetime) -> View:
    age = (now - one.created_at).days if one.created_at else None
    return _present(createdAt=instant(one.created_at), ageDays=age, endsAt=instant(one.ends_at))


def _callback(one: Callback | None) -> View | None:
    """Without the query of its URL: that may hold a token."""
    if one is None:
        return None
    url = urlsplit(one.url)._replace(query="", fragment="").geturl()
    return _present(url=url, events=list(one.events) or None, disabledAt=instant(one.disabled_at), reason=one.reason)


def _masked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Without the local part of e-mail addresses."""
    if isinstance(value, str):
        return f"…@{value.rpartition('@')[2]}" if "@" in value else value
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list | tuple) else value


def _chosen(view: Mapping[str, Any], names: tuple[str, ...]) -> View:
    return {name: view[name] for name in names if view.get(name) is not None}


def _present(**members: object) -> View:
    return {name: value for name, value in members.items() if value is not None and value != {}}
