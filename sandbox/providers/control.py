"""What the clients of every simulator's control API have in common. Knows a simulator by its URL only."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx

from sandbox.providers.faults import Kind
from sandbox.providers.jsontypes import JsonValue


class Remote:
    """The clock, the bad luck, and what was seen. Every refusal raises httpx.HTTPStatusError."""

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

    def advance(self, seconds: float) -> None:
        """Moves the simulator's clock; what falls due, expires."""
        self._call("POST", "/clock", {"seconds": seconds})

    def reset(self) -> None:
        """Forgets everything but what the simulator was started with."""
        self._call("POST", "/reset")

    def fault(self, operation: str, fault: Kind, *, version: str = "", **more: JsonValue) -> None:
        """The next calls of `operation` ("*": any) in the `version` of the API ("": any) go wrong; see faults.Fault for
        the kinds and for `times`, `after`, `status`, `retry_after`, `seconds`."""
        self._call("POST", "/faults", {"operation": operation, "fault": fault, "version": version, **more})

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def requests(self, operation: str = "") -> list[dict[str, Any]]:
        """{operation, version, method, path, query, status, body, …} in order, without secrets."""
        return [entry for entry in self._log("requests") if operation in {"", entry["operation"]}]

    def callbacks(self, package: str = "") -> list[dict[str, Any]]:
        """Every try of a callback: {url, package, method, status, attempt}; `package`: the vendor's id."""
        return [entry for entry in self._log("callbacks") if package in {"", entry["package"]}]

    def settle(self, seconds: float = 5.0) -> bool:
        """Sends held callbacks and waits until none is on its way; False if that takes longer than `seconds`."""
        return bool(self._call("POST", "/settle", {"seconds": seconds})["settled"])

    def authority(self) -> bytes:
        """The test CA's certificate (PEM)."""
        return self._http.get("/ca.pem").raise_for_status().content

    def _log(self, name: str) -> list[dict[str, Any]]:
        return list(self._call("GET", f"/logs/{name}"))

    def _call(self, method: str, path: str, body: JsonValue = None, *, query: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - any JSON
        return self._http.request(method, path, json=body, params=query).raise_for_status().json()
