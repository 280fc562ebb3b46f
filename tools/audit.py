"""Known vulnerabilities of what is deployed, by pip-audit over the lock file; and secrets that were committed by mistake.

A dependency that the vulnerability service could not be asked about reads "not audited", never green.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.secrets import looks_secret

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Audited:
    """`skipped`: the service could not be asked about them; `audited` counts the others."""

    vulnerable: Sequence[str]
    skipped: Sequence[str]
    audited: int

    @property
    def whole(self) -> bool:
        return self.audited > 0 and not self.skipped


def audit() -> Audited:
    """The locked runtime dependencies, extras included."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        uv = str(ROOT / ".tools/bin/uv")
        export = ["export", "-q", "--frozen", "--no-dev", "--all-extras", "--no-emit-project"]
        requirements.write(_output(uv, *export))
        requirements.flush()
        tool = [
            sys.executable,
            "-m",
            "pip_audit",
            "-f",
            "json",
            "--progress-spinner",
            "off",
            "--no-deps",
            "--disable-pip",
        ]
        told = _output(*tool, "-r", requirements.name)
    found: list[dict[str, Any]] = json.loads(told)["dependencies"] if told.strip() else []
    vulnerable = [f"{d['name']} {d['version']}: {v['id']}" for d in found for v in d.get("vulns", ())]
    skipped = [str(d["name"]) for d in found if "skip_reason" in d]
    return Audited(vulnerable, skipped, len(found) - len(skipped))


def committed_secrets() -> list[str]:
    """Lines of the whole history that look like a secret."""
    history = _output("git", "-C", str(ROOT), "log", "-p", "--all", "--no-color", "--unified=0", "--no-ext-diff")
    return [line[:60] for line in history.splitlines() if line.startswith("+") and looks_secret(line)]


def main() -> int:
    found = audit()
    for line in found.vulnerable:
        sys.stderr.write(f"vulnerable: {line}\n")
    sys.stderr.write(f"{verdict(found)}\n")
    secrets = committed_secrets()
    for line in secrets:
        sys.stderr.write(f"looks like a secret in the history: {line}\n")
    return 1 if found.vulnerable or secrets else 0


def verdict(found: Audited) -> str:
    """What was not asked about is never called clean."""
    if not found.whole:
        names = ", ".join(found.skipped) or "everything"
        return f"NOT AUDITED (the vulnerability service was not reachable for them): {names}"
    return f"audited: {found.audited} dependencies, {len(found.vulnerable)} known vulnerabilities"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
