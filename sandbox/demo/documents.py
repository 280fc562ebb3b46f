"""The documents of the demo's packages: PDFs, or templates where the provider makes the documents itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from sandbox.coupa.client import by_upload, inline
from sandbox.coupa.sample import sample_contract
from sandbox.demo.stage import Stage

INLINE = 4 * 1024 * 1024
PDF = "application/pdf"
Documents: TypeAlias = Mapping[str, bytes | None]  # name to bytes; None: made from the side's template


def documents(stage: Stage, second: Path | None) -> Documents:
    """The demo's own two pages, and the file that PDF= names (without one: the same pages as an annex).

    None stands for what the provider makes from a template; a provider of one document gets the first alone.
    """
    if not stage.can("uploaded_document"):
        return {"contract": None}
    own = sample_contract()
    annex = {second.name if second else "annex.pdf": second.read_bytes() if second else own}
    return {"contract.pdf": own} | (annex if stage.can("several_documents") else {})


def add_documents(stage: Stage, package: str, given: Documents) -> None:
    for name, content in given.items():
        add_document(stage, package, name, content, externalId=name)
    stored = stage.world_package(package).get("documents", [])
    stage.report.check("every document is in", len(stored) == len(given))


def add_document(stage: Stage, package: str, name: str, content: bytes | None, **more: str) -> None:
    """Inline while it fits, else by upload link, as Coupa would."""
    if content is None:
        stage.coupa.add_documents(package, [{"name": name, "template": {"id": stage.world.side.template}, **more}])
    elif len(content) <= INLINE:
        stage.coupa.add_documents(package, [inline(name, content, **more)])
    else:
        added = stage.coupa.add_documents(package, [by_upload(name, content, contentType=PDF, **more)])
        stage.coupa.upload(added.json["documents"][0]["upload"], content)


def first(stage: Stage) -> Documents:
    """The one document of the smaller scenarios."""
    return dict(list(documents(stage, None).items())[:1])
