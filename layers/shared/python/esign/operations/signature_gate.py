"""The part of the signed-file gate that asks for cryptographic signatures, from what was observed in the files.

Knows no PDF and no certificate. A signing type that promises no cryptographic signature owes none.
"""

from __future__ import annotations

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.content import PDF
from esign.domain.document import EvidenceFile, FileKind
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import RecipientStatus
from esign.domain.wording import many


def promised(account: Account, capabilities: Capabilities) -> bool:
    """Whether a signature of this account leaves a cryptographic one in a PDF; the account knows better."""
    return capabilities.seals_pdf if account.expect_signatures is None else account.expect_signatures


def unsigned(package: Package) -> str | None:
    """Which signed PDF has fewer sound signatures than people signed it, as a sentence; None when none has."""
    return next((found for file in package.files if (found := _lack(package, file))), None) or _lack_in_all(package)


def _lack_in_all(package: Package) -> str | None:
    """Whom the provider's own process brought signed somewhere: which of several documents, no read tells. Where it showed
    nobody, somebody is expected all the same."""
    signed = [file for file in package.files if file.kind is FileKind.SIGNED_DOCUMENT]
    if not package.unnamed or any(file.content_type != PDF for file in signed):
        return None
    expected = sum(r.signs and r.status is RecipientStatus.SIGNED for r in package.recipients)
    expected = expected if any(r.met for r in package.recipients) else 1
    seen = sum(file.observed.sound for file in signed if file.observed)
    if seen >= expected:
        return None
    return f"The files have {many(seen, 'sound signature')} in all; {expected} are expected."


def _lack(package: Package, file: EvidenceFile) -> str | None:
    if file.kind is not FileKind.SIGNED_DOCUMENT or file.content_type != PDF or file.document is None:
        return None
    expected = expected_signatures(package, file.document)
    seen = file.observed
    if expected == 0 and not package.unnamed:
        return None
    if seen is None or not seen.readable:
        told = f"The signatures of file {file.number} could not be looked at; {expected} are expected."
        return told if expected else None
    if seen.intact < seen.signatures:
        return (
            f"{seen.signatures - seen.intact} of {many(seen.signatures, 'signature')} of file {file.number} are broken."
        )
    if seen.sound < expected:
        return f"File {file.number} has {many(seen.sound, 'sound signature')} for all of it; {expected} are expected."
    return None


def expected_signatures(package: Package, document: DocumentId) -> int:
    """One for each signer who signed and was asked to sign this document; skipped ones owe none."""
    return sum(_signed_here(recipient, document, package) for recipient in package.recipients)


def _signed_here(recipient: Recipient, document: DocumentId, package: Package) -> bool:
    """Without any field, a signer signs every document; but for those of the provider's own process."""
    everywhere = not recipient.fields and (not recipient.met or len(package.documents) == 1)
    asked = everywhere or any(field.document == document for field in recipient.fields)
    return recipient.signs and recipient.status is RecipientStatus.SIGNED and asked
