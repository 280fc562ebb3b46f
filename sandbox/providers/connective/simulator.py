"""The one object behind every call: state, clock, environments, and the effects of a change. Knows no HTTP.

Every change of a package goes through `change`, which compares before and after and then sends what the vendor would:
a ping to CallBackUrl and e-mails.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.providers.connective import lifecycle
from sandbox.providers.connective.courier import ping
from sandbox.providers.connective.errors import package_not_found
from sandbox.providers.connective.model import Actor, Package, Stakeholder
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.state import State
from sandbox.providers.courier import Courier
from sandbox.signing.notary import Notary

COMPLETED = frozenset({"Finished", "Rejected", "Skipped"})


class Simulator:
    """Connective, as far as its API shows it."""

    def __init__(self, state: State, notary: Notary, environments: Iterable[Environment]) -> None:
        self.state, self.notary, self.courier = state, notary, Courier(state)
        self._initial = tuple(environments)
        self.restore_environments()

    def restore_environments(self) -> None:
        self.state.put_value("environments", {env.name: env.to_json() for env in self._initial})

    def now(self) -> datetime:
        """UTC, plus what the control API advanced the clock by."""
        return datetime.now(UTC) + timedelta(seconds=self.state.get_value("clock") or 0.0)

    def environments(self) -> list[Environment]:
        return [Environment.from_json(data) for data in self.state.get_value("environments").values()]

    def environment(self, name: str) -> Environment:
        return Environment.from_json(self.state.get_value("environments")[name])

    def put_environment(self, environment: Environment) -> None:
        with self.state.lock():
            known = self.state.get_value("environments")
            self.state.put_value("environments", {**known, environment.name: environment.to_json()})

    def authenticate(self, user: str, password: str) -> Environment | None:
        for environment in self.environments():
            expected = environment.users.get(user)
            if expected is not None and secrets.compare_digest(expected.encode(), password.encode()):
                return environment
        return None

    def packages(self, environment: Environment) -> list[Package]:
        """All of one customer, oldest first, those that are due expired."""
        due = [package.id for package in self.state.packages(environment.name)]
        return sorted((self.view(environment, package_id) for package_id in due), key=lambda p: p.created)

    def view(self, environment: Environment, package_id: str, *, missing: int = 404) -> Package:
        with self.change(environment, package_id, missing=missing) as package:
            return package

    def add(self, package: Package) -> None:
        """A package that did not exist; a v4 super call or an instant package may be Pending already."""
        with self.state.lock():
            self.state.save(package)
        self._announce(None, package)

    @contextmanager
    def change(self, environment: Environment, package_id: str, *, missing: int = 404) -> Iterator[Package]:
        """The package to change; saved, pinged and mailed on leaving. Another customer's package is not found."""
        with self.state.lock():
            package, before = self.state.package(package_id), self.state.package(package_id)
            if package is None or package.environment != environment.name:
                raise package_not_found(package_id, missing)
            lifecycle.expire_if_due(package, self.now())
            if package != before:
                self.state.save(package)
            yield package
            changed = package != before
            if changed:
                self.state.save(package)
        if changed:
            self._announce(before, package)

    def mail(self, package: Package, to: str, kind: str) -> None:
        """Notes an e-mail that the vendor would have sent."""
        entry = {"environment": package.environment, "package": package.id, "to": to, "kind": kind}
        self.state.record("mails", {**entry, "at": self.now().isoformat()})

    def ping(self, url: str, package: Package) -> None:
        habits = self.environment(package.environment).callbacks
        self.courier.send(ping(url, package.id, habits), habits)

    def _announce(self, before: Package | None, after: Package) -> None:
        old_status = before.status if before else "Draft"
        old = {actor.id: actor for _, actor in before.actors()} if before else {}
        completed = any(a.status in COMPLETED and _was(old, a) not in COMPLETED for _, a in after.actors())
        if after.callback_url and (after.status != old_status or completed):
            self.ping(after.callback_url, after)
        for stakeholder, actor in after.actors():
            if actor.notify and actor.status != _was(old, actor) and actor.status in {"Available", "Finished"}:
                self._notify(after, stakeholder, actor)

    def _notify(self, package: Package, stakeholder: Stakeholder, actor: Actor) -> None:
        """[I] an invitation when it is an actor's turn; receivers hear of the end."""
        if actor.status == "Finished" and actor.type != "Receiver":
            return
        for member in stakeholder.members:
            self.mail(package, member.email, "invitation" if actor.status == "Available" else "finished")


def new_id() -> str:
    """The vendor's ids are GUIDs."""
    return str(uuid.uuid4())


def _was(old: dict[str, Any], actor: Actor) -> str:
    return old[actor.id].status if actor.id in old else "Draft"
