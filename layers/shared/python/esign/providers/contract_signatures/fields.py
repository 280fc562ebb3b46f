"""Every parameter and returned field of the vendor's document (seeds/002), and what it is in this connector. A table.

A test compares it with the document's own lists, so a field cannot be forgotten, nor one invented. What a `where` names is
checked too: options and settings must exist in options.py, credentials in credentials.py. Rows whose name the document
lost are `email` (contracts/contract-signatures.md §2.3).
"""

from __future__ import annotations

from esign.providers.uses import Uses, neutral, option, ours, setting, unused

_ATTACHED = "on the customer's Atlassian site, fetched with its own credentials"

FIELDS: dict[str, Uses] = {
    "Keys": {
        "Privileges": ours("verifyAccount proves each by a call that changes nothing"),
        "Not valid before": unused("a key that is too young is refused; verifyAccount says so"),
        "Not valid after": setting("keyValidUntil"),
        "Allowed IPs": unused("a matter of the egress addresses; see docs/providers/contract-signatures.md"),
    },
    "Search Parameters": {
        "template-id": unused("a lost contract is found by its mark alone; the client takes it"),
        "statuses": ours("any: a lost contract may have been signed meanwhile"),
        "substring": ours("the mark, which is the end of package.id"),
        "creator-id": unused("a key sees what its owner sees; the client takes it"),
        "placement": ours("any: a lost contract may have been archived"),
        "date-range": unused("a lost contract is found by its mark alone; the client takes it"),
        "time-zone": unused("only counts with date-range; the client takes it"),
        "order": ours("newest first when looking for one, oldest first when listing"),
        "page": ours("the cursor of a list"),
        "page-size": ours("the limit of a list"),
    },
    "Response": {
        "totalCount": ours("whether a list goes on"),
        "contracts": ours("the lines of a list"),
    },
    "Request": {
        "templateId": neutral("document.template.id", "templateId"),
        "name": neutral("package.name, with the mark behind it"),
        "sequentialSigning": neutral("recipient.signingOrder: equal for all, or different for each"),
        "signers": neutral("recipients with role SIGNER"),
    },
    "Signer Creation Object": {
        "fullName": neutral("recipient.fullName"),
        "accessKind": neutral("recipient.delivery"),
        "email": neutral("recipient.email"),
        "phone": neutral("recipient.phone, only with authentication SMS_OTP"),
        "appendSignatureMacro": option("appendSignatureMacro", "appendSignatureMacro"),
        "receivesCompletedContract": option("receivesCompletedContract", "receivesCompletedContract"),
    },
    "Watcher Object": {
        "name": neutral("recipient.fullName of role CC, or provider.options.watchers[].name", "watchers"),
        "email": neutral("recipient.email of role CC, or provider.options.watchers[].email", "watchers"),
        "notificationKinds": option("watchers", "ccNotificationKinds"),
    },
    "Contract Object": {
        "id": neutral("package.provider.reference"),
        "templateId": ours("the page that the PDFs are attached to, in Confluence's download address"),
        "collectionId": unused("the space or project moves no state and names no attachment"),
        "name": ours("its mark tells whose contract it is"),
        "createdById": unused("every contract that we read was made with the account's key"),
        "creationTimestamp": unused("package.sentAt is our own clock's"),
        "expirationTimestamp": neutral("package.expiresAt, as read"),
        "sequentialSigning": ours("whether a signer still waits for the one before"),
        "archivalTimestamp": unused("the vendor's archive moves no state: what is archived keeps its status"),
        "status": neutral("package.status and package.provider.status"),
        "signers": neutral("package.recipients"),
        "finalizedPdf": neutral("the signed document"),
        "certificatePdf": neutral("the audit trail"),
    },
    "Signer Object": {
        "fullName": ours("by it and the address a signer is found again"),
        "accessKind": unused("it repeats what was sent"),
        "email": ours("by it and the name a signer is found again"),
        "phone": ours("recipient.signedWith: a code went out by SMS"),
        "accessUrl": neutral("getSigningUrl; it carries a secret, so it is kept and logged nowhere"),
        "decision": neutral("recipient.status"),
        "decisionTimestamp": neutral("recipient.signedAt"),
        "decisionIp": neutral("recipient.ipAddress"),
    },
    "Attachment Object": {
        "id": ours(_ATTACHED),
        "version": ours(_ATTACHED),
        "creationTimestamp": unused("what counts is when we stored it"),
        "sha3": ours("the digest that the fetched bytes must have before anything is stored"),
    },
}
