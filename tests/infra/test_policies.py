"""cdk-nag: that stage `dev` synthesizes under it is proven by the fixture that all template tests share."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.functions import ALL
from infra.stages import stage
from tests.infra.conftest import EXAMPLE
from tests.infra.templates import Templates

Finding = tuple[str, str]  # rule, path of the construct


@pytest.fixture(scope="module")
def findings(acme: Templates) -> set[Finding]:
    report = json.loads((acme.folder / "validation-report.json").read_text())
    return set(_findings(report))


def _findings(report: dict) -> Iterator[Finding]:
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                yield violation["ruleName"], construct["constructPath"]


def _accepted() -> list:
    from infra.policies import accepted
    from infra.stage_file import find_stage

    return accepted(find_stage(str(EXAMPLE)))


def _covers(one, finding: Finding) -> bool:
    rule, path = finding
    return rule.endswith(one.rule) and f"{path}/".startswith(f"{one.where}/")


def test_the_deployed_stage_has_no_finding_that_is_not_accepted(dev: Templates) -> None:
    assert stage("dev").policies
    assert len(dev.functions()) == len(ALL)


def test_a_stage_with_everything_on_has_no_finding_that_is_not_accepted(findings: set[Finding]) -> None:
    accepted = _accepted()
    assert findings
    assert [one for one in sorted(findings) if not any(_covers(row, one) for row in accepted)] == []


def test_every_acceptance_is_still_needed(findings: set[Finding]) -> None:
    assert [row.rule for row in _accepted() if not any(_covers(row, one) for one in findings)] == []


def test_what_a_stage_without_a_firewall_needs_beside_is_that_it_has_none() -> None:
    from infra.policies import ACCEPTED, CANARYS

    rules = {row.rule.replace("acme", "{stage}") for row in _accepted()}
    assert {one.rule for one in ACCEPTED if one not in CANARYS} - rules == {"AwsSolutions-APIG3"}


def test_every_acceptance_says_why_and_once() -> None:
    from infra.policies import ACCEPTED

    assert all(len(one.reason) >= 20 for one in ACCEPTED)
    assert len({(one.rule, one.where) for one in ACCEPTED}) == len(ACCEPTED)
