"""Stage `dev` synthesized once for all tests of the template, with cdk-nag, and with stubs where a handler is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.functions import FUNCTIONS
from infra.node import choose_node
from infra.stages import stage
from infra.stubs import with_stubs
from infra.synthesis import build_app
from tests.infra.templates import Templates, read_templates

choose_node()  # the test modules import aws_cdk, which starts Node


@pytest.fixture(scope="session")
def functions_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_stubs(FUNCTIONS, into=tmp_path_factory.mktemp("functions"))


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory, functions_root: Path) -> Templates:
    outdir = tmp_path_factory.mktemp("assembly")
    build_app(stage("dev"), outdir=outdir, functions_root=functions_root).synth()
    return read_templates(outdir)
