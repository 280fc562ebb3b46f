"""Reads a synthesized CDK assembly: its stacks in their order, and where each asset lies. Must not know how to deploy it.

Without a manifest.json, every `*.template.json` of the folder is a stack.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud.runtime.function import Json


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    template: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Assembly:
    """`assets` maps an object key of the bootstrap bucket to the file or folder that would be uploaded under it."""

    stacks: tuple[Stack, ...]
    assets: Mapping[str, Path]
    region: str | None = None

    def asset(self, key: str) -> Path:
        if key not in self.assets:
            raise KeyError(f"the assembly holds no asset {key!r}")
        return self.assets[key]


def read_assembly(folder: Path) -> Assembly:
    """FileNotFoundError when there is no template in `folder`, nor in the nested assemblies of its manifest."""
    folders = list(_folders(folder.resolve()))
    stacks = tuple(stack for one in folders for stack in _stacks(one))
    if not stacks:
        raise FileNotFoundError(f"no synthesized stack in {folder}")
    assets = {key: path for one in folders for file in one.glob("*.assets.json") for key, path in _assets(file)}
    return Assembly(stacks, assets, next(filter(None, map(_region, folders)), None))


def _manifest(folder: Path) -> Json:
    file = folder / "manifest.json"
    return json.loads(file.read_text()) if file.exists() else {}


def _artifacts(folder: Path, kind: str) -> list[tuple[str, Json]]:
    artifacts = _manifest(folder).get("artifacts", {})
    return [(name, artifact) for name, artifact in artifacts.items() if artifact["type"] == kind]


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    for _, artifact in _artifacts(folder, "cdk:cloud-assembly"):
        yield from _folders(folder / artifact["properties"]["directoryName"])


def _stacks(folder: Path) -> Iterator[Stack]:
    if not (folder / "manifest.json").exists():
        for file in sorted(folder.glob("*.template.json")):
            yield Stack(file.name.removesuffix(".template.json"), json.loads(file.read_text()))
    for name, artifact in _artifacts(folder, "aws:cloudformation:stack"):
        properties = artifact["properties"]
        template = json.loads((folder / properties["templateFile"]).read_text())
        yield Stack(properties.get("stackName", name), template)


def _assets(file: Path) -> Iterator[tuple[str, Path]]:
    for asset in json.loads(file.read_text()).get("files", {}).values():
        if "path" in asset["source"]:
            for destination in asset["destinations"].values():
                yield destination["objectKey"], (file.parent / asset["source"]["path"]).resolve()


def _region(folder: Path) -> str | None:
    regions = [
        artifact["environment"].rsplit("/", 1)[1] for _, artifact in _artifacts(folder, "aws:cloudformation:stack")
    ]
    return next((region for region in regions if region != "unknown-region"), None)
