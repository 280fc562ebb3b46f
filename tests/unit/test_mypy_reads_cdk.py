"""The CDK services that we use are those that mypy reads: of the others it believes anything."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORTED = re.compile(r"^\s*from aws_cdk import (aws_\w+)|^\s*(?:from|import) aws_cdk\.(aws_\w+)", re.MULTILINE)


def test_every_service_that_is_imported_is_read_and_no_other():
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    read = {name for row in overrides if row.get("follow_imports") == "normal" for name in row["module"]}
    sources = (path for folder in ("infra", "tests", "sandbox", "tools") for path in (ROOT / folder).rglob("*.py"))
    found = {one for source in sources for pair in IMPORTED.findall(source.read_text()) for one in pair if one}
    assert read == {"aws_cdk"} | {f"aws_cdk.{one}" for one in found}
