"""The canary that watches a stage, on the local cloud: green while all is well, red with the step that failed."""

from __future__ import annotations

import json

import pytest

from sandbox.canary.contract import Canary, CanaryFailed
from sandbox.preproduction import canary
from sandbox.preproduction.simulator import answering
from sandbox.preproduction.state import KeptState
from sandbox.providers.serving import Served
from sandbox.world import World
from tests.fakes.function_url import Answers, FunctionUrlApp, make_state


def test_the_canary_gets_a_contract_signed_from_end_to_end(world: World) -> None:
    with world.coupa(world.add_account("Canary")) as coupa:
        done = Canary(coupa, patience=60, every=0.2).run()
        assert coupa.get_package_summary(done.package).json["status"] == "COMPLETE"
        assert done.seconds > 0


def test_the_canary_is_red_when_the_provider_is_down(world: World) -> None:
    with world.coupa(world.add_account("Canary without a provider")) as coupa:
        world.side.go_down()
        try:
            with pytest.raises(CanaryFailed) as failed:
                Canary(coupa, patience=5, every=0.2).run()
        finally:
            world.side.come_back()
    assert (failed.value.step, failed.value.why) == ("sendPackage", "answered 503 provider_unavailable")


def test_the_canary_is_red_when_nobody_signs(world: World) -> None:
    with world.coupa(world.add_account("Canary without a signer")) as coupa, pytest.raises(CanaryFailed) as failed:
        Canary(coupa, patience=1, every=0.2, person=lambda _url: None).run()
    assert failed.value.step == "complete"
    assert "IN_PROCESS" in failed.value.why


def test_the_functions_of_a_stage_s_canary_work_together_with_the_connector(world: World) -> None:
    """The canary's Lambda, and the simulator's behind its address, whose every call finds another environment."""
    dynamodb, s3 = world.cloud.client("dynamodb"), world.cloud.client("s3")
    make_state(dynamodb, s3, name="simulator-of-the-canary")

    def fresh() -> Answers:
        state = KeptState(dynamodb, "simulator-of-the-canary", s3, "simulator-of-the-canary")
        return answering(state, "api", "secret")

    with Served(FunctionUrlApp(fresh)) as simulator:
        settings = {**world.side.settings, "baseUrl": simulator.url}
        login = world.add_account("Canary of a stage", settings=settings)
        told = json.dumps({"account": login.account, "secret": login.secret})
        done = canary.run(lambda: told, world.cloud.base_url("coupa"), patience=90, every=0.5)
    assert done["signed"], done
