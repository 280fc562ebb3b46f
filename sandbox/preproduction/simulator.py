"""The simulator behind a Lambda function URL. What a test plays by the control API is not offered: the address is public."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from mangum import Mangum
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.preproduction.state import KeptState
from sandbox.providers.connective.app import create_app
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.state import State

Event = Mapping[str, Any]
_HIDDEN = "/_control"
_PATIENCE = 10.0  # seconds for the callbacks of a call: after the answer this process is frozen


def handler(event: Event, context: object) -> Any:  # noqa: ANN401 - an answer as Lambda takes it
    """An event of a function URL."""
    return _answers()(event, context)


def answering(state: State, user: str, password: str) -> Callable[[Event, Any], Any]:
    """The simulator over `state`, for one customer; its callbacks have gone out when it answers."""
    app = create_app(state=state, environments=[Environment(users={user: password})])
    answer, courier = Mangum(Public(app), lifespan="off"), app.state.simulator.courier

    def answered(event: Event, context: Any) -> Any:  # noqa: ANN401 - Lambda's context
        try:
            return answer(dict(event), context)
        finally:
            courier.settle(_PATIENCE)

    return answered


class Public:
    """An app without its control API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hidden = scope["type"] == "http" and scope["path"].startswith(_HIDDEN)
        await (PlainTextResponse("Not Found", 404) if hidden else self._app)(scope, receive, send)


@functools.cache
def _answers() -> Callable[[Event, Any], Any]:
    state = KeptState(
        boto3.client("dynamodb"), os.environ["SIMULATOR_TABLE"], boto3.client("s3"), os.environ["SIMULATOR_BUCKET"]
    )
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SIMULATOR_SECRET"])
    login = json.loads(secret["SecretString"])
    return answering(state, login["username"], login["password"])
