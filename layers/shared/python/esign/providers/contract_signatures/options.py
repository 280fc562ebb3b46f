"""What an account (settings) and a package (`provider.options`) may say to Contract Signatures, refused field by field.

Names are camelCase. Where a package says nothing its account's setting holds; where that says nothing either, the field
is not sent and the vendor's own default holds (seeds/002, Create Contract Interface).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from esign.providers.typed import Typed, parsed

Short = Annotated[str, Field(min_length=1, max_length=255)]
Email = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=254)]
Origin = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+/?$", max_length=300)]
Site = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$", max_length=500)]


class NotificationKind(StrEnum):
    """What a watcher hears of (seeds/002, Watcher Object; the list: contracts/contract-signatures.md §2.3)."""

    CREATED = "created"
    OPENED = "opened"
    SIGNED = "signed"
    REJECTED = "rejected"
    COMPLETED = "completed"
    COMPLETED_CONTRACT = "completed-contract"


Kinds = Annotated[tuple[NotificationKind, ...], Field(min_length=1)]


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class SignerOptions(Typed):
    """For one signer, all of a package, or all of an account; the nearest wins."""

    append_signature_macro: bool | None = None
    receives_completed_contract: bool | None = None


class Watcher(Typed):
    """Somebody who is told, and does nothing (seeds/002, Watcher Object)."""

    name: Short
    email: Email
    notification_kinds: Kinds = (NotificationKind.COMPLETED_CONTRACT,)


class ContractSignaturesOptions(SignerOptions):
    """`provider.options` of a package; recipients by their id or external id. `watchers` only where the account's are on."""

    watchers: tuple[Watcher, ...] = ()
    recipients: dict[str, SignerOptions] = Field(default_factory=dict)


class ContractSignaturesSettings(SignerOptions):
    """The account's settings."""

    base_url: Origin = "https://contract-signatures.com"
    host_app: Literal["confluence", "confluence-v2", "jira"]  # where the app is; both of Confluence mean the same
    site_url: Site  # https://<site>.atlassian.net, or https://api.atlassian.com/ex/<app>/<cloud id> for scoped tokens
    template_id: Short | None = None  # of documents whose template is "default"
    templates: dict[str, Short] = Field(default_factory=dict)  # further names for pages or issues
    watchers: bool = False  # the key `watchers` of a request is inferred, so it is sent only where somebody says so
    cc_notification_kinds: Kinds = (NotificationKind.COMPLETED_CONTRACT,)
    ended_contracts: Literal["archive", "delete", "keep"] = (
        "archive"  # there, when Coupa deletes a package that has ended
    )
    key_valid_until: Annotated[datetime, AfterValidator(_in_utc)] | None = None  # UTC where no offset is given

    @property
    def origin(self) -> str:
        return self.base_url.rstrip("/")

    @property
    def site(self) -> str:
        """Without the path of Confluence itself, which people copy along."""
        return self.site_url.rstrip("/").removesuffix("/wiki")


def parse_settings(settings: Mapping[str, Any]) -> ContractSignaturesSettings:
    """Raises Unprocessable with a problem per field, pointers like /settings/siteUrl."""
    return parsed(ContractSignaturesSettings, settings, root="/settings", vendor="Contract Signatures")


def parse_options(options: Mapping[str, Any]) -> ContractSignaturesOptions:
    """Raises Unprocessable with a problem per field, pointers like /provider/options/watchers/0/email."""
    return parsed(ContractSignaturesOptions, options, root="/provider/options", vendor="Contract Signatures")
