"""eSignTools itself: agreements, who may act when, and the effects of it. Knows no HTTP.

Also the hand that plays the people, the clock and the bad luck: everything below "people" is no call of the vendor's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from sandbox.providers.backstage import Backstage, NotTheirTurn
from sandbox.providers.courier import Letter
from sandbox.providers.endpoint import Refused
from sandbox.providers.esigntools import intake, papers
from sandbox.providers.esigntools.model import Agreement, Recipient, Zone
from sandbox.providers.esigntools.switches import Switches
from sandbox.providers.esigntools.tokens import Tokens
from sandbox.providers.notebook import Notebook
from sandbox.signing.notary import Notary


class Esigntools(Backstage[Switches]):
    """`users`: API user to password. Ids are small integers that all users of an environment share [I]."""

    def __init__(self, users: Mapping[str, str], switches: Switches, notary: Notary) -> None:
        super().__init__(Notebook(), switches)
        self.users, self.notary, self.tokens = dict(users), notary, Tokens()
        self.agreements: dict[int, Agreement] = {}
        self._last_id = 1000

    # The vendor's calls

    def authenticate(self, username: str, password: str, *, remember: bool) -> str:
        known = self.users.get(username)
        if known is None or not secrets.compare_digest(known.encode(), password.encode()):
            raise Refused(401, "Bad credentials")
        seconds = self.switches.remembered_seconds if remember else self.switches.token_seconds
        ends = self.now() + timedelta(seconds=seconds) if self.switches.token_expires else None
        return self.tokens.issue(username, now=self.now(), expires=ends)

    def create(self, user: str, body: Mapping[str, Any], paper: intake.Paper, address: str) -> Agreement:
        """[C] "The document is now sent for signature to the recipients": at once."""
        width = body.get("defaultFieldWidth", self.switches.field_width)
        height = body.get("defaultFieldHeight", self.switches.field_height)
        zones = intake.zones(body["recipients"], paper, (width, height))
        with self.notebook.lock():
            self._last_id += 1
            people = [self._recipient(given, mine) for given, mine in zip(body["recipients"], zones, strict=True)]
            made = Agreement(
                id=self._last_id,
                owner=user,
                name=body["name"],
                content=paper.content,
                pages=paper.pages,
                created=self.now(),
                secret=f"{address}/#/sign/{secrets.token_urlsafe(12)}",
                recipients=people,
                callback_url=body.get("callbackUrl"),
                reminder_minutes=body.get("reminderDelay"),
                template=body.get("textTemplateName", "default"),
                step=min(person.step for person in people),
            )
            self.agreements[made.id] = made
            self._invite(made)
        return made

    def _recipient(self, given: Mapping[str, Any], zones: list[Zone]) -> Recipient:
        self._last_id += 1
        return Recipient(
            id=self._last_id,
            email=given["email"],
            firstname=given["firstname"],
            lastname=given["lastname"],
            phone=given.get("phone"),
            position=given.get("position", 1),
            step=given.get("step", 1),
            can_renew=given.get("canRenew", False),
            zones=zones,
        )

    def agreement(self, user: str, agreement_id: int, *, missing: int = 404) -> Agreement:
        """403 for another customer's [I]: ids are shared, agreements are not."""
        found = self.agreements.get(agreement_id)
        if found is None:
            raise Refused(missing, f"Agreement {agreement_id} not found")
        if found.owner != user:
            raise Refused(403, "Access is denied")
        if found.status == "DELETED" and self.switches.deleted_is_gone:
            raise Refused(missing, f"Agreement {agreement_id} not found")
        return found

    def delete(self, agreement: Agreement) -> None:
        """[C] "The agreement must not be signed. It will be deleted and the recipient(s) will not be able to sign it"."""
        signed = any(recipient.status == "SIGNED" for recipient in agreement.recipients)
        if agreement.status == "CLOSED" or (signed and not self.switches.delete_partly_signed):
            raise Refused(self.switches.delete_refused, "The agreement is signed")
        agreement.status = "DELETED"

    def send_mails(self, agreement: Agreement) -> bool:
        """[C] "Re-send the mail to the recipient"; to whom is [I]: whose turn it is."""
        for recipient in agreement.waiting():
            self._mail(agreement, recipient, "reminder")
        return bool(agreement.waiting())

    # People

    def sign(self, agreement_id: int, who: str | int, *, code: str | None = None) -> Agreement:
        """`who` is an e-mail address or a recipient's id; `code` what they type in for the SMS (None: the right one)."""
        with self.notebook.lock():
            agreement, recipient = self._turn(agreement_id, who)
            self._check_code(agreement, recipient, code)
            recipient.decided_at = self.now()
            agreement.content = papers.signed(agreement, recipient, self.switches, self.notary)
            recipient.status = "SIGNED"
            self._go_on(agreement)
        return agreement

    def reject(self, agreement_id: int, who: str | int) -> Agreement:
        """[C] ABORTED: "the document has been rejected by a recipient". No reason is kept anywhere."""
        with self.notebook.lock():
            agreement, recipient = self._turn(agreement_id, who)
            recipient.status, recipient.decided_at, agreement.status = "REFUSED", self.now(), "ABORTED"
            self._call_back(agreement, "REJECTED")
        return agreement

    def expire(self, agreement_id: int) -> None:
        """[C] ABANDONED: "the document is expired"; [C] no event tells it."""
        self.agreements[agreement_id].status = "ABANDONED"

    def present(self, agreement_id: int, status: str | None) -> None:
        """Shows this status instead of the real one; None ends it."""
        self.agreements[agreement_id].shown_as = status

    # The clock, and what was seen

    def advance(self, seconds: float) -> None:
        """Moves the clock; reminders that are due go out. [C] reminderDelay is in minutes."""
        super().advance(seconds)
        for agreement in self.agreements.values():
            for recipient in agreement.waiting() if agreement.reminder_minutes else ():
                self._remind_when_due(agreement, recipient)

    def mails(self, agreement_id: int) -> list[dict[str, Any]]:
        """{agreement, to, kind, template}: invitation, reminder."""
        return [mail for mail in self.notebook.entries("mails") if mail["agreement"] == agreement_id]

    def codes(self, agreement_id: int) -> list[dict[str, Any]]:
        """SMS that went out: {agreement, to, code}."""
        return [sms for sms in self.notebook.entries("sms") if sms["agreement"] == agreement_id]

    def reset(self) -> None:
        """Agreements, logs, faults and switches; tokens and users stay."""
        super().reset()
        self.agreements.clear()

    # Inside

    def _turn(self, agreement_id: int, who: str | int) -> tuple[Agreement, Recipient]:
        agreement = self.agreements[agreement_id]
        found = next((r for r in agreement.waiting() if who in {r.email, r.id}), None)
        if found is None:
            raise NotTheirTurn(f"{agreement.status}, step {agreement.step}")
        return agreement, found

    def _check_code(self, agreement: Agreement, recipient: Recipient, code: str | None) -> None:
        """[C] phone: "If this propery is set, a SMS with a code will be sent to the recipient to validate"."""
        if recipient.phone is None:
            return
        sent = f"{secrets.randbelow(10**6):06d}"
        self.notebook.record("sms", {"agreement": agreement.id, "to": recipient.phone, "code": sent})
        if code not in {None, sent}:
            raise NotTheirTurn("The code is wrong")

    def _go_on(self, agreement: Agreement) -> None:
        """[C] the introduction's three examples of callbacks."""
        left = [recipient.step for recipient in agreement.undecided()]
        if not left:
            if self.switches.signature == "seal":
                agreement.content = papers.sealed(agreement, self.notary)
            agreement.status = "CLOSED"
            self._call_back(agreement, "ESIGNED")
            return
        if min(left) != agreement.step:
            agreement.step = min(left)
            self._invite(agreement)
        self._call_back(agreement, "OUT_FOR_SIGNATURE")

    def _invite(self, agreement: Agreement) -> None:
        for recipient in agreement.waiting():
            recipient.invited_at = self.now()
            self._mail(agreement, recipient, "invitation")

    def _remind_when_due(self, agreement: Agreement, recipient: Recipient) -> None:
        delay = timedelta(minutes=agreement.reminder_minutes or 0)
        due = (self.now() - (recipient.invited_at or agreement.created)) // delay
        for _ in range(due - recipient.reminded):
            self._mail(agreement, recipient, "reminder")
        recipient.reminded = due

    def _mail(self, agreement: Agreement, recipient: Recipient, kind: str) -> None:
        entry = {"agreement": agreement.id, "to": recipient.email, "kind": kind, "template": agreement.template}
        self.notebook.record("mails", entry)

    def _call_back(self, agreement: Agreement, event: str) -> None:
        """[C] `https://mysite.com/event?id=1234&eventType=ESIGNED`."""
        if agreement.callback_url is None:
            return
        habits = self.switches.callbacks
        told = {"id": str(agreement.id), "eventType": event}
        merged = str(httpx.URL(agreement.callback_url).copy_merge_params(told))
        appended = f"{agreement.callback_url}?{httpx.QueryParams(told)}"
        url = merged if habits.query == "merged" else appended
        self.courier.send(Letter(url, str(agreement.id), method=habits.method), habits)
