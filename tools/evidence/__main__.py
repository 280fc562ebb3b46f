"""`python -m tools.evidence [--provider DOOR]`: writes out/evidence. Exit 1: something failed or broke the contract."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sandbox.provider_side import DOORS
from tools.audit import ROOT
from tools.evidence import facts, page, running, security
from tools.evidence.contract import Contract
from tools.evidence.pack import Deliverable, Found, Pack, State

OUT = ROOT / "out" / "evidence"
ALL = "all"
PARTS = ("facts", "cloud", "security", "fuzz")
ENVIRONMENT, TESTS, PERFORMANCE, SECURITY = Deliverable


def main() -> int:
    given = _arguments()
    began = time.monotonic()
    given.out.mkdir(parents=True, exist_ok=True)
    pack = Pack(facts.about())
    for part in given.only or PARTS:
        _MEASURE[part](pack, given)
        page.write(pack, given.out)
    sys.stderr.write(f"{pack.state}: {given.out / 'index.html'} ({time.monotonic() - began:.0f} s)\n")
    for section in pack.failed:
        sys.stderr.write(f"failed: {section.title}: {section.found.summary}\n")
    return 1 if pack.failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("--provider", choices=[*DOORS, ALL], default=ALL)
    parser.add_argument("--only", nargs="*", choices=PARTS, help="parts of the pack; all, if none is named")
    parser.add_argument("--rounds", type=int, default=100, help="contracts by which response times are measured")
    parser.add_argument("--fuzz-cases", type=int, default=25, help="generated requests of each operation, at least")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args()


def _facts(pack: Pack, given: argparse.Namespace) -> None:
    pack.measure(ENVIRONMENT, "What each provider can do", facts.capabilities)
    pack.measure(ENVIRONMENT, "Versions", facts.versions)
    pack.measure(SECURITY, "Software bill of materials", partial(facts.sbom, given.out))


def _cloud(pack: Pack, given: argparse.Namespace) -> None:
    """Everything that needs the running connector; if it does not come up, each of these sections says so."""
    doors = list(DOORS) if given.provider == ALL else [given.provider]
    contract = Contract(json.loads((ROOT / "openapi.json").read_text()))
    with ExitStack() as stack:
        cloud = running.Cloud(doors, contract, given.out / "files", stack)
        pack.measure(ENVIRONMENT, "Pre-production environment on this machine", cloud.environment)
        sections: Sequence[tuple[Deliverable, str, Callable[[], Found]]] = (
            (ENVIRONMENT, "The canary that watches a stage", cloud.canary),
            (TESTS, "Every operation at every door", cloud.operations),
            (PERFORMANCE, "Response times", partial(cloud.response_times, rounds=given.rounds)),
            (PERFORMANCE, "Package load time", cloud.load_times),
            (TESTS, "Requests and answers against openapi.json", cloud.conformance),
        )
        for deliverable, title, work in sections:
            pack.measure(deliverable, title, work if cloud.running else _nothing_runs)
            page.write(pack, given.out)


def _nothing_runs() -> Found:
    return Found(State.NOT_MEASURED, "The connector did not come up; see the pre-production environment above.")


def _security(pack: Pack, _given: argparse.Namespace) -> None:
    pack.measure(SECURITY, "Infrastructure rules (cdk-nag)", security.policies)
    pack.measure(SECURITY, "Known vulnerabilities (pip-audit)", security.dependencies)
    pack.measure(SECURITY, "Static analysis (bandit)", security.code)
    pack.measure(SECURITY, "Secrets in the history", security.secrets)
    pack.measure(SECURITY, "Threats and their controls", security.controls)
    pack.measure(SECURITY, "Hostile input", security.vectors)


def _fuzz(pack: Pack, given: argparse.Namespace) -> None:
    pack.measure(SECURITY, "Fuzzing (schemathesis)", partial(security.fuzz, given.fuzz_cases))


_MEASURE: dict[str, Callable[[Pack, argparse.Namespace], None]] = {
    "facts": _facts,
    "cloud": _cloud,
    "security": _security,
    "fuzz": _fuzz,
}

if __name__ == "__main__":
    sys.exit(main())
