"""A typed client of the simulator's control API, for tests and the demo. Knows the simulator by its URL only.

`who` is an external id, a user name or an e-mail address. Every refusal raises httpx.HTTPStatusError.
"""

from __future__ import annotations

from typing import Any, cast

import httpx

from sandbox.providers.faults import Kind
from sandbox.providers.jsontypes import JsonValue

Json = dict[str, Any]


class Control:
    """Plays the people, the secretariat, the clock and the bad luck."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_control", timeout=30.0)

    def close(self) -> None:
        self._http.close()

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

    # Time and bad luck.

    def advance(self, seconds: float) -> None:
        self._call("POST", "/clock", {"seconds": seconds})

    def reset(self) -> None:
        """Forgets everything but the customers it was started with and the addresses they registered."""
        self._call("POST", "/reset")

    def fault(self, operation: str, fault: Kind, *, version: str = "", **more: JsonValue) -> None:
        """The next calls of `operation` ("*": any) at the door `version` (rest, oauth, gs5, soap, legalbus, idp; "":
        any) go wrong; see faults.Fault for the kinds and for `times`, `after`, `status`, `retryAfter`, `seconds`."""
        self._call("POST", "/faults", {"operation": operation, "fault": fault, "version": version, **more})

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    # What happened.

    def requests(self, operation: str = "") -> list[Json]:
        """{operation, version, method, path, query, authorized, status, bytes, body} in order, without secrets."""
        return [entry for entry in self._log("requests") if not operation or entry["operation"] == operation]

    def callbacks(self, envelope: str = "") -> list[Json]:
        """Every try of a notification: {url, package, method, status, attempt}."""
        return [entry for entry in self._log("callbacks") if not envelope or entry["package"] == envelope]

    def questions(self) -> list[Json]:
        """Every workability question: {envelope, user, workable}."""
        return self._log("questions")

    def outcomes(self) -> list[Json]:
        """What the external system answered to REST notifications: {outcome, message}."""
        return self._log("outcomes")

    def operations(self) -> list[Json]:
        """LegalBus's work: {envelope, receipt, code}."""
        return self._log("operations")

    def mails(self, envelope: str = "") -> list[Json]:
        return [entry for entry in self._log("mails") if not envelope or entry["envelope"] == envelope]

    def settle(self, seconds: float = 5.0) -> bool:
        """Sends what is held and waits until no notification is on its way; False if that takes longer."""
        return bool(self._call("POST", "/settle", {"seconds": seconds})["settled"])

    def authority(self) -> bytes:
        """The test CA's certificate (PEM)."""
        return self._http.get("/ca.pem").raise_for_status().content

    def _log(self, name: str) -> list[Json]:
        return cast("list[Json]", self._call("GET", f"/logs/{name}"))

    def _act(self, envelope: str, action: str, **body: JsonValue) -> Json:
        return cast("Json", self._call("POST", f"/envelopes/{envelope}/{action}", body))

    def _call(self, method: str, path: str, body: JsonValue = None) -> Any:  # noqa: ANN401 - any JSON
        return self._http.request(method, path, json=body).raise_for_status().json()
