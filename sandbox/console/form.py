"""Reads the form of a new contract. What may be written in a field is for Coupa's API to judge."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData, UploadFile

from sandbox.console.order import Order, Person
from sandbox.console.uploads import Upload, Uploads

EMPTY_SIGNERS = 2
SAMPLE, OWN = "sample", "file"


async def read(form: FormData, uploads: Uploads) -> Order:
    """Rows that are empty are nobody. A file that was kept counts until another one is chosen."""
    return Order(
        name=_text(form, "name"),
        external_id=_text(form, "externalId"),
        in_order=_text(form, "in_order") == "yes",
        signers=_people(form, "signer"),
        copies=_people(form, "copy"),
        document=await _document(form, uploads) if _text(form, "document") == OWN else None,
    )


async def _document(form: FormData, uploads: Uploads) -> Upload | None:
    chosen = form.get("file")
    if isinstance(chosen, UploadFile) and chosen.filename:
        return Upload(chosen.filename, await chosen.read())
    return uploads.get(_text(form, "kept")) or Upload("", b"")


def mistakes(order: Order) -> dict[str, tuple[str, ...]]:
    """What the API cannot know: that somebody meant to choose a file."""
    if order.document and not order.document.name:
        return {"document": ("Choose a PDF, or take the sample contract.",)}
    return {}


def _people(form: FormData, who: str) -> tuple[Person, ...]:
    columns = [[str(one).strip() for one in form.getlist(f"{who}_{part}")] for part in ("name", "email", "phone")]
    rows = max(map(len, columns))
    padded = [column + [""] * (rows - len(column)) for column in columns]
    return tuple(Person(*row) for row in zip(*padded, strict=True) if any(row))


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def rows(people: Sequence[Person], least: int) -> list[Person]:
    """As many as are there, and empty ones up to `least`."""
    return [*people, *[Person()] * (least - len(people))]
