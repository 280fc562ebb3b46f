"""GoSign's refusals: a code of the vendor's and a sentence. Knows no HTTP and no dialect.

The public codes are those of §3.4, §5.2, §9.2, §9.7 and §11; "different versions of GoSign may return different error
codes" (§5.3).
"""

from __future__ import annotations

ILLEGAL_ARGUMENT = "ILLEGAL_ARGUMENT"
BAD_DOC_FORMAT = "BAD_DOC_FORMAT"
USER_NOT_FOUND = "USER_NOT_FOUND"
PROCESS_DEFINITION_ERROR = "RETURN_STATUS_PROCESS_DEFINITION_ERROR"
DOCUMENT_CLASS_ERROR = "DOCUMENT_CLASS_ERROR"

# §11, the closed list of codes that LegalBus's OperationDone carries.
LEGALBUS_CODES = frozenset({
    "product_expired", "bad_doc_format", "document_class_error", "illegal_argument", "cust_not_found", "user_not_found",
    "return_status_envelope_already_exists", "return_status_process_definition_error", "error",
})  # fmt: skip


class Refusal(Exception):
    """What GoSign says instead of OK; `status` where HTTP itself refuses (None: what the switch for a KO says)."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def illegal(message: str) -> Refusal:
    return Refusal(ILLEGAL_ARGUMENT, message)


def process_error(message: str) -> Refusal:
    return Refusal(PROCESS_DEFINITION_ERROR, message)


def customer_not_found(code: str) -> Refusal:
    """§5.2, "customer non trovato": the sentence repeats the customer code."""
    return Refusal("CUST_NOT_FOUND", f"Customer not found or access is denied - customerCode = {code}")


def envelope_not_found(ext_id: str) -> Refusal:
    """§9.4, KO."""
    message = f"The id requested does not exist or access is denied - extEnveId = {ext_id}"
    return Refusal("ENVELOPE_NOT_FOUND", message)


def envelope_exists(ext_id: str) -> Refusal:
    """§9.2, KO case 1."""
    return Refusal("RETURN_STATUS_ENVELOPE_ALREADY_EXISTS", f"Envelope already exists - extEnveId = {ext_id}")


def same_document_id(ext_id: str) -> Refusal:
    """§9.2, KO case 2, with the vendor's spelling."""
    message = f"Multiple docs with the same external id - extDocId = {ext_id}"
    return Refusal("MULTILPLE_DOCS_WITH_SAME_EXT_ID", message)


def legalbus_code(code: str) -> str:
    """§11: lower case, from a closed list."""
    lower = code.lower()
    if lower in LEGALBUS_CODES:
        return lower
    return "illegal_argument" if code.startswith("MULTILPLE") else "error"
