"""Reads Connective's calls to us. Pure; a call is a hint only, so its body and query are never looked at.

contracts/connective.md §A4: CallBackUrl is called when something changed, NotificationCallBackUrl when a signer asks
for a new link; neither body nor method is certain, and the package id may be appended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

NOTIFICATION = "/notification"


@dataclass(frozen=True, slots=True)
class Hint:
    """Why to look at the package; `link_requested`: a signer's one-time link no longer works and they want another."""

    kind: Literal["changed", "link_requested"]


def notification_url(callback_url: str) -> str:
    """The address for NotificationCallBackUrl, beside the package's own."""
    return callback_url + NOTIFICATION


def verify(_headers: Mapping[str, str], _body: bytes) -> bool:
    """Connective signs nothing: the unguessable token in the path is all there is, and it is checked before this."""
    return True


def parse(path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Hint:  # noqa: ARG001
    """`path` as called, whatever is appended after our own part."""
    return Hint("link_requested" if f"{NOTIFICATION}/" in f"{path.rstrip('/')}/" else "changed")
