"""How the local Lambda runtime shares its environments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.cloud.runtime import Function, Runtime

CODE = """
import os, time

def handler(event, context):
    time.sleep(event.get("sleep", 0))
    return {"pid": os.getpid(), "scratch": os.environ["TMPDIR"]}

def quits_afterwards(event, context):
    import threading
    threading.Timer(0.5, os._exit, [0]).start()
    return os.getpid()
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(CODE)
    return tmp_path


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    runtime = Runtime(variables={"PATH": "/usr/bin:/bin"}, most=3, patience=0.05)
    yield runtime
    runtime.close()


def add(
    runtime: Runtime, code: Path, *names: str, concurrency: int | None = None, handler: str = "code.handler"
) -> None:
    for name in names:
        runtime.add(
            Function(name=name, arn=f"arn:{name}", handler=handler, code=code, timeout=10, concurrency=concurrency)
        )


def test_calls_one_after_another_share_one_environment(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "f")
    assert len({runtime.invoke("f", b"{}").payload["pid"] for _ in range(5)}) == 1


def test_a_second_environment_starts_only_under_load_and_never_a_third(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "f")
    with ThreadPoolExecutor(6) as threads:
        pids = {one.payload["pid"] for one in threads.map(lambda _: runtime.invoke("f", b'{"sleep": 0.2}'), range(6))}
    assert len(pids) == 2
    assert runtime.alive() == ["f", "f"]


def test_reserved_concurrency_is_kept(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "f", concurrency=1)
    with ThreadPoolExecutor(4) as threads:
        pids = {one.payload["pid"] for one in threads.map(lambda _: runtime.invoke("f", b'{"sleep": 0.1}'), range(4))}
    assert len(pids) == 1


def test_the_environment_longest_unused_makes_room(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "a", "b", "c", "d")
    for name in "abcad":
        runtime.invoke(name, b"{}")
    assert sorted(runtime.alive()) == ["a", "c", "d"]


def test_an_environment_that_ended_between_two_events_is_replaced(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "f", handler="code.quits_afterwards")
    first = runtime.invoke("f", b"{}")
    deadline = time.monotonic() + 10
    while _lives(first.payload) and time.monotonic() < deadline:
        time.sleep(0.02)
    second = runtime.invoke("f", b"{}")
    assert (second.error, second.payload == first.payload) == (None, False)


def test_nothing_outlives_the_runtime(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "a", "b")
    found = [runtime.invoke(name, b"{}").payload for name in "ab"]
    runtime.close()
    assert not any(_lives(one["pid"]) for one in found)
    assert not any(Path(one["scratch"]).exists() for one in found)
    with pytest.raises(RuntimeError):
        runtime.invoke("a", b"{}")


def test_an_event_above_six_megabytes_never_reaches_the_function(runtime: Runtime, code: Path) -> None:
    add(runtime, code, "f")
    invocation = runtime.invoke("f", b'"' + b"x" * 6_291_456 + b'"')
    assert invocation.payload["errorType"] == "RequestTooLargeException"
    assert runtime.alive() == []


def _lives(pid: int) -> bool:
    """Whether the process is there still; also while it has ended and the runtime has not waited for it yet."""
    return Path(f"/proc/{pid}").exists()
