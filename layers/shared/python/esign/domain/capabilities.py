"""What a provider can do. Every feature is declared by every provider: yes, or no with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Feature(StrEnum):
    """One row of the capability matrix each; the value is the name that callers see."""

    UPLOADED_DOCUMENT = "uploaded_document"
    TEMPLATE_DOCUMENT = "template_document"
    SEVERAL_DOCUMENTS = "several_documents"
    SEQUENTIAL_ORDER = "sequential_order"
    PARALLEL_ORDER = "parallel_order"
    MIXED_ORDER = "mixed_order"
    APPROVER = "approver"
    VIEWER = "viewer"
    CC = "cc"
    RECIPIENTS_BY_PROVIDER = "recipients_by_provider"  # nobody is named: a process of the provider's own says who acts
    GROUP = "group"
    EMAIL_OTP = "email_otp"
    SMS_OTP = "sms_otp"
    PROVIDER_AUTHENTICATION = "provider_authentication"
    DELIVERY_BY_LINK = "delivery_by_link"
    RECTANGLE = "rectangle_field"
    ANCHOR = "anchor_field"
    FORM_FIELD = "form_field"
    ZONE = "zone_field"
    DEFAULT_PLACE = "default_place"
    INITIALS = "initials_field"
    APPROVAL_FIELD = "approval_field"
    MESSAGE = "message"
    RECIPIENT_MESSAGE = "recipient_message"
    LANGUAGE = "language"
    REDIRECT_URL = "redirect_url"
    EXPIRY = "expiry"
    EXTEND_EXPIRY = "extend_expiry"
    AUTOMATIC_REMINDERS = "automatic_reminders"
    REMIND = "remind"
    SKIP_SIGNERS = "skip_signers"
    SIGNING_URL = "signing_url"
    LIST = "list"
    WITHDRAW = "withdraw"
    DECLINE_REASON = "decline_reason"
    SIGNING_TIME = "signing_time"
    REASSIGNMENT = "reassignment"
    AUDIT_TRAIL = "audit_trail"
    CALLBACK = "callback"
    RECOVER_LOST_SEND = "recover_lost_send"


@dataclass(frozen=True, slots=True)
class No:
    """A feature that cannot be said to the provider accurately, and why, as a clause for the caller."""

    reason: str


YES = None  # the value of a supported feature in the table


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The declared features of one provider (one door of it), and what it takes.

    `features` names every `Feature`; `content_types` are those of uploaded documents; `callback_registration` is
    "automatic" where our address travels with the package, "manual" where an administrator registers it.
    """

    provider: str
    features: Mapping[Feature, No | None]
    content_types: frozenset[str] = field(default_factory=lambda: frozenset({"application/pdf"}))
    callback_registration: str = "automatic"
    seals_pdf: bool = False  # every signature is also a cryptographic one in the signed PDF
    puts_away: bool = False  # the provider is told when Coupa archives a package that has ended

    def __post_init__(self) -> None:
        missing = [feature.value for feature in Feature if feature not in self.features]
        if missing:
            raise ValueError(f"{self.provider} does not declare {', '.join(missing)}")

    def why_not(self, feature: Feature) -> str | None:
        """The reason why a feature is missing; None where it is there."""
        answer = self.features[feature]
        return answer.reason if answer else None

    def supports(self, feature: Feature) -> bool:
        return self.features[feature] is None
