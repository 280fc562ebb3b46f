"""What an operator of the simulator can set: environments (customers), switches for the unknowns, callback habits.

One environment is one customer of Connective: own API users, own packages, own configuration. Knows no HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sandbox.providers.courier import Habits
from sandbox.providers.jsontypes import JsonValue


@dataclass(frozen=True, slots=True)
class Switches:
    """What the sources leave open (contracts/connective.md §A7), each with the choice that stands until proven wrong."""

    v3_errors: Literal["object", "array"] = "object"  # §A5: one object or an array is [U]
    package_download: Literal["zip", "plain"] = "zip"  # §A7: "plain" gives the bare PDF of a one-document package
    list_end_token: str | None = None  # §A2 Package List: null or "" at the end is [U]
    list_status_upper: bool = True  # §A2: the Swagger's example writes DRAFT
    v3_draft_deletable: bool = True  # §A7: whether a Draft can be deleted in v3 is [U]
    revocable: tuple[str, ...] = ("Pending",)  # §A2: "status does not allow revocation"; which ones is [U]
    skip_needs_a_signature: bool = False  # §A2 names the 409 Package.NotSigned but not when it is given
    audit_proofs: bool = True  # §A2: "requires the Audit Proofs setting of the environment"
    audit_proofs_off_status: Literal[404, 409] = 409
    signatures: Literal["per_signer", "per_location"] = "per_signer"  # a second field of one signer gets none
    reassignment: Literal["same_stakeholder", "new_stakeholder"] = "same_stakeholder"  # [U]
    calls_per_minute: int = 0  # §A1: a limit of the server is [U]; 0 is none
    v4_order: Literal["sequential", "parallel"] = "sequential"  # §A6 [U]; sequential = in the order they were added
    v4_in_progress: bool = True  # §A3: a package is InProgress once its first action is completed [I]


@dataclass(frozen=True, slots=True)
class CallbackHabits(Habits):
    """How pings go out. contracts/connective.md §A4: only "POST, tells that something changed" is certain."""

    method: Literal["POST", "GET"] = "POST"
    body: str = ""  # what stands in the body, for instance garbage
    append: Literal["", "path", "query"] = ""  # where the package id is appended to the URL


@dataclass(frozen=True, slots=True)
class Environment:
    """One customer's installation.

    users: API user to password. initiators: registered portal users; empty means that every e-mail is registered.
    contact_groups: code to members, each {"EmailAddress", "FirstName", "LastName"}.
    """

    name: str = "demo"
    users: Mapping[str, str] = field(default_factory=lambda: {"api": "secret"})
    initiators: tuple[str, ...] = ()
    contact_groups: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    signing_templates: tuple[str, ...] = ()
    switches: Switches = Switches()
    callbacks: CallbackHabits = CallbackHabits()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Environment:
        """Unknown keys raise TypeError; missing keys keep their default."""
        return cls().changed(**data)

    def changed(self, **changes: JsonValue) -> Environment:
        """A copy; `switches` and `callbacks` are merged key by key."""
        tuples: dict[str, Any] = {
            key: tuple(changes[key]) for key in ("initiators", "signing_templates") if key in changes
        }
        switches = dict(changes.get("switches", {}))
        if "revocable" in switches:
            switches["revocable"] = tuple(switches["revocable"])
        merged: dict[str, Any] = {
            "switches": replace(self.switches, **switches),
            "callbacks": replace(self.callbacks, **changes.get("callbacks", {})),
        }
        return replace(self, **(changes | tuples | merged))
