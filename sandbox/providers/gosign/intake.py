"""From an insertion to an Envelope: what every door does alike. Knows no HTTP.

Either all of it is taken, people included, or nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.providers.gosign import lifecycle, papers, people, placement, rules, translate
from sandbox.providers.gosign.errors import Refusal, envelope_exists, illegal, process_error
from sandbox.providers.gosign.model import Action, Appearance, Document, Envelope, Task
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.vocabulary import Dialect

Json = dict[str, Any]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def insert(
    simulator: Simulator, customer: Customer, dialect: Dialect, request: object, *, loader: str = "", path_id: str = ""
) -> Envelope:
    """InsertEnvelope of every dialect. `loader`: the user of the token (§9), who loads if the body names nobody.

    `path_id` must be the body's externalId [I]. Raises Refusal.
    """
    if customer.expired:
        raise Refusal("PRODUCT_EXPIRED", "Expired subscription")
    order = translate.insertion(dialect, request, customer.switches)
    given = order["envelope"]
    if path_id and given["externalId"] != path_id:
        raise illegal(f"externalId: {given['externalId']} is not the id of the URL")
    if order.get("externalSystemCode", customer.external_systems[0]) not in customer.external_systems:
        raise illegal("externalSystemCode: unknown")
    with simulator.lock():
        if simulator.exists(given["externalId"]):
            raise envelope_exists(given["externalId"])
        rules.check(dialect, given, customer)
        return _inserted(simulator, customer, dialect, order, loader)


def _inserted(simulator: Simulator, customer: Customer, dialect: Dialect, order: Json, loader: str) -> Envelope:
    given, now = order["envelope"], simulator.now()
    process = _process(customer, given)
    new_users = process.get("newUsers", [])
    directory = people.admit(simulator.directory(customer.code), new_users)
    loaded_by = given.get("loadedByExtId", loader)
    if loaded_by not in directory:
        raise Refusal("USER_NOT_FOUND", f"User not found: {loaded_by}")
    envelope = _envelope(customer, dialect, given, loaded_by, now)
    envelope.copies = people.copied(order["addUsersInCC"], directory)
    envelope.documents = _documents(given, now)
    for data in process.get("tasks", []):
        envelope.tasks.append(_task(data, envelope, directory, customer, new_users))
    envelope.tasks.sort(key=lambda task: task.order)
    simulator.add(envelope, directory)
    if envelope.sending_mode == "IMD":
        with simulator.change(envelope.ext_id) as envelope:
            lifecycle.start(envelope, now)
    return envelope


def _process(customer: Customer, given: Json) -> Json:
    """§6.5: a policy brings its tasks; without a revision "version 1 will be taken", -1 is the latest."""
    process: Json = given.get("procDef", {})
    if "code" not in process:
        return process
    revisions: Mapping[str, list[Json]] = customer.policies[process["code"]]
    wanted = str(process.get("revision", customer.switches.default_revision))
    wanted = max(revisions, key=int) if wanted == "-1" else wanted
    if wanted not in revisions:
        raise process_error(f"Policy {process['code']} has no revision {wanted}")
    ids = [document["externalId"] for document in given["documents"]]
    return {**process, "tasks": [_of_policy(task, ids) for task in revisions[wanted]]}  # "not necessary" in the call


def _of_policy(task: Json, documents: list[str]) -> Json:
    """The template's documents are replaced "keeping the order": its actions name them by position, from 0.

    Documents "must be as similar as possible to the template documents …, otherwise the insertion may not be successful".
    """
    if any(action["docExternalId"] >= len(documents) for action in task.get("actionDefs", [])):
        raise process_error("The policy's template has more documents than the envelope")
    actions = [{**a, "docExternalId": documents[a["docExternalId"]]} for a in task.get("actionDefs", [])]
    return {**task, "actionDefs": actions}


def _envelope(customer: Customer, dialect: Dialect, given: Json, loaded_by: str, now: datetime) -> Envelope:
    return Envelope(
        customer=customer.code,
        door=dialect,
        ext_id=given["externalId"],
        code="".join(secrets.choice(ALPHABET) for _ in range(9)),
        subject=given["subject"],
        loaded_by=loaded_by,
        created=now,
        sending_mode=given.get("sendingMode", "DRF"),
        use_type=given.get("corporateUseType", "P"),
        trust_level=given.get("trustLevelCode"),
        sys_generator=given.get("sysGenerator", "UNK"),
        starred=given.get("starred", False),
        tag=given.get("tag"),
        note=given.get("note"),
        expire_at=_moment(given.get("expireAt")),
        first_reminder=given.get("expirationFirstReminder"),
        following_reminder=given.get("expirationFollowingReminder"),
        message=given.get("commonMessage"),
        doc_class=given.get("docClass"),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _documents(given: Json, now: datetime) -> list[Document]:
    types = {task.get("signatureType") for task in given.get("procDef", {}).get("tasks", [])}
    p7m = given.get("trustLevelCode") == "DIGITAL_P7M" or "DIGITAL_P7M" in types
    closing = given.get("trustLevelCode") == "FEA"
    return [papers.load(data, n, closing=closing, p7m=p7m, now=now) for n, data in enumerate(given["documents"], 1)]


def _task(
    data: Json, envelope: Envelope, directory: people.Directory, customer: Customer, new_users: list[Json]
) -> Task:
    task = Task(
        order=data["order"],
        type=data["type"],
        action=data["action"],
        how_many=data["howMany"],
        conf=rules.conf(data.get("confString")),
        signature_type=data.get("signatureType"),
        mail=data.get("sendMailMessage"),
    )
    if task.type == "T":
        task.actors = people.resolve(data["actorExpr"], directory, customer, new_users)
        task.actions = [_action(action) for action in data["actionDefs"]]
        if task.how_many > len(task.actors):
            raise process_error(f"howMany {task.how_many}, but only {len(task.actors)} actors")
        _check_places(task, envelope, directory, customer)
    return task


def _check_places(task: Task, envelope: Envelope, directory: people.Directory, customer: Customer) -> None:
    """Pages, tags and fields must be there when the envelope is loaded [I]."""
    by_id = {document.ext_id: document for document in envelope.documents}
    for action in task.actions:
        content, where = by_id[action.document].content, action.appearance
        if where is None or not content.startswith(b"%PDF"):
            continue
        if where.kind:
            actors = [directory[actor] for actor in task.actors]
            placement.spots(content, where, actors=actors, separators=customer.separators)
        elif where.field and not placement.field_exists(content, where.field):
            raise process_error(f"Signature field not found: {where.field}")


def _action(data: Json) -> Action:
    appearance = data.get("appearance")
    return Action(
        document=data["docExternalId"],
        type=data["type"],
        appearance=_appearance(appearance) if appearance else None,
        conf=rules.conf(data.get("confString")),
        mandatory=data["mandatory"],
    )


def _appearance(data: Json) -> Appearance:
    rest = {"field": data.get("blankSignatureFieldName"), "invisible": data.get("invisible", False)}
    if "compassAppearance" in data:
        compass = data["compassAppearance"]
        return Appearance("compass", page=compass["page"], quadrant=compass["position"], **rest)
    if "coordAppearance" in data:
        c = data["coordAppearance"]
        return Appearance("coord", page=c["page"], box=(c["llx"], c["lly"], c["urx"], c["ury"]), **rest)
    tag = data.get("tagAppearance") or {"startTagPattern": data.get("tagPattern")}  # §4.1: deprecated, "same effect"
    if not tag["startTagPattern"]:
        return Appearance(**rest)
    return Appearance(
        "tag",
        start_tag=tag["startTagPattern"],
        end_tag=tag.get("endTagPattern", ""),
        offset=(tag.get("xoffset", 0), tag.get("yoffset", 0)),
        corner=tag.get("cornerType", "SBL"),
        **rest,
    )
