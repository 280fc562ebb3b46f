"""Builds Lambda layers without Docker, once per content, into .build/layers. Knows nothing of CDK.

`dependencies`, `soap` and `pades` are wheels from uv.lock, for the stage's Python and machine; `shared` is our own package.
All carry .pyc files of the stage's Python, because /opt is read-only in Lambda.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import interpreters
from infra.stages import Target

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ROOT / "layers"
CACHE = ROOT / ".build" / "layers"
SHARED = "shared"
BUILDER = "1"  # raise it when this file builds something else from the same input


class LayerBuildFailed(RuntimeError):
    """A tool refused; its own words are in the message."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A layer.toml: the extra of pyproject.toml that it adds ("" = the dependencies), and patterns of what to leave out."""

    extra: str
    strip: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuiltLayer:
    """A folder that becomes /opt (it holds `python/`), and the hash of all that it was made from."""

    name: str
    path: Path
    hash: str


def build_layer(name: str, target: Target, *, cache: Path = CACHE) -> BuiltLayer:
    """The layer of that name under layers/, from the cache or newly built; without .pyc where no CPython can make them.

    Raises LayerBuildFailed.
    """
    compiler = interpreters.find_cpython(target.python)
    if name == SHARED:
        ingredients: bytes = _sources_digest()
        fill: Callable[[Path], None] = _copy_sources
    else:
        recipe = _recipe(name)
        pins = requirements(recipe.extra)
        ingredients = f"{pins}{recipe.strip}{_machine(target)}".encode()
        fill = _wheels_of(recipe, pins, target)
    fingerprint = hashlib.sha256(
        b"\0".join((BUILDER.encode(), ingredients, target.python.encode(), b"pyc" if compiler else b"plain"))
    ).hexdigest()
    path = cache / f"{name}-{fingerprint[:16]}"
    if path.exists():
        path.touch()  # in use: keep it
    else:
        _build(path, fill, f"layer {name} for CPython {target.python} on {_machine(target)}", compiler)
    return BuiltLayer(name, path, fingerprint)


def requirements(extra: str = "") -> str:
    """What uv.lock pins for the functions, with hashes; with `extra`, only what that adds."""
    plain = _export()
    if not extra:
        return "".join(plain.values())
    return "".join(block for pin, block in _export("--extra", extra).items() if pin not in plain)


def uv() -> list[str]:
    """The command line of uv: the project's own, the one on PATH, or the module."""
    own = ROOT / ".tools" / "bin" / "uv"
    if own.exists():
        return [str(own)]
    on_path = shutil.which("uv")
    return [on_path] if on_path else [sys.executable, "-m", "uv"]


def _build(path: Path, fill: Callable[[Path], None], what: str, compiler: Path | None) -> None:
    started = time.monotonic()
    sys.stderr.write(f"Building {what} ...\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        fill(draft / "python")
        if compiler:
            _compile(draft, compiler)
        _publish(draft, path)
        _forget(path.parent, before=time.time() - 7 * 86400)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sys.stderr.write(f"Built {what}: {_megabytes(path):.1f} MB in {time.monotonic() - started:.1f} s\n")


def _publish(draft: Path, path: Path) -> None:
    draft.chmod(0o755)
    try:
        draft.rename(path)
    except OSError:
        if not path.exists():  # else another process has built the same meanwhile
            raise


def _forget(cache: Path, *, before: float) -> None:
    """Our own package makes a new layer with every edit."""
    for old in cache.iterdir():
        if old.stat().st_mtime < before:
            shutil.rmtree(old, ignore_errors=True)


def _compile(layer: Path, compiler: Path) -> None:
    """.pyc files that are taken without looking at their source, with the paths that they will have in Lambda."""
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-p", "/opt", "-s"]
    _run([compiler, "-I", "-m", "compileall", *options, layer, layer / "python"])


def _wheels_of(recipe: Recipe, pins: str, target: Target) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        file = folder.parent / "requirements.txt"
        file.write_text(pins)
        where = (
            ["--python-platform", target.platform, "--python-version", target.python]
            if target.platform
            else ["--python", sys.executable]
        )
        install = [*uv(), "pip", "install", "-q", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        _run([*install, "--no-installer-metadata", "--link-mode", "copy", "--target", folder, "-r", file, *where])
        file.unlink()
        _strip(folder, recipe.strip)

    return fill


def _strip(folder: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for found in sorted(folder.glob(pattern)):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink(missing_ok=True)
    (folder / ".lock").unlink(missing_ok=True)


def _copy_sources(folder: Path) -> None:
    shutil.copytree(LAYERS / SHARED / "python", folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def _sources_digest() -> bytes:
    digest = hashlib.sha256()
    for file in source_files(LAYERS / SHARED):
        digest.update(str(file.relative_to(LAYERS)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.digest()


def source_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that belong to the product, in a stable order."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
            yield file


def _recipe(name: str) -> Recipe:
    found = tomllib.loads((LAYERS / name / "layer.toml").read_text())
    return Recipe(found["extra"], tuple(found["strip"]))


def _machine(target: Target) -> str:
    return target.platform or sysconfig.get_platform()


def _export(*options: str) -> dict[str, str]:
    """{"httpx==0.28.1": its line and its hashes}."""
    command = [*uv(), "export", "-q", "--frozen", "--no-default-groups", "--no-emit-project"]
    text = _run([*command, "--no-header", "--no-annotate", *options])
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    return {block.split()[0]: block for block in blocks if block.strip()}


def _run(command: Sequence[str | Path]) -> str:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LayerBuildFailed(f"{Path(command[0]).name} {command[1]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
