"""The one object behind every call: customers, people, envelopes, clock, and the effects of a change. Knows no HTTP.

Every change of an envelope goes through `change`, which compares before and after and then notifies as GoSign would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.providers.gosign import lifecycle
from sandbox.providers.gosign.errors import customer_not_found, envelope_not_found
from sandbox.providers.gosign.identity import KeyRing
from sandbox.providers.gosign.model import Envelope, User
from sandbox.providers.gosign.people import Directory, known_users
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.notebook import Notebook
from sandbox.signing.notary import Notary

Announce = Callable[[Envelope, str], None]


class Simulator(Notebook):
    """GoSign, as far as its services show it. `announce` hears the notification type (§8.3.1) of what has happened."""

    def __init__(self, notary: Notary, customers: Iterable[Customer]) -> None:
        super().__init__()
        self.notary, self.keys, self.url = notary, KeyRing(), ""
        self.announce: Announce = lambda _envelope, _kind: None
        self._initial = tuple(customers)
        self._forget()

    def _forget(self) -> None:
        self.life = object()  # work of an earlier one, still on its way, comes to nothing
        self.customers = {customer.code: customer for customer in self._initial}
        self._people = {customer.code: known_users(customer) for customer in self._initial}
        self._envelopes: dict[str, Envelope] = {}
        self.tokens: dict[str, tuple[str, str, datetime]] = {}  # access token: customer, user, end

    def reset(self) -> None:
        """Back to the customers that it was started with; who registered an address stays registered."""
        with self.lock():
            targets = {code: customer.targets for code, customer in self.customers.items()}
            self.clear()
            self._forget()
            for code, kept in targets.items():
                if code in self.customers:
                    self.customers[code] = self.customers[code].changed(
                        targets=[{"address": t.address, "authentication": t.authentication} for t in kept]
                    )

    def now(self) -> datetime:
        """UTC, plus what the control API advanced the clock by."""
        return datetime.now(UTC) + timedelta(seconds=self.get_value("clock") or 0.0)

    def customer(self, code: object) -> Customer:
        """Raises Refusal CUST_NOT_FOUND."""
        found = self.customers.get(code) if isinstance(code, str) else None
        if found is None:
            raise customer_not_found(str(code))
        return found

    def put_customer(self, customer: Customer) -> None:
        with self.lock():
            people = known_users(customer) | self._people.get(customer.code, {})
            self.customers[customer.code], self._people[customer.code] = customer, people

    def directory(self, customer: str) -> Directory:
        return self._people[customer]

    def user(self, customer: str, ext_id: str) -> User:
        return self._people[customer][ext_id]

    def exists(self, ext_id: str) -> bool:
        """§2: unique "in GoSign", among all customers; case-sensitive."""
        return ext_id in self._envelopes

    def add(self, envelope: Envelope, people: Directory) -> None:
        with self.lock():
            envelope.number = 3737 + len(self._envelopes)
            self._envelopes[envelope.ext_id] = envelope
            self._people[envelope.customer] = people

    def envelopes(self) -> list[Envelope]:
        """Of all customers, oldest first."""
        with self.lock():
            return list(self._envelopes.values())

    def any_envelope(self, ext_id: str) -> Envelope:
        if ext_id not in self._envelopes:
            raise envelope_not_found(ext_id)
        return self._envelopes[ext_id]

    def view(self, customer: Customer, ext_id: str) -> Envelope:
        """For the customer's eyes: another's envelope, or a deleted one where those are hidden, is not found."""
        with self.lock():
            envelope = self.any_envelope(ext_id)
            hidden = envelope.status == "DEL" and customer.switches.deleted == "hidden"
            if envelope.customer != customer.code or hidden:
                raise envelope_not_found(ext_id)
            lifecycle.expire_if_due(envelope, self.now())
            return envelope

    def numbered(self, customer: Customer, number: int) -> Envelope:
        """By GoSign's own id (§5.3, idPair)."""
        found = [e for e in self.envelopes() if e.number == number and e.customer == customer.code]
        if not found:
            raise envelope_not_found(f"id {number}")
        return found[0]

    @contextmanager
    def change(self, ext_id: str) -> Iterator[Envelope]:
        """The envelope to change; what has become of it is announced after the lock is released."""
        with self.lock():
            envelope = self.any_envelope(ext_id)
            lifecycle.expire_if_due(envelope, self.now())
            status, closed = envelope.status, _closed(envelope)
            yield envelope
            kind = _kind(envelope, status) or ("STEP_CLOSED" if _closed(envelope) > closed else "")
        if kind:
            self.announce(envelope, kind)

    def mail(self, envelope: Envelope, to: str, kind: str) -> None:
        """Notes an e-mail that GoSign would have sent."""
        self.record("mails", {"envelope": envelope.ext_id, "to": to, "kind": kind, "at": self.now().isoformat()})


def _closed(envelope: Envelope) -> int:
    return sum(task.status == "D" and task.type == "T" for task in envelope.tasks)


def _kind(envelope: Envelope, before: str) -> str:
    """§8.3.1. Nothing is told of an expiry or a deletion; only the end of the last step is (§11)."""
    if envelope.status == before:
        return ""
    if envelope.status == "WKD":
        signing: Any = {action.type for task in envelope.tasks for action in task.actions} - {"A", "V"}
        return "SIGN_PROCESS_ENDED" if signing else "VA_PROCESS_ENDED"
    return {"REJ": "ENVELOPE_REJECTED", "STP": "PROCESS_CANCELLED", "STO": "STORED"}.get(envelope.status, "")
