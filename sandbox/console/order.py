"""A contract as somebody ordered it in the form, and the calls of Coupa's that make it one that is out for signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.console.desk import Holding
from sandbox.console.uploads import Upload
from sandbox.coupa.client import Answer, by_upload, inline
from sandbox.coupa.sample import sample_contract
from sandbox.provider_side import ProviderSide

INLINE = 4 * 1024 * 1024
PDF = "application/pdf"
SAMPLE = "Master supply agreement.pdf"
LEAF = {"email": "email", "phone": "phone"}  # of a recipient's pointer; the rest is about the name


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """`document` None: the built-in sample, or the template where the provider takes no uploads."""

    name: str = "Master supply agreement"
    external_id: str = ""
    in_order: bool = True
    signers: tuple[Person, ...] = ()
    copies: tuple[Person, ...] = ()
    document: Upload | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Coupa's API refused: sentences for the whole, and by the name of the form's field."""

    general: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """The package is there; `notice` says why it is not out yet."""

    package: str
    notice: str = ""


def place(order: Order, holding: Holding, side: ProviderSide) -> Placed | Refusal:
    """Create, documents, recipients, Send. A draft that was refused is removed again; one that could not be sent now
    stays."""
    coupa = holding.coupa
    created = coupa.create_package(_package(order, side))
    if not created.ok:
        return refusal(created, order)
    package = str(created.json["id"])
    sent = _filled_and_sent(order, holding, side, package)
    if sent.ok:
        return Placed(package)
    if sent.status >= 500 or sent.status == 429:
        return Placed(package, sentence(sent))
    coupa.delete_package(package)
    return refusal(sent, order)


def _filled_and_sent(order: Order, holding: Holding, side: ProviderSide, package: str) -> Answer:
    """The first answer that is a refusal, else Send's."""
    added = _add_document(order, holding, side, package)
    if not added.ok:
        return added
    joined = holding.coupa.add_recipients(package, recipients(order, side))
    return holding.coupa.send_package(package) if joined.ok else joined


def _package(order: Order, side: ProviderSide) -> dict[str, Any]:
    """With what the provider must know of these signers, where it must know more than their names."""
    wanted = {one.email: options for one in order.signers if (options := side.wants(one.email)[1])}
    own = {"provider": {"options": {"recipients": wanted}}} if wanted else {}
    named = {"externalId": order.external_id} if order.external_id else {}
    return {"name": order.name, "sequentialSigning": order.in_order, **named, **own}


def _add_document(order: Order, holding: Holding, side: ProviderSide, package: str) -> Answer:
    """Inline while it fits, else by upload link, as Coupa would."""
    coupa = holding.coupa
    if side.template:
        return coupa.add_documents(package, [{"name": "contract", "template": {"id": side.template}}])
    name, content = (order.document.name, order.document.content) if order.document else (SAMPLE, sample_contract())
    if len(content) <= INLINE:
        return coupa.add_documents(package, [inline(name, content)])
    added = coupa.add_documents(package, [by_upload(name, content, contentType=PDF)])
    if not added.ok:
        return added
    uploaded = coupa.upload(added.json["documents"][0]["upload"], content)
    return added if uploaded.ok else uploaded


def recipients(order: Order, side: ProviderSide) -> list[dict[str, Any]]:
    """Signers first, then who gets a copy. Without an order all signers are first."""
    signers = [
        {**_recipient(one), "signingOrder": number if order.in_order else 1, **_more(side, one)}
        for number, one in enumerate(order.signers, 1)
    ]
    last = (len(order.signers) if order.in_order else 1) + 1
    return signers + [{**_recipient(one), "role": "CC", "signingOrder": last} for one in order.copies]


def _recipient(person: Person) -> dict[str, Any]:
    given = {"fullName": person.name, "email": person.email, "phone": person.phone}
    return {name: value for name, value in given.items() if value}


def _more(side: ProviderSide, person: Person) -> dict[str, Any]:
    """What the provider wants to know besides; what was typed comes first."""
    wanted, _ = side.wants(person.email)
    return {name: value for name, value in wanted.items() if not (name == "phone" and person.phone)}


def refusal(answer: Answer, order: Order) -> Refusal:
    """The problem's entries beside the fields that they point to; what points to none of them is said above."""
    entries: Sequence[Mapping[str, Any]] = answer.json.get("errors", [])
    fields: dict[str, tuple[str, ...]] = {}
    general = [] if entries else [sentence(answer)]
    for entry in entries:
        name = field_of(str(entry["pointer"]), signers=len(order.signers))
        if name:
            fields[name] = (*fields.get(name, ()), str(entry["detail"]))
        else:
            general.append(str(entry["detail"]))
    return Refusal(tuple(general), fields)


def field_of(pointer: str, *, signers: int) -> str:
    """The form's name for what a JSON pointer points to; "" for none: /recipients/2/email is copy-0-email of two signers."""
    first, _, rest = pointer.removeprefix("/").partition("/")
    if first in {"name", "externalId"}:
        return first
    if first == "documents":
        return "document"
    number, _, leaf = rest.partition("/")
    if first != "recipients" or not number.isdigit():
        return ""
    who, index = ("signer", int(number)) if int(number) < signers else ("copy", int(number) - signers)
    return f"{who}-{index}-{LEAF.get(leaf, 'name')}"


def sentence(answer: Answer) -> str:
    said = str(answer.json.get("detail") or answer.json.get("title") or "")
    return said or f"The connector answered {answer.operation} with {answer.status}."
