"""Two stages synthesized once for all tests of the template, with cdk-nag, and with stubs where a handler is missing.

`dev` is the smallest, `acme` (infra/example.toml) has everything on. What is accepted of cdk-nag's findings is told to CDK
for `dev` alone: `acme` writes its findings down, and tests/infra/test_policies.py compares them with what is accepted.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from infra.functions import FUNCTIONS, ROOT
from infra.node import choose_node
from infra.stage_file import find_stage
from infra.stages import stage
from infra.stubs import with_stubs
from infra.synthesis import build_app
from tests.infra.templates import Templates, read_templates

EXAMPLE = ROOT / "infra" / "example.toml"

choose_node()  # the test modules import aws_cdk, which starts Node


@pytest.fixture(scope="session")
def functions_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_stubs(FUNCTIONS, into=tmp_path_factory.mktemp("functions"))


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory, functions_root: Path) -> Templates:
    outdir = tmp_path_factory.mktemp("assembly")
    build_app(stage("dev"), outdir=outdir, functions_root=functions_root).synth()
    return read_templates(outdir)


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory, functions_root: Path) -> Templates:
    outdir = tmp_path_factory.mktemp("acme")
    app = build_app(replace(find_stage(str(EXAMPLE)), policies=False), outdir=outdir, functions_root=functions_root)
    from infra.policies import add_rules

    add_rules(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return read_templates(outdir)
