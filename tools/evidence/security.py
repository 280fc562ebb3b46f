"""Security validation: what the scanners, the policy rules, the fuzzer and the security tests say, each run anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tools.audit import ROOT, NotSearched, audit, committed_secrets
from tools.evidence.pack import Found, State, Table
from tools.evidence.threats import Threat, threats

STAGE = "preprod"  # the environment that Coupa asks for
FUZZ = "tests/e2e/test_fuzz.py"
SLOW = ("tests/e2e/", "tests/reliability/")  # of make test and make reliability: not run a second time for the pack
LIMIT = 1800.0  # seconds of one tool
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadscope")


@dataclass(frozen=True, slots=True)
class Ran:
    """A tool's exit code and words."""

    code: int
    out: str
    err: str


def run(*command: str, **variables: str) -> Ran:
    """`command` in the repository's folder, by this interpreter's environment and `variables`."""
    path = os.pathsep.join((str(ROOT / "layers/shared/python"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, **variables}
    done = subprocess.run(  # noqa: S603 - our own tools
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def policies() -> Found:
    """cdk-nag over a fresh synthesis, which fails on any finding that is not accepted by name, place and reason."""
    with tempfile.TemporaryDirectory() as folder:
        ran = run(sys.executable, "app.py", STAGE, CDK_OUTDIR=folder)
        violations = _violations(Path(folder) / "validation-report.json")
    accepted = _accepted()
    rows = [(rule, where, reason) for rule, where, reason in accepted]
    table = Table(f"Accepted findings, {len(rows)}", ("rule", "where", "why it is accepted"), rows)
    data = {"stage": STAGE, "unacknowledged": violations, "accepted": accepted}
    if ran.code:
        told = violations or [ran.err.strip()[-400:]]
        return Found(State.FAILED, f"Stage {STAGE} was not synthesized under cdk-nag.", (table,), data, told)
    summary = f"Stage {STAGE} under AwsSolutions and Serverless rules: 0 unacknowledged findings, {len(rows)} accepted."
    return Found(State.PASSED, summary, (table,), data)


def _violations(report: Path) -> list[str]:
    if not report.is_file():
        return []
    told = json.loads(report.read_text())
    return [one["ruleName"] for plugin in told["pluginReports"] for one in plugin["violations"]]


def _accepted() -> list[tuple[str, str, str]]:
    """Read in a process of its own: the CDK starts Node when it is imported."""
    code = (
        "from infra.node import choose_node; choose_node()\n"
        "import json; from infra.policies import ACCEPTED\n"
        "print(json.dumps([[one.rule, one.where, one.reason] for one in ACCEPTED]))"
    )
    ran = run(sys.executable, "-c", code)
    return [(rule, where, reason) for rule, where, reason in json.loads(ran.out)]


def dependencies() -> Found:
    """pip-audit over what is deployed. What could not be asked about is "not audited"."""
    found = audit()
    data = {"audited": found.audited, "vulnerable": found.vulnerable, "notAudited": found.skipped}
    if found.vulnerable:
        return Found(State.FAILED, f"{len(found.vulnerable)} known vulnerabilities.", (), data, found.vulnerable)
    if not found.whole:
        total = found.audited + len(found.skipped)
        summary = (
            f"Not audited: {len(found.skipped)} of {total} dependencies; the vulnerability service was not reachable."
        )
        table = Table("Not audited", ("dependency",), [(name,) for name in found.skipped])
        return Found(State.NOT_MEASURED, summary, (table,), data)
    return Found(State.PASSED, f"{found.audited} locked dependencies audited, 0 known vulnerabilities.", (), data)


def code() -> Found:
    """bandit over what is deployed and the command line."""
    targets = ("layers/shared/python", "functions", "cli")
    ran = run(sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *targets, "-c", "pyproject.toml")
    told = json.loads(ran.out)
    by_severity = Counter(one["issue_severity"] for one in told["results"])
    lines = told["metrics"]["_totals"]["loc"]
    grave = [f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}" for one in told["results"]
             if one["issue_severity"] in {"MEDIUM", "HIGH"}]  # fmt: skip
    low = by_severity["LOW"]
    summary = f"bandit over {lines:,} lines: {len(grave)} findings of medium or high severity, {low} of low."
    return Found(State.FAILED if grave else State.PASSED, summary, (), {"lines": lines, **by_severity}, grave)


def secrets() -> Found:
    """Every line that was ever committed."""
    from tools.secrets import FORMS

    try:
        found = committed_secrets()
    except NotSearched as told:
        return Found(State.FAILED, "The history was not searched.", (), {}, [str(told)])
    commits = run("git", "rev-list", "--all", "--count").out.strip()
    summary = f"{commits} commits searched for {len(FORMS)} forms of secrets: {len(found)} found."
    forms = Table("Forms", ("form",), [(form.name,) for form in FORMS])
    data = {"commits": int(commits or 0), "found": len(found)}
    return Found(State.FAILED if found else State.PASSED, summary, (forms,), data, found)


# ------------------------------------------------------------------------------------------------ tests


@dataclass(frozen=True, slots=True)
class Case:
    """One test of pytest's JUnit report."""

    path: str
    name: str
    outcome: str  # passed, failed, skipped
    why: str = ""  # of one that failed, the beginning of its message


def tested(*paths: str, **variables: str) -> tuple[list[Case], Mapping[str, str], str]:
    """The cases, the properties that the suite recorded, and the end of what pytest said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        options = ("-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}", "--tb=line")
        ran = run(sys.executable, "-m", "pytest", *paths, *options, **variables)
        if not report.is_file():
            raise RuntimeError(f"pytest wrote no report: {(ran.err or ran.out).strip()[-400:]}")
        suite = ET.parse(report).getroot()  # noqa: S314 - what pytest just wrote
    properties = {one.get("name", ""): one.get("value", "") for one in suite.iter("property")}
    return [_case(one) for one in suite.iter("testcase")], properties, ran.out.strip().splitlines()[-1]


def _case(told: ET.Element) -> Case:
    path, name = told.get("file", ""), told.get("name", "")
    for kind in ("failure", "error"):
        if (broken := told.find(kind)) is not None:
            return Case(path, name, "failed", " ".join(broken.get("message", "").split())[:400])
    return Case(path, name, "passed" if told.find("skipped") is None else "skipped")


@cache
def _control_tests() -> tuple[Sequence[Case], str]:
    """Every test that docs/security.md names for a control, but those that need the whole cloud or hours; run once."""
    paths = sorted({path for threat in threats() for path in threat.tests if not path.startswith(SLOW)})
    cases, _, last = tested(*paths, *SIDE_BY_SIDE)
    return cases, last


def controls() -> Found:
    """The security model, row by row, with what its tests said now."""
    table, (cases, last) = threats(), _control_tests()
    rows = [(threat.threat, threat.control, *_tally(threat, cases)) for threat in table]
    failed = [f"{case.path}::{case.name}" for case in cases if case.outcome == "failed"]
    shown = Table("Threats, controls and their tests", ("threat", "control", "state", "tests", "by `make test`"), rows)
    passed = sum(case.outcome == "passed" for case in cases)
    summary = f"{len(table)} threats, {passed:,} tests of their controls passed, {len(failed)} failed."
    return Found(State.FAILED if failed or not passed else State.PASSED, summary, (shown,), {"pytest": last}, failed)


def _tally(threat: Threat, cases: Sequence[Case]) -> tuple[str, str, str]:
    """State, how many tests, and what was left to make test and make reliability."""
    mine = [case for case in cases if case.path in threat.tests]
    later = ", ".join(sorted(Path(path).name for path in threat.tests if path.startswith(SLOW)))
    bad = sum(case.outcome == "failed" for case in mine)
    good = sum(case.outcome == "passed" for case in mine)
    state = State.FAILED if bad else State.PASSED if good else State.NOT_MEASURED
    return str(state), f"{good + bad:,}", later


# Hostile input: what it is, the test that sends each piece of it, and how many there must be at least.
VECTORS: tuple[tuple[str, str, int], ...] = (
    ("addresses that must not be called (SSRF)", "test_an_unsafe_address_is_refused_before_a_socket_is_opened", 40),
    ("hostile XML in notifications", "test_xml_that_is_none_of_ours_is_the_callers_fault", 10),
    ("hostile XML in providers' answers", "test_xml_that_nobody_has_a_reason_to_send_is_refused", 5),
    ("PDF bombs and broken PDFs", "test_a_bomb_is_an_unreadable_file_and_no_exception", 8),
)


def vectors() -> Found:
    """Counted from the tests' own tables."""
    cases, _ = _control_tests()
    rows, failed, data = [], list[str](), {}
    for what, test, fewest in VECTORS:
        mine = [case for case in cases if case.name.partition("[")[0] == test]
        blocked = sum(case.outcome == "passed" for case in mine)
        good = len(mine) >= fewest and blocked == len(mine)
        rows.append((what, str(len(mine)), str(blocked), str(State.PASSED if good else State.FAILED)))
        failed += [] if good else [f"{what}: {blocked} of {len(mine)} blocked, at least {fewest} are expected"]
        data[what] = {"sent": len(mine), "blocked": blocked}
    summary = "; ".join(f"{what}: {blocked} of {sent} blocked" for what, sent, blocked, _ in rows) + "."
    table = Table("Vectors", ("what", "sent", "blocked", "state"), rows)
    return Found(State.FAILED if failed else State.PASSED, summary, (table,), data, failed)


def fuzz(cases_each: int) -> Found:
    """Schemathesis against the local cloud: whatever comes in, the answer is a published one and no 5xx."""
    cases, properties, last = tested(FUZZ, FUZZ_CASES=str(cases_each))
    sent = {name.removeprefix("fuzzed "): int(n) for name, n in properties.items() if name.startswith("fuzzed ")}
    failed = [f"{case.name}: {case.why}" for case in cases if case.outcome == "failed"]
    rows = [(name, str(n), _said(name, failed)) for name, n in sorted(sent.items())]
    table = Table("Cases by operation", ("operation", "requests", "state"), rows)
    total = sum(sent.values())
    summary = f"{total:,} generated requests to {len(cases)} operations: {len(failed)} operations with a finding."
    data: dict[str, Any] = {"requests": sent, "pytest": last}
    return Found(State.FAILED if failed or not total else State.PASSED, summary, (table,), data, failed)


def _said(operation: str, failed: Sequence[str]) -> str:
    return str(State.FAILED if any(f"[{operation}]" in name for name in failed) else State.PASSED)
