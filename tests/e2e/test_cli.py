"""`esign --stage local` against the running world, found by the file that `make sandbox` writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.session import Outside
from cli.target import find_stage
from esign.domain.ids import AccountId
from esign.http.deadline import Deadline
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from sandbox.coupa.client import CoupaClient
from sandbox.world import World
from tests.e2e.drafts import a_draft, a_sent_package

Esign = Callable[..., Any]


@pytest.fixture
def esign(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Esign:
    """Says words to the command and gives what it answers in JSON."""
    note = tmp_path / "sandbox.json"
    note.write_text(json.dumps(world.describe()))
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")  # as the command's own process would

    def open_app(stage: str, profile: str | None) -> App:
        settings = find_stage(stage, profile, environment={}, sandbox=note)
        return App(Settings(settings)).until(Deadline(120))

    def say(*words: object) -> Any:
        said = CliRunner().invoke(app, [*map(str, words), "--json", "--stage", "local"], obj=Outside(open_app))
        assert said.exit_code == 0, (said.output, said.exception)
        return json.loads(said.stdout)

    return say


def test_an_account_that_the_command_adds_works_at_once(world: World, esign: Esign, tmp_path: Path) -> None:
    for name, content in {"settings": world.side.settings, "credentials": world.side.credentials}.items():
        (tmp_path / name).write_text(json.dumps(content))
    files = ["--settings", tmp_path / "settings", "--credentials", tmp_path / "credentials"]
    added = esign("accounts", "add", "--provider", world.side.provider, "--name", "Acme", *files)
    account, secret = AccountId(added["account"]["id"]), added["secret"]
    assert account in {one["id"] for one in esign("accounts", "list")["accounts"]}
    assert esign("accounts", "verify", account)
    with CoupaClient(world.cloud.base_url("coupa"), account, secret, timeout=120) as coupa:
        assert coupa.verify_account().status == 200


def test_the_command_shows_what_coupa_made(world: World, esign: Esign) -> None:
    login = world.add_account()
    with world.coupa(login, timeout=120) as coupa:
        draft, sent = a_draft(coupa), a_sent_package(coupa)
    listed = {one["id"]: one["status"] for one in esign("packages", "list", login.account)["packages"]}
    assert listed == {draft: "DRAFT", sent: "IN_PROCESS"}
    assert esign("packages", "show", login.account, sent)["status"] == "IN_PROCESS"


def test_both_secrets_work_during_a_rotation_and_their_use_is_seen(world: World, esign: Esign) -> None:
    login = world.add_account()
    rotated = esign("accounts", "rotate", login.account)
    for secret in (login.secret, rotated["secret"]):
        with CoupaClient(world.cloud.base_url("coupa"), login.account, secret, timeout=120) as coupa:
            assert coupa.list_packages().status == 200
    new, old = esign("accounts", "show", login.account)["secrets"]
    assert {"lastUsedAt", "endsAt"} <= set(old)
    assert "lastUsedAt" in new
    assert "endsAt" not in new


def test_the_doctor_finds_a_sandbox_well_and_calls_nothing_green_that_is_not_there(world: World, esign: Esign) -> None:
    world.add_account()
    found = {one["check"]: one for one in esign("doctor")["checks"]}
    assert {name for name, one in found.items() if one["state"] == "skipped"} == {
        "credentials", "region", "bootstrap", "function quota", "gateway logs", "domain", "firewall", "backups",
        "schedules", "alarms", "throttles", "provider hosts",
    }  # fmt: skip
    assert not [one for one in found.values() if one["state"] == "fail"]
    assert found["stage"]["state"] == found["workflow"]["state"] == found["bell"]["state"] == "ok"
