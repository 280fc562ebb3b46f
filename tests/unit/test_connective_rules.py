"""Every rule that Connective would break silently: told before anything is sent, with a pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.content import DOCX, XML
from esign.domain.recipient import Anchor, Authentication, Field, Group, Member, ProviderAuthentication, Role
from esign.placement.place import resolve
from esign.providers.connective.options import parse_options, parse_settings
from esign.providers.connective.places import TARGET
from esign.providers.connective.plan import make_plan, representations
from esign.providers.connective.rules import plan_problems
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

ITSME = {"signaturePolicyId": "p", "targetType": "PdfA2A"}


def a_contract(people=2, *, content_type="application/pdf", documents=1):
    package = a_package()
    return replace(
        package,
        documents=tuple(a_document(package.id, n + 1, content_type=content_type) for n in range(documents)),
        recipients=tuple(a_recipient(package.id, n + 1) for n in range(people)),
    )


def first(package, **changes):
    one, *others = package.recipients
    return replace(package, recipients=(replace(one, **changes), *others))


def problems(package, options=None, **settings):
    own = parse_settings({"host": "h", "initiator": "a@b"} | settings)
    chosen = parse_options(options or {})
    placement = resolve(package, Papers(default=a_pdf(1)), target=TARGET, seen_as=representations(package, chosen))
    plan = make_plan(package, placement, own, chosen)
    return [(p.pointer, p.code) for p in plan_problems(package, plan, placement, own, chosen)]


def test_a_plain_contract_has_no_problem():
    assert problems(a_contract()) == []


def test_an_approver_comes_before_all_signers():
    package = first(a_contract(), role=Role.APPROVER, signing_order=2)
    assert problems(package) == [("/recipients/0/signingOrder", "approver_after_signer")]
    assert problems(first(a_contract(), role=Role.APPROVER, signing_order=1)) == []


def test_a_person_needs_an_e_mail_address_and_a_group_does_not():
    assert problems(first(a_contract(), email=None)) == [("/recipients/0/email", "email_missing")]
    assert problems(first(a_contract(), email=None, group=Group("BOARD"))) == []


def test_a_code_by_sms_needs_a_phone():
    package = first(a_contract(), authentication=Authentication.SMS_OTP)
    assert problems(package) == [("/recipients/0/phone", "phone_missing")]
    assert problems(first(package, phone="+32477123456")) == []


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ["signature_policy_missing", "target_type_not_pdf_a"]),
        ({"signaturePolicyId": "p"}, ["target_type_not_pdf_a"]),
        ({"targetType": "PdfA1A"}, ["signature_policy_missing"]),
        (ITSME, []),
    ],
)
def test_itsme_needs_pdf_a_and_a_policy(options, codes):
    package = first(a_contract(1), authentication=ProviderAuthentication("connective", "Itsme"))
    assert [code for _, code in problems(package, options)] == codes


def test_itsme_is_asked_for_by_option_or_account_alike():
    assert len(problems(a_contract(1), {"signingType": "Itsme"})) == 2
    assert len(problems(a_contract(1), signingType="Itsme")) == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"commitmentTypes": ["1.2.3"]}, "signature_policy_missing"),
        ({"mandatedSignerValidation": "MatchId"}, "mandated_signer_missing"),
        ({"mandatedSignerIds": ["72092400465"]}, "mandated_signer_unchecked"),
        ({"mandatedSignerValidation": "NameAndBirthDate"}, "birth_date_missing"),
        ({"legalNoticeCode": "LEGALNOTICE1", "legalNoticeText": "x"}, "two_legal_notices"),
    ],
)
def test_options_that_need_each_other_are_checked(options, code):
    assert [found for _, found in problems(a_contract(1), options)] == [code]


def test_a_mandated_signer_by_name_and_birth_date_is_possible():
    options = {
        "mandatedSignerValidation": "NameAndBirthDate",
        "matchLevel": "Exact",
        "recipients": {"signer-1": {"birthDate": "1972-09-24"}},
    }
    assert problems(a_contract(1), options) == []


def test_a_recipients_own_legal_notice_replaces_the_packages():
    own = {"legalNoticeText": "Lu et approuvé"}
    options = {"legalNoticeCode": "LEGALNOTICE1", "recipients": {"signer-1": own}}
    assert problems(a_contract(1), options) == []


def test_an_unknown_method_is_a_problem():
    package = first(a_contract(1), authentication=ProviderAuthentication("connective", "Pigeon"))
    assert problems(package) == [("/recipients/0/authentication", "unknown_signing_type")]


def test_languages_that_connective_does_not_speak():
    package = replace(first(a_contract(1), language="it"), language="pt-BR")
    assert problems(package) == [
        ("/language", "unsupported_language"),
        ("/recipients/0/language", "unsupported_language"),
    ]
    assert problems(package, unsupportedLanguage="default") == []


def test_a_signer_with_fields_in_no_document_that_is_signed_is_a_problem():
    options = {"documents": {"doc-1": {"representation": "doc-2"}}}
    package = a_contract(1, documents=2)
    xml, shown = package.documents
    package = replace(package, documents=(replace(xml, content_type=XML), shown))
    package = first(package, fields=(Field(shown.id, Anchor("Page 1")),))
    assert problems(package, options) == [
        ("/recipients/0/fields/0", "field_on_representation"),
        ("/recipients/0/fields", "signer_without_field"),
    ]


@pytest.mark.parametrize(
    ("content_type", "named", "code"),
    [
        ("application/pdf", "doc-2", "representation_not_allowed"),
        (XML, "doc-1", "representation_not_pdf"),
        (XML, "doc-9", "representation_not_pdf"),
    ],
)
def test_a_representation_is_a_pdf_for_an_xml_document(content_type, named, code):
    package = a_contract(1, documents=2)
    one, two = package.documents
    package = replace(package, documents=(replace(one, content_type=content_type), two))
    assert code in [found for _, found in problems(package, {"documents": {"doc-1": {"representation": named}}})]


def test_an_xml_document_that_is_signed_needs_a_page_to_show_it():
    assert problems(a_contract(1, content_type=XML)) == [("/documents/0", "representation_missing")]


def test_options_for_strangers_are_problems():
    options = {"recipients": {"nobody": {}}, "documents": {"nothing": {}}}
    assert [pointer for pointer, _ in problems(a_contract(1), options)] == [
        "/provider/options/recipients/nobody",
        "/provider/options/documents/nothing",
    ]


def test_in_a_word_file_only_connectives_own_markers_are_found():
    package = a_contract(1, content_type=DOCX)
    document = package.documents[0].id
    found = problems(first(package, fields=(Field(document, Anchor("Sign here")),)))
    assert found == [("/recipients/0/fields/0", "anchor_not_verifiable")]
    assert problems(first(package, fields=(Field(document, Anchor("#SIG1")),))) == []


def test_a_correlation_id_needs_audit_proofs():
    package = replace(a_contract(1), external_id="contract-7")
    assert problems(package, correlateByExternalId=True) == []
    assert problems(package, correlateByExternalId=True, auditProofs=False) == [
        ("/provider/options/correlationId", "audit_proofs_off")
    ]
    options = {"documents": {"doc-1": {"correlationId": "x"}}}
    assert problems(package, options, auditProofs=False) != []


def test_v4_takes_only_methods_that_the_account_has_named():
    package = first(a_contract(1), authentication=Authentication.EMAIL_OTP)
    assert problems(package, apiVersion="v4") == [("/recipients/0/authentication", "signing_method_unmapped")]
    assert problems(package, apiVersion="v4", signingMethods={"MailOtp": "MailOtp:Mail"}) == []


def test_v4_refuses_what_its_sources_do_not_name():
    found = problems(a_contract(1), {"signaturePolicyId": "p"}, apiVersion="v4")
    assert found == [("/recipients/0/authentication", "unsupported_on_v4")]


def test_a_documents_own_target_type_wins():
    package = first(a_contract(1), authentication=ProviderAuthentication("connective", "Itsme"))
    options = ITSME | {"documents": {"doc-1": {"targetType": "Pdf"}}}
    assert [code for _, code in problems(package, options)] == ["target_type_not_pdf_a"]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.CC])
def test_nothing_that_only_a_signer_can_have_is_dropped_in_silence(role):
    package = a_contract(2)
    field = Field(package.documents[0].id, Anchor("Page 1"))
    package = first(package, role=role, fields=(field,), authentication=Authentication.SMS_OTP)
    assert problems(package) == [
        ("/recipients/0/authentication", "authentication_of_non_signer"),
        ("/recipients/0/fields/0", "field_of_non_signer"),
    ]


def test_another_providers_method_is_refused():
    package = first(a_contract(1), authentication=ProviderAuthentication("gosign", "BeId"))
    assert problems(package) == [("/recipients/0/authentication/provider", "other_provider")]


def test_the_members_of_a_group_have_languages_too():
    members = (Member("Max", "One", "one@example.com", "it"), Member("Mia", "Two", "two@example.com", "nl-BE"))
    package = first(a_contract(1), email=None, group=Group("Board", members))
    assert problems(package) == [("/recipients/0/group/members/0/language", "unsupported_language")]
