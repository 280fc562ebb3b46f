"""The parameter table against the vendor's own lists, and against our own models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.providers.contract_signatures.credentials import FIELDS as CREDENTIALS
from esign.providers.contract_signatures.fields import FIELDS
from esign.providers.contract_signatures.options import ContractSignaturesOptions, ContractSignaturesSettings
from esign.providers.uses import Home, Use

DOCUMENT = (Path(__file__).parents[1] / "data/contract_signatures/document.txt").read_text()
NEED = re.compile(r"(?:required|optional|conditional|always) \|")  # the second line of a row, in all tables but one
NAME = re.compile(r"([a-z][A-Za-z0-9-]*) \|")
ATTRIBUTE = re.compile(r"([A-Z][\w ]+) - ")


def tables() -> dict[str, list[str]]:
    """Heading -> the lines of its table. The heading is the line before the table's own head, of one line or two."""
    lines = DOCUMENT.splitlines()
    found = {}
    for at in (number for number, line in enumerate(lines) if line.startswith("---|")):
        heading = lines[at - 2]
        rest = lines[at + 1 :]
        end = next((number for number, line in enumerate(rest) if _is_heading(line)), len(rest))
        found[heading] = rest[:end]
    return found


def _is_heading(line: str) -> bool:
    return re.fullmatch(r"(?:[A-Z][a-z]+ )+(?:Object|Interface)|Response|Request|Search Parameters", line) is not None


def rows(heading: str, lines: list[str]) -> list[str]:
    if heading == "Search Parameters":
        return [match[1] for line in lines if (match := NAME.match(line))]
    names, first = [], True
    for line in lines:
        if NEED.match(line):
            first = True
        elif first:
            match = NAME.match(line)
            names.append(match[1] if match else "email")  # the lost ones
            first = False
    return names


def listed_in_the_document() -> dict[str, list[str]]:
    listed = {heading: rows(heading, lines) for heading, lines in tables().items() if heading != "Interfaces Summary"}
    return listed | {"Keys": ATTRIBUTE.findall(DOCUMENT.partition("define its:")[2].partition("When any")[0])}


def all_uses() -> list[tuple[str, str, Use]]:
    return [(section, name, use) for section, uses in FIELDS.items() for name, use in uses.items()]


def test_the_document_has_eight_tables_and_the_attributes_of_a_key():
    assert len(listed_in_the_document()) == 9
    assert sum(len(names) for names in listed_in_the_document().values()) == 54


@pytest.mark.parametrize("section", sorted(set(listed_in_the_document()) | set(FIELDS)))
def test_the_table_names_exactly_the_fields_of_the_document(section):
    assert set(FIELDS.get(section, {})) == set(listed_in_the_document().get(section, []))


def test_every_option_setting_and_credential_that_the_table_names_exists():
    options = {field.alias for field in ContractSignaturesOptions.model_fields.values()}
    settings = {field.alias for field in ContractSignaturesSettings.model_fields.values()}
    known: dict[Home, set[str | None]] = {Home.OPTION: options, Home.SETTING: settings, Home.CREDENTIAL: {*CREDENTIALS}}
    uses = [use for _, _, use in all_uses()]
    assert [use for use in uses if use.home in known and use.where not in known[use.home]] == []
    assert [use for use in uses if use.also and use.also not in settings] == []


def test_every_field_that_is_not_used_says_why():
    assert [name for _, name, use in all_uses() if len(use.where) < 10 and use.home is Home.UNUSED] == []


def test_no_option_is_without_a_use():
    used = {use.where for _, _, use in all_uses() if use.home is Home.OPTION}
    own = {field.alias for field in ContractSignaturesOptions.model_fields.values()}
    assert own - used == {"recipients"}  # a container of the others
