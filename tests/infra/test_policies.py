"""cdk-nag: that stage `dev` synthesizes under it is proven by the fixture that all template tests share."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.functions import ALL
from infra.stages import stage
from infra.synthesis import build_app
from tests.infra.templates import Templates


def test_the_deployed_stage_has_no_finding_that_is_not_accepted(dev: Templates) -> None:
    assert stage("dev").policies
    assert len(dev.functions()) == len(ALL)


def test_every_acceptance_says_why_and_once() -> None:
    from infra.policies import ACCEPTED

    assert all(len(one.reason) >= 20 for one in ACCEPTED)
    assert len({(one.rule, one.where) for one in ACCEPTED}) == len(ACCEPTED)


@pytest.mark.slow
def test_every_acceptance_is_still_needed(tmp_path: Path, functions_root: Path) -> None:
    app = build_app(replace(stage("dev"), policies=False), outdir=tmp_path, functions_root=functions_root)
    from infra.policies import ACCEPTED, add_rules

    add_rules(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = (tmp_path / "validation-report.json").read_text()
    found = {
        violation["ruleName"] for plugin in json.loads(report)["pluginReports"] for violation in plugin["violations"]
    }
    needless = [
        one.rule for one in ACCEPTED if not any(name.endswith(one.rule.replace("{stage}", "dev")) for name in found)
    ]
    assert needless == []
