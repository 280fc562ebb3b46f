"""The sources of a canary's functions, gathered into one folder: a function's code, with `sandbox` as it lies here.

Knows which parts of the sandbox the simulator of Connective and the canary need; the rest stays at home.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.layer_build import ROOT, source_files

CACHE = ROOT / ".build" / "preproduction"
LAYERS = ("dependencies", "shared", "simulator")

# Below sandbox/: folders as a whole, and single files.
PARTS = (
    "__init__.py",
    "canary",
    "coupa/__init__.py",
    "coupa/client.py",
    "coupa/sample.py",
    "preproduction",
    "providers/__init__.py",
    "providers/connective",
    "providers/control_api.py",
    "providers/courier.py",
    "providers/faults.py",
    "providers/jsontypes.py",
    "providers/notebook.py",
    "providers/room",
    "signing",
)


def staged(*, cache: Path = CACHE) -> Path:
    """A folder that holds `sandbox/` with those parts; the same folder for the same sources."""
    files = list(_files())
    path = cache / _digest(files)[:16]
    if path.exists():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=cache))
    draft.chmod(0o755)
    for file in files:
        target = draft / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    try:
        draft.rename(path)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)
    return path


def _files() -> Iterator[Path]:
    for part in PARTS:
        found = ROOT / "sandbox" / part
        yield from source_files(found) if found.is_dir() else [found]


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
