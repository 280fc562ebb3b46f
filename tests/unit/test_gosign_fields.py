"""The parameter table against the vendor's own lists (SOAP, REST v1, OAuth2, GoSign 5), and against our own models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.providers.gosign.credentials import of_doors
from esign.providers.gosign.fields import FIELDS
from esign.providers.gosign.options import DocumentOptions, GosignOptions, RecipientOptions
from esign.providers.gosign.settings import GosignSettings, parse_settings
from esign.providers.uses import Home, Use

DOCUMENT = Path(__file__).parents[1] / "data/gosign/parameters-of-the-vendors-document.txt"
# `“order”: 1, Integer …`, `trustLevelCode“: null`, `status: “DRF”` · `<order>1</order> Integer …` · `scope optional …`
JSON = re.compile(r'^[{\s*}“”"]*?([A-Za-z]+)[“”"]?\s*:(?!//)')
XML = re.compile(r"^\s*<([A-Za-z]+)\s*/?>")
TABLE = re.compile(r"^([A-Za-z_]+) (?:mandatory|optional|String|Boolean)\b")
HEADINGS = {"Field"}
BOTH_DOORS = {  # by token, and by customer code
    "integration": "oauth", "companion": True, "baseUrl": "https://gosign.example", "loadedByExtId": "segr",
    "externalSystemCode": "COUPA", "trustLevel": "DIGITAL_PDF",
}  # fmt: skip


def listed() -> dict[str, set[str]]:
    """Section -> the names of its rows, as they stand in the verbatim extract of the document."""
    found = {}
    for block in DOCUMENT.read_text().split("\n\n"):
        heading, *rows = block.splitlines()
        section = heading.removeprefix("## ")
        tables = {"OAuth2 token", "OAuth2 mails", "OAuth2 getUrl"}
        row = XML if section.startswith("SOAP") else TABLE if section in tables else JSON
        found[section] = {match[1] for line in rows if (match := row.match(line))} - HEADINGS
    return found


def uses() -> list[tuple[str, str, Use]]:
    return [(section, name, use) for section, fields in FIELDS.items() for name, use in fields.items()]


def names(model, prefix="") -> set[str]:
    return {prefix + (field.alias or key) for key, field in model.model_fields.items()}


def test_the_extract_holds_every_list_of_the_four_dialects():
    assert set(listed()) == set(FIELDS)
    assert sum(map(len, listed().values())) > 400


@pytest.mark.parametrize("section", sorted(set(listed()) | set(FIELDS)))
def test_the_table_names_exactly_the_fields_of_the_document(section):
    assert set(FIELDS.get(section, {})) == listed().get(section)


def test_every_option_setting_and_credential_that_the_table_names_exists():
    options = names(GosignOptions) | names(RecipientOptions, "recipients.") | names(DocumentOptions, "documents.")
    settings = names(GosignSettings)
    known = {Home.OPTION: options, Home.SETTING: settings, Home.CREDENTIAL: set(of_doors(parse_settings(BOTH_DOORS)))}
    assert [u for _, _, u in uses() if u.home in known and u.where not in known[u.home]] == []
    assert [u for _, _, u in uses() if u.also and u.also not in settings] == []


def test_every_field_that_is_not_used_says_why():
    assert [name for _, name, use in uses() if use.home is Home.UNUSED and len(use.where) < 10] == []


def test_no_option_is_without_a_use():
    said_inside_conf_strings = {
        "signatureVisible", "customSignatureText", "customSignatureTextL1", "customSignatureTextL2",
        "requiredIdentification",
    }  # fmt: skip
    used = {use.where for _, _, use in uses() if use.home is Home.OPTION}
    assert names(GosignOptions) - used - said_inside_conf_strings == {"recipients", "documents"}
    of_people = {use.removeprefix("recipients.") for use in used if use.startswith("recipients.")}
    levels = {"newUser", "roles", "signatureType", "certType", "newUserStrategy", "userRole", "copyRule"}
    assert names(RecipientOptions) - of_people - levels - said_inside_conf_strings == set()
