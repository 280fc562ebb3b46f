"""The connector's neighbours in memory: Coupa's endpoint, callback addresses, source URLs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from esign.domain.errors import TooLarge, Unprocessable
from esign.domain.events import Event
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Callback
from esign.ports import Delivered, DeliveryAnswer, FetchedDocument


class RecordingNotifier:
    """Port `CoupaNotifier`. `answers` are used up in order; then comes `usual`, a welcome."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.answers: list[DeliveryAnswer] = []
        self.usual = DeliveryAnswer(Delivered.OK, 204, "HTTP 204")
        self.during: Callable[[], object] = lambda: None

    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer:
        self.told.append(event)
        self.during()
        return self.answers.pop(0) if self.answers else self.usual

    def always(self, outcome: Delivered, status: int | None = None) -> None:
        self.usual = DeliveryAnswer(outcome, status, f"HTTP {status}")

    def will_answer(self, outcome: Delivered, status: int | None = None, *, retry_after: float | None = None) -> None:
        self.answers.append(DeliveryAnswer(outcome, status, f"HTTP {status}", retry_after))


class FakeAddresses:
    """Port `CallbackAddresses` with one key."""

    def package_url(
        self, provider: str, account: AccountId, package: PackageId, *, key: str | None = None
    ) -> tuple[str, str]:
        return f"https://connector.example/callbacks/{provider}/{account}/{package}/k1.token", key or "k1"

    def verify(self, provider: str, account: AccountId, package: PackageId, token: str) -> bool:
        return token == "k1.token"

    def account_url(self, provider: str, account: AccountId, *, generation: int) -> str:
        return f"https://connector.example/callbacks/{provider}/{account}/k1.{generation}.token"

    def generation(self, provider: str, account: AccountId, token: str) -> int | None:
        key, _, rest = token.partition(".")
        written, _, told = rest.partition(".")
        return int(written) if (key, told) == ("k1", "token") else None


class FakeFetcher:
    """Port `DocumentFetcher`: what `pages` holds by URL."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.hosts: tuple[str, ...] = ()

    @contextmanager
    def fetch(self, url: str, *, hosts: tuple[str, ...], max_bytes: int) -> Iterator[FetchedDocument]:
        self.hosts = hosts
        body = self.pages.get(url)
        if body is None:
            raise Unprocessable("the source answered 404", code="source_unavailable")
        if len(body) > max_bytes:
            raise TooLarge("too long")
        yield FetchedDocument(io.BytesIO(body), len(body), hashlib.sha256(body).hexdigest(), "application/pdf")
