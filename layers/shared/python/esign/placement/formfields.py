"""The form fields that a PDF brings along and in which a signature can be placed. Knows no vendor."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from esign.placement.geometry import Box
from esign.placement.pages import Pdf, visible_box
from esign.placement.text import Spot

_MAX_WIDGETS = 2000  # per page; a form has dozens


@dataclass(frozen=True, slots=True)
class FormFieldSpot:
    """A field of the form: `kind` is "signature" or "text"; `signed`: a signature is in it already."""

    name: str
    kind: str
    spot: Spot
    signed: bool


def form_fields(pdf: Pdf) -> dict[str, FormFieldSpot]:
    """By full name; of a field with several widgets the first."""
    from pypdfium2 import raw  # loaded with the document at the latest

    if pdf.handle.get_formtype() == raw.FORMTYPE_NONE:
        return {}
    pdf.handle.init_forms()
    found: dict[str, FormFieldSpot] = {}
    for number in pdf.searched():
        with pdf.raw_page(number) as page:
            for field in _on_page(raw, pdf.handle.formenv, page, number):
                found.setdefault(field.name, field)
    return found


def _on_page(raw: Any, form: Any, page: Any, number: int) -> Iterator[FormFieldSpot]:  # noqa: ANN401 - untyped library
    kinds = {raw.FPDF_FORMFIELD_SIGNATURE: "signature", raw.FPDF_FORMFIELD_TEXTFIELD: "text"}
    origin_x, origin_y, _, _ = visible_box(page)
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_WIDGETS)):
        note = raw.FPDFPage_GetAnnot(page, index)
        try:
            kind = kinds.get(raw.FPDFAnnot_GetFormFieldType(form, note))
            if kind:
                box = _box(raw, note, origin_x, origin_y)
                signed = kind == "signature" and bool(raw.FPDFAnnot_HasKey(note, b"V"))
                yield FormFieldSpot(_name(raw, form, note), kind, Spot(number, box), signed)
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _name(raw: Any, form: Any, note: Any) -> str:  # noqa: ANN401 - untyped library
    """PDFium writes UTF-16LE with a closing zero and tells the length in bytes."""
    length = raw.FPDFAnnot_GetFormFieldName(form, note, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetFormFieldName(form, note, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


def _box(raw: Any, note: Any, origin_x: float, origin_y: float) -> Box:  # noqa: ANN401 - untyped library
    rectangle = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(note, rectangle)
    left, bottom = rectangle.left - origin_x, rectangle.bottom - origin_y
    return Box(left, bottom, rectangle.right - rectangle.left, rectangle.top - rectangle.bottom)
