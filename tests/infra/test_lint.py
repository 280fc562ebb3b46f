"""cfn-lint over the templates of the smallest stage and of one with everything on."""

from __future__ import annotations

import json

import pytest

from tests.infra.templates import Templates

# CDK writes both by itself, everywhere: a DependsOn beside a GetAtt, and an output that hands on an import.
OF_CDKS_MAKING = ["W3005", "W6001"]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["acme", pytest.param("dev", marks=pytest.mark.reliability)])
def test_the_templates_are_clean(stage: str, request: pytest.FixtureRequest) -> None:
    from cfnlint.api import ManualArgs, lint  # it loads sympy: seconds that only the process of this test need spend

    templates: Templates = request.getfixturevalue(stage)
    for stack, template in templates.stacks.items():
        found = lint(json.dumps(template), config=ManualArgs(regions=["eu-central-1"], ignore_checks=OF_CDKS_MAKING))
        assert [f"{one.rule.id} {one.path}: {one.message}" for one in found] == [], stack
