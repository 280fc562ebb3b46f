"""What every creator of resources needs: where it is, the AWS clients, the runtime, the assets. Creates nothing itself."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.cloud.assembly import Assembly
from sandbox.cloud.runtime import Runtime
from sandbox.cloud.runtime.function import Json

ACCOUNT = "123456789012"  # moto's own


@dataclass(frozen=True, slots=True)
class Created:
    """`ref` is what `Ref` gives, `attributes` what `Fn::GetAtt` gives."""

    ref: str
    attributes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`scratch` is a folder for what has to be unpacked; `layers` maps a layer's ARN to its unpacked folder,
    `api_words` a REST API's id to what it is called in local addresses; `roles` the one role of moto's functions."""

    region: str
    client: Callable[[str], Json]
    runtime: Runtime
    assembly: Assembly
    scratch: Path
    layers: dict[str, Path] = field(default_factory=dict)
    api_words: dict[str, str] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    inert: dict[str, str] = field(default_factory=dict)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{resource}"

    def folder(self, key: str) -> Path:
        """The asset of that object key as a folder, unpacked if it is an archive."""
        asset = self.assembly.asset(key)
        if asset.is_dir():
            return asset
        unpacked = self.scratch / asset.stem
        if not unpacked.exists():
            with zipfile.ZipFile(asset) as archive:
                archive.extractall(unpacked)  # our own build product
        return unpacked


def word_of(name: str) -> str:
    """What an API of that name is called in local addresses: the name's last word."""
    return name.rsplit("-", 1)[-1].lower()


def made_up_id(*parts: str, length: int = 10) -> str:
    """A stable id for what has none of its own here."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:length]


def pick(properties: Mapping[str, Json], names: Iterable[str]) -> dict[str, Json]:
    return {name: properties[name] for name in names if name in properties}
