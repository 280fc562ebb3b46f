"""GoSign's SOAP calls to us (seeds/004 §7, §11). Pure functions over bytes; our answers are in callback_soap_answers.py.

The vendor's WSDL is not public (contracts/gosign.md §1.10): so elements are known by their local names, wherever they stand
below the Body. A parser that fetches nothing, expands nothing and takes no DTD; of a body that was cut, as much as came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from esign.domain.package import Verdict, VerdictKind
from esign.providers.gosign.callback_notice import Notice, Unreadable, known_kind, rejection

_DEEPEST = 32  # elements within each other; the deepest that §7 knows is a counter of a step event, at 8
_LONGEST_RECEIPT = 200  # characters; more is no id
INSERT = "insertEnvelope"  # §11: the command of an insertion

Element = Any  # lxml's, which has no types worth a name


@dataclass(frozen=True, slots=True)
class Asked:
    """One envelope of getEnvelopeExternalStatus; `original` is whom the user stands in for (fromUserExtId)."""

    envelope: str
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """getEnvelopeExternalStatus: may this user work on these envelopes? (§7.2)"""

    user: str
    envelopes: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """LegalBus's OperationDone (§11). `id` is the `message` of the call that it answers, where there was one."""

    envelope: str
    command: str
    code: str
    id: str | None = None


Call = Notice | Question | Done


def parse(body: bytes, *, whole: bool) -> Call:
    """Raises Unreadable. Only a notification may be cut: its ids come first."""
    root = _root(body, whole=whole)
    if root is None or _name(root) != "Envelope":
        raise Unreadable("The body is no SOAP envelope.")
    for element in root.iter(etree.Element):
        match _name(element):
            case "envelopeExternalId":
                return _notice(_parent(element))
            case "OperationDoneEvent" if whole:
                return _done(element)
            case "getEnvelopeExternalStatusRequest" if whole:
                return _question(element)
    raise Unreadable("The body holds no operation that is known here, or not all of it.")


def _root(body: bytes, *, whole: bool) -> Element | None:
    """The document as far as it goes. Raises Unreadable for what is not well-formed before the cut, or not for us."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        parser.feed(body)
        root = _watched(parser.read_events())
        if whole:
            parser.close()
    except etree.XMLSyntaxError:
        raise Unreadable("The body is not XML.") from None
    return root


def _watched(events: Iterator[tuple[str, Element]]) -> Element | None:
    root, depth = None, 0
    for event, element in events:
        depth += 1 if event == "start" else -1
        root = element if root is None else root
        if depth > _DEEPEST:
            raise Unreadable("The body is nested too deeply.")
    if root is not None and root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The body has a DTD.")
    return root


def _notice(call: Element) -> Notice:
    """§7.1; the note of a rejection, and the step events with REST's names."""
    kind = known_kind(_text(call, "notificationType"))
    events = tuple(_fields(event) for live in _children(call, "liveStatus") for event in _children(live, "stepEvent"))
    return Notice(_text(call, "envelopeExternalId"), kind, rejection(kind, _text(call, "note")), events)


def _fields(event: Element) -> dict[str, Any]:
    told: dict[str, Any] = {_name(child): child.text or "" for child in event if not len(child)}
    number = told.get("stepNumber", "")
    return told | {"stepNumber": int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0}


def _question(call: Element) -> Question:
    """§7.2; the document's own example closes an `envelopeExtId-List`, so both spellings are read."""
    listed = [child for child in call if _name(child) in {"envelopeExtIdList", "envelopeExtId-List"}]
    asked = tuple(Asked((one.text or "").strip(), one.get("fromUserExtId")) for one in listed)
    return Question(_text(call, "userExtId"), asked)


def _done(call: Element) -> Done:
    """§11."""
    status = next(_children(call, "returnStatus"), None)
    code = _text(status, "code") if status is not None else ""
    if not code:
        raise Unreadable("The event says no code.")
    receipt = _text(call, "ID")
    known = receipt if 0 < len(receipt) <= _LONGEST_RECEIPT else None
    return Done(_text(call, "extId"), _text(call, "command"), code, known)


def _children(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if _name(child) == name)


def _text(parent: Element, name: str) -> str:
    child = next(_children(parent, name), None)
    return (child.text or "").strip() if child is not None else ""


def _name(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _parent(element: Element) -> Element:
    parent = element.getparent()
    if parent is None:
        raise Unreadable("The body is no SOAP envelope.")
    return parent


def verdict(done: Done, settings: Mapping[str, Any]) -> Verdict | None:
    """What the event says of a Send (§11: any code but OK is an error). None: of no insertion, or of an account that
    takes no answers this way."""
    from esign.providers.gosign.errors import ALREADY_EXISTS, OK, normalized

    if settings.get("integration") != "legalbus" or done.command not in {"", INSERT}:
        return None
    kinds = {OK: VerdictKind.ACCEPTED, ALREADY_EXISTS: VerdictKind.EXISTS}
    code = normalized(done.code)
    return Verdict(kinds.get(code, VerdictKind.REFUSED), (done.envelope,), done.id, done.code[:64])
