"""What every package store keeps to: the timeline and the listing, page by page."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime

import pytest

from esign.domain.errors import MalformedRequest
from esign.domain.package import AttentionNote
from esign.domain.status import Attention, PackageStatus
from esign.ports import Listing, PackageStore
from tests.contract.package_steps import NOW, created, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, GLOBEX, a_full_package, a_package, an_entry


def test_the_timeline_is_told_in_order_and_in_pages(store: PackageStore) -> None:
    package = a_package()
    story = [an_entry(f"step {number}", later(number), milliseconds=number) for number in range(60)]
    store.create(package, timeline=story[:2])
    store.append_timeline(ACME, package.id, story[2:])
    first, cursor = store.timeline(ACME, package.id, limit=40)
    second, end = store.timeline(ACME, package.id, limit=40, cursor=cursor)
    assert list(first + second) == story
    assert end is None


def test_the_listing_is_newest_first_in_pages(store: PackageStore) -> None:
    ids = [created(store, a_full_package(created_at=later(number))).id for number in range(7)]
    found: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page, cursor = store.listing(ACME, Listing(limit=3, cursor=cursor))
        found += [head.id for head in page]
    assert found == ids[::-1]
    assert cursor is None


def test_the_listing_can_be_narrowed(store: PackageStore) -> None:
    for number in range(12):
        package = created(store, a_package(created_at=later(number)))
        if number % 3 == 0:
            store.commit(package, replace(package, status=PackageStatus.DELETED))
    deleted, cursor = store.listing(ACME, Listing(status=PackageStatus.DELETED))
    assert [head.created_at for head in deleted] == [later(9), later(6), later(3), later(0)]
    assert cursor is None
    young, _ = store.listing(ACME, Listing(created_after=later(9)))
    assert [head.created_at for head in young] == [later(11), later(10)]


def test_the_listing_can_be_narrowed_to_what_a_person_should_look_at(store: PackageStore) -> None:
    note = AttentionNote(Attention.STUCK, NOW, "Look.")
    for number in range(6):
        package = created(store, a_package(created_at=later(number), external_id=f"C-{number}"))
        status = PackageStatus.DELETED if number > 3 else PackageStatus.DRAFT
        store.commit(package, replace(package, status=status, attention=note if number % 2 else None))
    noted, cursor = store.listing(ACME, Listing(attention=True))
    assert [head.created_at for head in noted] == [later(5), later(3), later(1)]
    assert cursor is None
    drafts, _ = store.listing(ACME, Listing(attention=True, status=PackageStatus.DRAFT))
    assert [head.created_at for head in drafts] == [later(3), later(1)]
    assert store.listing(ACME, Listing(attention=True, external_id="C-2")) == ((), None)


def test_a_narrowed_listing_pages_without_gap_or_repetition(store: PackageStore) -> None:
    for number in range(25):
        package = created(store, a_package(created_at=later(number)))
        if number % 2:
            store.commit(package, replace(package, status=PackageStatus.DELETED))
    found: list[datetime] = []
    cursor: str | None = None
    while True:
        page, cursor = store.listing(ACME, Listing(status=PackageStatus.DELETED, limit=3, cursor=cursor))
        assert len(page) <= 3
        found += [head.created_at for head in page]
        if cursor is None:
            break
    assert found == [later(number) for number in range(23, 0, -2)]


def revisions(store: PackageStore, number: int) -> list[str]:
    """That many packages of one external id, all deleted but the last; the newest first."""
    ids: list[str] = []
    for revision in range(number):
        package = created(store, a_package(created_at=later(revision), external_id="C-1"))
        ids.insert(0, package.id)
        if revision < number - 1:
            store.commit(package, replace(package, status=PackageStatus.DELETED))
    return ids


@pytest.mark.parametrize("status", [None, PackageStatus.DELETED])
def test_the_revisions_of_an_external_id_come_in_pages(store: PackageStore, status: PackageStatus | None) -> None:
    ids = revisions(store, 6)[1 if status else 0 :]
    found: list[str] = []
    cursor: str | None = None
    pages = 0
    while cursor or not pages:
        page, cursor = store.listing(ACME, Listing(external_id="C-1", status=status, limit=2, cursor=cursor))
        found += [head.id for head in page]
        pages += 1
    assert (found, pages) == (ids, 3)


def test_a_page_that_holds_all_revisions_is_the_last(store: PackageStore) -> None:
    ids = revisions(store, 2)
    page, cursor = store.listing(ACME, Listing(external_id="C-1", limit=2))
    assert ([head.id for head in page], cursor) == (ids, None)


def test_a_cursor_that_we_never_gave_is_refused_of_revisions_too(store: PackageStore) -> None:
    revisions(store, 1)
    with pytest.raises(MalformedRequest):
        store.listing(ACME, Listing(external_id="C-1", cursor="abcd"))
    with pytest.raises(MalformedRequest):
        store.listing(ACME, Listing(external_id="C-2", cursor="abcd"))


def test_a_cursor_from_another_account_shows_nothing_of_it(store: PackageStore) -> None:
    for number in range(4):
        created(store, a_package(created_at=later(number)))
    mine = created(store, a_package(created_at=NOW, account=GLOBEX))
    _, cursor = store.listing(ACME, Listing(limit=2))
    page, _ = store.listing(GLOBEX, Listing(cursor=cursor))
    assert [head.id for head in page] == [mine.id]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "ÿ%%",
        "abcd",
        "_w",
        encoded("hello"),
        encoded("#"),
        encoded("2026-03-02T09:00:00.000000Z#"),
        encoded("2026-03-02T09:00:00.000000Z#pkg_1"),
        encoded("yesterday#pkg_01JNB4Y5S0ABCDEFGHJKMNPQRS"),
        encoded("2026-03-02T09:00:00Z#pkg_01JNB4Y5S0ABCDEFGHJKMNPQRS"),
    ],
)
def test_a_cursor_that_we_never_gave_is_refused(store: PackageStore, cursor: str) -> None:
    with pytest.raises(MalformedRequest):
        store.listing(ACME, Listing(cursor=cursor))


def test_a_cursor_from_before_what_is_asked_for_now_ends_the_list(store: PackageStore) -> None:
    for number in range(4):
        created(store, a_package(created_at=later(number)))
    _, cursor = store.listing(ACME, Listing(limit=3))
    assert cursor
    assert store.listing(ACME, Listing(cursor=cursor, created_after=later(2))) == ((), None)
