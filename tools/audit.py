"""Known vulnerabilities of what is deployed, by pip-audit over the lock file; and secrets that were committed by mistake.

A dependency that the vulnerability service could not be asked about reads "not audited", never green. A history that could
not be searched fails. What is found is told by commit, file and form: whoever reads a log must not read a secret.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.secrets import form_of

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


class NotSearched(Exception):
    """Git did not show the history: no repository, or one that is somebody else's ("dubious ownership")."""


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


def committed_secrets(repository: Path = ROOT) -> list[str]:
    """Where the whole history has lines that look like a secret: commit, file and form. Raises NotSearched."""
    log = ("log", "-p", "--all", "--format=commit %H", "--no-color", "--unified=0", "--no-ext-diff")
    ran = _run("git", "-C", str(repository), *log)
    if ran.returncode:
        raise NotSearched(ran.stderr.strip())
    return list(dict.fromkeys(_found(ran.stdout.split("\n"))))


def _found(history: Iterable[str]) -> Iterator[str]:
    """Of `git log -p`. What a commit changes begins with + or -; the name of the file stands before the first @@."""
    commit = file = ""
    named = False
    for line in history:
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")[:12]
        elif line.startswith("diff "):
            named = False
        elif line.startswith("@@ "):
            named = True
        elif line.startswith("+++ ") and not named:
            file = line.removeprefix("+++ ").strip('"').removeprefix("b/")
        elif line.startswith("+") and (form := form_of(line)):
            yield f"{commit} {file}: {form}"


def main() -> int:
    found = audit()
    for line in found.vulnerable:
        sys.stderr.write(f"vulnerable: {line}\n")
    sys.stderr.write(f"{verdict(found)}\n")
    try:
        secrets = committed_secrets()
    except NotSearched as told:
        sys.stderr.write(f"NOT SEARCHED for secrets: the history ({told})\n")
        return 1
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
    return _run(*command).stdout


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
