"""What Contract Signatures can do. Every feature is declared; a missing one says why in a caller's words.

Its contracts are made from a Confluence page or a Jira issue (seeds/002, Create Contract Interface): text, places to sign
and the time to sign are that page's, so much of what a package may ask for cannot be said to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.domain.capabilities import YES, Capabilities, Feature, No

NAME = "contract-signatures"

# seeds/002, Create Contract Interface, signers: "No more then 26 signers are allowed."
MAX_SIGNERS = 26

_PLACED_BY_MACRO = No("a signature stands where the page has its signature macro; a field cannot be said to its API")
_FIXED_TEXT = No("the texts of its e-mails are its own; its API takes none")
_FIXED_TIME = No("the time to sign is set in the app; its API only tells it")

FEATURES: dict[Feature, No | None] = {
    Feature.UPLOADED_DOCUMENT: No(
        "it takes no files: a contract is made from a Confluence page or Jira issue. Add the document as "
        "`template: {id}` with the page's id or address"
    ),
    Feature.TEMPLATE_DOCUMENT: YES,
    Feature.SEVERAL_DOCUMENTS: No("a contract is made from exactly one page or issue"),
    Feature.SEQUENTIAL_ORDER: YES,
    Feature.PARALLEL_ORDER: YES,
    Feature.MIXED_ORDER: No("all sign at once, or each after the one before; steps cannot be mixed"),
    Feature.APPROVER: No("it knows signers only; nobody approves without signing"),
    Feature.VIEWER: No("it knows signers only; nobody is asked only to look"),
    Feature.CC: YES,
    Feature.RECIPIENTS_BY_PROVIDER: No("a contract is made with its signers"),
    Feature.GROUP: No("a signer is one person"),
    Feature.EMAIL_OTP: YES,
    Feature.SMS_OTP: YES,
    Feature.PROVIDER_AUTHENTICATION: No("it knows codes by e-mail and by SMS only"),
    Feature.DELIVERY_BY_LINK: YES,
    Feature.RECTANGLE: _PLACED_BY_MACRO,
    Feature.ANCHOR: _PLACED_BY_MACRO,
    Feature.FORM_FIELD: _PLACED_BY_MACRO,
    Feature.ZONE: _PLACED_BY_MACRO,
    Feature.DEFAULT_PLACE: YES,
    Feature.INITIALS: _PLACED_BY_MACRO,
    Feature.APPROVAL_FIELD: _PLACED_BY_MACRO,
    Feature.MESSAGE: _FIXED_TEXT,
    Feature.RECIPIENT_MESSAGE: _FIXED_TEXT,
    Feature.LANGUAGE: No("its API takes no language"),
    Feature.REDIRECT_URL: No("its sign page leads nowhere that its API could name"),
    Feature.EXPIRY: _FIXED_TIME,
    Feature.EXTEND_EXPIRY: _FIXED_TIME,
    Feature.AUTOMATIC_REMINDERS: No("its API takes no reminder plan"),
    Feature.REMIND: No("its API has no call that reminds signers"),
    Feature.SKIP_SIGNERS: No("its API has no call that skips signers"),
    Feature.SIGNING_URL: YES,
    Feature.LIST: YES,
    Feature.WITHDRAW: YES,
    Feature.DECLINE_REASON: No("its API tells that a signer rejected, not why"),
    Feature.SIGNING_TIME: YES,
    Feature.REASSIGNMENT: No("a signer cannot hand over to somebody else"),
    Feature.AUDIT_TRAIL: YES,
    Feature.CALLBACK: YES,
    Feature.RECOVER_LOST_SEND: YES,
}

_NO_WATCHERS = No(
    "a copy goes to a watcher, which the API's create table does not name; set the account's `watchers` to try"
)


def declared(settings: Mapping[str, Any]) -> Capabilities:
    """Those of an account, from its raw settings: no client and no validation is needed to answer.

    `seals_pdf` stays False: no source says that the finalized PDF holds a cryptographic signature.
    """
    puts_away = settings.get("endedContracts") != "keep"
    cc = YES if settings.get("watchers") is True else _NO_WATCHERS
    return Capabilities(
        NAME,
        FEATURES | {Feature.CC: cc},
        content_types=frozenset(),
        callback_registration="manual",
        seals_pdf=False,
        puts_away=puts_away,
    )
