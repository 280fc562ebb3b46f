"""A sandbox without a cloud, for the console: Coupa's API as canned answers, sides that only remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from esign.domain.ids import AccountId
from sandbox.coupa.client import Answer
from sandbox.coupa.receiver import Notification
from sandbox.world import Login

NOW = "2026-11-22T09:30:15.250Z"
PDF = b"%PDF-1.7 signed"
REQUEST = httpx.Request("GET", "http://127.0.0.1/")
HOSTILE = "<script>alert('x')</script>\" onload=\"x"


def answer(status: int = 200, /, **body: Any) -> Answer:
    return Answer("fake", status, 1.0, body, {}, b"", REQUEST)


def refused(*entries: tuple[str, str], status: int = 422, detail: str = "It cannot be processed.") -> Answer:
    """`entries`: (pointer, detail)."""
    errors = [{"pointer": pointer, "code": "bad", "detail": text} for pointer, text in entries]
    return answer(status, detail=detail, title="Unprocessable", status=status, errors=errors)


def a_shown_package(status: str = "IN_PROCESS", **more: Any) -> dict[str, Any]:
    """As getPackage answers it."""
    known: dict[str, Any] = {
        "id": "pkg_1",
        "name": "Frame contract",
        "externalId": "CLM-7",
        "status": status,
        "createdAt": NOW,
        "updatedAt": NOW,
        "provider": {"name": "connective", "reference": ["ref-1"]},
        "documents": [{"id": "pkg_1_d01", "name": "contract.pdf", "size": 24_137, "pages": 2, "contentType": "x/y"}],
        "recipients": [a_shown_recipient()],
    }
    return known | more


def a_shown_recipient(number: int = 1, status: str = "SENT", **more: Any) -> dict[str, Any]:
    known = {"id": f"pkg_1_r{number:02d}", "fullName": "Anna Berg", "email": "anna@example.com"}
    return {**known, "role": "SIGNER", "status": status, "signingOrder": number, **more}


@dataclass
class FakeCoupa:
    """`packages` by id; `answers` replaces what an operation says; `calls` is what was asked, in order."""

    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    unsupported: Mapping[str, str] = field(default_factory=dict)

    def __enter__(self) -> FakeCoupa:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to close."""

    def _said(self, operation: str, otherwise: Answer, given: Any = None) -> Answer:
        self.calls.append((operation, given))
        return self.answers.get(operation, otherwise)

    def verify_account(self) -> Answer:
        names = ("uploaded_document", "cc", "sequential_order", "parallel_order")
        features = [
            {"name": name, "supported": name not in self.unsupported, "reason": self.unsupported.get(name, "")}
            for name in names
        ]
        return self._said("verify", answer(capabilities={"features": features}))

    def configure_callback(self, callback: Any) -> Answer:
        return self._said("callback", answer(), callback)

    def create_package(self, package: Any) -> Answer:
        return self._said("create", answer(201, id="pkg_1"), package)

    def add_documents(self, package: str, documents: Any) -> Answer:
        items = [{"upload": {"url": "http://127.0.0.1/up", "method": "PUT"}} for _ in documents]
        return self._said("documents", answer(201, documents=items), documents)

    def upload(self, upload: Any, content: bytes) -> Answer:
        return self._said("upload", answer(), len(content))

    def add_recipients(self, package: str, recipients: Any) -> Answer:
        return self._said("recipients", answer(201), recipients)

    def send_package(self, package: str) -> Answer:
        return self._said("send", answer(202, status="IN_PROCESS"))

    def delete_package(self, package: str, *, reason: str | None = None) -> Answer:
        return self._said("delete", answer(), reason)

    def get_package(self, package: str) -> Answer:
        found = self.packages.get(package)
        return answer(**found) if found else refused(status=404, detail="There is no such package.")

    def get_package_summary(self, package: str, *, refresh: bool) -> Answer:
        return self._said("refresh", answer())

    def list_packages(self, **_: str) -> Answer:
        return answer(packages=list(self.packages.values()))

    def list_events(self, package: str) -> Answer:
        kinds = ("coupa_call", "provider_call", "callback", "decision", "notification")
        return answer(events=[{"id": kind, "at": NOW, "kind": kind, "text": f"{HOSTILE}."} for kind in kinds])

    def get_signed_documents(self, package: str, *, delivery: str) -> Answer:
        listed = [("SIGNED_DOCUMENT", "a b.pdf", "application/pdf"), ("MANIFEST", "m.json", "application/json")]
        files = [
            {"id": f"f{n}", "kind": k, "name": name, "contentType": t, "size": 9, "sha256": "ab" * 32, "url": f"u{n}"}
            for n, (k, name, t) in enumerate(listed)
        ]
        return self._said("files", answer(documents=files))

    def download(self, url: str) -> Answer:
        return Answer("download", 200, 1.0, {}, {}, PDF, REQUEST)


@dataclass
class FakeSide:
    """What was switched; whom it invites."""

    template: str | None = None
    addresses: Sequence[str] = ("http://127.0.0.1:9/sign?a=1&b=2",)
    done: list[str] = field(default_factory=list)
    wanted: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    to_lose: bool = False

    def wants(self, email: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return self.wanted

    def invitations(self, reference: Sequence[str], email: str) -> Sequence[str]:
        return self.addresses

    def lose_callbacks(self, *, lose: bool) -> None:
        self.done.append(f"callbacks {lose}")

    def go_down(self) -> None:
        self.done.append("down")

    def come_back(self) -> None:
        self.done.append("back")

    def lose_next_reply_of_send(self) -> None:
        self.to_lose = True

    def reply_still_to_lose(self) -> bool:
        return self.to_lose


class FakeSides(dict[str, FakeSide]):
    @property
    def open(self) -> Mapping[str, FakeSide]:
        return self


@dataclass
class FakeReceiver:
    url: str = "http://127.0.0.1:9/coupa"
    received: tuple[Notification, ...] = ()
    done: list[str] = field(default_factory=list)

    def fail(self, status: int, *, times: int) -> None:
        self.done.append(f"fail {status}")

    def behave(self) -> None:
        self.done.append("behave")


def a_notification(kind: str = "package.sent", *, answered: int = 204, problem: str | None = None) -> Notification:
    body = {"packageId": "pkg_1", "type": kind, "sequence": 1, "status": "IN_PROCESS"}
    return Notification(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "/", {}, body, problem, answered)


class FakeCloud:
    def base_url(self, word: str) -> str:
        return f"http://127.0.0.1:9/{word}"


@dataclass
class FakeWorld:
    """One Coupa for all accounts; every door is open from the beginning."""

    api: FakeCoupa = field(default_factory=FakeCoupa)
    sides: FakeSides = field(default_factory=lambda: FakeSides(connective=FakeSide(), esigntools=FakeSide()))
    receiver: FakeReceiver = field(default_factory=FakeReceiver)
    cloud: FakeCloud = field(default_factory=FakeCloud)
    added: list[str] = field(default_factory=list)

    def add_account(self, name: str, *, door: str) -> Login:
        self.added.append(door)
        return Login(AccountId(f"acc_{door}"), "secret", door)

    def coupa(self, login: Login, *, timeout: float) -> FakeCoupa:
        return self.api
