"""What first bytes say about a document."""

from __future__ import annotations

import pytest

from esign.domain.content import DOC, DOCX, ODS, ODT, PDF, RTF, XLS, XLSX, is_what_it_says, tell

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
OFFICE = [
    ("rtf", RTF, b"{\\rtf1"), ("doc", DOC, OLE), ("docx", DOCX, ZIP), ("xls", XLS, OLE),
    ("xlsx", XLSX, ZIP), ("odt", ODT, ZIP), ("ods", ODS, ZIP),
]  # fmt: skip


@pytest.mark.parametrize(("extension", "content_type", "head"), OFFICE)
def test_an_office_file_without_a_type_is_told_by_its_name_and_bytes(extension, content_type, head):
    assert tell(head, f"Contract.{extension.upper()}") == content_type


@pytest.mark.parametrize(("extension", "content_type", "_head"), OFFICE)
def test_a_program_is_no_office_file_whatever_it_is_called(extension, content_type, _head):
    assert tell(b"MZ\x90", f"contract.{extension}") is None
    assert not is_what_it_says(content_type, b"MZ\x90")


def test_a_pdf_is_one_whatever_it_is_called():
    assert tell(b"%PDF-1.7", "contract.docx") == PDF
