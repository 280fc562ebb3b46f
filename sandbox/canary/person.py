"""A signer at the page behind a signing link: opens it, finds the form, presses Sign. Knows no vendor."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import httpx

DONE = {200, 303}


class NotSigned(Exception):
    """What the person met instead."""


class _Form(HTMLParser):
    """The hidden fields of the page's first form, and whether it has a button that signs."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.signs = False
        self._forms = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms += 1
        elif self._forms == 1 and tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name", "")] = found.get("value", "")
        elif self._forms == 1 and tag == "button" and (found.get("name"), found.get("value")) == ("do", "sign"):
            self.signs = True


def sign(url: str, *, timeout: float = 30.0, transport: httpx.BaseTransport | None = None) -> None:
    """Raises NotSigned. The link is a secret and is in no message."""
    with httpx.Client(timeout=timeout, transport=transport) as browser:
        page = _asked(lambda: browser.get(url))
        if page.status_code != 200:
            raise NotSigned(f"the signing page answered {page.status_code}")
        form = _Form()
        form.feed(page.text)
        if not form.signs:
            raise NotSigned("the signing page has no form that signs")
        done = _asked(lambda: browser.post(url, data={**form.fields, "do": "sign"}))
        if done.status_code not in DONE:
            raise NotSigned(f"signing was answered with {done.status_code}")


def _asked(call: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        return call()
    except httpx.HTTPError as error:
        raise NotSigned(f"the signing page could not be reached ({type(error).__name__})") from None
