"""LegalBus with REST proxy (§11): the insertion of §4.1, taken in charge; what became of it is said by SOAP later.

"The envelope insertion occurs via the same REST call"; where the proxy stands is [U]: here below its own path.
"""

from __future__ import annotations

import threading
import uuid
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.providers.gosign import intake
from sandbox.providers.gosign.errors import Refusal, legalbus_code
from sandbox.providers.gosign.rest_v1 import BASE as REST
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.telling import Post
from sandbox.providers.gosign.web import Call, Route, refuse_json

BASE = f"/legalbus{REST}"
PATIENCE = 0.2  # seconds between the reply and GoSign's own work


def routes(post: Post) -> tuple[Route, ...]:
    def insert(call: Call) -> Response:
        """The reply "is just the acknowledgement of the operation": code OK, message an ID; a 204 has neither."""
        body, receipt = call.object(), str(uuid.uuid4())
        # [I] a wrong customer code, too, is only found out by GoSign; then nobody knows whom to tell, so any is told.
        customers = call.simulator.customers
        customer = customers.get(str(body.get("customerCode"))) or next(iter(customers.values()))
        work = (post, call.simulator, customer, body, call.path["ext_id"], receipt)
        if customer.switches.operation_done == "before":
            _work(*work)
            post.courier.settle(5.0)
        else:
            threading.Timer(PATIENCE, _later, (call.simulator.life, *work)).start()
        if customer.switches.legalbus_status == 204:
            return Response(status_code=204)
        return JSONResponse({"code": "OK", "message": receipt})

    return (Route("legalbus", "InsertEnvelope", "PUT", f"{BASE}/envelopes/{{ext_id}}", insert, refuse_json),)


def _later(life: object, post: Post, simulator: Simulator, *work: Any) -> None:  # noqa: ANN401 - as for _work
    if simulator.life is life:
        _work(post, simulator, *work)


def _work(
    post: Post, simulator: Simulator, customer: Customer, body: dict[str, Any], ext_id: str, receipt: str
) -> None:
    code, message = "OK", "Successfull"
    try:
        intake.insert(simulator, simulator.customer(body.get("customerCode")), "rest", body, path_id=ext_id)
    except Refusal as refusal:
        code, message = legalbus_code(refusal.code), refusal.message
    entry = {"envelope": ext_id, "receipt": receipt, "code": code}
    simulator.record("operations", entry)
    times = {"never": 0, "twice": 2}.get(customer.switches.operation_done, 1)
    for _ in range(times):
        post.operation_done(customer, receipt, ext_id, code, message)
