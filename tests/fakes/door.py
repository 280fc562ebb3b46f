"""Coupa's operations behind their door, in this process: the deployed handlers over the connector in memory."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from esign.http.deadline import Deadline
from esign.ports import Listing
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request
from esign.runtime.settings import Settings
from tests.fakes.connector import Connector
from tests.fakes.factories import ACME

PORTS = (
    "packages",
    "accounts",
    "documents",
    "evidence",
    "bell",
    "workflows",
    "budget",
    "fetcher",
    "addresses",
    "providers",
    "access",
    "clock",
    "refresh",
)


class Door:
    """`connector` is what stands behind it; its `idempotency`, where it has one, else the keys of its package store."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.app: Any = App(Settings({}))
        self.app.idempotency = getattr(connector, "idempotency", None) or connector.packages.keys
        for port in PORTS:
            setattr(self.app, port, getattr(connector, port))

    def __call__(self, operation: str, body: Any = None, *, key: str | None = "k1", **more: Any) -> Reply:
        work = import_module(f"functions.coupa.{operation}.handler").handler.__wrapped__
        reply: Reply = work(self.request(body, key=key, **more), self.app)
        return reply

    def request(
        self, body: Any = None, *, key: str | None, package: str | None = None, method: str = "POST"
    ) -> Request:
        headers = {"content-type": "application/json"} | ({} if key is None else {"idempotency-key": key})
        return Request(
            account=self.connector.account,
            provider="fake",
            settings_version=1,
            method=method,
            path={"packageId": package} if package else {},
            query={},
            headers=headers,
            id="req-1",
            deadline=Deadline(26),
            address="/prod/v1/packages",
            raw_body=None if body is None else json.dumps(body),
        )

    def draft(self) -> str:
        return self.connector.ready().id

    @property
    def drafts(self) -> int:
        return len(self.app.packages.listing(ACME, Listing(limit=200))[0])
