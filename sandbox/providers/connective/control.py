"""A typed client of the simulator's control API, for tests and the demo. Knows the simulator by its URL only.

`who` is an actor id or an e-mail address. Every refusal raises httpx.HTTPStatusError.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, Self

import httpx

from sandbox.providers.jsontypes import JsonValue

FaultKind = Literal["http", "slow", "garbage", "truncated", "reset", "lost_reply"]


class Control:
    """Plays the people, the clock and the bad luck."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_control", timeout=30.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # People. Each answers the package as v3 shows it, plus PackageId, Environment and Locations.

    def sign(self, package: str, who: str, *, method: str | None = None, email: str | None = None) -> dict[str, Any]:
        """Signs or approves; for a group, `email` says which member. `method` defaults to the first one asked for."""
        return self._act(package, "sign", who=who, method=method, email=email)

    def approve(self, package: str, who: str, *, email: str | None = None) -> dict[str, Any]:
        return self.sign(package, who, email=email)

    def begin(self, package: str, who: str) -> dict[str, Any]:
        """The actor's signature is being made: Inprogress until sign is called."""
        return self._act(package, "begin", who=who)

    def reject(self, package: str, who: str, reason: str = "") -> dict[str, Any]:
        return self._act(package, "reject", who=who, reason=reason)

    def reassign(
        self, package: str, who: str, *, email: str, first_name: str = "New", last_name: str = "Signer"
    ) -> dict[str, Any]:
        return self._act(package, "reassign", who=who, email=email, firstName=first_name, lastName=last_name)

    def request_new_link(self, package: str, who: str) -> dict[str, Any]:
        return self._act(package, "newlink", who=who)

    def revoke(self, package: str) -> dict[str, Any]:
        """A user of the vendor's portal revokes the package."""
        return self._act(package, "revoke")

    # The provider itself.

    def expire(self, package: str) -> dict[str, Any]:
        return self._act(package, "expire")

    def reopen(self, package: str, *, days: int = 7) -> dict[str, Any]:
        return self._act(package, "reopen", days=days)

    def fail(self, package: str) -> dict[str, Any]:
        return self._act(package, "fail")

    def present(self, package: str, **shown: JsonValue) -> dict[str, Any]:
        """Shows `status`, or `actorStatus` of `who`, instead of the real one (None ends it); `oldApi` True: 409s."""
        return self._call("POST", f"/packages/{package}/present", shown)  # type: ignore[no-any-return]

    def package(self, package: str) -> dict[str, Any]:
        return self._call("GET", f"/packages/{package}")  # type: ignore[no-any-return]

    def packages(self, environment: str = "") -> list[dict[str, Any]]:
        """Of one environment (default: the first), oldest first."""
        return self._call("GET", "/packages", query={"environment": environment})  # type: ignore[no-any-return]

    def configure(self, environment: str = "demo", **changes: JsonValue) -> dict[str, Any]:
        """Changes or adds an environment: users, initiators, contact_groups, signing_templates, switches, callbacks.

        switches and callbacks are merged key by key: configure(switches={"audit_proofs": False}).
        """
        return self._call("PUT", f"/environments/{environment}", changes)  # type: ignore[no-any-return]

    def advance(self, seconds: float) -> None:
        """Moves the simulator's clock; what falls due, expires."""
        self._call("POST", "/clock", {"seconds": seconds})

    def reset(self) -> None:
        """Forgets everything but the environments it was started with."""
        self._call("POST", "/reset")

    # Bad luck.

    def fault(
        self,
        operation: str,
        fault: FaultKind,
        *,
        times: int = 1,
        after: int = 0,
        status: int = 500,
        retry_after: int | None = None,
        seconds: float = 0.0,
        version: str = "",
    ) -> None:
        """The next `times` calls of `operation` ("*": any), once `after` have passed; `version` "" is any of
        v3, v3.1, v4. Kinds: see faults.Fault."""
        rule = {"operation": operation, "fault": fault, "times": times, "after": after, "status": status}
        self._call("POST", "/faults", {**rule, "retryAfter": retry_after, "seconds": seconds, "version": version})

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    # What happened.

    def requests(self, operation: str = "") -> list[dict[str, Any]]:
        """{environment, operation, version, method, path, query, status, at, body} in order; `operation` filters."""
        entries = self._log("requests")
        return [entry for entry in entries if not operation or entry["operation"] == operation]

    def mails(self, package: str = "") -> list[dict[str, Any]]:
        """E-mails that would have gone out: {environment, package, to, kind, at}."""
        return [mail for mail in self._log("mails") if not package or mail["package"] == package]

    def callbacks(self, package: str = "") -> list[dict[str, Any]]:
        """Every try of a ping: {url, package, method, status, attempt}."""
        return [ping for ping in self._log("callbacks") if not package or ping["package"] == package]

    def settle(self, seconds: float = 5.0) -> bool:
        """Sends held pings and waits until none is on its way; False if that takes longer than `seconds`."""
        return bool(self._call("POST", "/settle", {"seconds": seconds})["settled"])

    def authority(self) -> bytes:
        """The test CA's certificate (PEM)."""
        return self._http.get("/ca.pem").raise_for_status().content

    def _log(self, name: str) -> list[dict[str, Any]]:
        return self._call("GET", f"/logs/{name}")  # type: ignore[no-any-return]

    def _act(self, package: str, action: str, **body: JsonValue) -> dict[str, Any]:
        return self._call("POST", f"/packages/{package}/{action}", body)  # type: ignore[no-any-return]

    def _call(
        self, method: str, path: str, body: JsonValue = None, *, query: dict[str, str] | None = None
    ) -> JsonValue:
        response = self._http.request(method, path, json=body, params=query)
        return response.raise_for_status().json()
