"""Every event under events/, once through its function as deployed; and every function has its events.

What Coupa's events are answered with is the table of tests/unit/test_coupa_events.py: the same, whether in memory or here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from esign.domain.account import AccountSecret
from esign.domain.ids import AccountId, PackageId
from infra.functions import ALL
from sandbox.cloud.runtime import Invocation
from sandbox.coupa.client import CoupaClient
from sandbox.world import Login, World
from tests.e2e.drafts import a_complete_package, a_ready_draft, a_sent_package, done
from tests.unit import test_coupa_events as in_memory

EVENTS = Path(__file__).parents[2] / "events"
ACCOUNT, SECRET = AccountId("acme"), "example-only-secret"  # the events' own
TOKENS = {  # of the events
    "connective": "k1.a67qbby60HbAQqBPSnrNOxj-0EO6Wp9X",
    "esigntools": "k1.XajhzKNLHtbJ5wdqfhJE2TiA6H4oRgwQ",
}
NAMES = sorted(str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json"))

NEXT = {"again", "collect", "submit", "complete", "done"}
Check = Callable[[Invocation], bool]


def answers(status: int) -> Check:
    return lambda told: told.payload["statusCode"] == status


def fails(kind: str, message: str = "") -> Check:
    return lambda told: (
        bool(told.error) and told.payload["errorType"] == kind and message in told.payload["errorMessage"]
    )


def steps(*allowed: str) -> Check:
    return lambda told: told.payload["next"] in (allowed or NEXT)


def leaves(*failed: str) -> Check:
    return lambda told: [item["itemIdentifier"] for item in told.payload["batchItemFailures"]] == list(failed)


def nothing(told: Invocation) -> bool:
    return told.error is None and told.payload == {}


UNAUTHORIZED = fails("Exception", "Unauthorized")

# function/case -> the package's state before, and whether the answer is right
CASES: dict[str, tuple[str, Check]] = {
    f"coupa/{case}": (prepare.__name__, answers(status)) for case, (prepare, status, _) in in_memory.CASES.items()
} | {
    "coupa/add_documents/source_url": ("draft", answers(422)),  # a host that this account does not allow
    "authorizer/known": ("none", lambda told: told.payload["principalId"] == ACCOUNT),
    "authorizer/not_basic": ("none", UNAUTHORIZED),
    "authorizer/unknown_account": ("none", UNAUTHORIZED),
    "authorizer/without_colon": ("none", UNAUTHORIZED),
    "authorizer/without_header": ("none", UNAUTHORIZED),
    "authorizer/wrong_secret": ("none", UNAUTHORIZED),
    "callbacks/connective/bad_token": ("sent", answers(404)),
    "callbacks/connective/changed": ("sent", answers(200)),
    "callbacks/connective/changed_by_get": ("sent", answers(200)),
    "callbacks/connective/changed_with_garbage": ("sent", answers(200)),
    "callbacks/connective/changed_with_package_id": ("sent", answers(200)),
    "callbacks/connective/link_requested": ("sent", answers(200)),
    # Their token is this stage's no more, and the events' account is another vendor's: see tests/unit for the answers.
    "callbacks/contract_signatures/bad_token": ("none", answers(404)),
    "callbacks/contract_signatures/completion": ("none", answers(404)),
    "callbacks/contract_signatures/creation": ("none", answers(404)),
    "callbacks/contract_signatures/garbage": ("none", answers(404)),
    "callbacks/contract_signatures/signature": ("none", answers(404)),
    "callbacks/contract_signatures/somebody_elses_contract": ("none", answers(404)),
    "callbacks/contract_signatures/unknown_kind": ("none", answers(404)),
    **{
        f"callbacks/gosign_{door}/{case}": ("none", answers(404))
        for door, cases in {
            "rest": (
                "bad_token ended_with_documents extended_format garbage may_work may_work_for_another ping rejected "
                "step_closed"
            ),
            "soap": "bad_token description garbage may_work operation_done step_closed",
        }.items()
        for case in cases.split()
    },
    "callbacks/esigntools/bad_token": ("sent", answers(404)),
    "callbacks/esigntools/esigned": ("sent", answers(200)),
    "callbacks/esigntools/esigned_by_post": ("sent", answers(200)),
    "callbacks/esigntools/out_for_signature": ("sent", answers(200)),
    "callbacks/esigntools/rejected": ("sent", answers(200)),
    "callbacks/esigntools/unknown_type": ("sent", answers(200)),
    "callbacks/esigntools/without_query": ("sent", answers(200)),
    "workflow/submit_package/asked_for": ("sent", steps("done")),
    "workflow/submit_package/left_in_the_middle": ("sent", steps("done")),
    "workflow/sync_package/first_round": ("sent", steps("done", "again")),
    "workflow/sync_package/link_requested": ("sent", steps("done", "again")),
    "workflow/sync_package/unknown_package": ("none", steps("done")),
    "workflow/collect_evidence/signed": ("complete", steps("done")),
    "workflow/inspect_signatures/collected": ("complete", steps("done")),
    "workflow/complete_package/collected": ("complete", steps("done")),
    "workflow/apply_retention/ended": ("complete", nothing),
    "workflow/apply_retention/unknown_package": ("none", nothing),
    "workflow/find_due/every_minute": ("none", lambda told: told.payload.keys() == {"started", "more"}),
    "workflow/take_stock/every_hour": ("none", lambda told: told.payload.keys() == {"stuck"}),
    "workflow/deliver_notifications/one_bell": ("sent", leaves()),
    "workflow/deliver_notifications/unknown_package": ("none", leaves()),
    "workflow/deliver_notifications/one_of_two_fails": ("sent", leaves("059f36b4-87a3-44ab-83d2-661975830a7e")),
}
CASES |= {
    name: ("none", answers(404) if name.startswith("coupa/") else fails("NotFound"))
    for name in NAMES
    if name.endswith("/unknown_package") and name not in CASES
}


@dataclass
class Desk:
    """The events' account in the running world, and its packages."""

    world: World
    coupa: CoupaClient
    complete: str

    def package(self, state: str) -> str:
        match state:
            case "draft":
                return a_ready_draft(self.coupa)
            case "with_callback":
                package = a_ready_draft(self.coupa)
                done(self.coupa.configure_callback({"url": "https://coupa.invalid/hook"}, package_id=package))
                return package
            case "sent":
                return a_sent_package(self.coupa)
            case "complete":
                return self.complete
        return in_memory.PLACEHOLDER

    def event(self, name: str, package: str) -> dict[str, Any]:
        """The event, of that package, with a callback token of this stage, and no address outside this machine."""
        text = (EVENTS / f"{name}.json").read_text().replace(in_memory.PLACEHOLDER, package)
        for vendor, token in TOKENS.items():
            url, _ = self.world.app.addresses.package_url(vendor, ACCOUNT, PackageId(package))
            text = text.replace(token, url.rpartition("/")[2])
        text = text.replace("acme.coupahost.com", "coupa.invalid")
        return dict(json.loads(text))


@pytest.fixture(scope="module")
def desk(world: World) -> Iterator[Desk]:
    secret = AccountSecret(hashlib.sha256(SECRET.encode()).hexdigest(), datetime.now(UTC))
    world.add_account("Acme", id=ACCOUNT, secrets=(secret,), calls_per_minute=100_000)
    with world.coupa(Login(ACCOUNT, SECRET), timeout=120) as coupa:
        yield Desk(world, coupa, a_complete_package(world, coupa))


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_answered_as_documented_by_the_deployed_function(desk: Desk, name: str) -> None:
    state, right = CASES[name]
    function = desk.world.function(name.rpartition("/")[0])
    answer = desk.world.cloud.invoke(function, desk.event(name, desk.package(state)))
    assert right(answer), (answer.error, answer.body, answer.logs)


def test_every_function_has_events_and_every_event_a_function() -> None:
    assert {name.rpartition("/")[0] for name in NAMES} == {row.folder for row in ALL}
    assert set(NAMES) == set(CASES)
