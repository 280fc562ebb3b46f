"""GET|POST /callbacks/connective/{account}/{package}/{token}[/notification]: Connective's content-free ping."""

from __future__ import annotations

from esign.providers.connective.callback import parse
from esign.runtime.callbacks import Meaning, package_callback
from esign.runtime.calls import Call

MEANINGS = {
    "changed": Meaning("Connective called: something changed.", "changed"),
    "link_requested": Meaning("Connective called: a signer asks for a new link.", "link_requested", remind=True),
}


def meaning(call: Call) -> Meaning:
    return MEANINGS[parse(call.path, call.query, call.headers, call.body).kind]


handler = package_callback("connective", meaning)
