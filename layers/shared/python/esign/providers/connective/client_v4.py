"""The calls of Connective's API v4 that the connector makes, typed. No decision is taken here.

contracts/connective.md §A6. Paths are relative to `{host}/esig/webportalapi/v4`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from esign.http.body import Saved
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import JsonWithFiles
from esign.providers.connective.client_v3 import MAX_DOCUMENT
from esign.providers.connective.wire import (
    AddedDocument,
    CreatedPackage,
    PackageView,
    SigningMethod,
    Stakeholder,
    read_list,
)
from esign.providers.lenient import read


@dataclass(frozen=True, slots=True)
class ConnectiveV4:
    """One account's environment, for one invocation."""

    http: ProviderHttp
    deadline: Deadline

    def create_package(self, body: Mapping[str, Any]) -> str:
        return read(self._call("POST", "/packages", json=body), CreatedPackage).id

    def package(self, package: str) -> PackageView:
        return read(self._call("GET", f"/packages/{package}"), PackageView)

    def package_status(self, package: str) -> str:
        """A bare JSON string."""
        reply = self._call("GET", f"/packages/{package}/status")
        word = reply.json()
        if not isinstance(word, str):
            raise reply.broken("its status is no text")
        return word

    def set_status(self, package: str, status: str) -> None:
        """Pending or Revoked, as a bare JSON string."""
        self._call("PUT", f"/packages/{package}/status", json=status, safe=status == "Revoked")

    def delete_package(self, package: str) -> None:
        self._call("DELETE", f"/packages/{package}", safe=True)

    def add_document(self, package: str, body: Mapping[str, Any]) -> AddedDocument:
        """Files in the body are `Base64File`s, encoded while they are sent."""
        return read(self._call("POST", f"/packages/{package}/documents", content=JsonWithFiles(body)), AddedDocument)

    def documents(self, package: str) -> list[AddedDocument]:
        return read_list(self._call("GET", f"/packages/{package}/documents"), AddedDocument)

    def delete_document(self, package: str, document: str) -> None:
        self._call("DELETE", f"/packages/{package}/documents/{document}", safe=True)

    def add_stakeholder(self, package: str, body: Mapping[str, Any]) -> None:
        self._call("POST", f"/packages/{package}/stakeholders", json=body)

    def stakeholders(self, package: str) -> list[Stakeholder]:
        return read_list(self._call("GET", f"/packages/{package}/stakeholders"), Stakeholder)

    def signing_methods(self) -> list[SigningMethod]:
        return read_list(self._call("GET", "/signingmethods"), SigningMethod)

    def download_package(self, package: str, into: IO[bytes]) -> Saved:
        """A zip (v4), only of what is Finished or Archived."""
        return self._download(f"/packages/{package}/download", into, "*/*")

    def download_document(self, package: str, document: str, content_type: str, into: IO[bytes]) -> Saved:
        return self._download(f"/packages/{package}/download/{document}", into, content_type)

    def audit_trail(self, package: str, language: str, into: IO[bytes]) -> Saved:
        """A PDF that people can read."""
        return self._download(f"/packages/{package}/audittrail/{language}", into, "application/pdf")

    def _call(self, method: str, path: str, **call: Any) -> Any:  # noqa: ANN401
        return self.http.request(method, path, deadline=self.deadline, **call)

    def _download(self, path: str, into: IO[bytes], accept: str) -> Saved:
        return self.http.download(
            path, into=into, max_bytes=MAX_DOCUMENT, deadline=self.deadline, headers={"Accept": accept}
        )
