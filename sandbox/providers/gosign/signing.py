"""A person works an envelope: real signatures, then the life cycle; at the end the report. Knows no HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.providers.gosign import lifecycle, placement, workability
from sandbox.providers.gosign.errors import process_error
from sandbox.providers.gosign.model import Action, Document, Envelope, Event, Task, User
from sandbox.providers.gosign.simulator import Simulator
from sandbox.signing.sheets import text_pdf
from sandbox.signing.stamp import stamped

P7M = "application/pkcs7-mime"
SEAL = ("gosign@infocert.example", "GoSign")
# How a signature is made, by trust level (§2) or signature type (§9.7). Simple ones are marks "without legal validity";
# FEA is "a single closing signature made directly by GoSign". [I] the advanced ones of GoSign 5 are certificates'.
PADES = frozenset({"DIGITAL_PDF", "FILE", "FEA_OTP", "QUICKSTART_FEA", "GRAPHOMETRIC", "GRAPHO_FEA"})
DIGITAL = frozenset({"DIGITAL_PDF", "DIGITAL_P7M"})


def people_named(simulator: Simulator, envelope: Envelope, who: str) -> set[str]:
    """External ids of the user with that external id or e-mail address."""
    users = simulator.directory(envelope.customer).values()
    return {user.ext_id for user in users if who in {user.ext_id, user.email, user.username}}


def sign(simulator: Simulator, ext_id: str, who: str) -> Envelope:
    """Works and confirms all actions of whose turn it is. Raises Refusal, also when the external system forbids it."""
    envelope = simulator.view(simulator.customer(simulator.any_envelope(ext_id).customer), ext_id)
    task, event = lifecycle.whose_turn(envelope, people_named(simulator, envelope, who))
    workability.require(simulator, envelope, event)
    with simulator.change(ext_id) as envelope:
        task, event = lifecycle.whose_turn(envelope, {event.actor})
        user = simulator.user(envelope.customer, event.actor)
        _require_certificate(envelope, task, user)
        for action in task.actions:
            _work(simulator, envelope, task, action, user)
        lifecycle.confirm(envelope, task, event, simulator.now())
        if envelope.status == "WKD":
            _close(simulator, envelope)
    return envelope


def prepare(simulator: Simulator, ext_id: str, who: str) -> Envelope:
    """The actions are ready "for processing thus in the to-confirm state" (§4.1, TCF)."""
    with simulator.change(ext_id) as envelope:
        _, event = lifecycle.whose_turn(envelope, people_named(simulator, envelope, who))
        event.status = "TCF"
    return envelope


def reject(simulator: Simulator, ext_id: str, who: str, note: str) -> Envelope:
    with simulator.change(ext_id) as envelope:
        _, event = lifecycle.whose_turn(envelope, people_named(simulator, envelope, who))
        lifecycle.reject(envelope, event, note, simulator.now())
    return envelope


def _require_certificate(envelope: Envelope, task: Task, user: User) -> None:
    """§6.2: a manager made by an insertion has an internal certificate only, and "cannot do digital signatures"."""
    wanted = task.signature_type or envelope.trust_level
    signs = any(action.type == "S" for action in task.actions)
    if signs and wanted in DIGITAL and user.made_here and "ROLE_MGR" in user.authorities:
        raise process_error(f"User {user.ext_id} has no certificate for a digital signature")


def _work(simulator: Simulator, envelope: Envelope, task: Task, action: Action, user: User) -> None:
    document = next(one for one in envelope.documents if one.ext_id == action.document)
    level = task.signature_type or envelope.trust_level or ""
    if action.type in {"S", "G", "SEAL"} and level == "DIGITAL_P7M":
        _envelope_p7m(simulator, document, user)
    elif not document.content.startswith(b"%PDF") or document.mime_type == P7M:
        return
    elif action.type in {"S", "G", "SEAL"} and level in PADES:
        _sign_pdf(simulator, envelope, document, action, user)
    else:
        _stamp(simulator, envelope, document, action, user)


def _envelope_p7m(simulator: Simulator, document: Document, user: User) -> None:
    """§4.1: GoSign "will be able to change the value" of the MIME type "for certain trust levels"."""
    document.content = simulator.notary.sign_cades(document.content, email=user.email, name=user.full_name)
    if document.mime_type != P7M:
        document.mime_type, document.file_name = P7M, f"{document.file_name}.p7m"


def _sign_pdf(simulator: Simulator, envelope: Envelope, document: Document, action: Action, user: User) -> None:
    """One certificate's signature in the first place of the action; H keeps it off the page (§4.1)."""
    where = action.appearance
    page, rectangle = _places(simulator, envelope, document, action, user)[0] if where else (1, (0, 0, 0, 0))
    if action.conf.get("visibilityStatus") == "H" or (where and where.invisible):
        rectangle = (0, 0, 0, 0)
    existing = bool(where and where.field and placement.field_exists(document.content, where.field))
    document.content = simulator.notary.sign_pdf(
        document.content,
        email=user.email,
        name=user.full_name,
        field=(where.field if where and where.field else None)
        or f"Signature{document.content.count(b'/ByteRange') + 1}",
        page=page,
        rectangle=rectangle,
        existing=existing,
    )


def _stamp(simulator: Simulator, envelope: Envelope, document: Document, action: Action, user: User) -> None:
    """A visible mark, unless somebody's certificate has signed already: another mark would touch what was signed [I]."""
    where = action.appearance
    hidden = action.conf.get("visibilityStatus") in {"H", "N"} or (where and where.invisible)
    if hidden or where is None or not where.kind or b"/ByteRange" in document.content:
        return
    places = [spot for spot in _places(simulator, envelope, document, action, user) if spot[1][2] and spot[1][3]]
    lines = _lines(action.conf, user, simulator.now(), level=envelope.trust_level or "")
    document.content = stamped(document.content, places, lines)


def _places(
    simulator: Simulator, envelope: Envelope, document: Document, action: Action, user: User
) -> list[tuple[int, tuple[float, float, float, float]]]:
    where = action.appearance
    if where is None or not where.kind:
        return [(1, (0, 0, 0, 0))]
    separators = simulator.customer(envelope.customer).separators
    return placement.spots(document.content, where, actors=[user], separators=separators)


def _lines(conf: dict[str, Any], user: User, now: datetime, *, level: str) -> list[str]:
    """§4.1, confString: three lines, of which the second and third depend on the trust level."""
    first = str(conf.get("customSignatureText", "Signed by #nnss#"))
    allowed = level != "DIGITAL_P7M"
    codes = [conf.get(f"customSignatureTextL{n}", "NAN") for n in (1, 2)] if allowed else []
    profile = {"TTL": "title", "ORG": "organizationUnit", "CMP": "company"}
    texts = {code: str(user.attributes.get(name, "")) for code, name in profile.items()}
    texts |= {"TOC": next(filter(None, texts.values()), ""), "OPD": f"{now:%d/%m/%Y %H:%M:%S} UTC", "NAN": ""}
    # "Empty lines will be eliminated; … different values will not be taken into account."
    return [first.replace("#nnss#", user.full_name), *filter(None, (texts.get(str(code), "") for code in codes))]


def _close(simulator: Simulator, envelope: Envelope) -> None:
    """The closing signature of FEA (§2), the e-mails of §6.3 and §6.4, and the report (§4.1, docType R)."""
    if envelope.trust_level == "FEA":
        for document in envelope.papers:
            if document.content.startswith(b"%PDF"):
                document.content = simulator.notary.sign_pdf(
                    document.content, email=SEAL[0], name=SEAL[1], field="GoSign", page=1, rectangle=(0, 0, 0, 0)
                )
    for copy in envelope.copies:
        if copy["user"] is None:
            simulator.mail(envelope, copy["email"], "copy")
    for task in envelope.tasks:
        for recipient in (task.mail or {}).get("sendMailRecipientList", []):
            simulator.mail(envelope, _address(simulator, envelope, recipient), "send mail task")
    envelope.documents.append(_report(simulator, envelope))


def _address(simulator: Simulator, envelope: Envelope, recipient: dict[str, Any]) -> str:
    """§6.3: by userExternalId first, else the e-mail."""
    user = simulator.directory(envelope.customer).get(recipient.get("userExternalId", ""))
    return user.email if user else str(recipient.get("email", ""))


def _report(simulator: Simulator, envelope: Envelope) -> Document:
    now = simulator.now()
    lines = [f"GoSign report {envelope.code}", f"Envelope {envelope.ext_id}: {envelope.subject}", ""]
    lines += [_told(simulator, envelope, event) for _, event in envelope.events() if event.ended]
    content = text_pdf(lines)
    return Document(
        ext_id=None,
        title="Report",
        mime_type="application/pdf",
        file_name=f"report_{envelope.code}.pdf",
        content=content,
        order=len(envelope.documents) + 1,
        created=now,
        type="R",
        was=len(content),
    )


def _told(simulator: Simulator, envelope: Envelope, event: Event) -> str:
    user = simulator.user(envelope.customer, event.actor)
    return f"{event.ended:%Y-%m-%dT%H:%M:%SZ} {user.full_name} <{user.email}>: {event.status}"
