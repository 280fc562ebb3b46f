"""Audit proof XML: contracts/connective.md §A2 "Audit proof XML" and the Swagger's `Content`. Knows no HTTP.

The page gives names and nesting, and that it is a signed XML; the root's name, the numbering and which proofs a
signature has are [U]: here its certificate plus the external proofs.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.providers.connective.errors import Refusal, package_not_signed
from sandbox.providers.connective.model import Document, Location, Package
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator
from sandbox.providers.connective.views import utc


def package_proofs(simulator: Simulator, packages: Sequence[Package], *, only: Collection[str] = ()) -> bytes:
    """One `upload` per package: a correlation id has as many as there were passes through the portal.

    `only` limits the signatures to those document ids. 409 unless every package is fully signed.
    """
    for package in packages:
        if package.status != "Finished":
            raise package_not_signed(package.id)
    last = packages[-1]
    root = ET.Element("Content", packageId=last.id, packageCorrelationId=last.correlation_id or "")
    uploads, indexes = ET.SubElement(root, "uploads"), ET.SubElement(root, "indexes")
    for package in packages:
        upload = ET.SubElement(uploads, "upload")
        ET.SubElement(upload, "start").text = utc(package.started)
        ET.SubElement(upload, "end").text = utc(package.finished)
        signatures = ET.SubElement(upload, "signatures")
        for document, place in package.locations():
            if place.signed_at and (not only or document.id in only):
                _signature(simulator, package, place, signatures, indexes)
    return simulator.notary.sign_xml(ET.tostring(root, encoding="unicode"))


def document_proofs(simulator: Simulator, package: Package, documents: Sequence[Document]) -> bytes:
    return package_proofs(simulator, [package], only={document.id for document in documents})


def correlated(
    simulator: Simulator, environment: Environment, *, package_id: str = "", document_id: str = ""
) -> tuple[list[Package], set[str]]:
    """Packages with that correlation id, oldest first, and the documents that have it. 404 if there is none."""
    packages = simulator.packages(environment)
    if package_id:
        found = [package for package in packages if package.correlation_id == package_id]
        wanted: set[str] = set()
    else:
        wanted = {d.id for package in packages for d in package.documents if d.correlation_id == document_id}
        found = [package for package in packages if any(d.id in wanted for d in package.documents)]
    if not found:
        raise Refusal(404, f"Correlation.NotFound:{package_id or document_id}")
    return found, wanted


def _signature(
    simulator: Simulator, package: Package, place: Location, signatures: ET.Element, indexes: ET.Element
) -> None:
    proofs = ET.SubElement(ET.SubElement(signatures, "signature", locationId=place.id), "proofs")
    certificate = simulator.notary.certificate(place.signed_by or "", _name(package, place.signed_by))
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    _proof(proofs, indexes, "SigningCertificate", "simulator:certificate", der, ip_address="192.0.2.1")
    for proof in package.proofs:
        if proof.location_id == place.id:
            _proof(proofs, indexes, proof.name, proof.type, proof.content, ip_address=proof.ip_address)


def _proof(proofs: ET.Element, indexes: ET.Element, name: str, kind: str, content: str, *, ip_address: str) -> None:
    """The proof says where in `indexes` its content stands."""
    number = str(len(indexes) + 1)
    proof = ET.SubElement(proofs, "proof", ipAddress=ip_address)
    for tag, text in (("name", name), ("type", kind), ("index", number)):
        ET.SubElement(proof, tag).text = text
    index = ET.SubElement(indexes, "index")
    ET.SubElement(index, "identifier").text = number
    ET.SubElement(index, "content").text = content


def _name(package: Package, email: str | None) -> str:
    members = (member for stakeholder in package.stakeholders for member in stakeholder.members)
    return next((member.name for member in members if member.email == email), email or "unknown")
