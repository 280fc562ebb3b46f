"""One account of a vendor at its simulator, and what Coupa does there with canaries in everything."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from esign.domain.ids import PackageId
from sandbox.provider_side import DOORS, ProviderSide
from tests.fakes.http_server import local_server, replies
from tests.fakes.papers import a_pdf
from tests.security.canaries import WHAT, leaked, value
from tests.security.deployed import Deployed

USUAL = (
    "connective",
    "connective-v4",
    "esigntools",
    "contract-signatures",
    "gosign-rest",
    "gosign-soap",
    "gosign-legalbus",
)
SIGNER, DECLINER = "signer", "decliner"


def leaks(connector: Deployed) -> list[tuple[str, str]]:
    """(where, what) of every canary that could be read. Something must have been said at all."""
    if not connector.told:
        raise LookupError("the functions said nothing")
    return sorted({(where, what) for where, text in connector.told for what in leaked(text)})


@dataclass
class Job:
    """One account of a vendor and what Coupa does with it."""

    connector: Deployed
    side: ProviderSide
    hook: str

    def package(self, **more: Any) -> str:
        body = {
            "name": value("package name"),
            "description": value("description"),
            "metadata": {"department": value("metadata")},
            "sequentialSigning": True,
        }
        own = (
            {"provider": {"options": {"recipients": wanted}}}
            if (wanted := self.side.wants(self._email(SIGNER))[1])
            else {}
        )
        return str(self.connector.coupa("create_package", "POST", body=body | own | more)["id"])

    def filled(self, who: str = SIGNER, **more: Any) -> str:
        package = self.package(**more)
        path = {"packageId": package}
        self.connector.coupa("add_documents", "POST", path=path, body={"documents": [self.document()]})
        self.connector.coupa("add_recipients", "POST", path=path, body={"recipients": [self.person(who)]})
        hook = {"url": f"{self.hook}/{value('callback path')}?token={value('callback query')}"}
        self.connector.coupa("configure_callback", "PUT", path=path, body=hook)
        return package

    def sent(self, who: str = SIGNER, **more: Any) -> str:
        package = self.filled(who, **more)
        sent = self.connector.coupa("send_package", "POST", path={"packageId": package})
        if sent.get("status") == "SENDING":
            self._settled(package)
        assert self.connector.coupa("get_package", path={"packageId": package})["status"] == "IN_PROCESS", sent
        return package

    def _settled(self, package: str) -> None:
        """The provider only took it in charge, and now says that it did it."""
        while not self.side.envelopes(package):
            time.sleep(0.05)
        taken = self.connector.app.packages.get(self.connector.account, PackageId(package))
        assert taken
        assert taken.charge
        receipt = taken.charge.receipt or "77"
        done = operation_done(package, value("note of a notification"), receipt=receipt)
        assert self.connector.called_back("gosign_soap", self.address(package), done, rest="/soap") == 200

    def document(self) -> dict[str, Any]:
        own = {"name": value("file name"), "externalId": value("document external id")}
        if self.side.template is not None:
            return own | {"template": {"id": self.side.template}}
        pdf = a_pdf(2, texts={(1, 72.0, 400.0): value("document text")})
        return own | {"name": f"{own['name']}.pdf", "content": base64.b64encode(pdf).decode()}

    def person(self, who: str) -> dict[str, Any]:
        email = self._email(who)
        names = {"firstName": value(f"{who} first name"), "lastName": value(f"{who} last name")}
        told = {"externalId": value(f"{who} external id"), "email": email, "phone": value(f"{who} phone")}
        return names | told | dict(self.side.wants(email)[0])

    def _email(self, who: str) -> str:
        return value(f"{who} e-mail")

    def signed(self) -> str:
        """Out, signed, collected, looked at, complete; and Coupa's endpoint is told until it is a dead letter."""
        package = self.sent()
        self.side.sign(self.reference(package), value("signer e-mail"))
        for step in ("sync_package", "collect_evidence", "inspect_signatures", "complete_package"):
            if self.connector.step(step, package) is None:
                raise LookupError(f"{step}: {self.connector.told[-2:]}")
        self.connector.step("apply_retention", package)
        for _ in range(3):
            self.connector.bell(package)
        return package

    def status(self, package: str) -> str:
        return str(self.connector.coupa("get_package_summary", path={"packageId": package})["status"])

    def reference(self, package: str) -> list[str]:
        shown = self.connector.coupa("get_package", path={"packageId": package})
        return list(shown["provider"]["reference"])

    def address(self, package: str) -> str:
        app, connector = self.connector.app, self.connector
        account = app.accounts.get(connector.account)
        assert account
        if self.side.provider in {"connective", "esigntools"}:
            return str(app.addresses.package_url(self.side.provider, connector.account, package)[0])  # type: ignore[arg-type]
        return str(app.addresses.account_url(self.side.provider, account.id, generation=account.callback_generation))


def operation_done(package: str, message: str, *, code: str = "OK", receipt: str = "77") -> bytes:
    return (
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><e:OperationDoneEvent xmlns:e='urn:x'>"
        f"<ID>{receipt}</ID><command>insertEnvelope</command><extId>{package}</extId><returnStatus><code>{code}</code>"
        f"<message>{message}</message></returnStatus></e:OperationDoneEvent></s:Body></s:Envelope>"
    ).encode()


@contextmanager
def a_job(connector: Deployed, door: str) -> Iterator[Job]:
    """Coupa's endpoint says no, and repeats what it was told."""
    everything = json.dumps([value(what) for what in WHAT]).encode()
    with DOORS[door].open() as side, local_server(replies(422, everything)) as coupa:
        side.lose_callbacks(lose=True)
        connector.add_account(side.provider, side.settings, side.credentials)
        yield Job(connector, side, coupa.url)
