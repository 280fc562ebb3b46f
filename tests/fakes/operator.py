"""An operator at the command line: `esign` in this process, over a stage that is the connector in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from typer.testing import CliRunner

from cli.app import app
from cli.session import Outside, registered_vendor
from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.errors import NotFound, Problem
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from tests.fakes.connector import Connector
from tests.fakes.provider import FakeProvider
from tests.fakes.raw_callbacks import MemoryRawCallbacks


@dataclass
class FakeVendor:
    """A vendor's folder whose settings need a host. `opened` lists what it was opened with."""

    provider: FakeProvider
    opened: list[tuple[Account, Mapping[str, str]]] = field(default_factory=list)

    def capabilities(self, settings):
        return Capabilities(self.provider.capabilities.provider, self.provider.capabilities.features)

    def check_options(self, options):
        return ()

    def check_settings(self, settings):
        known = {"host", "initiator"}
        problems = [Problem(f"/settings/{name}", "unknown", "Not known.") for name in settings if name not in known]
        if "host" not in settings:
            problems.append(Problem("/settings/host", "missing", "Field required."))
        return tuple(problems)

    def credential_names(self, settings):
        if settings.get("initiator") == "by-key":
            return ("key",)
        return ("username", "password")

    def open_provider(self, account, opening):
        self.opened.append((account, opening.credentials()))
        return self.provider


@dataclass
class Answer:
    """What the command said: standard output and error, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


class Operator:
    """`connector` is the stage; the vendor `fake` exists too, and with `real_vendors` those of the product."""

    def __init__(self, connector: Connector | None = None, *, real_vendors: bool = False) -> None:
        self.connector = connector or Connector()
        self.vendor = FakeVendor(self.connector.provider)
        self.real_vendors = real_vendors
        self.raw_callbacks = MemoryRawCallbacks()
        self.asked_for: list[tuple[str, str | None]] = []

    def stage(self, name: str, profile: str | None) -> App:
        self.asked_for.append((name, profile))
        stage = App(Settings({"ESIGN_ALLOW_LOOPBACK": "1"}))
        stage.raw_callbacks = self.raw_callbacks
        for port in ("packages", "accounts", "budget", "workflows", "bell", "addresses", "clock", "documents"):
            setattr(stage, port, getattr(self.connector, port))
        if not self.real_vendors:
            stage.providers = self.connector.providers
        return stage

    def find_vendor(self, name: str) -> Any:
        if self.real_vendors:
            return registered_vendor(name)
        if name != "fake":
            raise NotFound(f"There is no provider {name!r}.", code="provider_unknown")
        return self.vendor

    def client(self, service: str, profile: str | None) -> Any:
        """An AWS client; the connector in memory has none."""
        raise NotFound(f"There is no {service} here.")

    def says(self, *words: object, types: str | None = None) -> Answer:
        """Run `esign <words>`; `types` is what is typed at its prompts."""
        outside = Outside(self.stage, self.find_vendor, self.client)
        ended = CliRunner().invoke(app, [str(word) for word in words], input=types, obj=outside)
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Answer(ended.exit_code, ended.stdout, ended.stderr)
