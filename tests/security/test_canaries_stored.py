"""The main job once more with everything as it is deployed, on moto: what the stores' adapters say of it themselves."""

from __future__ import annotations

from tests.security.deployed import on_aws
from tests.security.job import a_job, leaks

DEPLOYED = on_aws


def test_a_signed_contract_leaves_no_trace_of_its_people_where_it_is_stored(connector):
    with a_job(connector, "connective") as job:
        package = job.signed()
        assert job.status(package) == "COMPLETE"
    assert leaks(connector) == []
    assert {where for where, _ in connector.told} >= {"input of SendMessage", "answer of complete_package"}
