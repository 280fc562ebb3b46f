"""What a vendor finds itself, what is computed for it, and when nobody has to look into the document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.content import DOCX
from esign.domain.recipient import Anchor, Field, FieldType, FormField, Rectangle, Role, Zone, ZonePosition
from esign.placement.geometry import Box
from esign.placement.place import resolve
from esign.placement.target import Target
from esign.ports import NotShown
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

TAGS = Target(
    needs_page=False,
    says_last_page=True,
    searches=lambda anchor, person: anchor.text.replace("%3", person.email or "") if not anchor.width else None,
    stands_alone=True,
    zones=frozenset({Zone.TOP_LEFT, Zone.TOP_RIGHT}),
)
ON_THE_SHEET = Target(
    needs_page=False,
    finds_form_field=lambda name, person: name == f"Field_{person.signing_order}_1",
    offers=lambda person: (
        FormField(f"Field_{person.signing_order}_1"),
        Anchor(f"#signature{person.signing_order}#"),
    ),
    searches=lambda anchor, person: anchor.text if anchor.text == f"#signature{person.signing_order}#" else None,
)
PDF = a_pdf(
    2,
    texts={(1, 72, 400): "Sign here", (2, 72, 300): "Sign hereafter", (2, 72, 200): "anna.berg1@example.com"},
    signature_fields={"Field_1_1": (2, 100, 300, 150, 50), "Other": (1, 100, 100, 150, 50)},
)


class Unseen:
    """A `DocumentSource` that shows nothing."""

    def open(self, document):
        raise NotShown


def contract(*places, content_type="application/pdf", **changes):
    """One signer per place (None: without a field), all in the one document."""
    package = a_package()
    paper = a_document(package.id, content_type=content_type)
    people = tuple(
        a_recipient(package.id, n + 1, fields=(Field(paper.id, place),) if place else (), **changes)
        for n, place in enumerate(places)
    )
    return replace(package, documents=(paper,), recipients=people)


def places(target, *asked, verify=True, pdf=PDF, **more):
    found = resolve(contract(*asked, **more), Papers(default=pdf), target=target, verify=verify)
    assert found.problems == ()
    return found.places


def problems(target, *asked, verify=True, pdf=PDF, **more):
    found = resolve(contract(*asked, **more), Papers(default=pdf), target=target, verify=verify)
    return [(p.pointer, p.code) for p in found.problems]


# ------------------------------------------------------------------------------------------------------ nobody looks


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (TAGS, [Rectangle(1, 10, 20, 100, 40), Rectangle(-1, 10, 20, 100, 40)]),
        (TAGS, [FormField("Other"), Rectangle(2, 10, 20, 100, 40)]),
        (TAGS, [ZonePosition(1, Zone.TOP_LEFT), ZonePosition(1, Zone.TOP_RIGHT)]),
        (ON_THE_SHEET, [FormField("Field_1_1"), Rectangle(1, 10, 20, 100, 40)]),
    ],
    ids=["rectangles", "form fields", "zones of the vendor", "both on the sheet"],
)
def test_a_checked_package_is_compiled_without_opening_a_document_where_its_pages_change_nothing(target, asked):
    papers, package = Papers(default=b""), contract(*asked)
    found = resolve(package, papers, target=target, verify=False)
    assert papers.opened == []
    assert found.problems == ()
    assert len(found.places) == len(asked)
    checked = resolve(package, Papers(default=PDF), target=target)
    assert [replace(p, page=None, box=None) for p in found.places] == [
        replace(p, page=None, box=None, page_number=None if p.form_field else p.page_number) for p in checked.places
    ]


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (replace(TAGS, needs_page=True), [Rectangle(1, 10, 20, 100, 40)]),
        (ON_THE_SHEET, [Rectangle(-1, 10, 20, 100, 40)]),
        (ON_THE_SHEET, [FormField("Other")]),
        (ON_THE_SHEET, [None]),
        (TAGS, [Anchor("Sign here")]),
        (TAGS, [ZonePosition(1, Zone.TOP_CENTER)]),
        (TAGS, [ZonePosition(1, Zone.TOP_LEFT), Rectangle(1, 10, 20, 100, 40)]),
        (TAGS, [ZonePosition(2, Zone.TOP_LEFT), ZonePosition(-1, Zone.TOP_LEFT)]),
    ],
)
def test_a_document_is_opened_where_a_place_cannot_be_said_without_its_pages(target, asked):
    papers = Papers(default=PDF)
    assert resolve(contract(*asked), papers, target=target, verify=False).problems == ()
    assert len(papers.opened) == 1


def test_a_check_looks_at_every_pdf_whatever_the_vendor_needs():
    assert problems(TAGS, Rectangle(1, 500, 20, 100, 40)) == [("/recipients/0/fields/0", "field_off_page")]
    assert problems(TAGS, FormField("Nowhere")) == [("/recipients/0/fields/0", "form_field_not_found")]
    assert problems(TAGS, Rectangle(1, 10, 20, 100, 40), pdf=a_pdf(password="x")) == [("/documents/0", "pdf_encrypted")]


def test_documents_that_are_not_shown_are_taken_to_be_right():
    asked = contract(
        Rectangle(9, 5000, 1, 1, 1), Anchor("nowhere"), FormField("none"), ZonePosition(7, Zone.TOP_LEFT), None
    )
    for target in (TAGS, ON_THE_SHEET, Target()):
        found = resolve(asked, Unseen(), target=target)
        assert found.problems == ()
        assert [p.recipient for p in found.places] == [r.id for r in asked.recipients]


# ------------------------------------------------------------------------------------------------------------- markers


def test_a_text_that_the_vendor_searches_is_told_as_its_marker_and_checked_here():
    (placed,) = places(TAGS, Anchor("Sign here", dx=5, dy=-60))
    assert placed.marker == "Sign here"
    assert placed.anchor == Anchor("Sign here", dx=5, dy=-60)
    assert placed.box is not None
    assert placed.box.x == pytest.approx(77, abs=2)


def test_placeholders_are_filled_in_for_the_check_and_told_as_they_are():
    (placed,) = places(TAGS, Anchor("%3"))
    assert placed.marker == "%3"
    assert placed.page_number == 2
    assert problems(TAGS, Anchor("sign_%3")) == [("/recipients/0/fields/0", "anchor_not_found")]


def test_a_text_inside_a_word_is_computed_where_the_vendor_finds_whole_words_only():
    pdf = a_pdf(1, texts={(1, 72, 400): "Sign hereafter"})
    (placed,) = places(TAGS, Anchor("Sign here"), pdf=pdf)
    assert placed.marker is None
    assert placed.box is not None


def test_a_text_inside_a_word_is_passed_over_for_a_whole_one():
    pdf = a_pdf(2, texts={(1, 72, 400): "Sign hereafter", (2, 72, 400): "Sign here"})
    (placed,) = places(TAGS, Anchor("Sign here"), pdf=pdf)
    assert (placed.marker, placed.page_number) == ("Sign here", 2)


def test_of_two_fields_at_one_text_only_the_first_is_a_marker():
    package = contract(None)
    document = package.documents[0].id
    fields = (Field(document, Anchor("Sign here", dy=-60)), Field(document, Anchor("Sign here", dy=60)))
    package = replace(package, recipients=(replace(package.recipients[0], fields=fields),))
    found = resolve(package, Papers(default=PDF), target=TAGS)
    assert [p.marker for p in found.places] == ["Sign here", None]
    assert found.places[1].box is not None


def test_an_anchor_with_a_size_is_computed_where_the_vendor_takes_none():
    (placed,) = places(TAGS, Anchor("Sign here", width=99, height=33))
    assert placed.marker is None
    assert placed.box is not None
    assert (placed.box.width, placed.box.height) == (99, 33)


# ---------------------------------------------------------------------------------------------------- zones and forms


def test_a_zone_goes_to_a_vendor_that_has_it_and_is_computed_for_others():
    own, computed = places(TAGS, ZonePosition(1, Zone.TOP_LEFT), ZonePosition(1, Zone.BOTTOM_RIGHT))
    assert own.zone is Zone.TOP_LEFT
    assert computed.zone is None
    assert computed.box == Box(595 - 36 - 150, 36, 150, 60)


def test_a_vendors_zone_that_another_field_touches_is_computed_beside_it():
    rectangle, zone = places(TAGS, Rectangle(1, 36, 842 - 96, 150, 60), ZonePosition(1, Zone.TOP_LEFT))
    assert zone.zone is None
    assert not zone.box.overlaps(rectangle.box)


def test_two_in_one_zone_do_not_both_go_to_the_vendor():
    first, second = places(TAGS, ZonePosition(2, Zone.TOP_LEFT), ZonePosition(-1, Zone.TOP_LEFT))
    assert (first.zone, second.zone) == (Zone.TOP_LEFT, None) or (first.zone, second.zone) == (None, None)
    assert problems(TAGS, ZonePosition(2, Zone.TOP_LEFT), ZonePosition(-1, Zone.TOP_LEFT)) == []


def test_a_form_field_that_the_vendor_does_not_find_becomes_a_rectangle_on_its_spot():
    own, other = places(ON_THE_SHEET, FormField("Field_1_1"), FormField("Other"))
    assert own.form_field == "Field_1_1"
    assert other.form_field is None
    assert (other.page_number, other.box) == (1, Box(100, 100, 150, 50))


def test_a_signer_without_a_field_gets_what_the_document_has_for_them_and_else_a_default():
    pdf = a_pdf(2, texts={(1, 72, 400): "#signature2#"}, signature_fields={"Field_1_1": (2, 100, 300, 150, 50)})
    form, tag, free = places(ON_THE_SHEET, None, None, None, pdf=pdf)
    assert form.form_field == "Field_1_1"
    assert tag.marker == "#signature2#"
    assert (free.form_field, free.marker, free.page_number) == (None, None, 2)


def test_pages_counted_from_the_end_are_told_by_their_number_unless_the_vendor_knows_them():
    assert [p.page_number for p in places(ON_THE_SHEET, Rectangle(-1, 9, 9, 99, 33), Rectangle(-2, 9, 9, 99, 33))] == [
        2,
        1,
    ]
    assert [p.page_number for p in places(TAGS, Rectangle(-1, 9, 9, 99, 33), Rectangle(-2, 9, 9, 99, 33))] == [-1, 1]


# ----------------------------------------------------------------------------------------------- roles, types, Word


def test_fields_of_approvers_are_compiled_where_the_vendor_has_them():
    package = contract(Rectangle(1, 10, 20, 100, 40), role=Role.APPROVER)
    assert resolve(package, Papers(default=PDF), target=TAGS).places == ()
    both = replace(TAGS, roles=frozenset({Role.SIGNER, Role.APPROVER}))
    assert len(resolve(package, Papers(default=PDF), target=both).places) == 1


def test_what_kind_of_field_it_is_goes_along():
    package = contract(None)
    initials = Field(package.documents[0].id, Rectangle(1, 10, 20, 50, 20), FieldType.INITIALS)
    package = replace(package, recipients=(replace(package.recipients[0], fields=(initials,)),))
    (placed,) = resolve(package, Papers(default=PDF), target=TAGS).places
    assert placed.type is FieldType.INITIALS


def test_a_word_file_takes_what_can_be_said_without_its_pages():
    word = {"content_type": DOCX, "pdf": b"PK"}
    assert places(ON_THE_SHEET, Rectangle(1, 10, 20, 100, 40), **word)[0].page_number == 1
    assert places(ON_THE_SHEET, Anchor("#signature1#"), **word)[0].marker == "#signature1#"
    assert problems(ON_THE_SHEET, Anchor("Sign"), **word) == [("/recipients/0/fields/0", "anchor_not_verifiable")]
    assert problems(ON_THE_SHEET, None, **word) == [("/recipients/0", "page_unknown")]
    assert problems(ON_THE_SHEET, Rectangle(-1, 1, 1, 9, 9), **word) == [
        ("/recipients/0/fields/0", "page_size_unknown")
    ]
    assert places(TAGS, None, **word)[0].page_number == -1


def test_the_default_spot_has_the_vendors_size():
    (placed,) = places(replace(TAGS, size=(120, 45)), None)
    assert placed.box is not None
    assert (placed.box.width, placed.box.height) == (120, 45)
