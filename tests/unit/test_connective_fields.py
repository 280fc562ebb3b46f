"""The parameter table against the vendor's own list, and against our own models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.providers.connective.credentials import FIELDS as CREDENTIALS
from esign.providers.connective.fields import FIELDS
from esign.providers.connective.options import (
    ConnectiveOptions,
    ConnectiveSettings,
    DocumentOptions,
    RecipientOptions,
)
from esign.providers.uses import Home, Use

PAGE = Path(__file__).parents[1] / "data/connective/parameters-of-the-vendors-page.txt"
# Name, whether it is required, type: "PackageId True string", "API username securestring API username to … True"
ROW = re.compile(r"(.+?)(?: True)? (?:string|securestring|integer|boolean|byte|binary|date-time|array of \w+)\b.*")
DEFINITIONS = {"Package", "PackageDocument", "PackageStatus", "Content"}


def listed_on_the_page() -> dict[tuple[str, str], list[str]]:
    """(section, in|out) -> the names of its rows, as they stand in the verbatim extract of the page."""
    found: dict[tuple[str, str], list[str]] = {}
    for block in PAGE.read_text().split("\n\n"):
        section, *rows = block.splitlines()
        direction = "out" if section in DEFINITIONS else "in"
        for row in rows:
            if row in {"Parameters", "Returns"}:
                direction = "out" if row == "Returns" else "in"
            elif not row.startswith(("Name Key ", "Name Path ", "Name Type Description")):
                match = ROW.fullmatch(row)
                found.setdefault((section, direction), []).append(match[1] if match else row)
    return found


def all_uses() -> list[tuple[tuple[str, str], str, Use]]:
    return [(section, name, use) for section, uses in FIELDS.items() for name, use in uses.items()]


def test_the_extract_holds_every_action_of_the_page():
    actions = {section for section, _ in listed_on_the_page()} - DEFINITIONS - {"Creating a connection"}
    assert len(actions) == 19


@pytest.mark.parametrize("section", sorted(set(listed_on_the_page()) | set(FIELDS)), ids="/".join)
def test_the_table_names_exactly_the_fields_of_the_page(section):
    assert set(FIELDS.get(section, {})) == set(listed_on_the_page().get(section, []))


def test_every_option_setting_and_credential_that_the_table_names_exists():
    settings = {field.alias or key for key, field in ConnectiveSettings.model_fields.items()} | {"host"}
    known = {Home.OPTION: option_names(), Home.SETTING: settings, Home.CREDENTIAL: set(CREDENTIALS)}
    uses = [use for _, _, use in all_uses()]
    assert [use for use in uses if use.home in known and use.where not in known[use.home]] == []
    assert [use for use in uses if use.also and use.also not in settings] == []


def test_every_field_that_is_not_used_says_why():
    assert [name for _, name, use in all_uses() if len(use.where) < 3] == []


def test_no_option_is_without_a_use():
    beyond_the_page = {
        "recipients", "documents",  # containers
        "redirectUrl", "redirectType", "matchLevel", "pdfErrorHandling",  # NC3 and the 5.5 pages, not on this page
    }  # fmt: skip
    used = {use.where for _, _, use in all_uses() if use.home is Home.OPTION}
    own = {field.alias for field in ConnectiveOptions.model_fields.values()}
    assert own - used - beyond_the_page == set()


def option_names() -> set[str]:
    def names(model, prefix="") -> set[str]:
        return {prefix + (field.alias or key) for key, field in model.model_fields.items()}

    return names(ConnectiveOptions) | names(RecipientOptions, "recipients.") | names(DocumentOptions, "documents.")
