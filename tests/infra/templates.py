"""The synthesized templates of a stage, as the tests ask about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Templates:
    """The templates of a stage: the two that every one has by name, and all of them by their stacks' names."""

    data: dict[str, Any]
    connector: dict[str, Any]
    stacks: dict[str, dict[str, Any]]
    folder: Path

    def of(self, kind: str) -> Iterator[tuple[str, Resource]]:
        """(logical id, properties) of every resource of a type, in these two stacks."""
        return _of(kind, self.data, self.connector)

    def anywhere(self, kind: str) -> Iterator[tuple[str, Resource]]:
        return _of(kind, *self.stacks.values())

    def functions(self) -> dict[str, Resource]:
        """By folder, which each function carries as its description."""
        return {found["Description"]: found for _, found in self.of("AWS::Lambda::Function")}

    def role(self, folder: str) -> Resource:
        reference = self.functions()[folder]["Role"]["Fn::GetAtt"][0]
        return dict(self.of("AWS::IAM::Role"))[reference]


def _of(kind: str, *templates: dict[str, Any]) -> Iterator[tuple[str, Resource]]:
    for template in templates:
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties", {})


def read_templates(outdir: Path) -> Templates:
    stacks = {
        file.name.removesuffix(".template.json"): json.loads(file.read_text())
        for file in sorted(outdir.glob("*.template.json"))
    }
    data, connector = (
        next(one for stack, one in stacks.items() if stack.endswith(name)) for name in ("-Data", "-Connector")
    )
    return Templates(data, connector, stacks, outdir)
