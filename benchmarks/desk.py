"""Coupa's desk, the signers and the workflow over one App: brings a package to where a case begins.

Works by the functions' own handlers, so it serves the App in memory and the one on AWS alike. Measures nothing.
"""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import coupa_events as events
from benchmarks.coupa_events import Context, Event
from benchmarks.handlers import Handler, handler_over
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.runtime.composition import App

SECRET = "benchmark-secret"  # noqa: S105 - of an account that exists for a minute
SignAll = Callable[[Package], None]


class Unhurried(Context):
    """Of the workflow's functions: up to 15 minutes."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


class Desk:
    """`sign` makes everybody sign at the provider, `contract` is the PDF to sign. The account exists already."""

    def __init__(self, app: App, account: AccountId, sign: SignAll, *, contract: bytes) -> None:
        self.app = app
        self.account = account
        self.secret = SECRET
        self.sign = sign
        self._handlers: dict[str, Handler] = {}
        self._numbers = itertools.count(1)
        self._contract = contract

    def handler(self, folder: str) -> Handler:
        if folder not in self._handlers:
            self._handlers[folder] = handler_over(folder, lambda: self.app)
        return self._handlers[folder]

    def call(self, folder: str, event: Event) -> Any:  # noqa: ANN401 - JSON
        """The decoded body of a Coupa operation, the answer of any other function. AssertionError: it was refused."""
        context = Unhurried() if folder.startswith("workflow/") else Context()
        answer = self.handler(folder)(event, context)
        if not isinstance(answer, dict) or "statusCode" not in answer:
            return answer
        assert answer["statusCode"] < 400, (folder, answer)
        return json.loads(answer["body"]) if answer["body"] and folder.startswith("coupa/") else None

    # What Coupa says

    def new_package(self) -> dict[str, Any]:
        return {"name": "Master agreement", "externalId": uuid.uuid4().hex, "sequentialSigning": True}

    def new_document(self) -> dict[str, Any]:
        """The contract, inline."""
        return {
            "externalId": "d1",
            "name": "contract.pdf",
            "contentType": "application/pdf",
            "content": base64.b64encode(self._contract).decode(),
        }

    def new_recipients(self) -> list[dict[str, Any]]:
        """Two signers in order, and somebody who gets a copy."""
        people = (("Anna", "SIGNER"), ("Bert", "SIGNER"), ("Cleo", "CC"))
        return [
            {
                "externalId": f"r{number}",
                "firstName": name,
                "lastName": "Berg",
                "email": f"{name.lower()}@example.com",
                "role": role,
                "signingOrder": number,
            }
            for number, (name, role) in enumerate(people, start=1)
        ]

    def in_days(self, days: int) -> str:
        return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")

    # A package on its way

    def draft(self) -> PackageId:
        answer = self.coupa("create_package", None, self.new_package())
        return PackageId(answer["id"])

    def filled(self) -> PackageId:
        package = self.draft()
        self.coupa("add_documents", package, {"documents": [self.new_document()]})
        self.coupa("add_recipients", package, {"recipients": self.new_recipients()})
        return package

    def sent(self) -> PackageId:
        package = self.filled()
        self.coupa("send_package", package)
        return package

    def signed_there(self) -> PackageId:
        """Signed at the provider; the connector has not looked yet."""
        package = self.sent()
        self.sign(self.now(package))
        return package

    def signed(self) -> PackageId:
        package = self.signed_there()
        self.step("sync_package", package)
        return package

    def collected(self) -> PackageId:
        package = self.signed()
        self.step("collect_evidence", package)
        return package

    def inspected(self) -> PackageId:
        package = self.collected()
        self.step("inspect_signatures", package)
        return package

    def complete(self) -> PackageId:
        package = self.inspected()
        self.step("complete_package", package)
        assert self.now(package).status is PackageStatus.COMPLETE
        return package

    def begin_sending(self, package: PackageId) -> str:
        """As Send leaves a large package to the workflow; the name of the attempt."""
        before = self.now(package)
        deadline = datetime.now(UTC) + timedelta(days=1)
        attempt = uuid.uuid4().hex
        after = replace(
            before, status=PackageStatus.SENDING, send_attempt=attempt, send_deadline=deadline, send_tries=1
        )
        self.app.packages.commit(before, after)
        return attempt

    def callback_url(self, package: PackageId) -> str:
        return self.app.addresses.package_url("connective", self.account, package)[0]

    def now(self, package: PackageId, account: AccountId | None = None) -> Package:
        found = self.app.packages.get(account or self.account, package)
        assert found is not None
        return found

    def coupa(self, operation: str, package: PackageId | None, body: object = None) -> Any:  # noqa: ANN401 - JSON
        path = {"packageId": package} if package else {}
        return self.call(f"coupa/{operation}", events.rest_call("POST", account=self.account, path=path, body=body))

    def step(self, operation: str, package: PackageId) -> None:
        owner = f"benchmark-{next(self._numbers)}"
        payload = {"account": self.account, "package": package, "execution": owner, "round": 1}
        self.call(f"workflow/{operation}", payload)
