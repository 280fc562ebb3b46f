"""What every package store keeps to: who may call one of Coupa's endpoints, and when it rests."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from esign.domain.ids import endpoint_id
from esign.ports import ENDPOINT_PLACES, Closed, PackageStore, Place
from tests.contract.package_steps import NOW, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, GLOBEX

HOOK = endpoint_id("https://coupa.example/hook")


def enter(store: PackageStore, owner: str, seconds: float = 0) -> Place | Closed:
    return store.enter_endpoint(ACME, HOOK, owner=owner, now=later(seconds), until=later(seconds + 60))


def entered(store: PackageStore, owner: str, seconds: float = 0) -> Place:
    place = enter(store, owner, seconds)
    assert isinstance(place, Place)
    return place


def test_as_many_as_there_are_places_may_call_an_endpoint_at_once(store: PackageStore) -> None:
    places = [entered(store, f"o{n}") for n in range(ENDPOINT_PLACES)]
    assert {place.failures for place in places} == {0}
    assert enter(store, "one more") == Closed(None)
    store.leave_endpoint(places[2])
    assert entered(store, "one more").number == places[2].number
    assert enter(store, "yet another") == Closed(None)


def test_another_account_or_address_has_places_of_its_own(store: PackageStore) -> None:
    for number in range(ENDPOINT_PLACES):
        entered(store, f"o{number}")
    elsewhere = endpoint_id("https://coupa.example/other")
    assert isinstance(store.enter_endpoint(GLOBEX, HOOK, owner="a", now=NOW, until=later(60)), Place)
    assert isinstance(store.enter_endpoint(ACME, elsewhere, owner="a", now=NOW, until=later(60)), Place)


def test_who_asks_again_has_the_same_place(store: PackageStore) -> None:
    first = entered(store, "a")
    assert entered(store, "a", seconds=5).number == first.number
    others = [enter(store, f"o{n}") for n in range(ENDPOINT_PLACES)]
    assert others.count(Closed(None)) == 1


def test_a_place_whose_time_is_over_is_free_again(store: PackageStore) -> None:
    lost = [entered(store, f"o{n}") for n in range(ENDPOINT_PLACES)]
    assert enter(store, "late", seconds=59) == Closed(None)
    place = entered(store, "late", seconds=60)
    store.leave_endpoint(next(one for one in lost if one.number == place.number), failures=3, paused_until=later(999))
    assert isinstance(enter(store, "another", seconds=60), Place)  # who lost its place closes nothing


def test_an_endpoint_that_failed_rests_for_everybody(store: PackageStore) -> None:
    store.leave_endpoint(entered(store, "a"), failures=2, paused_until=later(300))
    assert enter(store, "b", seconds=299) == Closed(later(300))


def test_after_the_pause_one_alone_tries(store: PackageStore) -> None:
    store.leave_endpoint(entered(store, "a"), failures=2, paused_until=later(300))
    assert entered(store, "b", seconds=300).failures == 2
    assert enter(store, "c", seconds=300) == Closed(None)


def test_who_learned_nothing_changes_nothing(store: PackageStore) -> None:
    store.leave_endpoint(entered(store, "a"), failures=2, paused_until=later(300))
    store.leave_endpoint(entered(store, "b", seconds=300))
    assert entered(store, "c", seconds=301).failures == 2
    assert enter(store, "d", seconds=301) == Closed(None)


def test_the_first_success_opens_it_for_all(store: PackageStore) -> None:
    store.leave_endpoint(entered(store, "a"), failures=2, paused_until=later(300))
    store.leave_endpoint(entered(store, "b", seconds=300), failures=0)
    assert [entered(store, f"o{n}", seconds=301).failures for n in range(ENDPOINT_PLACES)] == [0] * ENDPOINT_PLACES


def test_of_many_who_come_at_once_no_more_than_the_places_enter(store: PackageStore) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: enter(store, f"o{n}"), range(12)))
    places = [answer for answer in answers if isinstance(answer, Place)]
    assert 1 <= len(places) <= ENDPOINT_PLACES
    assert len({place.number for place in places}) == len(places)
