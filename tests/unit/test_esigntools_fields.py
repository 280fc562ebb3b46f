"""The parameter table against the vendor's own lists, and against our own models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.providers.esigntools.credentials import FIELDS as CREDENTIALS
from esign.providers.esigntools.fields import FIELDS
from esign.providers.esigntools.options import EsignToolsOptions, EsignToolsSettings
from esign.providers.uses import Home, Use

DOCUMENT = (Path(__file__).parents[1] / "data/esigntools/document.txt").read_text()
SECTIONS = re.compile(
    r"^(?P<heading>[^\n|]+)\n(?:(?:POST|GET|DELETE) [^\n]+\n(?:(?!^Parameters$).*\n)*?)?(?:Parameters|Properties)\n"
    r"Name \|[^\n]+\n---[^\n]+\n(?P<rows>(?:[^\n]* \|[^\n]*\n)+)",
    re.MULTILINE,
)
LOST = {
    "body | binary": "pdf",
    "string | true": "email",
    "string | false": "email",
}  # rows whose name got lost on the page


def named(row: str) -> str:
    first, second = (cell.strip() for cell in row.split(" |")[:2])
    return LOST.get(f"{first} | {second}", first.removeprefix("» "))


def listed_in_the_document() -> dict[str, list[str]]:
    """Heading of an operation, or name of a schema -> its rows' names."""
    found = {}
    for section in SECTIONS.finditer(DOCUMENT):
        names = [named(row) for row in section["rows"].splitlines()]
        found[section["heading"]] = [name for name in names if not (name == "body" and "pdf" in names)]
    return found


def all_uses() -> list[tuple[str, str, Use]]:
    return [(section, name, use) for section, uses in FIELDS.items() for name, use in uses.items()]


def test_the_document_has_seven_operations_and_seven_schemas():
    assert len(listed_in_the_document()) == 14


@pytest.mark.parametrize("section", sorted(set(listed_in_the_document()) | set(FIELDS)))
def test_the_table_names_exactly_the_fields_of_the_document(section):
    assert set(FIELDS.get(section, {})) == set(listed_in_the_document().get(section, []))


def test_every_option_setting_and_credential_that_the_table_names_exists():
    options = {field.alias for field in EsignToolsOptions.model_fields.values()}
    settings = {field.alias for field in EsignToolsSettings.model_fields.values()}
    known: dict[Home, set[str | None]] = {Home.OPTION: {*options}, Home.CREDENTIAL: {*CREDENTIALS}}
    uses = [use for _, _, use in all_uses()]
    assert [use for use in uses if use.home in known and use.where not in known[use.home]] == []
    assert [use for use in uses if use.also and use.also not in settings] == []


def test_no_option_is_without_a_use():
    used = {use.where for _, _, use in all_uses() if use.home is Home.OPTION}
    assert {field.alias for field in EsignToolsOptions.model_fields.values()} == used


def test_every_field_that_is_not_used_says_why():
    assert [name for _, name, use in all_uses() if use.home is Home.UNUSED and len(use.where) < 10] == []
