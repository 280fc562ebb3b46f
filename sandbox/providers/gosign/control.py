"""A typed client of the simulator's control API, for tests and the demo. Knows the simulator by its URL only.

`who` is an external id, a user name or an e-mail address. Every refusal raises httpx.HTTPStatusError.
"""

from __future__ import annotations

from typing import Any, cast

from sandbox.providers.control import Remote
from sandbox.providers.jsontypes import JsonValue

Json = dict[str, Any]


class Control(Remote):
    """Plays the people, the secretariat, the clock and the bad luck."""

    # People. Each answers the envelope as REST v1 shows it, plus customer, door and id.

    def sign(self, envelope: str, who: str) -> Json:
        """Works and confirms; asks the external system before, where the customer's habits say so (else 409)."""
        return self._act(envelope, "sign", who=who)

    def prepare(self, envelope: str, who: str) -> Json:
        """All actions are ready, awaiting confirmation: TCF."""
        return self._act(envelope, "prepare", who=who)

    def reject(self, envelope: str, who: str, note: str = "") -> Json:
        return self._act(envelope, "reject", who=who, note=note)

    def replace(self, envelope: str, who: str, by: str) -> Json:
        """`by` is active as the replacement of `who`."""
        return self._act(envelope, "replace", who=who, by=by)

    # The secretariat and GoSign itself.

    def start(self, envelope: str) -> Json:
        """Sends a draft."""
        return self._act(envelope, "start")

    def cancel(self, envelope: str) -> Json:
        """By the secretariat: STP."""
        return self._act(envelope, "cancel")

    def expire(self, envelope: str) -> Json:
        return self._act(envelope, "expire")

    def to_reject(self, envelope: str) -> Json:
        return self._act(envelope, "toreject")

    def store(self, envelope: str) -> Json:
        """Archives: STO."""
        return self._act(envelope, "store")

    def delete(self, envelope: str) -> Json:
        return self._act(envelope, "delete")

    def lock(self, envelope: str, *, locked: bool = True) -> Json:
        return self._act(envelope, "lock", locked=locked)

    def attach(self, envelope: str, text: str) -> Json:
        """A person adds a PDF of their own with this text."""
        return self._act(envelope, "attach", text=text)

    def present(self, envelope: str, **shown: JsonValue) -> Json:
        """Shows `status`, or `actorStatus` of `who` (external id), instead of the real one; None ends it."""
        return self._act(envelope, "present", **shown)

    def envelopes(self) -> list[Json]:
        """All, oldest first."""
        return cast("list[Json]", self._call("GET", "/envelopes"))

    def envelope(self, ext_id: str) -> Json:
        return next(envelope for envelope in self.envelopes() if envelope["externalId"] == ext_id)

    # Customers.

    def customers(self) -> list[Json]:
        return cast("list[Json]", self._call("GET", "/customers"))

    def configure(self, customer: str = "", **changes: JsonValue) -> None:
        """Changes or adds a customer (default: the first); switches, habits and identity are merged key by key."""
        self._call("PUT", f"/customers/{customer or self.customers()[0]['code']}", changes)

    def register(self, address: str, authentication: dict[str, str] | None = None, *, customer: str = "") -> None:
        """One more address for notifications; the same again changes its authentication."""
        known = next(one for one in self.customers() if not customer or one["code"] == customer)
        others = [target for target in known["targets"] if target["address"] != address]
        target = {"address": address, "authentication": authentication or {}}
        self.configure(known["code"], targets=[*others, target])

    def users(self, customer: str = "") -> list[Json]:
        code = customer or self.customers()[0]["code"]
        return cast("list[Json]", self._call("GET", f"/customers/{code}/users"))

    def token(self, **claims: JsonValue) -> str:
        """A JWT of the identity provider for the external system, with claims replaced."""
        return str(self._call("POST", "/token", claims)["token"])

    def expire_tokens(self) -> None:
        self._call("DELETE", "/tokens")

    def ping(self) -> list[Json]:
        return cast("list[Json]", self._call("POST", "/ping"))

    # What happened.

    def outcomes(self) -> list[Json]:
        """What the external system answered to REST notifications: {outcome, message}."""
        return self._log("outcomes")

    def operations(self) -> list[Json]:
        """LegalBus's work: {envelope, receipt, code}."""
        return self._log("operations")

    def mails(self, envelope: str = "") -> list[Json]:
        return [entry for entry in self._log("mails") if not envelope or entry["envelope"] == envelope]

    def _act(self, envelope: str, action: str, **body: JsonValue) -> Json:
        return cast("Json", self._call("POST", f"/envelopes/{envelope}/{action}", body))
