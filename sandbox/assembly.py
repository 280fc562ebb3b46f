"""The synthesized assembly of stage `local`, written anew only when something that it is made from has changed.

Synthesis runs in a process of its own, so nobody who uses the assembly loads the CDK or starts Node.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSEMBLY = ROOT / "cdk.out" / "local"
FINGERPRINT = ".sources"  # in the assembly: the hash of what it was written from
UNUSED = {"__pycache__", "recorded"}  # folders that nothing is written from
SOURCES = ("app.py", "cdk.json", "uv.lock", "infra", "functions", "layers")


class SynthesisFailed(RuntimeError):
    """Its reason has been written to stderr."""


def local_assembly(*, stub_missing: bool = False) -> Path:
    """The folder of the assembly. A second caller waits for the first. Raises SynthesisFailed.

    `stub_missing` puts stubs where a handler is not written yet.
    """
    with _alone():
        wanted = fingerprint(ROOT) + (" stubs" if stub_missing else "")
        note = ASSEMBLY / FINGERPRINT
        if not note.exists() or note.read_text() != wanted:
            _synthesize(["--stub-missing"] if stub_missing else [])
            note.write_text(wanted)
    return ASSEMBLY


def fingerprint(root: Path) -> str:
    """SHA-256 over the names and bytes of every source, and the Python that the layers are built for."""
    digest = hashlib.sha256(sys.version.encode())
    for file in _sources(root):
        digest.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = root / name
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file() and not UNUSED & set(file.parts):
                yield file


def _synthesize(options: list[str]) -> None:
    sys.stderr.write("Synthesizing the local stage (its sources changed) ...\n")
    started = time.time()
    path = os.pathsep.join((str(ROOT / "layers" / "shared" / "python"), str(ROOT)))
    environment = {name: value for name, value in os.environ.items() if name != "CDK_OUTDIR"} | {"PYTHONPATH": path}
    (ASSEMBLY / FINGERPRINT).unlink(missing_ok=True)
    command = [sys.executable, "app.py", "local", *options]
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode:  # noqa: S603
        raise SynthesisFailed("app.py could not write the local stage; its words are above")
    _forget_assets_before(started - 7 * 86400)


def _forget_assets_before(moment: float) -> None:
    """CDK never removes one; a local cloud that still runs may need those of a few days."""
    named = "".join(file.read_text() for file in ASSEMBLY.glob("*.assets.json"))
    for asset in ASSEMBLY.glob("asset.*"):
        if asset.name not in named and asset.stat().st_mtime < moment:
            shutil.rmtree(asset, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    ASSEMBLY.parent.mkdir(parents=True, exist_ok=True)
    with (ASSEMBLY.parent / ".local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
