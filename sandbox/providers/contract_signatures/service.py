"""Contract Signatures itself: keys, contracts, who may decide when, and the effects of it. Knows no HTTP.

Also the hand that plays the people, the clock and the bad luck: everything below "People" is no call of the vendor's.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sandbox.providers.backstage import Backstage, NotTheirTurn
from sandbox.providers.contract_signatures import intake, papers, search, views
from sandbox.providers.contract_signatures.model import Contract, Key, Signer
from sandbox.providers.contract_signatures.site import Site
from sandbox.providers.contract_signatures.switches import Switches
from sandbox.providers.courier import Letter
from sandbox.providers.endpoint import Refused
from sandbox.signing.notary import Notary

TAKEN = frozenset({201, 202, 204})  # [C] §2.6: what an endpoint should answer; 200 is none of them
SOMEWHERE = "198.51.100.123"  # the example's decisionIp


class ContractSignatures(Backstage[Switches]):
    """One installation of the app on one Atlassian site. `webhooks`: addresses that an administrator registered."""

    def __init__(self, site: Site, keys: Iterable[Key], switches: Switches, notary: Notary) -> None:
        super().__init__(site.notebook, switches, taken=lambda answer: answer.status_code in TAKEN)
        self.site, self.keys, self.notary = site, list(keys), notary
        self.contracts: dict[str, Contract] = {}
        self.webhooks: list[str] = []
        self.host_url = ""

    # The vendor's calls

    def authorize(self, secret: str, privilege: str, ip: str) -> Key:
        """[C] Keys: "When any of the above criteria is not meet 401 Unauthorized or 403 Forbidden"."""
        key = next((k for k in self.keys if secrets.compare_digest(k.secret.encode(), secret.encode())), None)
        if key is None:
            raise Refused(401, "Unknown key")
        now = self.now()
        if (key.not_before and now < key.not_before) or (key.not_after and now > key.not_after):
            raise Refused(self.switches.out_of_time, "The key is not valid now")
        if key.allowed_ips and not any(ip_address(ip) in ip_network(each) for each in key.allowed_ips):
            raise Refused(self.switches.wrong_ip, "The key is not for this address")
        if privilege not in key.privileges:
            raise Refused(self.switches.no_privilege, "The key has not this privilege")
        return key

    def create(self, key: Key, body: Mapping[str, Any]) -> Contract:
        """The invitations go out at once."""
        if body["templateId"] not in self.site.pages:
            raise Refused(self.switches.unknown_template, "Unknown page or issue", field="/templateId")
        now = self.now()
        made = Contract(
            id=str(uuid.uuid4()),
            template_id=body["templateId"],
            collection_id="123456",
            name=body["name"],
            creator=key.owner,
            created=now,
            expires=now + timedelta(days=self.switches.days_to_expiry),
            sequential=body.get("sequentialSigning", False),  # [C] "Defaults to false"
            signers=[intake.signer(given) for given in body["signers"]],
            watchers=[intake.watcher(given) for given in body.get("watchers", ())],
        )
        with self.notebook.lock():
            self.contracts[made.id] = made
            self._invite(made, before=[])
        self._tell_watchers(made, "created")
        self._tell(made, "creation")
        return made

    def contract(self, contract_id: str) -> Contract:
        found = self.contracts.get(contract_id)
        if found is None:
            raise Refused(404, "No such contract")
        return found

    def found(self, question: search.Search) -> list[Contract]:
        return question.found(list(self.contracts.values()), self.now())

    def archive(self, contract: Contract) -> None:
        """[C] "will move the contract into archive"; that a second time changes nothing is [I]."""
        contract.archived = contract.archived or self.now()

    def delete(self, contract: Contract) -> None:
        """[C] "PDF attachments containing signed contracts are deleted by this interface." """
        self.site.detach(contract.finalized, contract.certificate)
        self.contracts.pop(contract.id, None)

    # People

    def sign(self, contract_id: str, who: str, *, otp: str | None = None) -> Contract:
        """`who` is an e-mail address or a full name; `otp` what they type in (None: the right one)."""
        return self._decide(contract_id, who, "signed", otp)

    def reject(self, contract_id: str, who: str) -> Contract:
        """A reason is shown nowhere in the API."""
        return self._decide(contract_id, who, "rejected", None)

    def expire(self, contract_id: str) -> None:
        """No webhook tells it."""
        self.contracts[contract_id].expires = self.now()

    def publish(self, contract_id: str) -> None:
        """What "late" holds back: the PDFs of a signed contract become attachments of its page or issue."""
        contract = self.contracts[contract_id]
        content = papers.finalized(contract, self.notary if self.switches.sealed else None)
        finalized = self.site.attach(contract.template_id, "contract.pdf", content, self.now())
        proof = papers.certificate(contract, finalized.sha3)
        certificate = self.site.attach(contract.template_id, "certificate.pdf", proof, self.now())
        contract.finalized, contract.certificate = finalized, certificate

    def present(self, contract_id: str, status: str | None) -> None:
        """Shows this status instead of the real one; None ends it."""
        self.contracts[contract_id].shown_as = status

    # What was seen

    def mails(self, contract_id: str) -> list[dict[str, Any]]:
        """{contract, to, kind}: invitation, completed-contract, or what a watcher asked for."""
        return [mail for mail in self.notebook.entries("mails") if mail["contract"] == contract_id]

    def otps(self, contract_id: str) -> list[dict[str, Any]]:
        """{contract, to, by}: one-time passwords that went out by sms or email."""
        return [otp for otp in self.notebook.entries("otps") if otp["contract"] == contract_id]

    def reset(self) -> None:
        """Contracts, attachments, webhooks, logs, faults, clock and switches; keys and pages stay."""
        super().reset()
        self.contracts.clear()
        self.webhooks.clear()
        self.site.attachments.clear()

    # Inside

    def _decide(self, contract_id: str, who: str, decision: str, otp: str | None) -> Contract:
        with self.notebook.lock():
            contract = self.contracts[contract_id]
            invited = contract.may_decide(self.now())
            signer = next((each for each in invited if who in {each.email, each.full_name}), None)
            if signer is None:
                raise NotTheirTurn(contract.status(self.now()))
            self._check_otp(contract, signer, otp)
            signer.decision, signer.decided_at, signer.ip = decision, self.now(), SOMEWHERE
            self._after(contract, signer, invited)
        return contract

    def _check_otp(self, contract: Contract, signer: Signer, otp: str | None) -> None:
        """[C] phone: "on which OTP will be sent"; email: "An OTP will also be sent here if "phone" is not set"."""
        to = signer.phone or signer.email
        if to is None:
            return
        self.notebook.record("otps", {"contract": contract.id, "to": to, "by": views.otp_kind(signer)})
        if otp is not None:
            raise NotTheirTurn("The one-time password is wrong")

    def _after(self, contract: Contract, signer: Signer, invited: list[Signer]) -> None:
        """§2.6: signature is a signature or a rejection; completion is all signed, or rejected."""
        status = contract.status(self.now())
        if status == "signed" and self.switches.finalized_pdf == "at_once":
            self.publish(contract.id)
        self._tell_watchers(contract, signer.decision or "")
        self._tell(contract, "signature", signer)
        if status in {"signed", "rejected"}:
            self._complete(contract, status)
        else:
            self._invite(contract, before=invited)

    def _complete(self, contract: Contract, status: str) -> None:
        self._tell_watchers(contract, "completed")
        self._tell(contract, "completion")
        if status == "signed":
            self._tell_watchers(contract, "completed-contract")
            for signer in contract.signers:
                if signer.receives_contract and signer.email:
                    self._mail(contract, signer.email, "completed-contract")

    def _invite(self, contract: Contract, *, before: list[Signer]) -> None:
        """[C] accessKind email: "Email address on which the signer will receive an URL to the signing page"."""
        for signer in contract.may_decide(self.now()):
            if signer.access_kind == "email" and signer.email and signer not in before:
                self._mail(contract, signer.email, "invitation")

    def _tell_watchers(self, contract: Contract, kind: str) -> None:
        for watcher in contract.watchers:
            if kind in watcher.kinds:
                self._mail(contract, watcher.email, kind)

    def _mail(self, contract: Contract, to: str, kind: str) -> None:
        self.notebook.record("mails", {"contract": contract.id, "to": to, "kind": kind})

    def _tell(self, contract: Contract, kind: str, signer: Signer | None = None) -> None:
        """§2.6: HTTP POST, JSON, to the registered addresses."""
        told = views.event(contract, kind, host=self.host_url, now=self.now(), decided=signer)
        for address in self.webhooks:
            headers = {"Content-Type": "application/json"}
            letter = Letter(address, contract.id, content=json.dumps(told).encode(), headers=headers)
            self.courier.send(letter, self.switches.callbacks)
