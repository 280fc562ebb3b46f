"""What an operator of the simulator can set: a customer, switches for the unknowns, notification habits. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sandbox.providers.jsontypes import JsonValue

TRUST_LEVELS = ("INTERNAL_PDF", "FEA", "DIGITAL_PDF", "DIGITAL_P7M", "GRAPHO_FEA")  # §2
SIGNATURE_TYPES = (
    "SIMPLE",
    "SIMPLE_PWD",
    "SIMPLE_PWD_USA",
    "DIGITAL_PDF",
    "DIGITAL_P7M",
    "FILE",
    "GRAPHOMETRIC",
    "FEA_OTP",
    "QUICKSTART_FEA",
)  # §9.7


@dataclass(frozen=True, slots=True)
class Switches:
    """What the document leaves open (contracts/gosign.md, marks [U] and [I]), with the choice that stands until known."""

    ko_status: int = 200  # §1.5: the HTTP status of a KO; 400 is the other guess
    insert_reply: Literal["flat", "returnStatus"] = "flat"  # §4.1: "returns the operation outcome"
    get_envelope: Literal["bare", "wrapped", "returnStatus"] = "bare"  # §4.1: "will contain an object envelope"
    not_found: Literal["code", "null", "empty"] = "code"  # §3.5.3: the SDK's findEnvelope returns null
    deleted: Literal["shown", "hidden"] = "shown"  # §4.1: DEL is a "temporary status"; §5.3: "only hidden"
    default_revision: Literal[1, -1] = 1  # §6.5 says 1, §5.1 says -1
    gs5_trust_level: Literal["refuse", "tolerate"] = "refuse"  # §9.7: "do not specify"; public clients do, unpunished
    oauth_report: bool = False  # §9.3: the samples show no report document
    wrapped_rest_json: bool = True  # §6.6 prints REST JSON below insertEnvelopeRequest
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    # §4.1: liveStatus is the "list of current steps", and yet one of its states is a "hidden envelope (future step)".
    future_steps: Literal["shown", "hidden"] = "shown"
    soap_process: Literal["procDef", "processDef"] = "procDef"  # which of its names the WSDL declares (§5.1)
    soap_copies: Literal["addUsersInCC", "AddUsersInCC"] = "addUsersInCC"  # §5.1, §6.4
    soap_reads: bool = False  # §1.1.1: reads exist, unnamed; here the SDK's findEnvelope
    soap_root: Literal["workNotification", "workNotificationRequest"] = "workNotification"  # §7.1 [U]
    # §7.1 names a third end once, outside its own enumeration.
    end_of_signing: Literal["SIGN_PROCESS_ENDED", "SIGN_PROCESS_ENDED_WSUPPL"] = "SIGN_PROCESS_ENDED"
    resume_key: Literal["actionResume", "actionsResume"] = "actionResume"  # §8.3.1: the sample, the text
    legalbus_status: Literal[200, 204] = 200  # §11: "200 or 204"; 204 has no ID
    operation_done: Literal["after", "before", "twice", "never"] = "after"  # than the reply of the insertion
    operation_done_namespace: str = "http://www.infocert.it/smartsign/schema/event"  # [U]


@dataclass(frozen=True, slots=True)
class Habits:
    """How notifications go out (§7, §8, §11)."""

    channel: Literal["rest", "soap"] = "rest"
    format: Literal["work", "extended"] = "work"  # §8.3.1, §8.3.2
    documents: bool = True  # §7.1: the list goes with the types that end well
    inhibited: tuple[str, ...] = ()  # §8.3.1: notification types that the customer does not want
    ask_workable: bool = True  # §7.2, §8.4: "GoSign can be configured to"
    ping: bool = True  # §8.2; here before a question
    drop: bool = False
    duplicates: int = 0  # additional copies of each notification
    delay: float = 0.0  # seconds before the first try
    reorder: int = 0  # hold notifications until so many wait, then the last first
    retries: int = 200  # §8.3.1 says "indefinitely"; a test wants an end
    retry_delay: float = 0.3  # seconds; §7.1: "at regular intervals"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was registered for notifications, and how GoSign authenticates itself there (§8.1, §12.3)."""

    address: str
    authentication: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trust:
    """§12: what GoSign was told of the customer's identity provider. `clients`: id to secret, of the machines known to
    it; `loader`: the GoSign user in whose name a machine inserts [I]."""

    tenant: str = "11111111-2222-3333-4444-555555555555"
    audience: str = "api://gosign"
    clients: Mapping[str, str] = field(default_factory=lambda: {"connector": "idp-secret"})
    loader: str = "segr"
    notification_audience: str = "api://connector"
    gosign_client: str = "gosign"  # azp of the tokens that go with notifications


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of GoSign.

    users: external id to {"name", "surname", "email", "password", "authorities", "type"}. roles: id to user external
    ids, for actorExpr (§4.1). policies: code to {revision: [tasks as in REST v1]}. doc_classes: id to {"name",
    "mandatory": [field names]}. separators: §3.5.1, the customer's own for tags.
    """

    code: str = "customer-code-of-the-sandbox"
    external_systems: tuple[str, ...] = ("COUPA", "ZZZ", "SAP", "DDC", "EMA")
    clients: Mapping[str, str] = field(default_factory=lambda: {"connector": "client-secret"})
    token_seconds: int = 1987683  # §9.1, the sample
    trust_levels: tuple[str, ...] = TRUST_LEVELS
    signature_types: tuple[str, ...] = SIGNATURE_TYPES
    users: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: dict(USERS))
    roles: Mapping[str, list[str]] = field(default_factory=lambda: {"1": ["mgr", "usr"]})
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    doc_classes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    separators: tuple[str, ...] = ()
    send_mail: bool = True  # §6.3: "the customer must be enabled"
    expired: bool = False  # §11, product_expired
    identity: Trust = Trust()
    switches: Switches = Switches()
    habits: Habits = Habits()
    targets: tuple[Target, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, **changes: JsonValue) -> Customer:
        """A copy; `switches`, `habits` and `identity` are merged key by key. Unknown keys raise TypeError."""
        merged: dict[str, Any] = {
            name: replace(getattr(self, name), **_tuples(changes.pop(name, {})))
            for name in ("switches", "habits", "identity")
        }
        if "targets" in changes:
            merged["targets"] = tuple(Target(**target) for target in changes.pop("targets"))
        return replace(self, **(_tuples(changes) | merged))


def _person(name: str, surname: str, *authorities: str) -> dict[str, Any]:
    email = f"{name}.{surname}@customer.example".lower()
    return {"name": name, "surname": surname, "email": email, "authorities": list(authorities), "type": "corporate"}


# The people of the document's examples, and a secretary that can log in by OAuth2 (§9.1).
USERS: dict[str, dict[str, Any]] = {
    "segr": {**_person("Sara", "Segreteria", "ROLE_SEGR"), "password": "user-password"},
    "segr_user": _person("Sergio", "Utente", "ROLE_SEGR"),
    "segr_test": _person("Serena", "Test", "ROLE_SEGR"),
    "mgr": _person("Mario", "Rossi", "ROLE_MGR"),
    "usr": _person("Anna", "Bianchi", "ROLE_MGR"),
    "usr2": _person("Luigi", "Verdi", "ROLE_MGR"),
    "manager": _person("Carla", "Neri", "ROLE_MGR"),
    "manager_1": _person("Paolo", "Gialli", "ROLE_MGR"),
    "manager_2": _person("Rita", "Viola", "ROLE_MGR"),
}


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
