"""Stage records, the table of functions, and when the local stage is written anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from esign.coupa.routes import ROUTES
from esign.domain.timing import Timing
from infra.functions import ALL, PUBLIC, HandlerMissing, check_handlers
from infra.stages import STAGES, UnknownStage, stage
from infra.stubs import with_stubs
from sandbox.assembly import fingerprint


def test_an_unknown_stage_is_told_which_there_are() -> None:
    with pytest.raises(UnknownStage, match="dev, local"):
        stage("production")


def test_a_deployed_stage_runs_on_the_plan_of_the_design() -> None:
    assert stage("dev").timing == Timing()
    assert stage("dev").target.architecture == "arm64"
    assert stage("dev").target.python == "3.13"


def test_only_the_local_stage_may_call_loopback_addresses() -> None:
    assert [found.name for found in STAGES.values() if found.allow_loopback_http] == ["local"]


def test_every_operation_of_the_route_table_is_a_function() -> None:
    folders = [row.folder for row in ALL]
    assert len(set(folders)) == len(folders)
    assert {f"coupa/{route.operation}" for route in ROUTES} == {name for name in folders if name.startswith("coupa/")}
    assert set(PUBLIC) <= set(folders)


def test_rows_without_a_handler_are_all_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(HandlerMissing) as caught:
        check_handlers(tmp_path)
    assert all(f"{row.folder}/handler.py" in str(caught.value) for row in ALL)


def test_stubs_stand_in_for_missing_handlers_only(tmp_path: Path) -> None:
    written = tmp_path / "functions" / "authorizer" / "handler.py"
    written.parent.mkdir(parents=True)
    written.write_text("handler = print\n")
    root = with_stubs(tmp_path / "functions", into=tmp_path / "all")
    check_handlers(root)
    assert (root / "authorizer" / "handler.py").read_text() == "handler = print\n"


def _tree(root: Path) -> Path:
    for name in ("app.py", "cdk.json", "uv.lock", "infra/stages.py", "functions/a/handler.py", "layers/shared/x.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize("changed", ["uv.lock", "infra/stages.py", "functions/a/handler.py", "layers/shared/x.py"])
def test_the_local_stage_is_written_anew_when_a_source_changes(tmp_path: Path, changed: str) -> None:
    before = fingerprint(_tree(tmp_path))
    (tmp_path / changed).write_text("other")
    assert fingerprint(tmp_path) != before


def test_the_local_stage_is_written_anew_when_a_function_joins(tmp_path: Path) -> None:
    before = fingerprint(_tree(tmp_path))
    (tmp_path / "functions" / "handler.py").write_text("")
    assert fingerprint(tmp_path) != before


def test_the_local_stage_stays_when_only_python_has_cached_something(tmp_path: Path) -> None:
    before = fingerprint(_tree(tmp_path))
    cache = tmp_path / "infra" / "__pycache__"
    cache.mkdir()
    (cache / "stages.cpython-311.pyc").write_bytes(b"x")
    (tmp_path / "README.md").write_text("x")
    assert fingerprint(tmp_path) == before
