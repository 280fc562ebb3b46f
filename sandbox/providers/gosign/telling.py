"""GoSign speaks to the external system: pings, notifications, LegalBus's OperationDone. Retries in its own language.

§8.3.1: `succeeded` and `failed_please_discard` end it, `failed_please_retry` and anything but 2xx with such a JSON is
repeated. §7.1: success true ends it, anything else is repeated.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from lxml import etree

from sandbox.providers import courier
from sandbox.providers.courier import Courier, Letter
from sandbox.providers.gosign import identity, notices
from sandbox.providers.gosign.model import Envelope
from sandbox.providers.gosign.settings import Customer, Habits, Target
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.jsontypes import JsonValue

DONE = frozenset({"succeeded", "failed_please_discard"})
TIMEOUT = 10.0


class Post:
    """`Simulator.announce`, and the way out for LegalBus."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.courier = Courier(simulator, taken=self._taken)

    def announce(self, envelope: Envelope, kind: str) -> None:
        """Returns at once; to every address that the customer registered."""
        customer = self._simulator.customer(envelope.customer)
        habits, people = customer.habits, self._simulator.directory(customer.code)
        archived = kind == "STORED" and (habits.channel, habits.format) != ("rest", "extended")
        kind = customer.switches.end_of_signing if kind == "SIGN_PROCESS_ENDED" else kind
        if kind in habits.inhibited or archived:  # §8.3.2: only the extended format knows STO
            return
        for target in customer.targets:
            if habits.channel == "soap":
                content = notices.soap_notification(envelope, kind, customer, people)
                letter = soap_letter(self._simulator, customer, target, envelope.ext_id, content)
            else:
                letter = self._rest_letter(envelope, kind, customer, target)
            self.courier.send(letter, _habits(habits))

    def _rest_letter(self, envelope: Envelope, kind: str, customer: Customer, target: Target) -> Letter:
        people = self._simulator.directory(customer.code)
        if customer.habits.format == "extended":
            body = notices.extended(envelope, customer, people)
        else:
            body = notices.work_notification(envelope, kind, customer, people)
        headers = {"Content-Type": "application/json", **credentials(self._simulator, customer, target)}
        url = f"{target.address}/envelopes/{quote(envelope.ext_id, safe='')}/notify"
        return Letter(url, envelope.ext_id, content=json.dumps(body).encode(), headers=headers)

    def operation_done(self, customer: Customer, receipt: str, ext_id: str, code: str, message: str) -> None:
        """§11. To the same address as the notifications [U]."""
        namespace = customer.switches.operation_done_namespace
        content = notices.operation_done(receipt, ext_id, code, message, namespace)
        for target in customer.targets:
            self.courier.send(soap_letter(self._simulator, customer, target, ext_id, content), _habits(customer.habits))

    def _taken(self, answer: httpx.Response) -> bool:
        if "xml" in answer.headers.get("content-type", ""):
            return soap_success(answer)
        outcome, message = _outcome(answer)
        self._simulator.record("outcomes", {"outcome": outcome, "message": message})
        return outcome in DONE


def ping(target: Target, headers: Mapping[str, str]) -> dict[str, Any]:
    """§8.2: GET /status. Raises httpx.HTTPError or ValueError."""
    answer = httpx.get(f"{target.address}/status", headers=dict(headers), timeout=TIMEOUT)
    found = answer.raise_for_status().json()
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - like any other answer that says nothing
    return found


def soap_letter(simulator: Simulator, customer: Customer, target: Target, ext_id: str, content: bytes) -> Letter:
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '""',
        **credentials(simulator, customer, target),
    }
    return Letter(target.address, ext_id, content=content, headers=headers)


def credentials(simulator: Simulator, customer: Customer, target: Target) -> dict[str, str]:
    """§8.1: public, Basic or an API key in "a header with a configurable name"; §12.3: a JWT as Bearer."""
    given = target.authentication
    scheme = given.get("scheme", "")
    if scheme == "basic":
        pair = base64.b64encode(f"{given['username']}:{given['password']}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    if scheme == "api-key":
        return {given["header"]: given["key"]}
    if scheme == "jwt":
        return {"Authorization": f"Bearer {identity.notification_token(simulator, customer)}"}
    return {}


def soap_success(answer: httpx.Response) -> bool:
    """workNotificationResponse/success; OperationDone's reply is empty [I], so 2xx without a fault is enough there."""
    if not answer.is_success:
        return False
    try:
        root = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    told = [str(one.text).strip() for one in root.iter("{*}success")]
    return told[0] in {"true", "1"} if told else not list(root.iter("{*}Fault"))


def _outcome(answer: httpx.Response) -> tuple[str, JsonValue]:
    """Whatever is not 2xx with the JSON of §8.3.1 counts as failed_please_retry."""
    try:
        body = answer.json() if answer.is_success else {}
    except ValueError:
        body = {}
    found = body if isinstance(body, dict) else {}
    return str(found.get("outcome", "failed_please_retry")), found.get("message")


def _habits(habits: Habits) -> courier.Habits:
    return courier.Habits(
        drop=habits.drop,
        duplicates=habits.duplicates,
        delay=habits.delay,
        reorder=habits.reorder,
        retries=habits.retries,
        retry_delay=habits.retry_delay,
    )
