"""One boto3 client per service for all tasks of state machines: moto builds a new one for each task, which takes 10 ms."""

from __future__ import annotations

from functools import cache
from threading import Lock
from types import SimpleNamespace

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    lock = Lock()

    @cache
    def build(service: str, region: str, endpoint: str | None) -> Json:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(
                parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=960, max_pool_connections=50
            ),
        )

    def client(*, service_name: str, region_name: str, endpoint_url: str | None = None, **_: Json) -> Json:
        with lock:  # the default session is not safe between threads
            return build(service_name, region_name, endpoint_url and endpoint_url.replace("localhost", "127.0.0.1"))

    patches.replace(boto_client, "boto3", lambda _original: SimpleNamespace(client=client))
