"""How `esign` ends when something fails: exit codes, one sentence, no stack trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from cli.app import in_front
from cli.errors import Failure, told
from esign.domain.errors import OutcomeUnknown, Problem, ProviderRateLimited, StaleVersion, StoreUnavailable
from esign.runtime.settings import Settings
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator

ROOT = Path(__file__).resolve().parents[2]


class Broken(Operator):
    """Its stage cannot be opened."""

    def __init__(self, failure):
        super().__init__()
        self.failure = failure

    def stage(self, name, profile):
        raise self.failure


def python(*words):
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'layers/shared/python'}{os.pathsep}{ROOT}"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StoreUnavailable("DynamoDB did not answer."), "Check that the stage is up"),
        (StaleVersion("Somebody was faster"), "Somebody was faster. Run the command again."),
        (OutcomeUnknown("the reply was lost"), "Look at the provider before you repeat it."),
        (ProviderRateLimited("slow down", retry_after=12.4), "Try again in 12 s."),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "user anna may not"}}, "Query"), "(AccessDenied)"),
        (NoCredentialsError(), "(NoCredentialsError)"),
    ],
)
def test_known_errors_say_what_to_do(error, words):
    assert words in told(error).sentence


def test_the_words_of_aws_stay_out():
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "user anna may not"}}, "Query")
    assert "anna" not in told(error).sentence


def test_a_stage_that_tells_too_little_is_to_be_deployed_anew():
    with pytest.raises(LookupError) as missing:
        _ = Settings({}).table
    assert "deploy it anew" in told(missing.value).sentence


def test_an_unforeseen_error_is_not_explained_away():
    assert told(KeyError("x")) is None


def test_a_failure_is_one_sentence_and_exit_code_1():
    answer = Broken(Failure("The sandbox is not running.", code="sandbox_missing")).says("accounts", "list")
    assert (answer.code, answer.out, answer.err) == (1, "", "Error: The sandbox is not running.\n")


def test_in_json_the_failure_is_json_with_every_problem():
    problem = Problem("/settings/host", "missing", "Field required.")
    answer = Broken(Failure("No.", code="invalid", problems=(problem,))).says("accounts", "list", "--json")
    assert answer.code == 1
    assert answer.error == {
        "code": "invalid",
        "detail": "No.",
        "errors": [{"pointer": "/settings/host", "code": "missing", "detail": "Field required."}],
    }


def test_debug_lets_the_error_through():
    with pytest.raises(Failure):
        Broken(Failure("No.")).says("--debug", "accounts", "list")


@pytest.mark.parametrize("words", [["accounts", "show"], ["accounts", "list", "--colour"], ["contracts"]])
def test_wrong_usage_is_exit_code_2(words):
    assert Operator().says(*words).code == 2


def test_wrong_usage_in_json_is_json_too():
    answer = Operator().says("packages", "resolve", ACME, "pkg_x", "--json")
    assert answer.code == 2
    assert answer.error["code"] == "usage"


def test_stage_and_profile_reach_the_target():
    operator = Operator()
    operator.says("--stage", "dev", "--profile", "ops", "accounts", "list")
    operator.says("accounts", "list", "--stage=dev", "--json", "--profile", "ops")
    operator.says("accounts", "list")
    assert operator.asked_for == [("dev", "ops"), ("dev", "ops"), ("local", None)]


def test_the_options_of_every_command_may_stand_anywhere_before_two_hyphens():
    words = ["packages", "show", "--stage", "dev", "acc", "--debug", "--", "--stage", "x"]
    assert in_front(words) == ["--stage", "dev", "--debug", "packages", "show", "acc", "--", "--stage", "x"]
    assert in_front(["accounts", "list", "--stage"]) == ["accounts", "list", "--stage"]


@pytest.mark.parametrize(
    "words",
    [
        ["accounts", "list"], ["accounts", "show", ACME], ["accounts", "verify", ACME], ["packages", "list", ACME],
    ],
)  # fmt: skip
def test_every_answer_in_json_is_json_alone(words):
    answer = Operator().says(*words, "--json")
    assert json.loads(answer.out)
    assert answer.err == ""


HELP = """
import runpy, sys
sys.argv = ["esign", "--help"]
try:
    runpy.run_module("cli", run_name="__main__")
except SystemExit:
    heavy = {"boto3", "botocore", "httpx", "pydantic", "esign.ports", "esign.runtime.composition"} & set(sys.modules)
    sys.exit(f"loaded: {sorted(heavy)}" if heavy else 0)
"""


def test_help_needs_no_stage_and_loads_nothing_heavy():
    ended = python("-c", HELP)
    assert ended.returncode == 0, ended.stderr
    assert "connective" in ended.stdout


def test_the_module_is_a_program_whose_errors_are_sentences():
    ended = python("-m", "cli", "--stage", "Not A Stage", "accounts", "list")
    assert ended.returncode == 2
    assert "lower-case letters" in ended.stderr
    assert "Traceback" not in ended.stderr


BREAKS = """
import sys
from cli import __main__ as program

def breaks(**_):
    raise KeyError("anna.berg@example.com")

program.app = breaks
sys.argv = ["esign", *sys.argv[1:]]
program.main()
"""


def test_a_defect_is_told_without_its_values_and_debug_shows_where():
    ended = python("-c", BREAKS, "accounts")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "KeyError" in ended.stderr
    assert "--debug" in ended.stderr
    assert "anna.berg" not in ended.stderr
    assert "Traceback" in python("-c", BREAKS, "--debug").stderr
