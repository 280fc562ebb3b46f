"""The recorded templates: what is told of a change, and that they are those of today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra import recorded
from infra.stages import STAGES
from tests.infra.templates import Templates

HASH = "0123456789abcdef" * 4


def _folder(root: Path, **resources) -> Path:
    root.mkdir()
    template = {"Resources": resources, "Outputs": {"Url": {"Value": "https://a.example"}}}
    (root / "Esign-x-Data.template.json").write_text(json.dumps(template))
    return root


def _function(code: str, **properties) -> dict:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": f"{code}.zip"}, **properties}}


def test_code_that_changed_is_no_change_of_a_template(tmp_path: Path) -> None:
    one = _folder(tmp_path / "one", F=_function(HASH), **{f"Deployment0A1B2C3D{HASH[:32]}": {"Type": "T"}})
    two = _folder(tmp_path / "two", F=_function(HASH[::-1]), **{f"Deployment0A1B2C3D{HASH[32:][::-1]}": {"Type": "T"}})
    assert recorded.changes(recorded.read(one), recorded.read(two)) == []


def test_a_change_is_told_by_its_resource_and_the_way_to_the_property(tmp_path: Path) -> None:
    one = _folder(tmp_path / "one", F=_function(HASH, Timeout=29, Tags=["a", "b"]), Old={"Type": "AWS::SQS::Queue"})
    two = _folder(tmp_path / "two", F=_function(HASH, Timeout=30, Tags=["a", "c"]), New={"Type": "AWS::KMS::Key"})
    told = [str(change) for change in recorded.changes(recorded.read(one), recorded.read(two))]
    assert told == [
        '~ Esign-x-Data: AWS::Lambda::Function F\n      Properties.Tags[1]: "b" -> "c"\n      Properties.Timeout: 29 -> 30',
        "+ Esign-x-Data: AWS::KMS::Key New",
        "- Esign-x-Data: AWS::SQS::Queue Old",
    ]


def test_an_added_property_and_a_changed_output_are_told(tmp_path: Path) -> None:
    before = recorded.read(_folder(tmp_path / "one", F=_function(HASH)))
    after = recorded.read(_folder(tmp_path / "two", F=_function(HASH, MemorySize=512)))
    after["Esign-x-Data"]["Outputs"]["Url"]["Value"] = "https://b.example"
    assert [change.what for change in recorded.changes(before, after)] == ["Output Url", "AWS::Lambda::Function F"]
    assert recorded.changes(before, after)[1].details == ("Properties.MemorySize: (nothing) -> 512",)


def test_what_is_written_is_read_again_and_has_a_line_for_each_resource(tmp_path: Path) -> None:
    templates = recorded.read(_folder(tmp_path / "one", F=_function(HASH), G=_function(HASH)))
    recorded.write(tmp_path / "kept", templates)
    recorded.write(tmp_path / "kept", templates)
    assert recorded.read(tmp_path / "kept") == templates
    lines = (tmp_path / "kept" / "Esign-x-Data.template.json").read_text().splitlines()
    assert len([line for line in lines if "AWS::Lambda::Function" in line]) == 2


def test_a_stack_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    recorded.write(tmp_path / "kept", {"Esign-x-Data": {}, "Esign-x-Old": {}})
    recorded.write(tmp_path / "kept", {"Esign-x-Data": {}})
    assert list(recorded.read(tmp_path / "kept")) == ["Esign-x-Data"]


@pytest.mark.parametrize("name", ["dev", "acme"])
def test_the_templates_are_as_recorded(name: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(name)
    found = recorded.changes(recorded.read(recorded.RECORDED / name), recorded.read(templates.folder))
    assert found == [], "look at what changed, then `make record STAGE=all`:\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("name", sorted(name for name, one in STAGES.items() if not one.runs_here))
def test_every_stage_that_can_be_deployed_is_recorded(name: str) -> None:
    assert recorded.read(recorded.RECORDED / name)


@pytest.mark.parametrize("folder", sorted(recorded.RECORDED.iterdir()), ids=lambda folder: folder.name)
def test_no_recorded_stack_comes_near_cloudformations_limit(folder: Path) -> None:
    sizes = {stack: len(template["Resources"]) for stack, template in recorded.read(folder).items()}
    assert {stack: size for stack, size in sizes.items() if size >= 400} == {}
