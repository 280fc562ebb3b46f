"""The stack of a stage's canary: what is public in it, what its functions may do, and that it is nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from infra import preproduction
from infra.layer_build import BuiltLayer, build_layer
from infra.stages import HOST, STAGES, Canary, stage

COUPA = "https://coupa.invalid/preprod"
LARGEST = 250_000_000  # bytes, unzipped: Lambda's own limit
Resource = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack alone, with cdk-nag's findings written down and nothing accepted."""
    import aws_cdk as cdk

    from infra.policies import add_rules
    from infra.stacks.preproduction import PreproductionStack

    outdir = tmp_path_factory.mktemp("preproduction")
    empty = outdir / "layer"
    (empty / "python").mkdir(parents=True)
    (empty / "python" / "empty.py").write_text("")
    app = cdk.App(outdir=str(outdir / "out"), analytics_reporting=False)
    layers = [BuiltLayer(name, empty, name) for name in preproduction.LAYERS]
    PreproductionStack(
        app, stage=stage("preprod"), canary=Canary(minutes=10), coupa=COUPA, layers=layers, code=preproduction.staged()
    )
    add_rules(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return outdir / "out"


@pytest.fixture(scope="module")
def resources(folder: Path) -> dict[str, Resource]:
    return dict(json.loads((folder / "Esign-preprod-Preproduction.template.json").read_text())["Resources"])


def _of(resources: dict[str, Resource], kind: str) -> list[Resource]:
    return [one["Properties"] for one in resources.values() if one["Type"] == kind]


def _function(resources: dict[str, Resource], name: str) -> Resource:
    (found,) = (one for one in _of(resources, "AWS::Lambda::Function") if one["Description"].endswith(name))
    return found


def _statements(resources: dict[str, Resource], function: str) -> list[Resource]:
    role = resources[_function(resources, function)["Role"]["Fn::GetAtt"][0]]["Properties"]
    return [one for policy in role["Policies"] for one in policy["PolicyDocument"]["Statement"]]


def test_only_preprod_has_a_canary_and_nothing_of_it_is_in_another_stage(dev: Any, acme: Any) -> None:
    assert [name for name, one in STAGES.items() if one.canary] == ["preprod"]
    for templates in (dev, acme):
        assert not [name for name in templates.stacks if name.endswith("Preproduction")]
        assert "simulator" not in json.dumps(templates.connector).lower()


def test_the_simulator_is_the_only_thing_that_the_world_can_call(resources: dict[str, Resource]) -> None:
    (url,) = _of(resources, "AWS::Lambda::Url")
    assert url["AuthType"] == "NONE"  # as a vendor's API, it asks for its own user and password
    assert resources[url["TargetFunctionArn"]["Fn::GetAtt"][0]]["Properties"]["Description"].endswith("simulator")
    called = {one["FunctionName"]["Fn::GetAtt"][0] for one in _of(resources, "AWS::Lambda::Permission")}
    assert called == {url["TargetFunctionArn"]["Fn::GetAtt"][0]}
    (bucket,) = _of(resources, "AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_neither_function_is_told_a_secret_but_where_it_lies(resources: dict[str, Resource]) -> None:
    for name, variable in (("simulator", "SIMULATOR_SECRET"), ("canary", "CANARY_SECRET")):
        variables = _function(resources, name)["Environment"]["Variables"]
        assert "Ref" in variables[variable]
        assert "password" not in json.dumps(variables).lower()
    assert _function(resources, "canary")["Environment"]["Variables"]["CANARY_COUPA_URL"] == COUPA


def test_the_canary_may_read_its_own_secret_and_nothing_else(resources: dict[str, Resource]) -> None:
    actions = {json.dumps(one["Action"]) for one in _statements(resources, "canary")}
    assert actions == {'["logs:CreateLogStream", "logs:PutLogEvents"]', '"secretsmanager:GetSecretValue"'}


def test_the_simulator_reaches_its_own_table_and_documents_only(resources: dict[str, Resource]) -> None:
    for statement in _statements(resources, "simulator"):
        assert statement["Resource"] != "*"
        assert "*" not in json.dumps(statement["Action"])


def test_the_canary_runs_as_often_as_the_stage_says_and_is_not_repeated(resources: dict[str, Resource]) -> None:
    (schedule,) = _of(resources, "AWS::Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "rate(10 minutes)"
    (once,) = _of(resources, "AWS::Lambda::EventInvokeConfig")
    assert once["MaximumRetryAttempts"] == 0


def test_a_run_ends_before_the_next_one_begins(resources: dict[str, Resource]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Canary).validate_python({"minutes": 4})
    assert _function(resources, "canary")["Timeout"] < 5 * 60


def test_what_is_accepted_of_cdk_nag_is_found_and_nothing_else_is(folder: Path) -> None:
    from infra.policies import CANARYS

    report = json.loads((folder / "validation-report.json").read_text())
    names = {one["ruleName"] for plugin in report["pluginReports"] for one in plugin["violations"]}
    packs = ("AwsSolutions::", "Serverless::")
    assert {name.split("::", 1)[1] if name.startswith(packs) else name for name in names} == {
        row.rule for row in CANARYS
    }


def test_the_sources_are_those_that_the_two_functions_import(tmp_path: Path) -> None:
    """By the interpreter without site-packages, as Lambda has it; boto3 is what the runtime brings along."""
    layers = [build_layer(name, HOST).path / "python" for name in preproduction.LAYERS]
    site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"):
        (shipped / name).symlink_to(site / name)
    path = ":".join(map(str, (preproduction.staged(cache=tmp_path / "code"), *layers, shipped)))
    code = "import sandbox.preproduction.simulator, sandbox.preproduction.canary; print('ok')"
    done = subprocess.run(
        [sys.executable, "-S", "-s", "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "ok", done.stderr
    size = sum(file.stat().st_size for layer in layers for file in layer.rglob("*") if file.is_file())
    assert size < LARGEST


def test_the_same_sources_are_gathered_once(tmp_path: Path) -> None:
    first, again = preproduction.staged(cache=tmp_path), preproduction.staged(cache=tmp_path)
    assert first == again
    assert list(tmp_path.iterdir()) == [first]
    assert (first / "sandbox" / "preproduction" / "canary.py").is_file()
    assert not list(first.rglob("__pycache__"))
