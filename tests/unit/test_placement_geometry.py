"""Boxes on turned pages, by hand and by property."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.domain.recipient import Zone
from esign.placement.geometry import Box, Page, Shown
from esign.placement.layout import MARGIN, default_place, fitting, zone_place

SIDES = st.floats(min_value=120, max_value=2000)
SMALL_SIDES = st.floats(min_value=120, max_value=600)
TURNS = st.sampled_from([0, 90, 180, 270])
SMALL_PAGES = st.builds(Page, number=st.just(1), width=SMALL_SIDES, height=SMALL_SIDES, rotation=TURNS)
PAGES = st.builds(Page, number=st.just(1), width=SIDES, height=SIDES, rotation=TURNS)


@pytest.mark.parametrize(
    ("rotation", "shown"),
    [
        (0, Shown(10, 720, 100, 50)),
        (90, Shown(30, 10, 50, 100)),
        (180, Shown(490, 30, 100, 50)),
        (270, Shown(720, 490, 50, 100)),
    ],
)
def test_a_box_is_told_from_the_top_left_as_the_reader_sees_it(rotation, shown):
    assert Page(1, 600, 800, rotation).shown(Box(10, 30, 100, 50)) == shown


@given(page=PAGES, share=st.tuples(*[st.floats(0, 0.5)] * 4))
def test_turning_a_box_there_and_back_changes_nothing(page, share):
    box = Box(share[0] * page.width, share[1] * page.height, share[2] * page.width, share[3] * page.height)
    back = page.unrotated(page.shown(box))
    for one, other in zip(
        (box.x, box.y, box.width, box.height), (back.x, back.y, back.width, back.height), strict=True
    ):
        assert one == pytest.approx(other, abs=1e-6)


@given(page=PAGES, zone=st.sampled_from(Zone))
def test_every_zone_lies_on_the_page_and_where_its_name_says(page, zone):
    box = zone_place(page, zone, ())
    assert box is not None
    assert page.holds(box)
    shown, (width, height) = page.shown(box), page.shown_size
    middle_x, middle_y = shown.left + shown.width / 2, shown.top + shown.height / 2
    row, column = zone.value.split("_")
    assert {"LEFT": middle_x < width / 2, "CENTER": True, "RIGHT": middle_x > width / 2}[column] or width <= 240
    assert {"TOP": middle_y < height / 2, "MIDDLE": True, "BOTTOM": middle_y > height / 2}[row] or height <= 140


@settings(deadline=None, max_examples=30)
@given(page=SMALL_PAGES)
def test_default_places_never_touch_each_other_and_end_when_the_page_is_full(page):
    taken: list[Box] = []
    while (box := default_place(page, taken)) is not None:
        assert page.holds(box)
        assert not any(box.overlaps(other) for other in taken)
        taken.append(box)
    assert taken


def test_the_first_default_place_is_at_the_bottom_left_of_the_turned_page():
    page = Page(1, 842, 595, 90)  # landscape paper, shown upright
    box = default_place(page, ())
    assert box is not None
    shown = page.shown(box)
    width, height = fitting(page)
    assert (shown.left, shown.top) == (MARGIN, 842 - MARGIN - height)
    assert (shown.width, shown.height) == (width, height)


def test_two_in_one_zone_stand_above_each_other():
    page = Page(1, 595, 842)
    first = zone_place(page, Zone.BOTTOM_RIGHT, ())
    assert first is not None
    second = zone_place(page, Zone.BOTTOM_RIGHT, (first,))
    assert second is not None
    assert second.x == first.x
    assert second.y > first.y + first.height
