"""AWS's API on this machine: moto's server in a thread, corrected, behind one port.

MOTO_PORT must equal the real port, since moto's Step Functions call its other services there. One per process: moto keeps
its state and its configuration in globals.
"""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from threading import Lock, Thread
from typing import ClassVar

import boto3
from botocore.config import Config
from moto.core.config import default_user_config
from moto.core.models import MockAWS
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.cloud.corrections.presigned import PresignedChecks
from sandbox.cloud.runtime.function import Json

_client: Json = boto3.client  # typed, it takes literals only

ACCESS_KEY = "local"
SECRET_KEY = "local"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Aws:
    """`with Aws(port=…, region=…) as aws:` serves until the end of the block and forgets everything then."""

    _one_at_a_time: ClassVar[Lock] = Lock()

    def __init__(self, *, port: int, region: str) -> None:
        self.port = port or free_port()
        self.region = region
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._clients: dict[str, Json] = {}
        self._clients_lock = Lock()
        self._ending = ExitStack()

    def __enter__(self) -> Aws:
        if MockAWS._nested_count:
            raise RuntimeError("mock_aws is active in this process: the local cloud cannot share moto's state with it")
        if not self._one_at_a_time.acquire(blocking=False):
            raise RuntimeError("a local cloud already runs in this process")
        self._ending.callback(self._one_at_a_time.release)
        self._configure()
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def client(self, service: str) -> Json:
        """A boto3 client at this endpoint, one per service."""
        with self._clients_lock:
            if service not in self._clients:
                self._clients[service] = _client(
                    service,
                    endpoint_url=self.endpoint,
                    region_name=self.region,
                    aws_access_key_id=ACCESS_KEY,
                    aws_secret_access_key=SECRET_KEY,
                    config=Config(retries={"total_max_attempts": 1}, read_timeout=960, max_pool_connections=50),
                )
            return self._clients[service]

    def variables(self) -> dict[str, str]:
        """The environment by which a program finds this endpoint: AWS's own variables."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _configure(self) -> None:
        previous = default_user_config["stepfunctions"], os.environ.get("MOTO_PORT")
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        os.environ["MOTO_PORT"] = str(self.port)
        self._ending.callback(_restore, *previous)
        self._ending.callback(moto_api_backend.reset)

    def _serve(self) -> None:
        app = PresignedChecks(DomainDispatcherApplication(create_backend_app), secret_key=SECRET_KEY)
        server: BaseWSGIServer = make_server("127.0.0.1", self.port, app, threaded=True, request_handler=_QuietHandler)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._ending.callback(server.server_close)
        self._ending.callback(server.shutdown)


def _restore(step_functions: Json, port: str | None) -> None:
    default_user_config["stepfunctions"] = step_functions
    if port is None:
        del os.environ["MOTO_PORT"]
    else:
        os.environ["MOTO_PORT"] = port


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Silence: a line per AWS call would drown everything."""
