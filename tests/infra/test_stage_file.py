"""A stage of one's own from a file, and that a stage's record is the only difference between stages."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import TypeAdapter

from infra.functions import ROOT
from infra.stage_file import BadStageFile, find_stage
from infra.stages import STAGES, Stage, UnknownStage, WebAcl, stage
from infra.throttles import UnknownThrottle, throttles
from tests.infra.conftest import EXAMPLE


def _file(folder: Path, text: str) -> str:
    file = folder / "own.toml"
    file.write_text(text)
    return str(file)


def _refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadStageFile) as caught:
        find_stage(_file(folder, text))
    return str(caught.value)


def test_the_example_is_a_stage_with_everything_on() -> None:
    example = find_stage(str(EXAMPLE))
    assert example.name == "acme"
    assert all([example.network, example.web_acl, example.coupa.domain, example.callbacks.domain, example.policies])
    assert example.keep_data, "as in the record that it is like"


def test_a_name_is_that_of_a_record() -> None:
    assert find_stage("prod") is stage("prod")
    with pytest.raises(UnknownStage, match=r"dev, local, preprod, prod; .*\.toml"):
        find_stage("production")


def test_what_a_file_does_not_say_is_the_fields_default(tmp_path: Path) -> None:
    assert find_stage(_file(tmp_path, 'name = "own"')) == Stage(name="own")


def test_a_file_that_is_like_a_record_changes_single_fields_of_its_tables(tmp_path: Path) -> None:
    own = find_stage(_file(tmp_path, 'name = "own"\nlike = "prod"\n[concurrency]\ncallbacks = 7\n'))
    assert (own.concurrency.callbacks, own.concurrency.authorizer) == (7, stage("prod").concurrency.authorizer)
    assert own.web_acl == WebAcl()
    assert set(own.coupa.throttles) == set(stage("prod").coupa.throttles)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "Own"', "name: must be lower-case letters, digits and hyphens"),
        ("keep_data = false", "name: is missing. It says how the stage's stacks are called"),
        ('name = "own"\nlike = "staging"', "like: must be one of dev, local, preprod, prod."),
        ('name = "own"\ncolour = 1', "colour: there is no such field; docs/deployment.md lists them."),
        ('name = "own"\nweb_acl = {speed = 1}', "web_acl.speed: there is no such field"),
        ('name = "own"\nlog_retention = "FOREVER"', "log_retention: Input should be 'ONE_DAY', 'TWO_WEEKS'"),
        ('name = "own"\nkeep_data = "maybe"', "keep_data: Input should be a valid boolean"),
        ('name = "own"\nnetwork = {cidr = "10.0.0.0/8"}', "network.cidr: must be a network like"),
        ('name = "own"\nnetwork = {nat_gateways = 3}', "network.nat_gateways: Input should be 1 or 2."),
        ('name = "own"\ncoupa = {domain = {name = "a.example"}}', "coupa.domain.certificate: is missing."),
        (
            'name = "own"\ncoupa = {allowed_addresses = ["10.0.0.1/8"]}',
            "coupa.allowed_addresses.0: must be a network like 203.0.113.0/24",
        ),
        ('name = "own"\nprovider_hosts = ["*"]', "provider_hosts.0: must be a host like api.example.com"),
        ('name = "own"\ncoupa = {base_url = "http://a.example"}', "coupa.base_url: must be an address like https://"),
        ('name = "own"\nconcurrency = {deliveries = 1}', "concurrency.deliveries: Input should be greater than or"),
        ("name = ", "cannot be read as TOML"),
    ],
)
def test_a_mistake_is_told_with_its_file_its_field_and_what_is_allowed(
    tmp_path: Path, text: str, sentence: str
) -> None:
    refusal = _refusal(tmp_path, text)
    assert refusal.startswith(str(tmp_path / "own.toml"))
    assert sentence in refusal


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    assert len(_refusal(tmp_path, 'name = "Own"\nlog_level = "LOUD"\ncolour = 1\n').splitlines()) == 3


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadStageFile, match=r"own\.toml: there is no such file"):
        find_stage(str(tmp_path / "own.toml"))


@pytest.mark.parametrize("name", STAGES)
def test_every_record_is_what_its_types_say(name: str) -> None:
    assert TypeAdapter(Stage).validate_python(asdict(STAGES[name]), extra="forbid") == STAGES[name]


def test_a_limit_for_something_that_the_api_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownThrottle, match="send_package, which the API does not have; it has connective"):
        throttles(stage("prod").coupa, {"connective": [("POST", "/callbacks/connective")]})


# What would be a stage's name in code: compared, or a text of its own.
_ASKS = re.compile(r"stage(\.name|_name)?\s*(==\s|!=\s|in\s*[({[])|[\"'](local|dev|preprod|prod)[\"']\s*(==|!=|in\s)")
_DESCRIBES = ("infra", "layers/shared/python", "functions", "app.py")


def test_nothing_but_the_records_asks_which_stage_it_is() -> None:
    files = [
        file for name in _DESCRIBES for file in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    asking = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in files
        if file.name != "stages.py"
        for line in file.read_text("utf-8").splitlines()
        if _ASKS.search(line)
    ]
    assert len(files) > 100
    assert asking == []


def _names(record: Any, prefix: str = "") -> list[str]:
    """Every field by its way in a file; of durations only the table, since esign/domain/timing.py tells of each."""
    hints = get_type_hints(record)
    found = []
    for field in fields(record):
        hint = hints[field.name]
        choices = get_args(hint) if get_origin(hint) is UnionType else (hint,)
        inner = next((one for one in choices if is_dataclass(one)), None)
        path = f"{prefix}{field.name}"
        if inner is None or field.name == "timing":
            found.append(path)
        else:
            found += _names(inner, f"{path}.")
    return found


def test_the_deployment_page_tells_of_every_field() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE))
    wanted = {name.replace("callbacks.", "coupa.") if name.startswith("callbacks.") else name for name in _names(Stage)}
    assert wanted - told == set()
    assert told - wanted == set()
