"""The Connective simulator: what it takes as a document, where it finds signing locations, what it signs."""

from __future__ import annotations

import io
import json

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from sandbox.signing.pdf import PageBox, page_box
from tests.fakes.connective_packages import (
    FIELD,
    add,
    b64,
    create,
    document,
    pdf,
    person,
    process,
    send,
    signatures,
    signer,
)


def refused(api, *fields, data=None, **more):
    response = api.post(f"/packages/{create(api)}/documents", json=document(*fields, data=data, **more))
    assert response.status_code in {400, 409}, response.text
    return response.status_code, response.json()["ErrorCode"].split(":")[0]


def signed(api, control, *fields, data=None, **more):
    """The document after jane has signed at all its locations."""
    package = create(api)
    added = add(api, package, *fields, data=data, **more)
    process(api, package, person("jane", signer(*(place["Id"] for place in added["Locations"]))))
    send(api, package)
    control.sign(package, "jane@example.org")
    response = api.get(f"/packages/{package}/download/{added['DocumentId']}")
    assert response.status_code == 200, response.text
    return response


def rectangle(data):
    """Page (from 1) and box of the only signature, in PDF space."""
    (embedded,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    field = embedded.sig_field
    pages = PdfFileReader(io.BytesIO(data)).root["/Pages"]["/Kids"]
    page = [kid.idnum for kid in pages].index(field.raw_get("/P").idnum) + 1 if "/P" in field else None
    return page, [float(side) for side in field["/Rect"]]


def test_coordinates_are_points_from_the_top_left_and_negative_pages_count_from_the_end(api, control):
    field = {"PageNumber": -1, "Width": "120", "Height": "60", "Left": "100", "Top": "200"}
    data = signed(api, control, field, data=pdf(3)).content
    assert rectangle(data) == (3, [100.0, 582.0, 220.0, 642.0])


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_rectangle_survives_the_way_into_a_rotated_and_cropped_page_and_back(rotation):
    box = PageBox(50, 100, 545, 742, rotation)
    assert box.size == ((495, 642) if rotation in {0, 180} else (642, 495))
    x1, y1, x2, y2 = box.to_pdf((10, 20, 30, 40))
    assert 50 <= x1 < x2 <= 545
    assert 100 <= y1 < y2 <= 742
    assert box.to_display((x1, y1, x2, y2)) == (10, 20, 30, 40)


def test_the_top_left_of_a_page_turned_by_90_degrees_is_the_bottom_left_of_pdf_space():
    box = page_box(pdf(rotation=90), 1)
    assert (box.rotation, box.size) == (90, (595, 842))  # reportlab swaps the box of a turned page
    assert box.to_pdf((0, 0, 30, 40)) == (0, 0, 40, 30)


def test_a_marker_is_searched_in_the_text(api, control):
    package = create(api)
    field = {"MarkerOrFieldId": "#SIG01", "Label": "one"}
    added = add(api, package, field, data=pdf(2, text="Sign here: #SIG01"))
    assert [(place["Label"], place["PageNumber"]) for place in added["Locations"]] == [("one", 1)]
    response = signed(api, control, {"MarkerOrFieldId": "#SIG01"}, data=pdf(text="#SIG01"))
    page, (left, _, _, top) = rectangle(response.content)
    assert page == 1
    assert left == pytest.approx(72, abs=3)
    assert top == pytest.approx(709, abs=5)


def test_a_marker_matches_as_a_whole_or_not_at_all(api):
    assert refused(api, {"MarkerOrFieldId": "#SIG1"}, data=pdf(text="#SIG10")) == (409, "SigningField.MarkerNotFound")


def test_a_form_field_is_looked_up_by_its_name(api, control):
    data = signed(api, control, {"MarkerOrFieldId": "SignHere"}, data=pdf(form=True)).content
    assert signatures(data, control.authority()) == ["Jane Doe"]
    assert rectangle(data)[1] == pytest.approx([100, 500, 220, 540], abs=2)
    assert refused(api, {"MarkerOrFieldId": "SignThere"}, data=pdf(form=True)) == (409, "SigningField.MarkerNotFound")


def test_an_existing_signature_field_is_used_for_the_signature(api, control):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf()))
    append_signature_field(writer, SigFieldSpec("Buyer", box=(50, 50, 200, 100)))
    out = io.BytesIO()
    writer.write(out)
    data = signed(api, control, {"MarkerOrFieldId": "Buyer"}, data=out.getvalue()).content
    assert [s.field_name for s in PdfFileReader(io.BytesIO(data)).embedded_signatures] == ["Buyer"]
    assert signatures(data, control.authority()) == ["Jane Doe"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"PageNumber": 0}, "Request.Invalid"),
        ({"PageNumber": 2}, "SigningField.PageNumber"),
        ({"PageNumber": -2}, "SigningField.PageNumber"),
        ({"Left": "500"}, "SigningField.OutsidePage"),
        ({"Width": 120}, "Request.Invalid"),  # a number: the vendor wants strings
        ({"MarkerOrFieldId": "#SIG01"}, "Request.Invalid"),  # both a place and a marker
    ],
)
def test_a_place_that_is_none_is_refused(api, change, expected):
    assert refused(api, {**FIELD, **change}) == (400, expected)


def test_labels_are_unique_in_a_document_and_made_up_when_missing(api):
    assert refused(api, {**FIELD, "Label": "L"}, {**FIELD, "Label": "L"}) == (400, "SigningField.LabelNotUnique")
    added = add(api, create(api), FIELD, FIELD)
    assert len({place["Label"] for place in added["Locations"]}) == 2


def test_more_than_thirty_fields_are_refused(api):
    assert refused(api, *[FIELD] * 31) == (400, "Request.Invalid")


def test_one_signer_signs_once_per_document_or_once_per_location_by_switch(api, control):
    fields = FIELD, {**FIELD, "Top": "400"}
    assert len(signatures(signed(api, control, *fields).content, control.authority())) == 1
    control.configure(switches={"signatures": "per_location"})
    assert len(signatures(signed(api, control, *fields).content, control.authority())) == 2


def test_a_document_may_come_as_multipart(api, control):
    package = create(api)
    data = {"DocumentName": "Doc", "DocumentLanguage": "en", "SigningFields": [FIELD]}
    parts = {
        "Data": (None, json.dumps(data), "application/json"),
        "Document": ("doc.pdf", pdf(), "application/pdf"),
    }
    response = api.post(f"/packages/{package}/documents", files=parts)
    assert response.status_code == 200, response.text
    assert len(response.json()["Locations"]) == 1
    assert api.post(f"/packages/{package}/documents", files={"Document": parts["Document"]}).status_code == 400


def test_an_xml_document_comes_back_as_xml_with_a_marker_in_place_of_a_signature(api, control):
    xml = {"DocumentType": "application/xml", "Representation": b64(pdf()), "RepresentationType": "application/pdf"}
    response = signed(api, control, FIELD, data=b"<order><id>7</id></order>", **xml)
    assert response.headers["content-type"].startswith("application/xml")
    assert response.text.startswith("<order><id>7</id><SimulatedSignature ")
    assert 'signer="jane@example.org"' in response.text


def test_a_representation_needs_its_type_and_xml_with_fields_needs_a_representation(api):
    xml = {"DocumentType": "application/xml", "data": b"<order/>"}
    assert refused(api, **xml, Representation=b64(pdf())) == (400, "Document.RepresentationType")
    assert refused(api, FIELD, **xml) == (400, "SigningFields.RepresentationMissing")


@pytest.mark.parametrize("data", [b"plain text\nin two lines", b"PK\x03\x04 a docx", b"\xd0\xcf\x11\xe0 a doc"])
def test_text_and_word_become_pdf(api, control, data):
    response = signed(api, control, FIELD, data=data)
    assert signatures(response.content, control.authority()) == ["Jane Doe"]


@pytest.mark.parametrize(
    ("data", "more", "expected"),
    [
        (b"\xff\xfe\x00garbage", {}, (409, "Document.UnknownFormat")),
        (b"%PDF-1.7 and no more", {}, (409, "Document.Invalid")),
        (b"<a><b></a>", {"DocumentType": "application/xml"}, (409, "Document.Invalid")),
        (b"<a>" + b"x" * 2_000_000 + b"</a>", {"DocumentType": "application/xml"}, (400, "Document.TooLarge")),
    ],
)
def test_what_is_no_document_is_refused(api, data, more, expected):
    assert refused(api, data=data, **more) == expected


def test_base64_that_is_not_and_a_missing_document_are_refused(api):
    assert refused(api, Document="not base64!") == (400, "Document.NotBase64")
    assert refused(api, Document="") == (400, "Document.Missing")


def test_a_flawed_pdf_is_refused_or_repaired_as_pdf_error_handling_says(api, control):
    flawed = pdf().replace(b"startxref\n", b"startxref\n9")
    assert refused(api, FIELD, data=flawed, PdfErrorHandling="DetectFail") == (409, "Document.HasIssues")
    repaired = signed(api, control, FIELD, data=flawed, PdfErrorHandling="DetectFixFail").content
    assert signatures(repaired, control.authority()) == ["Jane Doe"]
    assert refused(api, PdfErrorHandling=[]) == (400, "Request.Invalid")
