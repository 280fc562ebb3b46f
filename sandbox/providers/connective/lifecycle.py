"""Who may act when, and what becomes of the package: the rules of contracts/connective.md §A2 and §A3.

Pure: changes the given package, touches no bytes, sends nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sandbox.providers.connective.errors import Refusal, bad_request, conflict, package_not_signed
from sandbox.providers.connective.model import Actor, Package, Stakeholder
from sandbox.providers.connective.settings import Switches

# §A3: "Expired is treated as non-final by Delete (409) and can be re-opened with the expiry-extension call".
FINAL = frozenset({"Finished", "Rejected", "Revoked", "Failed"})
UNDONE = frozenset({"Draft", "Waiting", "Available", "Inprogress"})
TURN = frozenset({"Available", "Inprogress"})

# §A2: "CompletedBy is only filled for authenticated methods (BeId, Idin…)".
AUTHENTICATED = ("BeId", "ManualBeId", "Idin", "BeLawyer", "Itsme", "OpenIdConnect")


def start(package: Package, now: datetime) -> None:
    """Draft to Pending. §A2 Set Package Status: 409 without documents."""
    require_status(package, "Draft")
    if not package.documents:
        raise conflict(f"Package.NoDocuments:{package.id}")
    # [I] v3 needs somebody to act; §A6: a v4 Draft without actors set to Pending becomes Finished at once.
    if package.api == "v3" and not steps(package):
        raise conflict(f"Package.NoActors:{package.id}")
    package.status, package.started = "Pending", now
    open_next(package, now)


def open_next(package: Package, now: datetime) -> None:
    """Makes the actors with the lowest unfinished OrderIndex Available; without any the package is Finished."""
    undone = [actor for _, actor in steps(package) if actor.status in UNDONE]
    if not undone:
        finish(package, now)
        return
    turn = min(actor.order for actor in undone)
    for stakeholder, actor in steps(package):
        if actor.status in {"Draft", "Waiting"}:
            actor.status = "Available" if actor.order == turn else "Waiting"
            if actor.status == "Available":
                issue_links(stakeholder, actor, now)


def issue_links(stakeholder: Stakeholder, actor: Actor, now: datetime) -> None:
    """Fresh action URLs; older ones stop working (§A4: "action URLs are one-time by default")."""
    actor.links = {member.email: secrets.token_urlsafe(12) for member in stakeholder.members}
    actor.linked_at = now


def finish(package: Package, now: datetime) -> None:
    package.status, package.finished = "Finished", now
    for _, actor in package.actors():
        if actor.type == "Receiver":
            actor.status = "Finished"  # [I] the sources do not say what a receiver's status is


def complete(
    package: Package, stakeholder: Stakeholder, actor: Actor, *, email: str, method: str, now: datetime
) -> None:
    """The actor's step is done by the member with `email`."""
    actor.status, actor.completed_at = "Finished", now
    if method.split(":")[0] in AUTHENTICATED:
        actor.completed_by = next(member.name for member in stakeholder.members if member.email == email)
    for _, location in package.locations():
        if location.id in actor.location_ids:
            location.used_signing_type, location.signed_by, location.signed_at = method, email, now
    open_next(package, now)


def reject(package: Package, actor: Actor, reason: str, now: datetime) -> None:
    """§A2: Reason is the "text typed by whoever moved it to a final state"."""
    require_turn(package, actor)
    actor.status, actor.reason, actor.completed_at = "Rejected", reason, now
    package.status, package.finished = "Rejected", now


def revoke(package: Package, switches: Switches, now: datetime) -> None:
    require_status(package, *switches.revocable)
    package.status, package.finished = "Revoked", now


def skip_signers(package: Package, switches: Switches, now: datetime) -> None:
    """seeds/001, Skip Signers: remaining signers become Skipped, the package Finished."""
    signed = any(actor.status == "Finished" for _, actor in steps(package))
    if package.status != "Pending" or (switches.skip_needs_a_signature and not signed):
        raise package_not_signed(package.id)
    for _, actor in steps(package):
        if actor.status in UNDONE:
            actor.status = "Skipped"
    finish(package, now)


def expire_if_due(package: Package, now: datetime) -> None:
    if package.status == "Pending" and package.expiry and package.expiry <= now:
        package.status = "Expired"


def extend(package: Package, expiry: datetime, now: datetime) -> None:
    """seeds/001, Expiry Time Stamp; an Expired package is Pending again (§A3)."""
    if package.status not in {"Draft", "Pending", "Expired"}:
        raise conflict(f"Package.InvalidStatus:{package.status}")
    if expiry <= now:
        raise bad_request("ExpiryTimestamp.InThePast")
    package.expiry = expiry
    if package.status == "Expired":
        package.status = "Pending"


def fail(package: Package, now: datetime) -> None:
    """§A3: Failed = "a background operation ended on the poison queue"."""
    package.status, package.finished = "Failed", now
    for _, actor in steps(package):
        if actor.status in TURN:
            actor.status = "Failed"


def require_deletable(package: Package, switches: Switches) -> None:
    """§A2 Delete Package: 409 in a non-final state; a v4 Draft can be deleted (§A3), a v3 one by switch."""
    draft = package.status == "Draft" and (package.api == "v4" or switches.v3_draft_deletable)
    if package.status not in FINAL and not draft:
        raise conflict(f"Package.InvalidStatus:{package.status}")


def require_status(package: Package, *allowed: str) -> None:
    if package.status not in allowed:
        raise conflict(f"Package.InvalidStatus:{package.status}")


def require_turn(package: Package, actor: Actor) -> None:
    """409 unless the package is Pending and it is this actor's turn."""
    require_status(package, "Pending")
    if actor.status not in TURN:
        raise conflict(f"Actor.NotAvailable:{actor.id}")


def steps(package: Package) -> list[tuple[Stakeholder, Actor]]:
    """Those who must do something: all but receivers."""
    return [(stakeholder, actor) for stakeholder, actor in package.actors() if actor.type != "Receiver"]


def find_step(package: Package, who: str) -> tuple[Stakeholder, Actor]:
    """By actor id, or by the e-mail of a member: then the first step whose turn it is, else the first at all."""
    found = [(s, a) for s, a in steps(package) if who == a.id or who in {member.email for member in s.members}]
    if not found:
        raise Refusal(404, f"Actor.NotFound:{who}")
    return next((pair for pair in found if pair[1].status in TURN), found[0])
