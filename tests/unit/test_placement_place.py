"""Fields of a package resolved on real PDFs: boxes where they can be, problems with a name where they cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from esign.domain.content import DOCX, XML
from esign.domain.recipient import Anchor, Field, FormField, Rectangle, Role, Zone, ZonePosition
from esign.http.deadline import Deadline
from esign.placement.geometry import Box
from esign.placement.place import FOR_SENDING, resolve
from esign.placement.target import Target
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

PLAIN = Target(
    says_last_page=True, searches=lambda anchor, _recipient: anchor.text if anchor.text.startswith("#") else None
)


def package_with(*places, documents=1, content_type="application/pdf"):
    """One signer per place (None: without a field), all in the first document."""
    package = a_package()
    papers = tuple(a_document(package.id, n + 1, content_type=content_type) for n in range(documents))
    people = tuple(
        a_recipient(package.id, n + 1, fields=(Field(papers[0].id, place),) if place else ())
        for n, place in enumerate(places)
    )
    return replace(package, documents=papers, recipients=people)


def problems(*places, pdf=None, **more):
    found = resolve(package_with(*places, **more), Papers(default=a_pdf(2) if pdf is None else pdf), target=PLAIN)
    return [(p.pointer, p.code) for p in found.problems]


def boxes(*places, pdf=None, **more):
    found = resolve(package_with(*places, **more), Papers(default=a_pdf(2) if pdf is None else pdf), target=PLAIN)
    assert found.problems == ()
    return found.places


def test_a_rectangle_is_taken_as_it_is():
    (placed,) = boxes(Rectangle(1, 50, 60, 100, 40))
    assert placed.box == Box(50, 60, 100, 40)
    assert placed.page is not None
    assert placed.page.number == 1


def test_page_minus_one_is_the_last():
    (placed,) = boxes(Rectangle(-1, 50, 60, 100, 40))
    assert placed.page is not None
    assert placed.page.number == 2


@pytest.mark.parametrize("page", [0, 3, -3])
def test_a_page_that_does_not_exist_is_a_problem(page):
    assert problems(Rectangle(page, 50, 60, 100, 40)) == [("/recipients/0/fields/0", "no_such_page")]


@pytest.mark.parametrize(
    "box", [(-5, 0, 50, 50), (560, 0, 50, 50), (0, 800, 50, 50), (10, 10, 0, 50), (10, 10, 50, -1)]
)
def test_a_field_off_the_page_is_a_problem(box):
    assert problems(Rectangle(1, *box)) == [("/recipients/0/fields/0", "field_off_page")]


def test_a_rectangle_counts_from_the_visible_page_not_from_the_media_box():
    pdf = a_pdf(1, crop=(20, 30, 320, 430), texts={(1, 120, 230): "Sign here"})
    (found,) = boxes(Anchor("Sign here"), pdf=pdf)
    assert found.box is not None
    assert (found.box.x, found.box.y) == pytest.approx((100, 197.5), abs=1.5)  # less the crop, and the text's descent
    assert problems(Rectangle(1, 280, 10, 50, 50), pdf=pdf) == [("/recipients/0/fields/0", "field_off_page")]


def test_an_anchor_is_found_on_its_page_and_moved_by_its_offset():
    pdf = a_pdf(3, texts={(2, 100, 300): "Signature of the buyer"})
    (placed,) = boxes(Anchor("of the buyer", dx=5, dy=-50, width=120, height=45), pdf=pdf)
    assert placed.page is not None
    assert placed.box is not None
    assert placed.page.number == 2
    assert 150 < placed.box.x < 165
    assert 246 < placed.box.y < 250
    assert (placed.box.width, placed.box.height) == (120, 45)


def test_an_absent_anchor_is_a_problem_never_silence():
    assert problems(Anchor("nowhere")) == [("/recipients/0/fields/0", "anchor_not_found")]


def test_an_anchor_is_matched_in_its_own_case():
    pdf = a_pdf(1, texts={(1, 100, 300): "SIGN HERE"})
    assert problems(Anchor("sign here"), pdf=pdf) == [("/recipients/0/fields/0", "anchor_not_found")]


def test_a_form_field_is_found_by_its_name():
    pdf = a_pdf(2, signature_fields={"Käufer": (2, 100, 200, 150, 50)})
    (placed,) = boxes(FormField("Käufer"), pdf=pdf)
    assert placed.form_field == "Käufer"
    assert placed.box == Box(100, 200, 150, 50)


def test_a_missing_form_field_is_a_problem():
    pdf = a_pdf(2, signature_fields={"Buyer": (2, 100, 200, 150, 50)})
    assert problems(FormField("Seller"), pdf=pdf) == [("/recipients/0/fields/0", "form_field_not_found")]
    assert problems(FormField("Seller")) == [("/recipients/0/fields/0", "form_field_not_found")]


def test_fields_of_two_people_must_not_overlap():
    one, other = Rectangle(1, 50, 60, 100, 40), Rectangle(1, 140, 90, 100, 40)
    assert problems(one, other) == [("/recipients/1/fields/0", "fields_overlap")]


def test_one_person_may_lay_their_fields_as_they_like():
    package = package_with(None)
    document = package.documents[0].id
    fields = (Field(document, Rectangle(1, 50, 60, 100, 40)), Field(document, Rectangle(1, 60, 70, 100, 40)))
    package = replace(package, recipients=(replace(package.recipients[0], fields=fields),))
    assert resolve(package, Papers(default=a_pdf()), target=PLAIN).problems == ()


def test_everybody_without_a_field_gets_one_on_the_last_page_of_every_document():
    placed = boxes(None, None, None, documents=2)
    assert len(placed) == 6
    assert {(p.document[-2:], p.page.number) for p in placed if p.page} == {("01", 2), ("02", 2)}


def test_default_places_keep_clear_of_what_was_asked_for():
    asked, default = boxes(Rectangle(2, 36, 36, 150, 60), None)
    assert asked.box is not None
    assert default.box is not None
    assert not asked.box.overlaps(default.box)


def test_zones_keep_clear_of_each_other_and_of_rectangles():
    corner = ZonePosition(1, Zone.BOTTOM_LEFT)
    placed = boxes(corner, Rectangle(1, 36, 36, 150, 60), corner)
    assert len({p.box for p in placed}) == 3


def test_a_full_page_is_a_problem():
    assert ("/recipients/2", "no_room") in problems(None, None, None, pdf=a_pdf(1, size=(170, 90)))


def test_approvers_and_receivers_get_no_field():
    package = package_with(None, None)
    people = (replace(package.recipients[0], role=Role.APPROVER), replace(package.recipients[1], role=Role.CC))
    assert resolve(replace(package, recipients=people), Papers(default=a_pdf()), target=PLAIN).places == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 and nothing that follows", "pdf_damaged"),
        (b"", "pdf_damaged"),
        (a_pdf(password="secret"), "pdf_encrypted"),
    ],
    ids=["damaged", "empty", "encrypted"],
)
def test_a_pdf_that_cannot_be_signed_is_a_problem_of_the_document(data, code):
    assert problems(None, pdf=data) == [("/documents/0", code)]


def test_a_preflight_leaves_the_request_time_to_send_what_it_found():
    papers, package = Papers(default=a_pdf(2)), package_with(None, documents=2)
    with Deadline(FOR_SENDING).applies():
        looked_at = resolve(package, papers, target=PLAIN)
        compiled = resolve(package, papers, target=PLAIN, verify=False)
    late = [("/documents/0", "pdf_takes_too_long"), ("/documents/1", "pdf_takes_too_long")]
    assert [(p.pointer, p.code) for p in looked_at.problems] == late
    assert (len(compiled.places), compiled.problems) == (2, ())


def test_a_word_file_takes_defaults_zones_and_anchors_but_no_rectangle():
    places = (None, ZonePosition(1, Zone.TOP_LEFT), Anchor("#SIG1"))
    default, zone, anchor = sorted(boxes(*places, content_type=DOCX, pdf=b"PK"), key=lambda p: p.recipient)
    assert default.page is not None
    assert default.page.number == -1
    assert zone.box is not None
    assert anchor.box is None
    assert problems(Rectangle(1, 5, 5, 9, 9), content_type=DOCX) == [("/recipients/0/fields/0", "page_size_unknown")]


def test_a_document_that_another_stands_for_is_looked_at_there_and_only_signed_once():
    package = package_with(Anchor("Sign here"), documents=2)
    xml, shown = package.documents
    package = replace(package, documents=(replace(xml, content_type=XML), shown))
    papers = Papers({shown.id: a_pdf(1, texts={(1, 100, 100): "Sign here"}), xml.id: b"<x/>"})
    found = resolve(package, papers, target=PLAIN, seen_as={xml.id: shown.id})
    assert found.problems == ()
    assert [p.document for p in found.places] == [xml.id]
    assert papers.opened == [shown.id]


def test_the_pdf_library_is_loaded_only_when_a_page_is_looked_at():
    code = (
        "import sys, esign.placement.place, esign.providers.connective.connect\n"
        "print([m for m in ('pypdfium2', 'zeep', 'pyhanko') if m in sys.modules])"
    )
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=path)
    assert done.stdout.strip() == "[]"


def test_every_anchor_is_found_however_many_were_looked_for_on_the_page_before():
    texts: dict[tuple[int, float, float], str] = {
        (1, 72, 400): "Sign",
        (1, 72, 386): "here, please",
        (1, 300, 600): "Name: ____",
        (2, 72, 300): "(ab-1)",
    }
    pdf = a_pdf(2, texts=texts)
    found = boxes(Anchor("(ab-1)"), Anchor("here, please"), Anchor("____"), Anchor("Name: _", dy=-90), pdf=pdf)
    assert [p.page.number for p in found if p.page] == [2, 1, 1, 1]
    alone = boxes(Anchor("Sign here"), pdf=pdf)
    after = boxes(Anchor("(ab-1)"), Anchor("Sign here"), pdf=pdf)
    assert after[1].box == alone[0].box
