"""The PDFs of a signed contract: its final version and its certificate. Knows contracts, no HTTP."""

from __future__ import annotations

from sandbox.providers.contract_signatures.model import Contract
from sandbox.signing.notary import Notary
from sandbox.signing.sheets import text_pdf
from sandbox.signing.stamp import stamped

ROOM = 60.0  # points for each signature, from the bottom of the first page upwards


def finalized(contract: Contract, notary: Notary | None) -> bytes:
    """The page as a PDF with the signers' marks; sealed too where there is a notary."""
    content = page(contract)
    return content if notary is None else _sealed(contract, content, notary)


def page(contract: Contract) -> bytes:
    """What a signer reads: the page or issue, with the marks of those who signed before."""
    content = text_pdf([contract.name, f"Made from {contract.template_id}", "The parties agree as follows."])
    for number, signer in enumerate(contract.signers):
        if signer.decided_at is None:
            continue
        left, top = 72.0 + 160 * (number % 3), 720 - ROOM * (number // 3)
        lines = (signer.full_name, f"{signer.decided_at:%Y-%m-%d %H:%M:%S} UTC")
        content = stamped(content, [(1, (left, top, 150.0, 45.0))], lines)
    return content


def certificate(contract: Contract, sha3: str) -> bytes:
    """[U] what stands in it; here who signed when and from where, and the digest of what."""
    people = (
        f"{each.full_name} <{each.email}>: {each.decision} {each.decided_at} {each.ip}" for each in contract.signers
    )
    return text_pdf([f"Certificate of contract {contract.id}", contract.name, *people, f"SHA3-512 {sha3}"])


def _sealed(contract: Contract, content: bytes, notary: Notary) -> bytes:
    return notary.sign_pdf(
        content,
        email="seal@contract-signatures.example",
        name="Contract Signatures simulator",
        field=f"Seal-{contract.id}",
        page=1,
        rectangle=(0.0, 0.0, 0.0, 0.0),
    )
