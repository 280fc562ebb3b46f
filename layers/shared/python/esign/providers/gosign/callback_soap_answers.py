"""Our answers to GoSign's SOAP calls, and the descriptions of the services that it calls (seeds/004 §7, §11).

In the namespace that the document prints, with unqualified children (contracts/gosign.md §1.10). Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lxml import etree

from esign.providers.gosign.callback_rest import WITHDRAWN, Answer
from esign.providers.gosign.callback_soap import Asked, Element, Question

WSDL = Path(__file__).parent / "wsdl"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NOTIFICATIONS = "http://www.infocert.it/smartsign/schema/wknotif"
_XML = {"Content-Type": "text/xml; charset=utf-8"}
# What our address serves, by the query: `?wsdl`, `?wsdl=events`. Reconstructed (contracts/gosign.md §1.10.1).
DESCRIPTIONS = {"": "WorkNotificationsService.wsdl", "events": "EvelopeEventService.wsdl"}


def heard() -> Answer:
    """§7.1: done with, also where the envelope is none of ours: SOAP has no word for "please discard"."""
    return _notified(success=True)


def not_now(code: str) -> Answer:
    """§7.1: GoSign tries again at regular intervals."""
    return _notified(success=False, code=code)


def _notified(*, success: bool, code: str | None = None) -> Answer:
    answer = _operation("workNotificationResponse")
    _add(answer, "success", "true" if success else "false")
    if code:
        error = etree.SubElement(answer, "errors")
        _add(error, "code", code)
        _add(error, "message", "The connector cannot take the notification at the moment.")
    return _envelope(answer)


def statuses(question: Question, is_withdrawn: Callable[[str], bool]) -> Answer:
    """§7.2, its table of rules. Where nothing may be worked on, for all at once; else envelope by envelope. Never DELETE."""
    gone = [is_withdrawn(asked.envelope) for asked in question.envelopes]
    answer = _operation("getEnvelopeExternalStatusResponse")
    told = etree.SubElement(answer, "envelopeStatuses")
    _add(told, "userExtId", question.user)
    none_left = bool(gone) and all(gone)
    _add(told, "userAllowedToWork", "false" if none_left else "true")
    if none_left:
        _add(told, "userReason", WITHDRAWN)
    if any(gone):
        _add(told, "globalEnvelopeAction", "NOP")
    if not none_left:
        _list(told, question.envelopes, gone)
    return _envelope(answer)


def _list(told: Element, envelopes: Sequence[Asked], gone: Sequence[bool]) -> None:
    for asked, withdrawn in zip(envelopes, gone, strict=True):
        one = etree.SubElement(told, "envelopeStatuses")
        _add(one, "extId", asked.envelope)
        _add(one, "workable", "false" if withdrawn else "true")
        if withdrawn:
            _add(one, "reason", WITHDRAWN)
            _add(one, "action", "NOP")


def taken() -> Answer:
    """OperationDone's answer; its shape is not printed anywhere, so it is empty (contracts/gosign.md §1.10.1)."""
    return _envelope(None)


def description(query: Mapping[str, str], address: str) -> Answer:
    """?wsdl: WorkNotificationsService, ?wsdl=events: EvelopeEventService, both at this `address`."""
    wanted = {name.lower(): value for name, value in query.items()}.get("wsdl")
    if wanted not in DESCRIPTIONS:
        return fault(400, "Ask for ?wsdl or ?wsdl=events.", client=True)
    tree = etree.parse(WSDL / DESCRIPTIONS[wanted])
    for place in tree.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
        place.set("location", address)
    text = etree.tostring(tree, encoding="UTF-8", xml_declaration=True).decode()
    return {"statusCode": 200, "headers": dict(_XML), "body": text}


def fault(status: int, reason: str, *, client: bool) -> Answer:
    """A SOAP 1.1 Fault."""
    answer = etree.Element(etree.QName(ENVELOPE, "Fault"), nsmap={"soap": ENVELOPE})
    _add(answer, "faultcode", "soap:Client" if client else "soap:Server")
    _add(answer, "faultstring", reason)
    return _envelope(answer, status=status)


def _operation(name: str) -> Element:
    return etree.Element(etree.QName(NOTIFICATIONS, name), nsmap={"wk": NOTIFICATIONS})


def _add(parent: Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _envelope(content: Element | None, *, status: int = 200) -> Answer:
    envelope = etree.Element(etree.QName(ENVELOPE, "Envelope"), nsmap={"soap": ENVELOPE})
    body = etree.SubElement(envelope, etree.QName(ENVELOPE, "Body"))
    if content is not None:
        body.append(content)
    text = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True).decode()
    return {"statusCode": status, "headers": dict(_XML), "body": text}
