"""A typed client of the simulator's control API, for tests and the demo. Knows the simulator by its URL only.

`who` is an actor id or an e-mail address. Every refusal raises httpx.HTTPStatusError.
"""

from __future__ import annotations

from typing import Any

from sandbox.providers.control import Remote
from sandbox.providers.jsontypes import JsonValue


class Control(Remote):
    """Plays the people, the clock and the bad luck."""

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

    # What happened.

    def mails(self, package: str = "") -> list[dict[str, Any]]:
        """E-mails that would have gone out: {environment, package, to, kind, at}."""
        return [mail for mail in self._log("mails") if not package or mail["package"] == package]

    def _act(self, package: str, action: str, **body: JsonValue) -> dict[str, Any]:
        return self._call("POST", f"/packages/{package}/{action}", body)  # type: ignore[no-any-return]
