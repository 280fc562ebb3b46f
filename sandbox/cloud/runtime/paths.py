"""The directories from which a function may import, so that it sees what it would see on AWS and nothing more.

On AWS that is its own code, its layers, and what the runtime ships: boto3 and the runtime interface client.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

from sandbox.cloud.runtime.function import Function

# What AWS's Python runtimes bring along, with what these need themselves.
SHIPPED = (
    "awslambdaric",
    "simplejson",
    "snapshot-restore-py",
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "python-dateutil",
    "urllib3",
    "six",
)


def link_shipped_packages(folder: Path) -> Path:
    """Fill `folder` with symlinks to the packages that AWS's runtime ships, taken from this interpreter's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in SHIPPED:
        distribution = importlib.metadata.distribution(package)
        site = Path(str(distribution.locate_file("")))
        for name in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if not (folder / name).exists():
                (folder / name).symlink_to(site / name)
    return folder


def search_path(function: Function, *, shipped: Path) -> str:
    """AWS's order: the task root, the layers, the runtime's own packages."""
    layers = [str(layer / "python") for layer in function.layers]
    return ":".join([str(function.code), *layers, str(shipped)])


def command(function: Function) -> list[str]:
    """The runtime interface client without site-packages (-S) and without the user's own (-s)."""
    return [sys.executable, "-S", "-s", "-m", "awslambdaric", function.handler]
