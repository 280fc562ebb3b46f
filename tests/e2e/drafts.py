"""What end-to-end tests start from: packages in the states that they need, made as Coupa makes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sandbox.coupa.client import Answer, CoupaClient, inline
from sandbox.coupa.sample import sample_contract
from sandbox.world import World

PATIENCE = 120.0  # seconds; a busy machine needs several for a function's first call
SIGNER = {"fullName": "Anna Berg", "email": "anna.berg@example.com"}


def eventually(ask: Callable[[], Any]) -> Any:
    """The first truthy answer, or the last one."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.2)
    return answer


def done(answer: Answer) -> Answer:
    """The same answer, which must be a success."""
    assert answer.ok, (answer.operation, answer.status, answer.json)
    return answer


def a_draft(coupa: CoupaClient, **more: Any) -> str:
    return str(done(coupa.create_package({"name": "Supply agreement", **more})).json["id"])


def a_ready_draft(coupa: CoupaClient, **more: Any) -> str:
    """With the sample contract and one signer."""
    package = a_draft(coupa, **more)
    done(coupa.add_documents(package, [inline("contract.pdf", sample_contract())]))
    done(coupa.add_recipients(package, [SIGNER]))
    return package


def a_sent_package(coupa: CoupaClient, **more: Any) -> str:
    package = a_ready_draft(coupa, **more)
    assert done(coupa.send_package(package)).json["status"] == "IN_PROCESS"
    return package


def sign(world: World, coupa: CoupaClient, package: str, email: str = SIGNER["email"]) -> None:
    world.side.sign(coupa.get_package(package).json["provider"]["reference"], email)


def status(coupa: CoupaClient, package: str) -> str:
    return str(done(coupa.get_package_summary(package)).json["status"])


def a_complete_package(world: World, coupa: CoupaClient, **more: Any) -> str:
    package = a_sent_package(coupa, **more)
    sign(world, coupa, package)
    assert eventually(lambda: status(coupa, package) == "COMPLETE"), coupa.list_events(package).json
    return package
