"""One execution environment: a process in which AWS's runtime interface client serves one function, one event at a time.

Time-outs are counted after init, as on AWS. Whoever shares environments between callers is in pool.py.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty
from threading import Thread

from sandbox.cloud.runtime.api import Answer, Request, RuntimeApi
from sandbox.cloud.runtime.function import LARGEST_ANSWER, Function, Invocation, failure
from sandbox.cloud.runtime.output import Output
from sandbox.cloud.runtime.paths import command, search_path

# AWS gives an init 10 s; a laptop that starts ten at once gets more.
LONGEST_INIT = 60.0


class Environment:
    def __init__(
        self, function: Function, *, shipped: Path, variables: Mapping[str, str], write_log: Callable[[str], None]
    ) -> None:
        self.function = function
        self.dead = False
        self.last_used = time.monotonic()
        self._api = RuntimeApi()
        self._scratch = Path(tempfile.mkdtemp(prefix=f"lambda-{function.name[:40]}-"))
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            command(function),
            cwd=function.code,
            env={**variables, **self._own_variables(shipped), **function.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the cloud, which ends it properly
        )
        assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
        self._output = Output(self._process.stdout.fileno(), write_log)
        self._watcher = Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def invoke(self, body: bytes) -> Invocation:
        """Give the function one event. After a time-out, an exit or a failed init the environment is dead."""
        broken = self._await_init()
        started = time.monotonic()
        result, error = broken or self._exchange(body)
        self.last_used = time.monotonic()
        if self.dead:
            self.close()
        return Invocation(result, error, self._output.take(), (self.last_used - started) * 1000)

    @property
    def exited(self) -> bool:
        """The process ended between two events: nobody may be given this environment."""
        return self._output.ended()

    def close(self) -> None:
        self.dead = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._watcher.join(timeout=1)
        self._api.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _own_variables(self, shipped: Path) -> dict[str, str]:
        function = self.function
        return {
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(function.code),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[$LATEST]{uuid.uuid4().hex}",
            "PYTHONPATH": search_path(function, shipped=shipped),
            "PYTHONDONTWRITEBYTECODE": "1",  # code and layers are read-only on AWS
            "TMPDIR": str(self._scratch),
        }

    def _await_init(self) -> tuple[bytes, str] | None:
        """Wait until the function asks for work; None when it does, else its failure."""
        deadline = time.monotonic() + LONGEST_INIT
        while not self._api.ready.wait(timeout=0.005):
            with contextlib.suppress(Empty):
                return self._failed(self._api.answers.get_nowait())
            if time.monotonic() > deadline:
                return self._failed(None)
        return None

    def _exchange(self, body: bytes) -> tuple[bytes, str | None]:
        request_id = str(uuid.uuid4())
        deadline_ms = int((time.time() + self.function.timeout) * 1000)
        self._api.requests.put(Request(request_id, body, deadline_ms, self.function.arn))
        try:
            answer = self._api.answers.get(timeout=self.function.timeout)
        except Empty:
            return self._failed(None, request_id)
        if answer.kind != "response":
            return self._failed(answer, request_id)
        if len(answer.body) > LARGEST_ANSWER:
            message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."
            return failure("Function.ResponseSizeTooLarge", message), "Unhandled"
        return answer.body, None

    def _failed(self, answer: Answer | None, request_id: str = "init") -> tuple[bytes, str]:
        """AWS's payload for a failure; `None` stands for a time-out. Only after a plain exception does it live on."""
        if answer is not None and answer.kind == "error":
            return answer.body, "Unhandled"
        self.dead = True
        if answer is None:
            message = f"RequestId: {request_id} Error: Task timed out after {self.function.timeout:.2f} seconds"
            return failure("Sandbox.Timedout", message), "Unhandled"
        if answer.kind == "init_error":
            return answer.body, "Unhandled"
        message = f"RequestId: {request_id} Error: Runtime exited with error: exit status {answer.body.decode()}"
        return failure("Runtime.ExitError", message), "Unhandled"

    def _watch(self) -> None:
        self._output.pump()
        self._api.answers.put(Answer("exited", str(self._process.wait()).encode()))
