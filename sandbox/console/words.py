"""What the console calls things: one table per vocabulary. Knows no page and no call."""

from __future__ import annotations

from dataclasses import dataclass

TONES = ("quiet", "going", "good", "bad", "warn")


@dataclass(frozen=True, slots=True)
class Word:
    """How a status reads. `done` is how many of the four steps lie behind; `end` names the step that went otherwise."""

    label: str
    tone: str
    sentence: str = ""
    done: int = 0
    end: str = ""


@dataclass(frozen=True, slots=True)
class DoorWord:
    vendor: str
    way: str


STEPS = (  # behind us or before us; now
    ("Prepared", "Being prepared"),
    ("Sent", "Being sent"),
    ("Signed", "Being signed"),
    ("Complete", "Being collected"),
)

PACKAGE = {
    "DRAFT": Word("Draft", "quiet", "Not sent yet."),
    "SENDING": Word("Sending", "going", "On its way to the signing service.", 1),
    "IN_PROCESS": Word("Out for signature", "going", "The signers have been invited.", 2),
    "SIGNED": Word("Signed", "going", "Everybody has signed; the files are being collected.", 3),
    "COMPLETE": Word("Complete", "good", "Signed, collected, looked at and locked.", 4),
    "DECLINED": Word("Declined", "bad", "A signer has declined.", 2, "Declined"),
    "EXPIRED": Word("Expired", "warn", "The time to sign is over.", 2, "Expired"),
    "CANCELLED": Word("Withdrawn", "warn", "Withdrawn before everybody had signed.", 2, "Withdrawn"),
    "DELETED": Word("Deleted", "quiet", "The draft was removed.", 0, "Deleted"),
    "FAILED": Word("Failed", "bad", "The signing service has given up.", 2, "Failed"),
}

RECIPIENT = {
    "CREATED": Word("Not invited yet", "quiet"),
    "WAITING": Word("Waits for their turn", "quiet"),
    "SENT": Word("Invited", "going"),
    "VIEWED": Word("Has looked at it", "going"),
    "SIGNED": Word("Signed", "good"),
    "APPROVED": Word("Approved", "good"),
    "DECLINED": Word("Declined", "bad"),
    "SKIPPED": Word("Skipped", "quiet"),
    "EXPIRED": Word("Expired", "warn"),
    "CANCELLED": Word("Withdrawn", "quiet"),
    "FAILED": Word("Failed", "bad"),
}

ROLE = {"SIGNER": "Signer", "APPROVER": "Approver", "VIEWER": "Viewer", "CC": "Gets a copy"}

FILE = {"SIGNED_DOCUMENT": "Signed document", "AUDIT_TRAIL": "Audit trail", "MANIFEST": "Manifest"}

ENTRY = {
    "coupa_call": "Coupa",
    "provider_call": "Provider",
    "callback": "Callback",
    "decision": "Connector",
    "notification": "Notification",
}

# The list's filters: which statuses each shows. What was deleted is in none of them.
GROUPS = {
    "all": ("All", tuple(status for status in PACKAGE if status != "DELETED")),
    "draft": ("Drafts", ("DRAFT",)),
    "open": ("Out for signature", ("SENDING", "IN_PROCESS", "SIGNED")),
    "complete": ("Complete", ("COMPLETE",)),
    "ended": ("Ended otherwise", ("DECLINED", "EXPIRED", "CANCELLED", "FAILED")),
}

DOORS = {
    "connective": DoorWord("Connective eSignatures", "API v3"),
    "connective-v4": DoorWord("Connective eSignatures", "API v4"),
    "esigntools": DoorWord("eSignTools", "REST API"),
    "contract-signatures": DoorWord("Contract Signatures", "Confluence and Jira, from templates"),
    "gosign-rest": DoorWord("GoSign", "REST v1"),
    "gosign-oauth": DoorWord("GoSign", "OAuth2 v2"),
    "gosign-oauth-companion": DoorWord("GoSign", "OAuth2 v2 with REST v1 beside it"),
    "gosign5": DoorWord("GoSign", "GoSign 5, simple signature"),
    "gosign5-fea-otp": DoorWord("GoSign", "GoSign 5, advanced, code by SMS"),
    "gosign-idp": DoorWord("GoSign", "OAuth2 v2 with an identity provider"),
    "gosign-soap": DoorWord("GoSign", "SOAP"),
    "gosign-legalbus": DoorWord("GoSign", "LegalBus proxy"),
}

FAULTS = {
    "callbacks": ("Callbacks get lost", "What the service tells the connector never arrives; the sweep finds it out."),
    "down": ("Service is down", "Every connection to the signing service is refused, its signing page too."),
    "reply": ("Next reply to Send gets lost", "The next contract is taken, but nobody hears so. Used up by one Send."),
    "coupa": ("Coupa's endpoint is down", "Every notification is answered with 503 and kept for later."),
}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str  # done, now, next, ended


def steps(status: str) -> tuple[Step, ...]:
    """The way of a package. An unknown status stands at the beginning."""
    word = package(status)
    return tuple(_step(word, number) for number in range(len(STEPS)))


def _step(word: Word, number: int) -> Step:
    label, now = STEPS[number]
    if number != word.done:
        return Step(label, "done" if number < word.done else "next")
    return Step(word.end, "ended") if word.end else Step(now, "now")


def package(status: str) -> Word:
    return PACKAGE.get(status, Word(status, "quiet"))


def recipient(status: str) -> Word:
    return RECIPIENT.get(status, Word(status, "quiet"))


def door(name: str) -> DoorWord:
    return DOORS.get(name, DoorWord(name, ""))
