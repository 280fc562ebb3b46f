"""Finds a CPython of a given minor version on this machine; .pyc files of another version are useless to Lambda."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PROBE = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"

WARNING = """
  !!  No CPython {version} was found on this machine (looked at PATH, ~/.pyenv/versions and ~/.local/share/uv/python).
  !!  The layers are therefore built WITHOUT .pyc files: /opt is read-only in Lambda, so every cold start will compile
  !!  all of its imports (measured: 284 -> 1,151 ms). It works, but install one before you deploy, for instance:
  !!      uv python install {version}
"""


@cache
def find_cpython(version: str) -> Path | None:
    """An interpreter of `version` ("3.13") that really runs; a shim may exist and fail. None: there is none."""
    return next((path for path in _candidates(version) if _runs(path, version)), None)


def warn_missing(version: str) -> None:
    sys.stderr.write(WARNING.format(version=version))


def _candidates(version: str) -> Iterator[Path]:
    yield Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    home = Path.home()
    for folder, pattern in (
        (home / ".pyenv" / "versions", f"{version}.*"),
        (home / ".local" / "share" / "uv" / "python", f"cpython-{version}*"),
    ):
        yield from (found / "bin" / f"python{version}" for found in sorted(folder.glob(pattern), reverse=True))


def _runs(path: Path, version: str) -> bool:
    try:
        answer = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.split() == ["cpython", version]
