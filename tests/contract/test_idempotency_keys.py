"""What every store of idempotency keys keeps to, over the in-memory one and DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from esign.aws import schema
from esign.aws.idempotency import DynamoIdempotencyKeys
from esign.aws.packages import DynamoPackages
from esign.domain.errors import InFlight
from esign.domain.ids import PackageId
from esign.domain.timing import Timing
from esign.ports import AlreadyOpen, Created, FirstAnswer, IdempotencyKeys, KeptAnswer, KeyUse, PackageStore
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client, items  # noqa: F401 - fixtures
from tests.contract.test_dynamodb_items import calls, first_reply_lost
from tests.fakes.clock import START
from tests.fakes.factories import ACME, GLOBEX, a_package
from tests.fakes.idempotency import MemoryIdempotencyKeys
from tests.fakes.packages import MemoryPackages

KEY = "Kündigung 4711 / anna@example.com"  # the caller's choice: anything
ANSWER = FirstAnswer(201, PackageId("pkg_1"), ("pkg_1_01", "pkg_1_02"))


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def use(owner: str = "one", *, request: str = "hash", until: float = 29, answer: FirstAnswer | None = None) -> KeyUse:
    return KeyUse(request, owner, later(until), answer)


def answered(owner: str = "one", *, until: float = 604800, answer: FirstAnswer = ANSWER) -> KeyUse:
    return use(owner, until=until, answer=answer)


@pytest.fixture(params=["memory", "dynamodb"])
def keys(request: pytest.FixtureRequest) -> IdempotencyKeys:
    if request.param == "memory":
        return MemoryIdempotencyKeys()
    return DynamoIdempotencyKeys(request.getfixturevalue("dynamodb"), TABLE, sleep=lambda _: None)


def test_the_first_has_the_key_and_others_see_who_has_it(keys):
    assert keys.claim(ACME, KEY, use(), now=START) is None
    assert keys.claim(ACME, KEY, use("two", request="other"), now=later(28)) == use()


@pytest.mark.parametrize("answer", [ANSWER, FirstAnswer(204), FirstAnswer(200, PackageId("pkg_1"))])
def test_what_was_answered_stands_until_it_ends(keys, answer):
    keys.claim(ACME, KEY, use(), now=START)
    assert keys.settle(ACME, KEY, answered(answer=answer))
    assert keys.claim(ACME, KEY, use("two"), now=later(604799)) == answered(answer=answer)
    assert keys.claim(ACME, KEY, use("two", until=604829), now=later(604800)) is None


def test_a_key_taken_anew_has_forgotten_its_former_answer(keys):
    keys.claim(ACME, KEY, use(), now=START)
    keys.settle(ACME, KEY, answered(until=60))
    keys.claim(ACME, KEY, use("two", until=99), now=later(60))
    assert keys.claim(ACME, KEY, use("three"), now=later(61)) == use("two", until=99)


def test_a_claim_of_a_crashed_invocation_ends_by_itself(keys):
    keys.claim(ACME, KEY, use(), now=START)
    assert keys.claim(ACME, KEY, use("two", until=58), now=later(29)) is None
    assert not keys.settle(ACME, KEY, answered("one"))
    assert keys.claim(ACME, KEY, use("three"), now=later(30)) == use("two", until=58)


def test_a_released_key_is_free_and_only_its_owner_releases_it(keys):
    keys.claim(ACME, KEY, use(), now=START)
    keys.release(ACME, KEY, owner="two")
    assert keys.claim(ACME, KEY, use("two"), now=START) == use()
    keys.release(ACME, KEY, owner="one")
    assert keys.claim(ACME, KEY, use("two"), now=START) is None


def test_an_answer_is_never_released(keys):
    """A reply that was lost looks like a failure to the caller, and its effect is there."""
    keys.claim(ACME, KEY, use(), now=START)
    keys.settle(ACME, KEY, answered())
    keys.release(ACME, KEY, owner="one")
    assert keys.claim(ACME, KEY, use("two"), now=START) == answered()


def test_what_nobody_claimed_is_neither_settled_nor_released(keys):
    keys.release(ACME, KEY, owner="one")
    assert not keys.settle(ACME, KEY, answered())
    assert keys.claim(ACME, KEY, use(), now=START) is None


def test_each_account_has_its_own_keys(keys):
    keys.claim(ACME, KEY, use(), now=START)
    assert keys.claim(GLOBEX, KEY, use("two"), now=START) is None


def test_of_sixteen_claims_at_once_one_has_the_key(keys):
    with ThreadPoolExecutor(16) as pool:
        standing = list(pool.map(lambda n: keys.claim(ACME, KEY, use(f"owner {n}"), now=START), range(16)))
    assert standing.count(None) == 1
    assert len({other.owner for other in standing if other}) == 1


# ------------------------------------------------------------------------------------------- with the effect, as one


@pytest.fixture(params=["memory", "dynamodb"])
def both(request: pytest.FixtureRequest) -> tuple[PackageStore, IdempotencyKeys]:
    """A package store, and the keys of the same table."""
    if request.param == "memory":
        packages = MemoryPackages()
        return packages, packages.keys
    client = request.getfixturevalue("dynamodb")
    return (
        DynamoPackages(client, TABLE, timing=Timing(), sleep=lambda _: None),
        DynamoIdempotencyKeys(client, TABLE, sleep=lambda _: None),
    )


def kept(owner: str = "one") -> KeptAnswer:
    return KeptAnswer(ACME, KEY, answered(owner))


@pytest.mark.parametrize("external_id", [None, "C-1"])
def test_a_package_and_the_answer_about_it_are_made_together(both, external_id):
    packages, keys = both
    keys.claim(ACME, KEY, use(), now=START)
    packages.create(a_package(external_id=external_id), answer=kept())
    assert keys.claim(ACME, KEY, use("two"), now=START) == answered()


def test_a_change_and_the_answer_about_it_are_made_together(both):
    packages, keys = both
    before = packages.create(a_package()).package
    keys.claim(ACME, KEY, use(), now=START)
    packages.commit(before, replace(before, name="Other"), answer=kept())
    assert keys.claim(ACME, KEY, use("two"), now=START) == answered()


@pytest.mark.parametrize("external_id", [None, "C-1"])
def test_whose_key_another_has_by_now_makes_no_package(both, external_id):
    packages, keys = both
    keys.claim(ACME, KEY, use("two"), now=START)
    draft = a_package(external_id=external_id)
    with pytest.raises(InFlight):
        packages.create(draft, answer=kept("one"))
    assert packages.get(ACME, draft.id) is None
    assert isinstance(packages.create(a_package(external_id=external_id)), Created)


def test_whose_key_another_has_by_now_changes_nothing(both):
    packages, keys = both
    before = packages.create(a_package()).package
    keys.claim(ACME, KEY, use("two"), now=START)
    with pytest.raises(InFlight):
        packages.commit(before, replace(before, name="Other"), answer=kept("one"))
    assert packages.get(ACME, before.id) == before
    assert keys.claim(ACME, KEY, use("three"), now=START) == use("two")


def test_an_open_package_of_the_same_external_id_leaves_the_key_unanswered(both):
    packages, keys = both
    packages.create(a_package(external_id="C-1"))
    keys.claim(ACME, KEY, use(), now=START)
    assert isinstance(packages.create(a_package(external_id="C-1"), answer=kept()), AlreadyOpen)
    assert keys.claim(ACME, KEY, use("two"), now=START) == use()


# ----------------------------------------------------------------------------------------------------------- DynamoDB


@pytest.fixture
def store(dynamodb: Any) -> DynamoIdempotencyKeys:  # noqa: F811
    return DynamoIdempotencyKeys(dynamodb, TABLE, sleep=lambda _: None)


def test_every_step_is_one_conditional_write(store, dynamodb):  # noqa: F811
    with calls(dynamodb) as made:
        store.claim(ACME, KEY, use(), now=START)
        store.settle(ACME, KEY, answered())
        store.claim(ACME, KEY, use("two"), now=START)
        store.release(ACME, KEY, owner="two")
    assert made == ["UpdateItem", "UpdateItem", "UpdateItem", "DeleteItem"]


@pytest.mark.parametrize("step", ["claim", "settle"])
def test_a_write_whose_reply_was_lost_has_succeeded(store, dynamodb, step):  # noqa: F811
    if step == "settle":
        store.claim(ACME, KEY, use(), now=START)
    with first_reply_lost(dynamodb, "UpdateItem"):
        done = (
            store.claim(ACME, KEY, use(), now=START) is None if step == "claim" else store.settle(ACME, KEY, answered())
        )
    assert done


def test_the_table_holds_a_hash_of_the_key_and_the_day_it_may_be_removed(store, dynamodb):  # noqa: F811
    store.claim(ACME, KEY, use(), now=START)
    store.settle(ACME, KEY, answered())
    (stored,) = items(dynamodb)
    assert "anna" not in str(stored)
    assert stored[schema.PARTITION]["S"].startswith(f"A#{ACME}#IDEMPOTENCY#")
    assert int(stored[schema.TIME_TO_LIVE]["N"]) == int(later(604800).timestamp())
