"""Really signs: PDFs with PAdES (pyHanko), XML with an enveloped XMLDSig, under a test CA made at start.

Knows no packages. None of its certificates means anything outside the simulator.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import functools
import hashlib
import io
import threading
import warnings
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from asn1crypto import cms  # type: ignore[import-untyped]
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sandbox.signing.pdf import Rectangle, page_box

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N2 = "http://www.w3.org/2010/xml-c14n2"
_Issued = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


class Notary:
    """A test CA and the certificates that it gave to signers, one per e-mail; made on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._signers: dict[str, _Issued] = {}

    @functools.cached_property
    def root(self) -> _Issued:
        return _issue("Simulator test CA", None)

    @property
    def root_pem(self) -> bytes:
        return self.root[0].public_bytes(serialization.Encoding.PEM)

    def certificate(self, email: str, name: str) -> x509.Certificate:
        return self._identity(email, name)[0]

    def sign_pdf(
        self, data: bytes, *, email: str, name: str, field: str, page: int, rectangle: Rectangle, existing: bool = False
    ) -> bytes:
        """`data` plus one incremental PAdES B-B signature in `field`, placed on `page` (from 1) unless it exists."""
        box = page_box(data, page).to_pdf(rectangle)
        corners = (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
        spec = None if existing else fields.SigFieldSpec(field, on_page=page - 1, box=corners)
        meta = signers.PdfSignatureMetadata(
            field_name=field, name=name, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        signer = signers.PdfSigner(meta, self._signer(email, name), new_field_spec=spec)
        out = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data), strict=False))
        return bytes(out.getvalue())

    def sign_cades(self, data: bytes, *, email: str, name: str) -> bytes:
        """A .p7m: CAdES B-B around `data`; if that is a .p7m already, one more signature of what is inside."""
        before = _signed_data(data)
        content = before["encap_content_info"]["content"].native if before else data
        signer = self._signer(email, name)
        made = asyncio.run(signer.async_sign_general_data(content, "sha256", detached=False, use_cades=True))
        if not before:
            return bytes(made.dump())
        signed = made["content"]
        signed["certificates"] = [*before["certificates"], *signed["certificates"]]
        signed["signer_infos"] = [*before["signer_infos"], *signed["signer_infos"]]
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())

    def sign_xml(self, xml: str) -> bytes:
        """`xml` in canonical form with an enveloped XMLDSig by the CA before the end of its root element."""
        canonical = ET.canonicalize(xml)
        digest = base64.b64encode(hashlib.sha256(canonical.encode()).digest()).decode()
        info = (
            f'<SignedInfo xmlns="{XMLDSIG}"><CanonicalizationMethod Algorithm="{C14N2}"></CanonicalizationMethod>'
            '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></SignatureMethod>'
            f'<Reference URI=""><Transforms><Transform Algorithm="{XMLDSIG}enveloped-signature"></Transform>'
            f'<Transform Algorithm="{C14N2}"></Transform></Transforms>'
            '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
            f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
        )
        certificate, key = self.root
        first, second = decode_dss_signature(key.sign(ET.canonicalize(info).encode(), ec.ECDSA(hashes.SHA256())))
        value = base64.b64encode(first.to_bytes(32, "big") + second.to_bytes(32, "big")).decode()
        shown = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        signature = (
            f'<Signature xmlns="{XMLDSIG}">{info}<SignatureValue>{value}</SignatureValue>'
            f"<KeyInfo><X509Data><X509Certificate>{shown}</X509Certificate></X509Data></KeyInfo></Signature>"
        )
        return _inside_root(canonical, signature)

    def _identity(self, email: str, name: str) -> _Issued:
        with self._lock:
            if email not in self._signers:
                self._signers[email] = _issue(name, self.root)
            return self._signers[email]

    def _signer(self, email: str, name: str) -> signers.SimpleSigner:
        certificate, key = self._identity(email, name)
        der = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(_asn1(self.root[0]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return signers.SimpleSigner(_asn1(certificate), asn1_keys.PrivateKeyInfo.load(der), store)


def _signed_data(data: bytes) -> cms.SignedData | None:
    """What a .p7m holds; None for anything else."""
    try:
        info = cms.ContentInfo.load(data)
        return info["content"] if info["content_type"].native == "signed_data" else None
    except (ValueError, TypeError):
        return None


def mark_xml(data: bytes, *, email: str, method: str, at: str) -> bytes:
    """`data` with a <SimulatedSignature> in its root element: no cryptography, only who "signed" what (its digest)."""
    canonical = ET.canonicalize(data.decode("utf-8-sig"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    marker = (
        f'<SimulatedSignature xmlns="urn:connective-simulator:signature" signer={quoteattr(email)} '
        f'method={quoteattr(method)} at={quoteattr(at)} sha256="{digest}">'
        f"{escape('Made by a simulator: proves nothing.')}</SimulatedSignature>"
    )
    return _inside_root(canonical, marker)


def _inside_root(canonical: str, element: str) -> bytes:
    head, tail = canonical[: canonical.rindex("</")], canonical[canonical.rindex("</") :]
    return (head + element + tail).encode()


def _issue(common_name: str, issuer: _Issued | None) -> _Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    now = dt.datetime.now(dt.UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_cert_sign=issuer is None,
                crl_sign=issuer is None,
                **usage,
            ),
            critical=True,
        )
    )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
