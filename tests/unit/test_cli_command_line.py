"""What holds for every command: no secret among its words, `--json`, an explanation."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main
from typer.testing import CliRunner

from cli.app import app
from cli.errors import FAILED
from cli.session import Outside
from esign.runtime.providers import DOORS, vendor
from tests.fakes.operator import Operator

ROOT = Path(__file__).parents[2]

# Words that name a secret, or what one is made of. A file that holds one may be named, the secret itself may not.
SECRET_WORDS = ("password", "secret", "token", "credential", "key", "passphrase", "pin", "code")


def commands(group: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *words, name)
        else:
            yield (*words, name), command


ALL = dict(commands(typer.main.get_group(app)))
CASES = [pytest.param(words, id=" ".join(words)) for words in ALL]


def values(command: Any) -> list[Any]:
    """What is given as text: neither switches nor files."""
    return [
        one
        for one in command.params
        if not getattr(one, "is_flag", False) and one.type_descriptor.annotation is not Path
    ]


def test_there_are_commands_to_look_at():
    assert {"add", "rotate", "credentials"} <= {words[-1] for words in ALL if words[0] == "accounts"}
    assert len(ALL) > 40


@pytest.mark.parametrize("words", CASES)
def test_no_command_takes_a_secret_as_a_word(words):
    named = {one.name: [name.lstrip("-").replace("-", "_") for name in one.opts] for one in values(ALL[words])}
    parts = {part for names in named.values() for name in names for part in name.lower().split("_")}
    assert not parts & set(SECRET_WORDS), named


def test_the_walk_would_find_one():
    careless = typer.Typer()

    @careless.command()
    def join(password: str, api_key: str = "") -> None: ...

    assert {one.name for one in values(typer.main.get_command(careless))} >= {"api_key", "password"}


def test_every_credential_of_every_provider_is_among_the_words_that_are_looked_for():
    """So a new vendor's secrets cannot have a name that the walk passes by."""
    for provider in {name for name, _ in DOORS.values()}:
        for name in vendor(provider).guide().credentials:
            parts = [part.lower() for part in _parts(name)]
            assert parts[-1] in {*SECRET_WORDS, "username", "email", "id"}, name


def _parts(name: str) -> list[str]:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    return spaced.split()


@pytest.mark.parametrize("words", CASES)
def test_every_command_answers_in_json_where_asked(words):
    assert any("--json" in one.opts for one in ALL[words].params)


@pytest.mark.parametrize("words", CASES)
def test_every_command_says_what_it_does(words):
    assert (ALL[words].help or "").strip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_there_for_the_usual_shells(shell):
    answer = Operator().says("--show-completion", shell)
    assert answer.code == 0
    assert "ESIGN_COMPLETE" in answer.out.upper() or "_COMPLETE" in answer.out


def test_the_linked_command_completes_words_from_anywhere(tmp_path):
    linked = tmp_path / "esign"
    linked.symlink_to(ROOT / "cli" / "esign")
    asked = {"_ESIGN_COMPLETE": "complete_bash", "COMP_WORDS": "esign accounts ver", "COMP_CWORD": "2"}
    ended = subprocess.run(
        [linked], env={"PATH": os.environ["PATH"], **asked}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["verify"]


def test_help_opens_no_stage():
    operator = Operator()
    assert operator.says("--help").code == 0
    assert operator.says("accounts", "add", "--help").code == 0
    assert operator.asked_for == []


# ---------------------------------------------------------------------------------------------- what the documents show

GUIDE = ROOT / "docs" / "operating.md"
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
# In a block, in a sentence, by make. What begins with an option is none: `--install-completion` would do what it says.
SHOWN = re.compile(r'^esign ([a-z].+)$|`esign\s+([a-z][^`]+)`|ARGS="([a-z][^"]+)"', re.MULTILINE)
LEFT_OUT = "…"
FILE = re.compile(r"FILE|\w+\.(?:json|toml|pdf|xml)")


def shown(page: Path) -> Iterator[list[str]]:
    """The words of each command on a page; of several with one beginning (`accept | recollect`) the first."""
    for found in SHOWN.findall(page.read_text()):
        line = re.split(r"\||\s>\s", "".join(found))[0]
        yield shlex.split(line, comments=True)


EXAMPLES = list(shown(GUIDE))
EVERYWHERE = [
    pytest.param(words, id=f"{page.relative_to(ROOT)}: {' '.join(words)}") for page in PAGES for words in shown(page)
]


class Reached(Exception):
    """A command has understood its words and turns to its stage, a provider or AWS."""


def reach(*_: object) -> Any:
    raise Reached


def command_of(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The command that words name, and the words that are left for it."""
    name = next((tuple(words[:n]) for n in (3, 2, 1) if tuple(words[:n]) in ALL), ())
    return name, words[len(name) :]


def is_name(words: list[str]) -> bool:
    """Whether a sentence only names a group, or a command that needs more words."""
    command = ALL.get(tuple(words))
    if command is not None:
        return any(one.required for one in command.params)
    return any(name[: len(words)] == tuple(words) for name in ALL)


def test_the_guide_has_an_example_of_every_command():
    assert {command_of(words)[0] for words in EXAMPLES} == set(ALL)


def test_there_are_commands_on_other_pages_too():
    assert len(EVERYWHERE) > len(EXAMPLES) + 30


@pytest.mark.parametrize("words", EVERYWHERE)
def test_a_command_that_a_document_shows_is_one_that_the_command_line_understands(monkeypatch, tmp_path, words):
    name, rest = command_of(words)
    if LEFT_OUT in " ".join(words):
        known = {option for one in ALL[name].params for option in (*one.opts, *one.secondary_opts)}
        assert {word for word in rest if word.startswith("--")} <= known | {"--stage", "--profile", "--debug"}
    elif not is_name(words):
        assert name, "there is no such command"
        monkeypatch.chdir(tmp_path)
        for word in filter(FILE.fullmatch, words):
            Path(word).touch()
        ended = CliRunner().invoke(app, words, obj=Outside(reach, reach, reach))
        assert isinstance(ended.exception, Reached) or ended.exit_code in {0, FAILED}, ended.stderr
