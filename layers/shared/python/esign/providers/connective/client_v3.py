"""Every call of Connective's API v3, typed: the 19 of its Swagger, Set Process Information of v3.1, and Delete Document.

No decision is taken here. Status codes and errors: contracts/connective.md §A2 and §A5. `safe=True` marks calls whose
repetition changes nothing; of the others a lost answer is OutcomeUnknown. Paths are relative to `{host}/webportalapi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO
from urllib.parse import quote

from esign.domain.errors import ProviderNotFound, ProviderRefused
from esign.http.body import Saved
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File, JsonWithFiles
from esign.providers.connective.wire import (
    AddedDocument,
    CreatedPackage,
    InstantPackage,
    PackagePage,
    PackageView,
    SigningLocations,
)
from esign.providers.lenient import read

MAX_DOCUMENT = 150 * 1024 * 1024  # bytes of a download; signatures make a document grow
MAX_PROOF = 32 * 1024 * 1024
_FILES = ("Document", "Representation")


@dataclass(frozen=True, slots=True)
class ConnectiveV3:
    """One account's environment, for one invocation. All ids are Connective's GUIDs."""

    http: ProviderHttp
    deadline: Deadline

    # Uploading

    def create_package(self, body: Mapping[str, Any]) -> str:
        """The new draft's id."""
        return read(self._post("/v3/packages", body), CreatedPackage).id

    def add_document(
        self, package: str, body: Mapping[str, Any], document: BinaryIO, representation: BinaryIO | None = None
    ) -> AddedDocument:
        """The files are encoded while they are sent; they must be seekable and stay the caller's to close."""
        return read(
            self._send_files(f"/v3/packages/{package}/documents", body, document, representation), AddedDocument
        )

    def delete_document(self, package: str, document: str) -> None:
        """Not in the Swagger; known from public clients (contracts/connective.md §A2)."""
        self._call("DELETE", f"/v3/packages/{package}/documents/{document}", safe=True)

    def signing_locations(self, package: str) -> SigningLocations:
        return read(self._call("GET", f"/v3/packages/{package}/locations"), SigningLocations)

    def set_process(self, package: str, body: Mapping[str, Any], *, version: str = "v3") -> None:
        """Replaces all stakeholders; `version` v3 or v3.1. 409: conflicts with the data or the configuration."""
        self._call("PUT", f"/{version}/packages/{package}/process", json=body, safe=True)

    def set_status(self, package: str, status: str) -> PackageView:
        """Pending or Revoked. 409: no documents, or the status does not allow it."""
        revoking = status == "Revoked"  # repeating it changes nothing; what Pending sends out cannot be taken back
        return read(
            self._call("PUT", f"/v3/packages/{package}/status", json={"Status": status}, safe=revoking), PackageView
        )

    def instant_package(
        self, body: Mapping[str, Any], document: BinaryIO, representation: BinaryIO | None = None
    ) -> InstantPackage:
        """Creates and starts at once."""
        return read(self._send_files("/v3/packages/instant", body, document, representation), InstantPackage)

    # Status

    def package_status(self, package: str) -> PackageView:
        return read(self._call("GET", f"/v3/packages/{package}/status"), PackageView)

    def package_list(
        self,
        *,
        token: str = "",
        quantity: int = 100,
        status: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        sort_field: str | None = None,
        sort_order: str | None = None,
    ) -> PackagePage:
        """One page. `token`: empty, or that of the previous page; times with an offset; sort_order ASC or DESC."""
        asked = {
            "ContinuationToken": token,
            "MaxQuantity": quantity,
            "SortField": sort_field,
            "SortOrder": sort_order,
            "CreatedBeforeDate": created_before.isoformat() if created_before else None,
            "createdAfterDate": created_after.isoformat() if created_after else None,
            "Status": status,
        }
        params = {name: value for name, value in asked.items() if value not in {None, ""}}
        return read(self._call("GET", "/v3/packages", params=params), PackagePage)

    # People

    def skip_signers(self, package: str) -> None:
        """The remaining signers are Skipped and the package Finished."""
        self._call("POST", f"/v3/packages/{package}/skipsigners", safe=False)

    def send_reminders(self, package: str) -> None:
        """Raises ProviderNotFound for an unknown package, which this call alone answers with 400."""
        try:
            self._call("POST", f"/v3/packages/{package}/reminders", safe=False)
        except ProviderRefused as refused:
            if refused.fault and refused.fault.status == 400:
                raise ProviderNotFound(refused.detail, fault=refused.fault) from refused
            raise

    def set_expiry(self, package: str, until: datetime) -> None:
        """Also reopens an expired package. 409: the status does not allow it."""
        body = {"ExpiryTimestamp": until.isoformat()}
        self._call("PUT", f"/v3/packages/{package}/expirytimestamp", json=body, safe=True)

    def delete_package(self, package: str) -> None:
        """409: the status is not final (Pending, Expired)."""
        self._call("DELETE", f"/v3/packages/{package}", safe=True)

    # Files; `into` is a seekable file, emptied first. 409: not fully signed.

    def download_package(self, package: str, into: IO[bytes]) -> Saved:
        """A zip, or a bare PDF: see `sniff`."""
        return self._download(f"/v3/packages/{package}/download", into)

    def download_document(self, package: str, document: str, into: IO[bytes]) -> Saved:
        return self._download(f"/v3/packages/{package}/download/{document}", into)

    def package_proof(self, package: str, into: IO[bytes]) -> Saved:
        return self._download(f"/v3/packages/{package}/auditproof/download", into, MAX_PROOF)

    def document_proof(self, package: str, document: str, into: IO[bytes]) -> Saved:
        return self._download(f"/v3/packages/{package}/auditproof/download/{document}", into, MAX_PROOF)

    def package_correlation_proof(self, correlation: str, into: IO[bytes]) -> Saved:
        return self._download(
            f"/v3/packagecorrelations/{quote(correlation, safe='')}/auditproof/download", into, MAX_PROOF
        )

    def document_correlation_proof(self, correlation: str, into: IO[bytes]) -> Saved:
        return self._download(
            f"/v3/documentcorrelations/{quote(correlation, safe='')}/auditproof/download", into, MAX_PROOF
        )

    def add_external_proof(self, package: str, body: Mapping[str, Any]) -> None:
        self._post(f"/v3/packages/{package}/auditproof/proofs", body)

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        return self._call("POST", path, json=body)

    def _send_files(
        self, path: str, body: Mapping[str, Any], document: BinaryIO, representation: BinaryIO | None
    ) -> Any:  # noqa: ANN401
        files = {name: Base64File(file) for name, file in zip(_FILES, (document, representation), strict=True) if file}
        return self._call("POST", path, content=JsonWithFiles({**body, **files}))

    def _call(self, method: str, path: str, **call: Any) -> Any:  # noqa: ANN401
        return self.http.request(method, path, deadline=self.deadline, **call)

    def _download(self, path: str, into: IO[bytes], max_bytes: int = MAX_DOCUMENT) -> Saved:
        return self.http.download(path, into=into, max_bytes=max_bytes, deadline=self.deadline)
