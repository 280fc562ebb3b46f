"""What `make diff`, `record`, `deploy` and `destroy` do, and above all what they do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra import recorded
from infra.delivery import COMMANDS, REFUSED, Delivery
from infra.functions import ROOT
from infra.stages import STAGES, Stage, stage


class World:
    """A terminal, CDK's command line and an assembly, as they were used."""

    def __init__(self, folder: Path, *, answer: str = "", credentials: bool = False, code: int = 0) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.ran: list[Sequence[str]] = []
        self.made = 0
        self.timeout = 29
        self._answer, self._credentials, self._code = answer, credentials, code

    def delivery(self) -> Delivery:
        return Delivery(
            say=self.said.append,
            ask=lambda _question: self._answer,
            run_cdk=self._run,
            credentials=lambda: self._credentials,
            assemble=self._assemble,
            records=self.folder / "recorded",
        )

    def _run(self, arguments: Sequence[str]) -> int:
        self.ran.append(arguments)
        return self._code

    def _assemble(self, chosen: Stage) -> Path:
        self.made += 1
        assembly = self.folder / "out"
        assembly.mkdir(exist_ok=True)
        resources = {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": self.timeout}}}
        (assembly / f"Esign-{chosen.name}-Data.template.json").write_text(json.dumps({"Resources": resources}))
        return assembly


def test_a_stage_that_keeps_its_data_is_not_destroyed_and_nobody_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path, answer="prod", credentials=True)
    assert world.delivery().destroy(stage("prod")) == REFUSED
    assert (world.ran, world.made) == ([], 0)
    assert "keeps its data (keep_data)" in world.said[0]


@pytest.mark.parametrize("answer", ["", "yes", "prod", "DEV"])
def test_a_stage_is_destroyed_only_when_its_name_is_typed(tmp_path: Path, answer: str) -> None:
    world = World(tmp_path, answer=answer)
    assert world.delivery().destroy(stage("dev")) == REFUSED
    assert world.ran == []


def test_a_stage_whose_name_was_typed_goes_with_all_its_stacks(tmp_path: Path) -> None:
    world = World(tmp_path, answer="dev")
    assert world.delivery().destroy(stage("dev")) == 0
    assert world.ran == [["destroy", "--app", str(tmp_path / "out"), "--all", "--force"]]


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_the_local_stage_is_neither_deployed_nor_destroyed(tmp_path: Path, command: str) -> None:
    world = World(tmp_path, answer="local")
    assert COMMANDS[command](world.delivery(), stage("local")) == REFUSED
    assert world.ran == []


def test_only_the_local_stage_runs_here() -> None:
    assert [one.name for one in STAGES.values() if one.runs_here] == ["local"]


def test_a_deployment_asks_before_rights_widen_and_is_recorded(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.delivery().deploy(stage("prod")) == 0
    assert world.ran == [["deploy", "--app", str(tmp_path / "out"), "--all", "--require-approval", "broadening"]]
    assert "Esign-prod-Data" in recorded.read(tmp_path / "recorded" / "prod")


def test_a_deployment_that_failed_is_not_recorded(tmp_path: Path) -> None:
    world = World(tmp_path, code=1)
    assert world.delivery().deploy(stage("prod")) == 1
    assert not (tmp_path / "recorded").exists()


def test_without_credentials_a_stage_is_compared_with_what_was_recorded(tmp_path: Path) -> None:
    world = World(tmp_path)
    delivery = world.delivery()
    delivery.record(stage("preprod"))
    assert delivery.diff(stage("preprod")) == 0
    assert world.said[-1] == "Stage preprod, differences from the recorded templates: none."
    world.timeout = 30
    assert delivery.diff(stage("preprod")) == 0
    assert world.said[-2:] == [
        "~ Esign-preprod-Data: AWS::Lambda::Function F\n      Properties.Timeout: 29 -> 30",
        "Stage preprod, differences from the recorded templates: 1.",
    ]
    assert world.ran == []


def test_a_stage_that_was_never_recorded_is_said_to_be_new(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.delivery().diff(stage("dev")) == REFUSED
    assert "`make record`" in world.said[0]


def test_with_credentials_cdk_compares_with_what_is_deployed(tmp_path: Path) -> None:
    world = World(tmp_path, credentials=True)
    world.delivery().diff(stage("preprod"))
    assert world.ran == [["diff", "--app", str(tmp_path / "out")]]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(ROOT / "layers" / "shared" / "python"), str(ROOT)))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_only_what_changes_nothing_takes_all_stages() -> None:
    done = _run("-m", "infra.delivery", "deploy", "all")
    assert done.returncode == 2
    assert "deploy takes one stage" in done.stderr


def test_destroying_prod_is_refused_from_the_command_line_too() -> None:
    done = _run("-m", "infra.delivery", "destroy", "prod")
    assert (done.returncode, done.stderr) == (REFUSED, "")
    assert done.stdout.startswith("Stage prod keeps its data")


@pytest.mark.parametrize("program", [("app.py",), ("-m", "infra.delivery", "diff")])
def test_a_stage_that_is_not_there_is_one_sentence(program: tuple[str, ...]) -> None:
    done = _run(*program, "acme.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "acme.toml: there is no such file.\n"
