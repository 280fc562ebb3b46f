"""No account reads or changes another's package: any caller, any operation, any package, through the authorizer's door."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.coupa.routes import ROUTES
from esign.domain.account import AccountSecret
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.runtime.authorizer import authorize
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.unit.test_coupa_events import EVENTS, ROOT, invoke

OWNERS = ("acme", "globex")
SECRETS = {owner: {age: f"{age}-secret-of-{owner}" for age in ("new", "old", "ended")} for owner in OWNERS}
LIVE = {SECRETS[owner][age]: owner for owner in OWNERS for age in ("new", "old")}
ARN = "arn:aws:execute-api:eu-central-1:123456789012:a1/dev/GET/v1/packages"


def mark(owner: str) -> str:
    """What stands in everything that is theirs."""
    return f"confidential-{owner}"


def stored(owner: str) -> tuple[AccountSecret, ...]:
    ends = {"new": None, "old": START + timedelta(days=1), "ended": START}
    return tuple(
        AccountSecret(hashlib.sha256(secret.encode()).hexdigest(), START, ends_at=ends[age])
        for age, secret in SECRETS[owner].items()
    )


@dataclass
class Town:
    """Two accounts of one stage, each with a package out for signature, whose reference at the provider is its own."""

    connector: Connector
    packages: dict[str, PackageId]


def a_town() -> Town:
    connector = Connector(account=AccountId("acme"))
    connector.settings(secrets=stored("acme"))
    connector.add_account(id="globex", secrets=stored("globex"))
    return Town(connector, {owner: a_contract(connector, owner).id for owner in OWNERS})


def a_contract(connector: Connector, owner: str) -> Package:
    connector.account = AccountId(owner)
    package = connector.create(name=mark(owner), external_id="CLM-0815", metadata={"note": mark(owner)}).package
    connector.add_document(package.id, name=f"{mark(owner)}.pdf")
    connector.add_recipient(package.id, last_name=mark(owner), email=f"{mark(owner)}@example.com")
    return connector.now(package.id)


def event_of(operation: str, case: str, package: str) -> dict[str, Any]:
    text = (ROOT / "events" / "coupa" / operation / f"{case}.json").read_text()
    event: dict[str, Any] = json.loads(text.replace("pkg_" + "0" * 26, package))
    return event


OPERATIONS = {route.operation for route in ROUTES}
SAID = sorted((path.parent.name, path.stem) for path in EVENTS if path.parent.name in OPERATIONS)

secrets_of_anybody = st.sampled_from([secret for ages in SECRETS.values() for secret in ages.values()])
claims = st.one_of(
    st.tuples(st.sampled_from(OWNERS), secrets_of_anybody),
    st.tuples(st.sampled_from([*OWNERS, "ACME", "acme ", "A#acme", "initech", ""]), secrets_of_anybody | st.text()),
)


def admitted(town: Town, identifier: str, secret: str) -> dict[str, Any] | None:
    """The context that API Gateway hands on; None: 401."""
    header = "Basic " + base64.b64encode(f"{identifier}:{secret}".encode()).decode()
    event = {"methodArn": ARN, "headers": {"Authorization": header}}
    try:
        context: dict[str, Any] = authorize(event, town.connector.accounts, now=START)["context"]
    except Exception as refusal:
        if str(refusal) != "Unauthorized":
            raise
        return None
    return context


def everything_of(town: Town, owner: str) -> tuple[Any, ...]:
    account, package = AccountId(owner), town.packages[owner]
    store = town.connector.packages
    return (store.get(account, package), store.timeline(account, package), town.connector.accounts.get(account))


@given(claim=claims, said=st.sampled_from(SAID), target=st.sampled_from(OWNERS))
@settings(max_examples=150, deadline=None)
def test_whoever_calls_sees_and_changes_nothing_of_another_account(claim, said, target):
    town = a_town()
    context = admitted(town, *claim)
    if context is None:
        return
    caller = context["accountId"]
    assert LIVE.get(claim[1]) == caller == claim[0]
    (stranger,) = set(OWNERS) - {caller}
    before = everything_of(town, stranger)
    operation, case = said
    event = event_of(operation, case, town.packages[target])
    event["requestContext"]["authorizer"] = context
    town.connector.account = AccountId(caller)
    answer = invoke(town.connector, operation, event)
    assert mark(stranger) not in json.dumps(answer)
    if target != stranger:
        assert town.packages[stranger] not in answer["body"]
    assert everything_of(town, stranger) == before
    if target == stranger and event.get("pathParameters"):
        assert answer["statusCode"] in {400, 404, 415, 422}


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize(("age", "opens"), [("new", True), ("old", True), ("ended", False)])
def test_an_account_itself_gets_in_by_its_live_secrets_and_sees_its_own(owner: str, age: str, *, opens: bool) -> None:
    """Without this the property above would hold of a door that is always shut."""
    town = a_town()
    context = admitted(town, owner, SECRETS[owner][age])
    assert (context is not None) is opens
    if context:
        event = event_of("get_package", "known", town.packages[owner])
        event["requestContext"]["authorizer"] = context
        assert mark(owner) in invoke(town.connector, "get_package", event)["body"]


def test_every_operation_is_among_what_is_said() -> None:
    assert {operation for operation, _ in SAID} == OPERATIONS
