"""From what Coupa gives as a document's template to the id of a Confluence page or Jira issue. Pure.

seeds/002, Create Contract Interface, templateId: "Confluence page or Jira issue identifier from which a contract will be
created", a printable US-ASCII string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from esign.providers.contract_signatures.options import ContractSignaturesSettings

DEFAULT = "default"
_PAGE = re.compile(r"/pages/(?:[a-z][a-z0-9-]*/)?(\d+)(?:/|$)")
_ISSUE_PATH = re.compile(r"/(?:browse|issues)/([A-Z][A-Z0-9_]*-\d+)(?:/|$)")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+")
_PRINTABLE = re.compile(r"[!-~]{1,255}")
_GATEWAY = "api.atlassian.com"  # scoped tokens call it, and its name says nothing of the customer's site


@dataclass(frozen=True, slots=True)
class TemplateId:
    value: str


@dataclass(frozen=True, slots=True)
class IssueKey:
    """`NDA-17`: the name that people see of an issue, whose id only Jira can tell."""

    value: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """`why` is a sentence for the caller."""

    why: str


def read_template(reference: str, settings: ContractSignaturesSettings) -> TemplateId | IssueKey | Unusable:
    """An id, an address on the customer's site, an issue's key, or a name that the account's settings give."""
    if reference == DEFAULT and settings.template_id is None and DEFAULT not in settings.templates:
        return Unusable("The account has no `templateId`; name a page or issue by its id or address.")
    named = {DEFAULT: settings.template_id or ""} | settings.templates
    given = named.get(reference, reference).strip()
    if given.lower().startswith(("http://", "https://")):
        return _from_address(given, settings)
    if settings.host_app == "jira" and _ISSUE_KEY.fullmatch(given):
        return IssueKey(given)
    if not _PRINTABLE.fullmatch(given):
        return Unusable(
            "A template is named by its page's or issue's id, by its address, or as the account's settings do."
        )
    return TemplateId(given)


def _from_address(address: str, settings: ContractSignaturesSettings) -> TemplateId | IssueKey | Unusable:
    try:
        parts = urlsplit(address)
        ours = urlsplit(settings.site).hostname
    except ValueError:
        return Unusable("The template's address is no URL.")
    if ours == _GATEWAY:
        return Unusable(
            "The account's `siteUrl` is Atlassian's gateway, which does not tell whose page an address shows: name the "
            "page or issue by its id, or as the account's settings do."
        )
    if ours != parts.hostname:
        return Unusable("The template's address is on another site than the account's `siteUrl`.")
    return _issue(parts) if settings.host_app == "jira" else _page(parts)


def _page(parts: SplitResult) -> TemplateId | Unusable:
    found = _PAGE.search(parts.path)
    page = found[1] if found else parse_qs(parts.query).get("pageId", [""])[0]
    if page.isascii() and page.isdecimal():
        return TemplateId(page)
    return Unusable("The address does not show the page's id: open the page and copy the whole address.")


def _issue(parts: SplitResult) -> IssueKey | Unusable:
    found = _ISSUE_PATH.search(parts.path)
    key = found[1] if found else parse_qs(parts.query).get("selectedIssue", [""])[0]
    if _ISSUE_KEY.fullmatch(key):
        return IssueKey(key)
    return Unusable("The address does not show the issue's key: open the issue and copy the whole address.")
