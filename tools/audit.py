"""Known vulnerabilities of what is deployed, by pip-audit over the lock file; and secrets that were committed by mistake.

A dependency that the vulnerability service could not be asked about reads "not audited", never green.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

# Forms that are secrets wherever they stand. Test vectors that must look like one carry the word EXAMPLE.
SECRETS = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN (?:RSA |EC )?PRIVATE KEY-----|ghp_[A-Za-z0-9]{36}|xox[bp]-[A-Za-z0-9-]{20,}"
)


def audit() -> tuple[list[str], list[str], int]:
    """(vulnerabilities, not audited, audited) of the locked runtime dependencies, extras included."""
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
    return vulnerable, skipped, len(found) - len(skipped)


def committed_secrets() -> list[str]:
    """Lines of the whole history that look like a secret."""
    history = _output("git", "-C", str(ROOT), "log", "-p", "--all", "--no-color", "--unified=0", "--no-ext-diff")
    lines = (line for line in history.splitlines() if line.startswith("+") and "EXAMPLE" not in line)
    return [line[:60] for line in lines if SECRETS.search(line)]


def main() -> int:
    vulnerable, skipped, audited = audit()
    for line in vulnerable:
        sys.stderr.write(f"vulnerable: {line}\n")
    if skipped or not audited:
        names = ", ".join(skipped) or "everything"
        sys.stderr.write(f"NOT AUDITED (the vulnerability service was not reachable for them): {names}\n")
    else:
        sys.stderr.write(f"audited: {audited} dependencies, {len(vulnerable)} known vulnerabilities\n")
    secrets = committed_secrets()
    for line in secrets:
        sys.stderr.write(f"looks like a secret in the history: {line}\n")
    return 1 if vulnerable or secrets else 0


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
