"""The GoSign simulator in memory, for what it takes and what it refuses: one insertion by each door, without HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from lxml import etree

from sandbox.providers.gosign import intake, soap, soap_types
from sandbox.providers.gosign.errors import Refusal
from sandbox.providers.gosign.model import Envelope
from sandbox.providers.gosign.placement import spots
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.signing.notary import Notary
from tests.fakes.gosign_envelopes import CODE, b64, document, gs5, oauth, rest, soap_example
from tests.fakes.papers import A4, a_pdf

PAPER = a_pdf(3)
JSON: dict[str, Callable[..., dict[str, Any]]] = {"rest": rest, "oauth": oauth, "gs5": gs5}
PRINTED = "EXTID_0011491322230858"  # the id in §5.1's example


@cache
def notary() -> Notary:
    return Notary()


def said(door: str, change: Callable[[dict[str, Any]], object] = lambda _: None, **top: Any) -> dict[str, Any]:
    """An insertion in JSON that anybody takes, on three pages, after `change` of its envelope."""
    request = deepcopy(JSON[door]())  # the builders share one place among all actions
    request["envelope"]["documents"] = [document(content=PAPER)]
    change(request["envelope"])
    return request | top


def printed(*changes: tuple[str, str]) -> str:
    """§5.1's example of SOAP with our customer code and a document, after these replacements, each of which must hit."""
    text = re.sub(r"(customerCode>)[^<]*</", rf"\g<1>{CODE}</", soap_example("5.1-insert-envelope"))
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.replace("JVB…", b64(PAPER))


class Intake:
    """A customer of GoSign; `changes` as the control API takes them."""

    def __init__(self, **changes: Any) -> None:
        self.customer = Customer().changed(**changes)
        self.simulator = Simulator(notary(), [self.customer])

    def takes(self, door: str, request: dict[str, Any]) -> Envelope:
        return intake.insert(self.simulator, self.customer, door, request, loader="segr")  # type: ignore[arg-type]

    def refuses(self, door: str, request: dict[str, Any]) -> str:
        """The code; nothing of the insertion stays."""
        with pytest.raises(Refusal) as refused:
            self.takes(door, request)
        assert self.simulator.envelopes() == []
        return refused.value.code

    def takes_soap(self, xml: str) -> Envelope:
        body = soap_types.read(etree.fromstring(xml.encode()), soap_types.ELEMENTS["insertEnvelopeRequest"])
        soap.OPERATIONS["insertEnvelopeRequest"](self.simulator, self.customer, body)
        return self.simulator.any_envelope(PRINTED)

    def refuses_soap(self, xml: str) -> str:
        with pytest.raises(Refusal) as refused:
            self.takes_soap(xml)
        assert self.simulator.envelopes() == []
        return refused.value.code

    @property
    def people(self) -> set[str]:
        return set(self.simulator.directory(self.customer.code))


def places(envelope: Envelope) -> list[tuple[int, str]]:
    """(page, L/C/R with T/M/B) of each mark of the first action: where it is on the sheet, by thirds."""
    where = envelope.tasks[0].actions[0].appearance
    assert where is not None
    return [(page, _third(box)) for page, box in spots(PAPER, where, actors=[])]


def _third(box: tuple[float, float, float, float]) -> str:
    """`box` is (left, top, width, height) as displayed."""
    left, top, width, height = box
    return "LCR"[int((left + width / 2) / A4[0] * 3)] + "TMB"[int((top + height / 2) / A4[1] * 3)]
