"""What eSignTools would do wrong without a word is a problem with a name before anything is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.content import DOCX
from esign.domain.package import Reminders
from esign.domain.recipient import Anchor, Authentication, Field, FormField, Rectangle
from tests.fakes.esigntools import Service
from tests.fakes.papers import Papers, a_pdf
from tests.unit.test_esigntools_request import package_for

HERE = Rectangle(1, 100, 200, 150, 50)
TAGGED = a_pdf(texts={(1, 72.0, 400.0): "#signature1#", (1, 72.0, 600.0): "#signature2#"})


def problems(package, pdf=TAGGED):
    provider = Service().provider()
    return [(p.pointer, p.code) for p in provider.preflight(package, Papers(default=pdf))]


def first(package, **changes):
    head, *rest = package.recipients
    return replace(package, recipients=(replace(head, **changes), *rest))


def test_the_default_configuration_has_none():
    assert problems(package_for(None)) == []


def test_a_code_by_sms_needs_a_phone():
    package = first(package_for(None), authentication=Authentication.SMS_OTP)
    assert problems(package) == [("/recipients/0/phone", "phone_missing")]
    assert problems(first(package, phone="+33612345678")) == []


def test_a_signer_needs_an_address():
    assert problems(first(package_for(None), email=None)) == [("/recipients/0/email", "email_missing")]


def test_two_signers_cannot_share_the_number_of_a_tag():
    package = package_for(Anchor("#signature1#"), Anchor("#signature1#"))
    assert ("/recipients/1/fields", "position_taken") in problems(package)


def test_one_signer_cannot_have_two_numbers():
    package = package_for(Anchor("#signature1#"))
    document = package.documents[0].id
    fields = (Field(document, Anchor("#signature1#")), Field(document, Anchor("#signature2#")))
    assert ("/recipients/0/fields", "several_positions") in problems(first(package, fields=fields))


@pytest.mark.parametrize("change", [{"dx": 5}, {"dy": -5}, {"width": 80}, {"height": 30}])
def test_a_tag_is_neither_moved_nor_resized(change):
    package = package_for(Anchor("#signature1#", **change))
    assert ("/recipients/0/fields/0/anchor", "tag_moved") in problems(package)


def test_a_tag_that_is_not_there_is_a_problem():
    assert problems(package_for(Anchor("#signature1#")), a_pdf()) == [("/recipients/0/fields/0", "anchor_not_found")]


def test_a_form_field_that_is_not_there_is_a_problem():
    package = package_for(FormField("SignatorySignature_1_1"))
    assert problems(package) == [("/recipients/0/fields/0", "form_field_not_found")]


def test_a_field_off_the_page_is_a_problem():
    assert problems(package_for(Rectangle(1, 500, 800, 150, 50))) == [("/recipients/0/fields/0", "field_off_page")]


def test_a_document_that_nobody_signs_is_a_problem():
    assert problems(package_for(HERE, documents=2)) == [("/documents/1", "document_without_signer")]


def test_an_order_that_agreements_cannot_keep_is_a_problem():
    package = package_for(HERE, None, documents=2)
    assert problems(package) == [("/documents/1", "order_across_documents")]
    together = replace(package, recipients=tuple(replace(r, signing_order=1) for r in package.recipients))
    assert problems(together) == []


@pytest.mark.parametrize(
    ("reminders", "found"),
    [
        (Reminders(first_after_days=2, every_days=3), [("/reminders", "one_reminder_delay")]),
        (Reminders(first_after_days=2, every_days=2), []),
        (Reminders(every_days=3), []),
    ],
)
def test_there_is_one_delay_for_all_reminders(reminders, found):
    assert problems(package_for(None, reminders=reminders)) == found


def test_a_word_file_needs_a_place_or_a_tag():
    assert [code for _, code in problems(package_for(None, content_type=DOCX))] == ["page_unknown"]
    assert [code for _, code in problems(package_for(Anchor("Sign here"), content_type=DOCX))] == [
        "anchor_not_verifiable"
    ]
    assert problems(package_for(Anchor("#signature1#"), content_type=DOCX)) == []


def test_the_same_address_twice_is_no_problem():
    package = package_for(None, None)
    assert problems(first(package, email=package.recipients[1].email)) == []


def test_every_problem_is_told_at_once():
    package = first(
        package_for(HERE, documents=2, reminders=Reminders(first_after_days=2, every_days=3)),
        authentication=Authentication.SMS_OTP,
    )
    assert {code for _, code in problems(package)} == {"phone_missing", "one_reminder_delay", "document_without_signer"}


def test_an_option_that_nobody_knows_is_a_problem():
    package = package_for(None)
    asked = replace(package, provider=replace(package.provider, options={"textTemplate": "nl", "canRenew": "maybe"}))
    assert problems(asked) == [
        ("/provider/options/canRenew", "invalid_option"),
        ("/provider/options/textTemplate", "unknown_option"),
    ]
