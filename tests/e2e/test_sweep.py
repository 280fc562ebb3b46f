"""What no callback tells is found by the sweep, whoever lost it: stage `local` lives a minute in a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.coupa.client import CoupaClient
from sandbox.world import World
from tests.e2e.drafts import SIGNER, a_ready_draft, a_sent_package, eventually, status

ACTS: dict[str, tuple[str, Callable[[World, Any], None]]] = {
    "a signature": ("COMPLETE", lambda world, reference: world.side.sign(reference, SIGNER["email"])),
    "a refusal": ("DECLINED", lambda world, reference: world.side.decline(reference, SIGNER["email"], "No.")),
    "an expiry": ("EXPIRED", lambda world, reference: world.side.expire(reference)),
}


@pytest.fixture
def deaf(world: World) -> Iterator[World]:
    """The provider's callbacks never arrive."""
    world.side.lose_callbacks(lose=True)
    yield world
    world.side.lose_callbacks(lose=False)


@pytest.mark.parametrize(("wanted", "act"), ACTS.values(), ids=ACTS.keys())
def test_the_sweep_finds_what_a_lost_callback_did_not_tell(
    deaf: World, coupa: CoupaClient, wanted: str, act: Callable[[World, Any], None]
) -> None:
    coupa.configure_callback({"url": deaf.receiver.url})
    package = a_sent_package(coupa)
    act(deaf, coupa.get_package(package).json["provider"]["reference"])
    deaf.receiver.wait_for(package, f"package.{wanted.lower().replace('complete', 'completed')}", timeout=120)
    assert status(coupa, package) == wanted
    assert "CALLBACK" not in {line["kind"] for line in coupa.list_events(package).json["events"]}


def test_the_sweep_takes_up_a_submission_whose_reply_was_lost(deaf: World, coupa: CoupaClient) -> None:
    package = a_ready_draft(coupa)
    deaf.side.lose_next_reply_of_send()
    coupa.send_package(package)
    assert eventually(lambda: status(coupa, package) == "IN_PROCESS"), coupa.list_events(package).json
    assert deaf.side.envelopes(package) == 1
