"""What stands beside the measurements: commit, date, machine, versions, what each provider can do, and the SBOM."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from esign.domain.capabilities import Feature
from tools.audit import ROOT
from tools.evidence.pack import Found, State, Table
from tools.generated import declared

UV = ROOT / ".tools/bin/uv"
RUNTIME = ("aws-lambda-powertools", "httpx", "pydantic", "pypdfium2", "ssrfguard", "stamina", "zeep", "lxml", "pyhanko")
TOOLS = ("aws-cdk-lib", "cdk-nag", "moto", "schemathesis", "bandit", "pip-audit", "pytest")


def about() -> dict[str, str]:
    """Short facts, in the order in which they are shown."""
    changed = _git("status", "--porcelain", "--untracked-files=no")
    commit = _git("rev-parse", "HEAD")
    return {
        "Written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Commit": f"{commit or 'unknown'}{', with uncommitted changes' if changed else ''}",
        "Connector": metadata_version(),
        "Machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
    }


def metadata_version() -> str:
    import tomllib

    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _git(*command: str) -> str:
    done = subprocess.run(("git", *command), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.strip()


def capabilities() -> Found:
    doors = declared()
    rows = [
        (feature.value.replace("_", " "), *("yes" if c.supports(feature) else "-" for c in doors.values()))
        for feature in Feature
    ]
    table = Table("What each provider can do", ("feature", *doors), rows, ("Reasons: docs/providers/matrix.md.",))
    data = {name: {f.value: c.why_not(f) or True for f in Feature} for name, c in doors.items()}
    return Found(State.TOLD, f"{len(rows)} features at {len(doors)} doors of 4 providers, as declared.", (table,), data)


def versions() -> Found:
    rows = [(name, _version(name), "deployed") for name in RUNTIME] + [(name, _version(name), "tool") for name in TOOLS]
    table = Table("Versions", ("package", "version", "use"), rows)
    data = {name: version for name, version, _ in rows}
    return Found(State.TOLD, "Exact versions; the lock file has a hash for each file.", (table,), data)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed here"


def sbom(out: Path) -> Found:
    """What is deployed, as CycloneDX 1.5 in JSON, from the lock file."""
    export = ("export", "-q", "--frozen", "--no-dev", "--all-extras", "--format", "cyclonedx1.5",
              "--preview-features", "sbom-export")  # fmt: skip
    done = subprocess.run((str(UV), *export), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    parts = told.get("components", [])
    if not parts:
        return Found(State.FAILED, f"No SBOM was made: {done.stderr.strip()[-300:]}")
    (out / "sbom.cdx.json").write_text(json.dumps(told, indent=1) + "\n")
    kind = f"{told['bomFormat']} {told['specVersion']}"
    return Found(State.PASSED, f"{kind}, {len(parts)} components, in sbom.cdx.json.", (), {"components": len(parts)})
