"""Settings and options: every field typed, every fault told with its pointer."""

from __future__ import annotations

import pytest

from esign.domain.errors import Unprocessable
from esign.providers.connective.options import parse_options, parse_settings
from esign.providers.connective.vendor import check_options, check_settings, credential_names

MINIMUM = {"host": "esignatures.connective.eu", "initiator": "info@example.com"}


def test_a_host_and_an_initiator_are_enough():
    settings = parse_settings(MINIMUM)
    assert settings.origin == "https://esignatures.connective.eu"
    assert settings.api_version == "v3"
    assert settings.send_notifications


def test_the_vendors_own_name_for_the_host_counts_too():
    assert (
        parse_settings({"connectiveHost": "sign.acme.example", "initiator": "a@b"}).origin
        == "https://sign.acme.example"
    )


@pytest.mark.parametrize(
    ("settings", "pointer", "code"),
    [
        ({"initiator": "info@example.com"}, "/settings", "invalid_option"),
        ({"host": "h"}, "/settings/initiator", "missing_option"),
        (MINIMUM | {"host": "https://h/path"}, "/settings/host", "invalid_option"),
        (MINIMUM | {"baseUrl": "https://h/path"}, "/settings/baseUrl", "invalid_option"),
        (MINIMUM | {"apiVersion": "v5"}, "/settings/apiVersion", "invalid_option"),
        (MINIMUM | {"password": "hunter2"}, "/settings/password", "unknown_option"),
        (MINIMUM | {"targetType": "PdfA3B"}, "/settings/targetType", "invalid_option"),
        (
            MINIMUM | {"actionUrlExpirationPeriodInDays": 0},
            "/settings/actionUrlExpirationPeriodInDays",
            "invalid_option",
        ),
    ],
)
def test_a_wrong_setting_is_told_with_its_pointer(settings, pointer, code):
    assert [(p.pointer, p.code) for p in check_settings(settings)] == [(pointer, code)]


@pytest.mark.parametrize(
    ("options", "pointer", "code"),
    [
        ({"signingtype": "Manual"}, "/provider/options/signingtype", "unknown_option"),
        ({"signingType": "Pigeon"}, "/provider/options/signingType", "invalid_option"),
        ({"signingType": "Server"}, "/provider/options/signingType", "invalid_option"),
        ({"commitmentTypes": ["proofOfOrigin"]}, "/provider/options/commitmentTypes/0", "invalid_option"),
        ({"pdfErrorHandling": "Shrug"}, "/provider/options/pdfErrorHandling", "invalid_option"),
        ({"redirectType": "Never"}, "/provider/options/redirectType", "invalid_option"),
        ({"f2fRedirectUrl": "javascript:alert(1)"}, "/provider/options/f2fRedirectUrl", "invalid_option"),
        ({"legalNoticeCode": "LEGALNOTICE4"}, "/provider/options/legalNoticeCode", "invalid_option"),
        (
            {"recipients": {"a/b~c": {"birthDate": "24.9.1972"}}},
            "/provider/options/recipients/a~1b~0c/birthDate",
            "invalid_option",
        ),
        ({"documents": {"x": {"colour": 1}}}, "/provider/options/documents/x/colour", "unknown_option"),
    ],
)
def test_a_wrong_option_is_told_with_its_pointer(options, pointer, code):
    assert [(p.pointer, p.code) for p in check_options(options)] == [(pointer, code)]


def test_all_faults_are_told_at_once_and_none_repeats_what_was_given():
    found = check_options({"signingType": "secret-thing", "colour": "secret-thing", "themeCode": ""})
    assert len(found) == 3
    assert "secret-thing" not in repr(found)


@pytest.mark.parametrize("kind", ["Manual", "BeId", "Itsme", "OpenIdConnect:Azure AD", "Manual:Manual"])
def test_every_documented_signing_type_is_taken(kind):
    assert parse_options({"signingType": kind}).signing_type == kind


def test_no_options_are_no_problem():
    assert check_options({}) == ()


def test_bad_settings_raise_with_all_their_problems():
    with pytest.raises(Unprocessable) as refused:
        parse_settings({"host": "h", "colour": 1})
    assert len(refused.value.problems) == 2


def test_the_credentials_have_names():
    assert credential_names(MINIMUM) == ("username", "password")
