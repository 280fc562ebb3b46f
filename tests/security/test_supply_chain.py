"""What is locked is hashed, what looks like a secret is found, and what was not audited is never called clean."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tools import audit
from tools.audit import Audited, NotSearched, committed_secrets, verdict
from tools.evidence import security
from tools.evidence.pack import State
from tools.secrets import FORMS, form_of, looks_secret

ROOT = Path(__file__).parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())

# Put together here, so that the search over the history does not find this file. One of each form, by the form's name.
LIKE = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPL7",
    "AWS secret key": "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz",
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitLab token": "glpat-" + "a1B2" * 5,
    "PyPI token": "pypi-" + "AgEIcHlwaS5vcmc" + "a1B2" * 10,
    "npm token": "npm_" + "a1B2" * 9,
    "Slack token": "xoxb-" + "1234567890-" * 2,
    "Slack webhook": "https://hooks.slack.com/" + "services/T12345678/B12345678/" + "a1B2" * 6,
    "Atlassian token": "ATATT3" + "a1B2" * 15,
    "Google key": "AIza" + "a1B2c" * 7,
    "Stripe key": "sk_" + "live_" + "a1B2" * 6,
    "SendGrid key": "SG." + "a" * 22 + "." + "b" * 43,
    "Azure storage key": "AccountKey" + "=" + "a1" * 43 + "==",
    "signed JWT": "eyJ" + "a1B2" * 6 + ".eyJ" + "a1B2" * 6 + "." + "a1B2" * 10,
    "password in an address": "postgres://" + "admin:correct-horse" + "@db.example.com/x",
}


def test_every_locked_file_has_its_hash():
    bare = [
        f"{package['name']}: {file['url']}"
        for package in LOCK["package"]
        for file in [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        if not file.get("hash", "").startswith("sha256:")
    ]
    assert bare == []


def test_every_locked_package_comes_from_the_index_but_our_own():
    elsewhere = [package["name"] for package in LOCK["package"] if "registry" not in package["source"]]
    assert elsewhere == ["coupa-open-esign-connector"]


def test_nothing_is_younger_than_the_lock_allows():
    assert LOCK["options"]["exclude-newer"]


def test_what_is_deployed_stays_small():
    """Each of them is code that runs beside contracts: 20 at most on the way of a REST call."""
    by_name = {package["name"]: package for package in LOCK["package"]}
    found, waiting = set[str](), ["coupa-open-esign-connector"]
    while waiting:
        for dependency in by_name[waiting.pop()].get("dependencies", ()):
            if dependency["name"] not in found:
                found.add(dependency["name"])
                waiting.append(dependency["name"])
    assert 0 < len(found) <= 20, sorted(found)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_each_form_of_a_secret_is_found_and_a_marked_example_is_not(form):
    assert form_of(f"+KEY = '{LIKE[form.name]}'") == form.name
    assert not looks_secret(f"+KEY = '{LIKE[form.name]}'  # EXAMPLE")


@pytest.mark.parametrize(
    "line",
    [
        '+CREDENTIALS = {"username": "api", "password": "secret"}',
        '+    url = "http://127.0.0.1@example.com:8443/contract.pdf"',
        '+    "https://user:pass@files.coupahost.com/",',
        "+sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        '+  "name": "akiaiosfodnn7", "arn": "arn:aws:lambda:eu-central-1:123456789012:function:x"',
    ],
)
def test_what_is_no_secret_is_left_alone(line):
    assert not looks_secret(line)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Audited((), ("httpx",), 11), "NOT AUDITED"),
        (Audited((), (), 0), "NOT AUDITED"),
        (Audited((), (), 12), "audited: 12 dependencies, 0 known"),
        (Audited(("lxml 1: CVE-1",), (), 12), "1 known"),
        (Audited(("lxml 1: CVE-1",), ("httpx",), 11), "NOT AUDITED"),
    ],
)
def test_what_was_not_audited_is_never_called_clean(found, words):
    assert words in verdict(found)
    assert found.whole is not verdict(found).startswith("NOT")


# ---------------------------------------------------------------------------------------------------------- the history


def git(folder, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def leaky(tmp_path):
    """A repository where a key was committed and taken out again, in a line that looks like a file's name beside it."""
    git(tmp_path, "init", "-q")
    (tmp_path / "settings.ini").write_text(f"++ b/elsewhere\nkey = {LIKE['AWS access key']}\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "Add")
    git(tmp_path, "rm", "-q", "settings.ini")
    git(tmp_path, "commit", "-q", "-m", "Remove")
    return tmp_path


def test_a_committed_secret_is_told_by_commit_file_and_form_and_never_itself(leaky):
    first = git(leaky, "rev-list", "--all").splitlines()[-1]
    assert committed_secrets(leaky) == [f"{first[:12]} settings.ini: AWS access key"]


def test_a_history_that_cannot_be_searched_is_no_clean_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(NotSearched, match="not a git repository"):
        committed_secrets(tmp_path)

    def unsearched():
        return committed_secrets(tmp_path)

    monkeypatch.setattr(audit, "audit", lambda: Audited((), (), 12))
    monkeypatch.setattr(audit, "committed_secrets", unsearched)
    assert audit.main() == 1
    assert "NOT SEARCHED" in capsys.readouterr().err
    monkeypatch.setattr(security, "committed_secrets", unsearched)
    assert security.secrets().state is State.FAILED
