"""What createAgreement is told: people, steps, positions, places, reminders, and nothing that nobody asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.content import DOC, DOCX, ODS, ODT, PDF, RTF, XLS, XLSX
from esign.domain.package import Reminders
from esign.domain.recipient import Anchor, Authentication, Field, FormField, Rectangle, Zone, ZonePosition
from esign.placement.place import resolve
from esign.providers.esigntools.options import parse_options, parse_settings
from esign.providers.esigntools.people import positions, signers, steps
from esign.providers.esigntools.places import target
from esign.providers.esigntools.request import agreements
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

PLAIN = a_pdf(2, texts={(1, 72.0, 400.0): "Sign here"})


def package_for(*places, documents=1, content_type=PDF, **changes):
    """A signer for each entry: a place in the first document, or None for no field at all."""
    package = a_package(**changes)
    papers = tuple(a_document(package.id, n, content_type=content_type) for n in range(1, documents + 1))
    people = tuple(
        a_recipient(package.id, n, fields=(Field(papers[0].id, place),) if place else ())
        for n, place in enumerate(places, start=1)
    )
    return replace(package, documents=papers, recipients=people)


def bodies(package, pdf=PLAIN, **settings):
    known, options = parse_settings(settings), parse_options(package.provider.options)
    placement = resolve(package, Papers(default=pdf), target=target(package, known, options))
    assert placement.problems == ()
    return agreements(package, placement, known, options)


def people(package, pdf=PLAIN, **settings):
    return bodies(package, pdf, **settings)[0].body["recipients"]


def test_the_default_configuration_says_only_what_is_needed():
    (made,) = bodies(package_for(None))
    assert made.body == {
        "name": "Frame contract",
        "recipients": [
            {
                "email": "anna.berg1@example.com",
                "firstname": "Anna",
                "lastname": "Berg1",
                "position": 1,
                "step": 1,
                "fields": [{"page": 2, "x": 36, "y": 96, "width": 150, "height": 60}],
            }
        ],
    }


def test_a_zone_is_told_by_its_upper_left_corner_from_the_bottom_of_the_page():
    (person,) = people(package_for(Rectangle(1, 100, 200, 150, 50)))
    assert person["fields"] == [{"page": 1, "x": 100, "y": 250, "width": 150, "height": 50}]


def test_a_page_counted_from_the_end_is_told_from_the_front():
    (person,) = people(package_for(Rectangle(-1, 100, 200, 150, 50)))
    assert person["fields"][0]["page"] == 2


def test_signers_without_fields_are_stacked_beside_each_other():
    first, second = (p["fields"][0] for p in people(package_for(None, None)))
    assert (first["page"], first["y"]) == (second["page"], second["y"])
    assert second["x"] >= first["x"] + first["width"]


def test_form_fields_that_bear_a_signers_number_need_no_zone():
    pdf = a_pdf(signature_fields={"SignatorySignature_1_1": (1, 50, 50, 150, 50)})
    first, second = people(package_for(None, None), pdf)
    assert "fields" not in first
    assert second["position"] == 2
    assert second["fields"]


def test_tags_that_bear_a_signers_number_need_no_zone():
    pdf = a_pdf(texts={(1, 72.0, 400.0): "Buyer #signature2#"})
    first, second = people(package_for(None, None), pdf)
    assert first["fields"]
    assert "fields" not in second


def test_an_anchor_that_is_a_tag_is_left_to_esigntools_with_the_number_that_it_names():
    pdf = a_pdf(texts={(1, 72.0, 400.0): "#signature2#"})
    first, second = people(package_for(Anchor("#signature2#"), None), pdf)
    assert (first["position"], second["position"]) == (2, 1)
    assert "fields" not in first


def test_a_form_field_is_left_to_esigntools_with_the_number_that_it_names():
    fields = {f"SignatorySignature_7_{n}": (1, 50, 100 * n, 150, 50) for n in (1, 2)}
    (person,) = people(package_for(FormField("SignatorySignature_7_2")), a_pdf(signature_fields=fields))
    assert person["position"] == 7
    assert "fields" not in person


def test_any_other_anchor_or_form_field_becomes_a_zone():
    pdf = a_pdf(texts={(1, 72.0, 400.0): "Sign here"}, signature_fields={"Buyer": (1, 100, 300, 150, 50)})
    anchored, named = people(package_for(Anchor("Sign here", dy=50), FormField("Buyer")), pdf)
    assert anchored["fields"][0]["x"] == pytest.approx(72, abs=1)
    assert named["fields"] == [{"page": 1, "x": 100, "y": 350, "width": 150, "height": 50}]


def test_a_zone_of_the_page_becomes_a_rectangle():
    (person,) = people(package_for(ZonePosition(2, Zone.TOP_RIGHT)))
    assert person["fields"] == [{"page": 2, "x": 595 - 36 - 150, "y": 842 - 36, "width": 150, "height": 60}]


def test_the_size_of_fields_is_the_packages_else_the_accounts():
    package = package_for(None)
    assert people(package, defaultFieldWidth=200)[0]["fields"][0]["width"] == 200
    asked = replace(package, provider=replace(package.provider, options={"defaultFieldWidth": 90}))
    (made,) = bodies(asked, defaultFieldWidth=200, defaultFieldHeight=40)
    assert (made.body["defaultFieldWidth"], made.body["defaultFieldHeight"]) == (90, 40)
    assert made.body["recipients"][0]["fields"][0]["height"] == 40


def test_steps_have_no_gaps_and_equal_orders_sign_together():
    package = package_for(None, None, None, None)
    orders = (5, 2, 5, 9)
    package = replace(
        package,
        recipients=tuple(replace(r, signing_order=o) for r, o in zip(package.recipients, orders, strict=True)),
    )
    assert list(steps(signers(package)).values()) == [2, 1, 2, 3]


def test_numbers_that_the_document_names_come_first():
    package = package_for(None, Anchor("#signature1#"), None, FormField("SignatorySignature_4_1"), None)
    assert list(positions(package).values()) == [2, 1, 3, 4, 5]


@pytest.mark.parametrize(("how", "told"), [(Authentication.SMS_OTP, True), (Authentication.NONE, False)])
def test_a_phone_is_told_only_to_send_codes_to_it(how, told):
    package = package_for(None)
    person = replace(package.recipients[0], phone="+33612345678", authentication=how)
    (asked,) = people(replace(package, recipients=(person,)))
    assert ("phone" in asked) is told


def test_a_person_signs_the_documents_that_their_fields_lie_in():
    package = package_for(Rectangle(1, 100, 200, 150, 50), None, documents=2)
    one, two = bodies(package)
    assert [r["lastname"] for r in one.body["recipients"]] == ["Berg1", "Berg2"]
    assert [r["lastname"] for r in two.body["recipients"]] == ["Berg2"]


def test_several_documents_are_told_apart_by_their_names():
    names = [made.body["name"] for made in bodies(package_for(None, documents=2))]
    assert names == ["Frame contract (1/2): contract-1.pdf", "Frame contract (2/2): contract-2.pdf"]


@pytest.mark.parametrize(
    ("content_type", "extension"),
    [(RTF, "rtf"), (DOC, "doc"), (DOCX, "docx"), (XLS, "xls"), (XLSX, "xlsx"), (ODT, "odt"), (ODS, "ods")],
)
def test_a_convertible_file_keeps_its_extension_and_may_hold_a_tag(content_type, extension):
    (made,) = bodies(package_for(Anchor("#signature1#"), content_type=content_type))
    assert made.file_name.endswith(f"_01.{extension}")
    assert made.content_type == content_type
    assert "fields" not in made.body["recipients"][0]


def test_a_zone_in_a_convertible_file_is_told_as_it_was_given():
    (person,) = people(package_for(Rectangle(1, 100, 200, 150, 50), content_type=DOCX))
    assert person["fields"] == [{"page": 1, "x": 100, "y": 250, "width": 150, "height": 50}]


@pytest.mark.parametrize(
    ("reminders", "settings", "minutes"),
    [
        (Reminders(), {}, None),
        (Reminders(every_days=2), {"reminderDelay": 60}, 2880),
        (Reminders(first_after_days=3), {}, 4320),
        (Reminders(), {"reminderDelay": 60}, 60),
    ],
)
def test_reminders_are_told_in_minutes(reminders, settings, minutes):
    (made,) = bodies(package_for(None, reminders=reminders), **settings)
    assert made.body.get("reminderDelay") == minutes


def test_template_and_renewal_are_the_packages_else_the_accounts():
    package = package_for(None)
    asked = replace(package, provider=replace(package.provider, options={"canRenew": False}))
    (made,) = bodies(asked, textTemplateName="nl", canRenew=True)
    assert made.body["textTemplateName"] == "nl"
    assert made.body["recipients"][0]["canRenew"] is False


@pytest.mark.parametrize("name", ["Zoë d'Été-Løvlie", "李小龍", "N" * 300])
def test_names_are_told_as_they_are(name):
    package = package_for(None)
    person = replace(package.recipients[0], first_name=name)
    assert people(replace(package, recipients=(person,), name=name))[0]["firstname"] == name
