"""The one table of what Coupa can call. The functions, the API, their roles, openapi.json and the tests walk it.

Adding an operation costs a row here and a handler in functions/coupa/<operation>/. Standard library only: the CDK app
reads this table too. Paths: contracts/coupa.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

IDEMPOTENCY_KEY_PATTERN = r"^[!-~]([ -~]{0,253}[!-~])?$"  # 1 to 255 characters; HTTP strips spaces at the ends


class Need(StrEnum):
    """What a function touches; infra turns each into the verbs of its role and the variables of its environment."""

    TABLE_READ = "table_read"
    TABLE_WRITE = "table_write"
    LAST_USE = "last_use"  # to note when an account's secret was last used
    DOCUMENTS_READ = "documents_read"
    DOCUMENTS_WRITE = "documents_write"
    DOCUMENTS_DELETE = "documents_delete"
    EVIDENCE_READ = "evidence_read"
    EVIDENCE_WRITE = "evidence_write"
    EVIDENCE_DELETE = "evidence_delete"
    CREDENTIALS = "credentials"  # the account's provider credentials, to call the provider
    NOTIFICATION_SECRETS = "notification_secrets"
    NOTIFICATION_SECRETS_WRITE = "notification_secrets_write"  # the authentication that Coupa sets for its endpoint
    CALLBACK_KEYS = "callback_keys"
    START_REFRESH = "start_refresh"
    BELL = "bell"
    RAW_CALLBACKS = "raw_callbacks"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its snake_case name (folder, module, test, metric), methods and paths, and what it needs."""

    operation: str
    endpoints: tuple[tuple[str, str], ...]  # (HTTP method, path)
    summary: str
    needs: frozenset[Need]
    timeout: int = 29  # seconds; API Gateway gives up then
    memory: int = 512  # MB

    @property
    def operation_id(self) -> str:
        """The camelCase name that Coupa sees: create_package -> createPackage."""
        first, *rest = self.operation.split("_")
        return first + "".join(word.capitalize() for word in rest)


_N = Need
_READ = frozenset({_N.TABLE_READ})
_WRITE = _READ | {_N.TABLE_WRITE}
_PROVIDER = _WRITE | {_N.CREDENTIALS}  # a call to the provider takes from the account's budget, which is in the table
_EVENTS = _PROVIDER | {_N.BELL, _N.START_REFRESH}

ROUTES: tuple[Route, ...] = (
    Route("create_package", (("POST", "/v1/packages"),), "Create a package in DRAFT", _WRITE),
    Route(
        "add_documents",
        (("POST", "/v1/packages/{packageId}/documents"),),
        "Add documents to a package in DRAFT",
        _WRITE | {_N.DOCUMENTS_WRITE},
        memory=1024,
    ),
    Route(
        "add_recipients",
        (("POST", "/v1/packages/{packageId}/recipients"),),
        "Add recipients to a package in DRAFT",
        _WRITE,
    ),
    Route(
        "send_package",
        (("POST", "/v1/packages/{packageId}/send"),),
        "Send the package for signing",
        _EVENTS | {_N.DOCUMENTS_READ, _N.CALLBACK_KEYS},
        memory=1024,
    ),
    Route(
        "get_package",
        (("GET", "/v1/packages/{packageId}"),),
        "The package, its recipients and their signing status",
        _EVENTS,
    ),
    Route(
        "get_package_summary", (("GET", "/v1/packages/{packageId}/summary"),), "The package's signing status", _EVENTS
    ),
    Route(
        "get_signed_documents",
        (
            ("GET", "/v1/packages/{packageId}/signed-documents"),
            ("GET", "/v1/packages/{packageId}/signed-documents/{documentId}"),
        ),
        "The signed documents and their evidence",
        _READ | {_N.EVIDENCE_READ},
        memory=1024,
    ),
    Route(
        "delete_package",
        (("DELETE", "/v1/packages/{packageId}"),),
        "Delete, withdraw or archive the package",
        _EVENTS | {_N.DOCUMENTS_DELETE},
    ),
    Route(
        "configure_callback",
        (
            ("PUT", "/v1/callback"),
            ("GET", "/v1/callback"),
            ("DELETE", "/v1/callback"),
            ("PUT", "/v1/packages/{packageId}/callback"),
            ("GET", "/v1/packages/{packageId}/callback"),
            ("DELETE", "/v1/packages/{packageId}/callback"),
        ),
        "Where Coupa wants to hear of events",
        _WRITE | {_N.CALLBACK_KEYS, _N.NOTIFICATION_SECRETS, _N.NOTIFICATION_SECRETS_WRITE},
    ),
    Route("verify_account", (("GET", "/v1/account"),), "The account, its provider and capabilities", _PROVIDER),
    Route("list_packages", (("GET", "/v1/packages"),), "The account's packages, newest first", _READ),
    Route("list_events", (("GET", "/v1/packages/{packageId}/events"),), "The package's timeline", _READ),
    Route(
        "remind_recipients",
        (("POST", "/v1/packages/{packageId}/reminders"),),
        "Remind everybody who has not signed",
        _PROVIDER,
    ),
    Route("extend_expiry", (("PUT", "/v1/packages/{packageId}/expiry"),), "Give the signers more time", _PROVIDER),
    Route(
        "skip_recipients",
        (("POST", "/v1/packages/{packageId}/skip-signers"),),
        "Skip everybody who has not signed",
        _EVENTS,
    ),
    Route(
        "get_signing_url",
        (("GET", "/v1/packages/{packageId}/recipients/{recipientId}/signing-url"),),
        "Where a recipient signs",
        _PROVIDER,
    ),
)

ROUTE: dict[str, Route] = {route.operation: route for route in ROUTES}
