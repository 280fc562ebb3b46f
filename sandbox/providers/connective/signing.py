"""What happens when somebody acts on a page of the portal: real signatures, then the life cycle. Knows no HTTP."""

from __future__ import annotations

from sandbox.providers.connective import lifecycle
from sandbox.providers.connective.errors import conflict
from sandbox.providers.connective.model import Actor, Document, Location, Member, Package, Stakeholder
from sandbox.providers.connective.simulator import Simulator, new_id
from sandbox.signing.notary import mark_xml


def act(
    simulator: Simulator, package: Package, who: str, *, email: str | None = None, method: str | None = None
) -> Actor:
    """The step of `who` (actor id or e-mail) is signed or approved; `email` picks the member of a group.

    `method` defaults to the first signing type that was asked for. 409 unless it is that actor's turn.
    """
    stakeholder, actor = lifecycle.find_step(package, who)
    lifecycle.require_turn(package, actor)
    member = _member(stakeholder, email or who)
    used = method or next(iter(actor.signing_types), "Manual")
    if actor.signing_types and used not in actor.signing_types:
        raise conflict(f"Actor.SigningTypeNotAllowed:{used}")
    if actor.type == "Signer":
        _sign_documents(simulator, package, actor, member, used)
    lifecycle.complete(package, stakeholder, actor, email=member.email, method=used, now=simulator.now())
    return actor


def _member(stakeholder: Stakeholder, email: str) -> Member:
    return next((member for member in stakeholder.members if member.email == email), stakeholder.members[0])


def _sign_documents(simulator: Simulator, package: Package, actor: Actor, member: Member, method: str) -> None:
    for document in package.documents:
        places = [location for location in document.locations if location.id in actor.location_ids]
        if simulator.environment(package.environment).switches.signatures == "per_signer":
            places = places[:1]
        for place in places:
            _sign_document(simulator, document, place, member, method)


def _sign_document(simulator: Simulator, document: Document, place: Location, member: Member, method: str) -> None:
    data = simulator.state.get_bytes(document.content)
    if document.media_type == "application/xml":
        signed = mark_xml(data, email=member.email, method=method, at=simulator.now().isoformat())
    else:
        signed = simulator.notary.sign_pdf(
            data,
            email=member.email,
            name=member.name,
            field=place.field or f"Signature-{place.id}",
            page=place.page,
            rectangle=(place.left, place.top, place.width, place.height),
            existing=place.field is not None,
        )
    # A new key, so that a failure later in the same call leaves the package as it was.
    document.content = f"document/{document.id}/{new_id()}"
    simulator.state.put_bytes(document.content, signed)


def reassign(simulator: Simulator, package: Package, who: str, new: Member) -> Actor:
    """seeds/001, ReassignEnabled: "can be reassigned from the WYSIWYS to another approver/signer"."""
    if not package.reassign_enabled:
        raise conflict(f"Package.ReassignDisabled:{package.id}")
    stakeholder, actor = lifecycle.find_step(package, who)
    lifecycle.require_turn(package, actor)
    if simulator.environment(package.environment).switches.reassignment == "new_stakeholder":
        stakeholder.actors.remove(actor)
        stakeholder = Stakeholder(new_id(), "Person", [new], actors=[actor])
        package.stakeholders = [s for s in package.stakeholders if s.actors] + [stakeholder]
    else:
        stakeholder.members = [new]
    lifecycle.issue_links(stakeholder, actor, simulator.now())
    if actor.notify:
        simulator.mail(package, new.email, "invitation")
    return actor


def request_new_link(simulator: Simulator, package: Package, who: str) -> None:
    """A signer asks for a new link: NotificationCallBackUrl is called, and the vendor mails it if mails are on."""
    stakeholder, actor = lifecycle.find_step(package, who)
    lifecycle.issue_links(stakeholder, actor, simulator.now())
    if actor.notify:
        simulator.mail(package, _member(stakeholder, who).email, "new link")
    if package.notification_callback_url:
        simulator.ping(package.notification_callback_url, package)


def remind(simulator: Simulator, package: Package) -> None:
    """seeds/001, Send Package Reminders: "everybody who hasn't signed" gets an extra notification [I: whose turn it is]."""
    lifecycle.require_status(package, "Pending")
    for stakeholder, actor in lifecycle.steps(package):
        for member in stakeholder.members if actor.status == "Available" else ():
            simulator.mail(package, member.email, "reminder")
