"""What is sent to Contract Signatures, and what is refused before anything is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.capabilities import Feature
from esign.domain.recipient import Authentication, Delivery, Role
from esign.operations.preflight import neutral_problems
from esign.providers.contract_signatures.capabilities import declared
from esign.providers.contract_signatures.options import parse_options, parse_settings
from esign.providers.contract_signatures.request import create_body, mark_in, mark_of
from esign.providers.contract_signatures.rules import package_problems
from esign.providers.contract_signatures.vendor import check_options, check_settings
from tests.fakes.contract_signatures import SETTINGS, a_contract_package
from tests.fakes.factories import a_document, a_recipient


def body_of(package, **settings):
    options = parse_options(package.provider.options)
    return create_body(package, "1234567", parse_settings(SETTINGS | settings), options)


def problems_of(package, **settings):
    known = parse_settings(SETTINGS | settings)
    return {(p.pointer, p.code) for p in package_problems(package, known, parse_options(package.provider.options))}


def changed(package, index, **changes):
    people = list(package.recipients)
    people[index] = replace(people[index], **changes)
    return replace(package, recipients=tuple(people))


def test_a_package_says_only_what_it_was_asked_to_say():
    package = a_contract_package()
    assert body_of(package) == {
        "templateId": "1234567",
        "name": f"Frame contract [{package.id[-10:]}]",
        "sequentialSigning": False,
        "signers": [{"fullName": "Anna Berg1", "accessKind": "email", "email": "anna.berg1@example.com"}],
    }


def test_the_mark_is_found_again_in_the_name_and_differs_by_package():
    one, other = a_contract_package(), a_contract_package()
    assert mark_in(body_of(one)["name"]) == mark_of(one.id) != mark_of(other.id)
    assert mark_in("NDA") is None
    assert mark_in("NDA [draft]") is None


def test_signers_are_sent_in_their_order_and_together_only_with_equal_orders():
    package = a_contract_package(3)
    turned = changed(changed(package, 0, signing_order=3), 2, signing_order=1)
    assert [s["fullName"] for s in body_of(turned)["signers"]] == ["Anna Berg3", "Anna Berg2", "Anna Berg1"]
    assert body_of(turned)["sequentialSigning"] is True
    together = replace(package, recipients=tuple(replace(r, signing_order=1) for r in package.recipients))
    assert body_of(together)["sequentialSigning"] is False


def test_a_phone_is_sent_only_for_a_code_by_sms():
    package = changed(a_contract_package(), 0, phone="+491729973185")
    assert "phone" not in body_of(package)["signers"][0]
    by_mail = changed(package, 0, authentication=Authentication.EMAIL_OTP)
    assert "phone" not in body_of(by_mail)["signers"][0]
    by_sms = changed(package, 0, authentication=Authentication.SMS_OTP)
    assert body_of(by_sms)["signers"][0]["phone"] == "+491729973185"


def test_a_signer_by_link_needs_no_address():
    package = changed(a_contract_package(), 0, delivery=Delivery.LINK, email=None)
    assert problems_of(package) == set()
    assert body_of(package)["signers"] == [{"fullName": "Anna Berg1", "accessKind": "url"}]


@pytest.mark.parametrize(
    "name", ["Zoë O'Brien-Ñuñez", "王小明", "محمد بن سلمان", "Jean\u00a0Luc", "x" * 300, 'Anna "The Pen" Berg \\ 2']
)
def test_names_of_every_script_go_through_unchanged(name):
    package = changed(a_contract_package(name=name), 0, first_name=name, last_name="Berg")
    body = body_of(package)
    assert body["name"].startswith(f"{name} [")
    assert body["signers"][0]["fullName"] == f"{name} Berg"


def test_who_has_one_name_only_is_not_called_by_it_twice():
    package = changed(a_contract_package(), 0, first_name="Suharto", last_name="Suharto")
    assert body_of(package)["signers"][0]["fullName"] == "Suharto"


def test_control_characters_are_no_printable_text():
    assert body_of(a_contract_package(name="NDA\x00\n2026"))["name"].startswith("NDA  2026 [")


def test_the_same_address_twice_goes_through():
    package = changed(a_contract_package(2), 1, email="anna.berg1@example.com")
    assert problems_of(package) == set()
    assert [s["email"] for s in body_of(package)["signers"]] == ["anna.berg1@example.com"] * 2


def test_what_a_signer_a_package_and_an_account_say_of_macros_and_copies():
    options = {
        "receivesCompletedContract": False,
        "recipients": {"signer-2": {"receivesCompletedContract": True, "appendSignatureMacro": False}},
    }
    first, second = body_of(a_contract_package(2, options=options), appendSignatureMacro=True)["signers"]
    assert (first["appendSignatureMacro"], first["receivesCompletedContract"]) == (True, False)
    assert (second["appendSignatureMacro"], second["receivesCompletedContract"]) == (False, True)


def test_copies_and_watchers_go_along_where_the_account_has_watchers():
    watcher = {"name": "Legal", "email": "legal@example.com", "notificationKinds": ["signed", "rejected"]}
    package = changed(a_contract_package(2, options={"watchers": [watcher]}), 1, role=Role.CC)
    assert body_of(package, watchers=True)["watchers"] == [
        {"name": "Anna Berg2", "email": "anna.berg2@example.com", "notificationKinds": "completed-contract"},
        {"name": "Legal", "email": "legal@example.com", "notificationKinds": "signed|rejected"},
    ]
    assert len(body_of(package, watchers=True)["signers"]) == 1
    assert "watchers" not in body_of(package)
    assert ("/provider/options/watchers", "watchers_not_configured") in problems_of(package)
    assert problems_of(package, watchers=True) == set()


def test_a_copy_goes_to_whoever_has_a_long_name_too():
    package = changed(a_contract_package(2), 1, role=Role.CC, last_name="x" * 300)
    assert body_of(package, watchers=True)["watchers"][0]["name"] == f"Anna {'x' * 300}"


def test_a_copy_is_a_feature_of_accounts_with_watchers_only():
    assert not declared({}).supports(Feature.CC)
    assert declared({"watchers": True}).supports(Feature.CC)


@pytest.mark.parametrize(("signers", "problems"), [(26, set()), (27, {("/recipients", "too_many_signers")})])
def test_it_takes_26_signers(signers, problems):
    assert problems_of(a_contract_package(signers)) == problems


def test_every_problem_is_told_at_once():
    package = a_contract_package(3, template="a page somewhere", options={"recipients": {"nobody": {}}})
    package = changed(package, 0, email=None)
    package = changed(package, 1, authentication=Authentication.SMS_OTP)
    package = changed(package, 2, role=Role.CC, authentication=Authentication.EMAIL_OTP, email=None)
    assert problems_of(package, watchers=True) == {
        ("/documents/0/template/id", "template_not_usable"),
        ("/provider/options/recipients/nobody", "unknown_recipient"),
        ("/recipients/0/email", "email_missing"),
        ("/recipients/1/phone", "phone_missing"),
        ("/recipients/2/email", "email_missing"),
        ("/recipients/2/authentication", "authentication_of_non_signer"),
    }


def test_an_uploaded_file_is_refused_once_with_the_reason_and_the_way_out():
    package = a_contract_package()
    package = replace(package, documents=(a_document(package.id),))
    (problem,) = neutral_problems(package, declared({}))
    assert (problem.pointer, problem.code) == ("/documents/0", "unsupported_feature")
    assert "template: {id}" in problem.detail


def test_mixed_orders_are_refused():
    package = a_contract_package(3)
    mixed = replace(package, recipients=(a_recipient(package.id, 4, signing_order=1), *package.recipients[1:]))
    assert neutral_problems(mixed, declared({})) == ()
    mixed = changed(package, 1, signing_order=1)
    assert [p.pointer for p in neutral_problems(mixed, declared({}))] == ["/recipients"]


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"expiry": 7}, "/provider/options/expiry"),
        ({"watchers": [{"name": "L", "email": "l@x.example", "notificationKinds": ["sung"]}]},
         "/provider/options/watchers/0/notificationKinds/0"),
        ({"watchers": [{"name": "L", "email": "nobody"}]}, "/provider/options/watchers/0/email"),
        ({"recipients": {"a/b": {"phone": 1}}}, "/provider/options/recipients/a~1b/phone"),
    ],
)  # fmt: skip
def test_an_option_that_it_does_not_know_is_named(options, pointer):
    assert check_options(options)[0].pointer == pointer


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({"hostApp": None}, "/settings/hostApp"),
        ({"siteUrl": "company.atlassian.net"}, "/settings/siteUrl"),
        ({"keyValidUntil": "soon"}, "/settings/keyValidUntil"),
        ({"endedContracts": "burn"}, "/settings/endedContracts"),
        ({"apiKey": "in the wrong place"}, "/settings/apiKey"),
    ],
)
def test_a_setting_that_is_wrong_is_named(settings, pointer):
    assert [p.pointer for p in check_settings(SETTINGS | settings)] == [pointer]


def test_a_day_is_enough_to_say_until_when_a_key_is_valid():
    until = parse_settings(SETTINGS | {"keyValidUntil": "2027-01-31"}).key_valid_until
    assert until is not None
    assert until.isoformat() == "2027-01-31T00:00:00+00:00"
