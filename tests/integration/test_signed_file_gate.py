"""pyHanko over really signed PDFs, tampered ones, unsigned ones and bombs: observations, never an exception, no name."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import SignatureObservation
from esign.domain.package import Package
from esign.domain.status import Attention, PackageStatus
from esign.pades.inspector import MOST_SIGNATURES, PdfSignatureInspector
from esign.ports import SignedFile
from sandbox.signing.notary import Notary
from tests.fakes.bombs import CORPUS
from tests.fakes.connector import Connector
from tests.fakes.papers import a_pdf
from tests.fakes.provider import FakeProvider, chunks

# VmHWM and not ru_maxrss, which a new process inherits from the one that started it.
PEAK = """
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
assert int(peak.split()[1]) < 512 * 1024, peak
"""
BOX = (50.0, 50.0, 100.0, 40.0)


@pytest.fixture(scope="module")
def notary() -> Notary:
    return Notary()


@pytest.fixture(scope="module")
def signed_once(notary: Notary) -> bytes:
    return sign(notary, a_pdf(), "anna@example.com", "Anna Canary")


@pytest.fixture(scope="module")
def signed_twice(notary: Notary, signed_once: bytes) -> bytes:
    return sign(notary, signed_once, "ben@example.com", "Ben Canary")


def sign(notary: Notary, data: bytes, email: str, name: str) -> bytes:
    return notary.sign_pdf(data, email=email, name=name, field=f"Signature-{name}", page=1, rectangle=BOX)


def seen(data: bytes) -> SignatureObservation:
    return PdfSignatureInspector().inspect(io.BytesIO(data))


def test_a_signed_pdf_shows_a_signature_that_covers_it(signed_once):
    found = seen(signed_once)
    assert (found.readable, found.signatures, found.intact, found.sound) == (True, 1, 1, 1)
    assert found.covers_whole_file
    assert found.modification_level == "NONE"
    assert found.digest_algorithms == ("sha256",)
    assert found.tool.startswith("pyHanko ")


def test_a_second_signature_does_not_break_the_first(signed_twice):
    found = seen(signed_twice)
    assert (found.signatures, found.intact, found.sound) == (2, 2, 2)
    assert found.covers_whole_file


def test_an_unsigned_pdf_shows_none():
    found = seen(a_pdf())
    assert (found.readable, found.signatures, found.covers_whole_file) == (True, 0, False)


def test_a_changed_byte_breaks_every_signature_over_it(signed_twice):
    place = signed_twice.index(b"stream") + 10
    found = seen(signed_twice[:place] + bytes([signed_twice[place] ^ 1]) + signed_twice[place + 1 :])
    assert (found.signatures, found.intact, found.sound) == (2, 0, 0)


def test_a_page_changed_after_signing_leaves_the_signature_intact_and_not_sound(signed_once):
    from pyhanko.pdf_utils.generic import NameObject, NumberObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed_once), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = NumberObject(90)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    found = seen(out.getvalue())
    assert (found.signatures, found.intact, found.sound) == (1, 1, 0)
    assert found.modification_level == "OTHER"


def test_bytes_after_the_last_signature_are_seen(signed_once):
    assert not seen(signed_once + b"\n% more\n").covers_whole_file


def test_no_name_of_a_signer_is_logged_or_observed(signed_once, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        found = seen(signed_once)
    told = caplog.text + "".join(capfd.readouterr()) + repr(found)
    assert "Canary" not in told
    assert "anna" not in told


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_a_bomb_is_an_unreadable_file_and_no_exception(name):
    found = seen(CORPUS[name]())
    assert found.sound == 0
    assert not found.readable


def test_more_signatures_than_any_contract_has_are_not_looked_at(signed_once):
    from pyhanko.pdf_utils.reader import PdfFileReader

    from tests.fakes.bombs import thousands_of_signatures

    (one,) = PdfFileReader(io.BytesIO(signed_once)).embedded_regular_signatures
    many = thousands_of_signatures(MOST_SIGNATURES + 1, bytes(one.pkcs7_content))
    assert len(PdfFileReader(io.BytesIO(many), strict=False).embedded_regular_signatures) == MOST_SIGNATURES + 1
    assert not seen(many).readable


def test_no_bomb_takes_half_the_memory_of_its_function():
    """Each in a process of its own; kilobytes on Linux."""
    for name in ("a_bomb_in_the_cross_references", "a_bomb_of_two_layers"):
        data = CORPUS[name]()
        code = "import io, sys; from esign.pades.inspector import PdfSignatureInspector as Inspector\n"
        code += "assert not Inspector().inspect(io.BytesIO(sys.stdin.buffer.read())).readable"
        paths = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
        subprocess.run([sys.executable, "-c", f"{code}\n{PEAK}"], input=data, check=True, env=paths)


# ------------------------------------------------------------------------------------ the whole way to the gate


class Paper(FakeProvider):
    """A service that promises cryptographic signatures, and what it gives back as the signed document."""

    def __init__(self, paper: bytes) -> None:
        super().__init__()
        self.capabilities = Capabilities("fake", dict.fromkeys(Feature), seals_pdf=True)
        self.paper = paper

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        for file in super().signed_files(package):
            yield replace(file, open=chunks(self.paper)) if file.document else file


def after_signing(paper: bytes) -> Package:
    connector = Connector(provider=Paper(paper))
    inspector: Any = PdfSignatureInspector()
    connector.inspector = inspector
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.run_refresh(package.id)
    return connector.now(package.id)


def test_a_really_signed_pdf_completes_its_package(signed_once):
    after = after_signing(signed_once)
    assert after.status is PackageStatus.COMPLETE
    assert after.files[0].observed.sound == 1


def test_a_tampered_an_unsigned_and_a_hostile_pdf_do_not(signed_once):
    place = signed_once.index(b"stream") + 10
    tampered = signed_once[:place] + bytes([signed_once[place] ^ 1]) + signed_once[place + 1 :]
    for paper in (tampered, a_pdf(), CORPUS["a_bomb_of_two_layers"]()):
        after = after_signing(paper)
        assert after.status is PackageStatus.SIGNED
        assert after.attention.code is Attention.EVIDENCE_REJECTED
        assert after.files
