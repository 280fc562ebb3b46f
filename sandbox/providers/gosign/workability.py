"""Before a person's work counts, GoSign asks the external system (§7.2 by SOAP, §8.4 by REST). Knows no work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from lxml import etree

from sandbox.providers.gosign import lifecycle, notices, telling
from sandbox.providers.gosign.errors import Refusal
from sandbox.providers.gosign.model import Envelope, Event
from sandbox.providers.gosign.settings import Customer, Target
from sandbox.providers.gosign.simulator import Simulator

NOT_WORKABLE = "NOT_WORKABLE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`action` is NOP or DELETE, for an envelope that is not workable."""

    workable: bool
    reason: str = ""
    action: str = "NOP"


def require(simulator: Simulator, envelope: Envelope, event: Event) -> None:
    """Raises Refusal NOT_WORKABLE, after deleting the envelope where that was the answer.

    [I] An external system that does not answer, or answers nonsense, allows nothing.
    """
    customer = simulator.customer(envelope.customer)
    for target in customer.targets if customer.habits.ask_workable else ():
        verdict = ask(simulator, customer, target, envelope.ext_id, event)
        simulator.record("questions", {"envelope": envelope.ext_id, "user": event.actor, "workable": verdict.workable})
        if verdict.workable:
            continue
        if verdict.action == "DELETE":
            with simulator.change(envelope.ext_id) as gone:
                lifecycle.delete(gone, simulator.now())
        raise Refusal(NOT_WORKABLE, verdict.reason or "The external system does not allow it")


def ask(simulator: Simulator, customer: Customer, target: Target, ext_id: str, event: Event) -> Verdict:
    headers = telling.credentials(simulator, customer, target)
    try:
        if customer.habits.channel == "soap":
            return _by_soap(simulator, customer, target, ext_id, event)
        if customer.habits.ping and not _available(telling.ping(target, headers), "getStatus"):
            return Verdict(workable=False, reason="The external system is not available")
        return _by_rest(target, ext_id, event, headers)
    except (httpx.HTTPError, ValueError, KeyError, etree.XMLSyntaxError) as error:
        return Verdict(workable=False, reason=f"The external system did not answer: {type(error).__name__}")


def _available(told: dict[str, Any], service: str) -> bool:
    """§8.2: without `services` all are; else those "online" and not "available" false."""
    if told.get("online") is not True:
        return False
    services = told.get("services")
    if services is None:
        return True
    one = services.get(service, {})
    return one.get("online") is True and one.get("available") is not False


def _by_rest(target: Target, ext_id: str, event: Event, headers: dict[str, str]) -> Verdict:
    """§8.4: the second path where a replacement is active."""
    path = f"/envelopes/{quote(ext_id, safe='')}/managers/{quote(event.actor, safe='')}"
    if event.original:
        path += f"/for/{quote(event.original, safe='')}"
    answer = httpx.get(f"{target.address}{path}/status", headers=headers, timeout=telling.TIMEOUT).raise_for_status()
    told = answer.json()
    return Verdict(bool(told["workable"]), str(told.get("reason", "")), str(told.get("action", "NOP")))


def _by_soap(simulator: Simulator, customer: Customer, target: Target, ext_id: str, event: Event) -> Verdict:
    content = notices.workable_question(event.actor, [(ext_id, event.original)])
    letter = telling.soap_letter(simulator, customer, target, ext_id, content)
    headers = dict(letter.headers)
    answer = httpx.post(letter.url, content=content, headers=headers, timeout=telling.TIMEOUT).raise_for_status()
    root = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))
    return judged(_texts(root), ext_id)


def judged(told: dict[str, Any], ext_id: str) -> Verdict:
    """The table of §7.2: a user who may not work at all, then the envelope's own word, then the global action."""
    everything = told.get("globalEnvelopeAction", "NOP")
    if told.get("userAllowedToWork") == "false":
        return Verdict(workable=False, reason=told.get("userReason", ""), action=everything)
    own = next((one for one in told["envelopes"] if one.get("extId") == ext_id), None)
    if own is None:
        raise ValueError("no word about the envelope")
    return Verdict(own["workable"] in {"true", "1"}, own.get("reason", ""), own.get("action", everything))


def _texts(root: Any) -> dict[str, Any]:  # noqa: ANN401 - lxml's elements
    """§7.2: the inner list has the same name as what wraps it."""
    outer = root.xpath("//*[local-name()='getEnvelopeExternalStatusResponse']/*[local-name()='envelopeStatuses']")[:1]
    if not outer:
        raise ValueError("no envelopeStatuses")
    found: dict[str, Any] = {"envelopes": []}
    for child in outer[0]:
        name = etree.QName(child).localname
        if name == "envelopeStatuses":
            found["envelopes"].append({etree.QName(leaf).localname: (leaf.text or "").strip() for leaf in child})
        else:
            found[name] = (child.text or "").strip()
    return found
