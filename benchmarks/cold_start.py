"""Cold start: from the spawn of AWS's runtime interface client to its first `/next`, and to the first answered event.

Each function runs from built layers with .pyc, as deployed, beside the reference handler, since a machine's mood changes
by the minute: the figure that judges is the median of the ratios to the reference that started just before. AWS, the
provider and Coupa are replayed without latency; the reference answers one trivial event.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from benchmarks.apps import ACCOUNT, REGION, aws_variables, make_resources, on_aws, simulated_signers
from benchmarks.cases import CASES, Case
from benchmarks.coupa_events import Event
from benchmarks.desk import Desk
from benchmarks.replay import Stub, Tape
from infra.functions import ALL, FUNCTIONS
from infra.layer_build import build_layer
from infra.stages import HOST
from sandbox.cloud.aws import Aws
from sandbox.cloud.corrections import atomic_stores, transactions
from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.api import Request, RuntimeApi
from sandbox.cloud.runtime.function import Function
from sandbox.cloud.runtime.paths import command, link_shipped_packages, search_path
from sandbox.coupa.receiver import Receiver
from sandbox.coupa.sample import sample_contract
from sandbox.providers.connective.server import ConnectiveSimulator

ROUNDS = 10
BESIDE = 4  # functions that share the start of the reference just before them: a few seconds apart
PROVIDER_LIMIT, LIMIT = 1.3, 1.1
REFERENCE = Path(__file__).parent / "reference_handler"


@dataclass(frozen=True, slots=True)
class Start:
    """Milliseconds from the spawn; `cpu` is what the process used in all, whatever else ran beside it."""

    init: float
    first_answer: float
    cpu: float


Pair = tuple[Start, Start]  # a function's, and that of the reference beside it


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Medians in milliseconds, and medians of the ratios to the reference beside it."""

    name: str
    limit: float
    init: float
    init_ratio: float
    first_answer: float
    first_answer_ratio: float
    cpu: float
    cpu_ratio: float

    @property
    def ok(self) -> bool:
        return self.init_ratio <= self.limit


class ColdStartFailed(RuntimeError):
    """A function did not answer as it did when it was recorded."""


def measure_cold(rounds: int = ROUNDS, *, only: Sequence[str] = ()) -> list[ColdStart]:
    """The reference is the first line; `only` names cases (all)."""
    cases = [case for case in CASES if case.first and (not only or case.name in only)]
    pairs: dict[str, list[Pair]] = {case.name: [] for case in cases}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cold-start-")))
        bench = Bench(folder, stack.enter_context(Stub()))
        tapes = _record(bench, cases)
        for _ in range(rounds):
            for beside in range(0, len(cases), BESIDE):
                reference = bench.start_reference()
                for case in cases[beside : beside + BESIDE]:
                    pairs[case.name].append((bench.start(case, *tapes[case.name]), reference))
    limits = {case.name: PROVIDER_LIMIT if case.calls_provider else LIMIT for case in cases}
    return [_reference(pairs), *(_line(name, limits[name], found) for name, found in pairs.items())]


class Bench:
    """Functions and their layers as folders, and the stub that all of them talk to."""

    def __init__(self, folder: Path, stub: Stub) -> None:
        self.stub = stub
        self.variables: Mapping[str, str] = {}
        built = {name: build_layer(name, HOST).path for name in {name for row in ALL for name in row.layers}}
        self._layers = {row.folder: tuple(built[name] for name in row.layers) for row in ALL}
        self._layers[""] = (built["dependencies"], built["shared"])
        self._shipped = link_shipped_packages(folder / "shipped")
        self._code = {"": _deployed(REFERENCE, folder / "reference")}
        self._code |= {row.folder: _deployed(FUNCTIONS / row.folder, folder / row.construct_id) for row in ALL}
        for _ in range(2):  # the packages that the runtime ships get their .pyc now
            self._spawn("", {}, PYTHONDONTWRITEBYTECODE="")

    def start_reference(self) -> Start:
        return self._spawn("", {})[0]

    def start(self, case: Case, event: Event, tape: Tape) -> Start:
        self.stub.play(tape)
        start, answer = self._spawn(case.folder, event, **self.variables)
        self.stub.stop()
        if self.stub.strayed or not _welcome(answer):
            raise ColdStartFailed(f"{case.name}: {self.stub.strayed or answer[:500]!r}")
        return start

    def record(self, case: Case, event: Event) -> Tape:
        self.stub.record()
        _, answer = self._spawn(case.folder, event, **self.variables)
        if not _welcome(answer):
            raise ColdStartFailed(f"{case.name}: {answer[:500]!r}")
        return self.stub.recorded()

    def _spawn(self, folder: str, event: Event, **variables: str) -> tuple[Start, bytes]:
        function = Function(
            name=folder or "reference",
            arn="arn:aws:lambda:eu-central-1:123456789012:function:benchmark",
            handler="handler.handler",
            code=self._code[folder],
            layers=self._layers[folder],
        )
        api = RuntimeApi()
        environment = _runtime_variables(function, api.address, self._shipped) | variables
        began = time.perf_counter()
        process = subprocess.Popen(
            command(function), cwd=function.code, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        try:
            api.ready.wait(60)
            ready = time.perf_counter()
            api.ready.clear()
            deadline = int((time.time() + 29) * 1000)
            api.requests.put(Request("benchmark", json.dumps(event).encode(), deadline, function.arn))
            answer = api.answers.get(timeout=60)
            answered = time.perf_counter()
            api.ready.wait(60)  # it asks for more: nothing is on its way when it is killed
        finally:
            process.kill()
            _, process.returncode, used = os.wait4(process.pid, 0)
            api.close()
        if answer.kind != "response":
            raise ColdStartFailed(f"{folder or 'reference'}: {answer.body[:500]!r}")
        cpu = used.ru_utime + used.ru_stime
        return Start((ready - began) * 1000, (answered - began) * 1000, cpu * 1000), answer.body


def _deployed(source: Path, there: Path) -> Path:
    """The function as its asset holds it: without .pyc, which AWS would not keep either."""
    return Path(shutil.copytree(source, there, ignore=shutil.ignore_patterns("__pycache__")))


def _runtime_variables(function: Function, api: str, shipped: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AWS_LAMBDA_RUNTIME_API": api,
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(function.code),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": search_path(function, shipped=shipped),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _record(bench: Bench, cases: list[Case]) -> dict[str, tuple[Event, Tape]]:
    """Each case once against moto and the simulator: its event, and what was answered."""
    told = {}
    with _world(bench) as desk:
        for case in cases:
            event = case.event(desk)
            told[case.name] = event, bench.record(case, event)
    return told


@contextmanager
def _world(bench: Bench) -> Iterator[Desk]:
    """Behind the stub, whose address is the only one that the functions know."""
    with ExitStack() as stack:
        patches = stack.enter_context(Patches())
        atomic_stores.correct(patches)
        transactions.correct(patches)
        aws = stack.enter_context(Aws(port=0, region=REGION))
        stack.enter_context(aws_variables(aws.endpoint))
        simulator = stack.enter_context(ConnectiveSimulator())
        simulator.control.configure(callbacks={"drop": True})
        receiver = stack.enter_context(Receiver())
        stub = bench.stub
        stub.routes = {"": aws.endpoint, "/webportalapi": simulator.url, "/hook": receiver.url}
        made = make_resources()
        bench.variables = made | {"AWS_ENDPOINT_URL": stub.url}
        app = on_aws(made, provider_url=stub.url, callback_url=f"{stub.url}/hook")
        yield Desk(app, ACCOUNT, simulated_signers(simulator.control), contract=sample_contract())


def _welcome(answer: bytes) -> bool:
    told = json.loads(answer or b"null")
    return not isinstance(told, dict) or (int(told.get("statusCode", 200)) < 400 and not told.get("batchItemFailures"))


def _reference(pairs: Mapping[str, list[Pair]]) -> ColdStart:
    return _line("reference", 1.0, [(reference, reference) for pair in pairs.values() for _, reference in pair])


def _line(name: str, limit: float, pairs: Sequence[Pair]) -> ColdStart:
    def median(figure: Callable[[Start], float]) -> float:
        return statistics.median(figure(own) for own, _ in pairs)

    def ratio(figure: Callable[[Start], float]) -> float:
        return statistics.median(figure(own) / figure(reference) for own, reference in pairs)

    init, first, cpu = attrgetter("init"), attrgetter("first_answer"), attrgetter("cpu")
    return ColdStart(name, limit, median(init), ratio(init), median(first), ratio(first), median(cpu), ratio(cpu))
