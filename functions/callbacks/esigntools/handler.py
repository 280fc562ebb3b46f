"""GET|POST /callbacks/esigntools/{account}/{package}/{token}?id={agreement}&eventType={type}: eSignTools' ping."""

from __future__ import annotations

from esign.providers.esigntools.callback import parse
from esign.runtime.callbacks import Meaning, package_callback
from esign.runtime.calls import Call

TOLD = {
    "esigned": "eSignTools called: everybody signed a document.",
    "rejected": "eSignTools called: a signer refused a document.",
    "out_for_signature": "eSignTools called: a signer signed, others are still expected.",
    "changed": "eSignTools called: something changed.",
}


def meaning(call: Call) -> Meaning:
    hint = parse(call.path, call.query, call.headers, call.body)
    return Meaning(TOLD[hint.kind], hint.kind, envelope=hint.agreement)


handler = package_callback("esigntools", meaning)
