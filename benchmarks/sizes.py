"""What Lambda unpacks for each function: its code and its layers, for this machine and for the deployed one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.functions import ALL, FUNCTIONS
from infra.layer_build import build_layer, source_files
from infra.stages import HOST, LAMBDA, Target

LIMIT = 80.0  # MB; AWS's own is 250


@dataclass(frozen=True, slots=True)
class Size:
    """Megabytes (10^6), unzipped."""

    name: str
    target: str
    size: float

    @property
    def ok(self) -> bool:
        return self.size <= LIMIT


def measure_sizes() -> list[Size]:
    return [size for target in (HOST, LAMBDA) for size in _sizes(target)]


def _sizes(target: Target) -> list[Size]:
    """.pyc files are counted where a CPython of that version was found to make them."""
    where = f"{target.architecture} {target.python}"
    layers = {name: _of(build_layer(name, target).path) for name in {name for row in ALL for name in row.layers}}
    code = {row.folder: sum(file.stat().st_size for file in source_files(FUNCTIONS / row.folder)) for row in ALL}
    return [Size(row.folder, where, (code[row.folder] + sum(layers[name] for name in row.layers)) / 1e6) for row in ALL]


def _of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
