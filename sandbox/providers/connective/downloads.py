"""Signed files as the vendor hands them out, in both versions, and v4's audit trail. Knows no routes."""

from __future__ import annotations

import io
import re
import zipfile

from starlette.responses import Response

from sandbox.providers.connective.errors import bad_request, package_not_signed
from sandbox.providers.connective.intake import typeset
from sandbox.providers.connective.model import Document, Package
from sandbox.providers.connective.simulator import Simulator

LANGUAGES = frozenset({"en", "nl", "de", "fr", "es"})
SUFFIX = {"application/pdf": ".pdf", "application/xml": ".xml"}


def signed_package(simulator: Simulator, package: Package, *, plain: bool) -> Response:
    """A zip; with `plain` the bare file of a one-document package (§A7: [U] in v3). 409 until Finished."""
    _require_signed(package)
    if plain and len(package.documents) == 1:
        return signed_document(simulator, package, package.documents[0].id)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, document in enumerate(package.documents, 1):
            name = f"{number:02} {_file_name(document.name)}{SUFFIX[document.media_type]}"
            archive.writestr(name, simulator.state.get_bytes(document.content))
    return _attachment(out.getvalue(), "application/zip", f"{_file_name(package.name)}.zip")


def signed_document(simulator: Simulator, package: Package, document_id: str) -> Response:
    """404 if the document is not part of this package; 409 until the package is Finished."""
    document = package.document(document_id)
    _require_signed(package)
    return _document_response(simulator, document)


def audit_trail(package: Package, language: str) -> Response:
    """§A6: GET /packages/{id}/audittrail/{lang}, a PDF for human eyes; Finished or Archived only. Its content is [U]."""
    if language not in LANGUAGES:
        raise bad_request(f"Language.Invalid:{language}")
    _require_signed(package)
    lines = [
        f"Audit trail ({language})",
        f"{package.name}, {package.id}",
        f"Finished {package.finished:%Y-%m-%d %H:%M:%S} UTC",
    ]
    for stakeholder, actor in package.actors():
        who = ", ".join(member.email for member in stakeholder.members)
        lines.append(f"{actor.type} {who}: {actor.status} {actor.completed_at or ''}")
    return _attachment(typeset(lines), "application/pdf", "audittrail.pdf")


def _document_response(simulator: Simulator, document: Document) -> Response:
    name = _file_name(document.name) + SUFFIX[document.media_type]
    return _attachment(simulator.state.get_bytes(document.content), document.media_type, name)


def _require_signed(package: Package) -> None:
    if package.status != "Finished":
        raise package_not_signed(package.id)


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _file_name(name: str) -> str:
    """§A1: characters to avoid in names; headers are ASCII."""
    return re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
