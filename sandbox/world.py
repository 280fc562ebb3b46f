"""Everything on one machine: the deployed connector on the local cloud, simulators of providers, and Coupa's own side.

Used by the demo, the sandbox and the end-to-end tests. Knows no operation of the connector but how accounts are added.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from esign.aws import clients
from esign.domain.account import Account, AccountSecret
from esign.domain.ids import AccountId
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from sandbox.cloud.cloud import LocalCloud
from sandbox.coupa.client import CoupaClient
from sandbox.coupa.receiver import Receiver
from sandbox.provider_side import ProviderSide, Sides

TIME_SCALE = 60.0  # of the local cloud; infra/stages.py divides the connector's own durations by the same


@dataclass(frozen=True, slots=True)
class Login:
    """An e-signature account as Coupa holds it."""

    account: AccountId
    secret: str
    door: str = ""  # of the provider that it joins; "" is the one that the sandbox was started with


class World:
    """A running connector. `app` is its composition root, for operators' work; `settings` what its functions are told.

    `door` is the value of PROVIDER that is meant where nothing else is said.
    """

    def __init__(
        self, cloud: LocalCloud, receiver: Receiver, sides: Sides, settings: Mapping[str, str], *, door: str
    ) -> None:
        self.cloud = cloud
        self.receiver = receiver
        self.sides = sides
        self.settings = settings
        self.door = door
        self.app = App(Settings(settings))

    @property
    def side(self) -> ProviderSide:
        return self.sides[self.door]

    def add_account(self, name: str = "Sandbox", *, door: str = "", **changes: Any) -> Login:  # noqa: ANN401 - fields of Account
        """An account of the door's provider, whose callback address is registered there where it has one; `changes`
        are fields of `Account`."""
        side = self.sides[door or self.door]
        secret = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        known: dict[str, Any] = {
            "id": AccountId(f"acc_{secrets.token_hex(8)}"),
            "name": name,
            "provider": side.provider,
            "created_at": now,
            "settings": side.settings,
            "secrets": (AccountSecret(hashlib.sha256(secret.encode()).hexdigest(), now),),
            "source_hosts": ("127.0.0.1",),
        }
        account = Account(**known | changes)
        self.app.accounts.add(account, side.credentials)
        self.app.accounts.replace_notification_secrets(account.id, {"webhookSecrets": list(self.receiver.secrets)})
        registered = self.app.callbacks.get(account.id, None).provider_callback.url
        if registered:
            side.register(registered, {})
        return Login(account.id, secret, door or self.door)

    def coupa(self, login: Login, **options: Any) -> CoupaClient:  # noqa: ANN401 - of CoupaClient
        return CoupaClient(self.cloud.base_url("coupa"), login.account, login.secret, **options)

    def function(self, folder: str) -> str:
        """The physical name of the function whose folder below functions/ is given, e.g. coupa/create_package."""
        return self.cloud.physical("".join(word.capitalize() for word in folder.replace("/", "_").split("_")))

    def describe(self) -> dict[str, Any]:
        """What another process needs to work with this cloud (cli/target.py)."""
        return {
            "endpoint": self.cloud.endpoint,
            "coupaBaseUrl": self.cloud.base_url("coupa"),
            "callbacksBaseUrl": self.cloud.base_url("callbacks"),
            "settings": dict(self.settings),
        }


@contextmanager
def running_world(assembly: Path, door: str, *, ports: tuple[int, int] = (0, 0)) -> Iterator[World]:
    """Brings all of it up, with the simulator of `door`; others start when they are asked for. The block's end takes it
    down. AWS's variables are this process's meanwhile."""
    with ExitStack() as stack:
        cloud = stack.enter_context(LocalCloud(assembly, time_scale=TIME_SCALE, ports=ports))
        stack.enter_context(_environment(cloud.variables))
        sides = stack.enter_context(Sides())
        _ = sides[door]  # what cannot start says so now
        receiver = stack.enter_context(Receiver(secrets=(_webhook_secret(),)))
        settings = json.loads(cloud.outputs["EsignSettings"])
        yield World(cloud, receiver, sides, settings, door=door)


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """boto3 in this process finds the local cloud, and only inside the block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _forget_clients()
    try:
        yield
    finally:
        _forget_clients()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _forget_clients() -> None:
    """The process's AWS clients know the address of the cloud for which they were made, and no other."""
    for made in vars(clients).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
