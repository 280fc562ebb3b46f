"""Every convention of measuring, there and back: a rectangle survives within one point."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.domain.ids import DocumentId, RecipientId
from esign.placement.geometry import Box, Page
from esign.placement.measure import Corners, TopEdge, corners, from_top, rounded, top_edge
from esign.placement.placed import Placed

SIDES = st.floats(min_value=120, max_value=2000)
PAGES = st.builds(
    Page, number=st.integers(1, 500), width=SIDES, height=SIDES, rotation=st.sampled_from([0, 90, 180, 270])
)


@st.composite
def boxes(draw, page):
    """At least two points wide and high, on the page."""
    width, height = draw(st.floats(2, page.width)), draw(st.floats(2, page.height))
    return Box(draw(st.floats(0, page.width - width)), draw(st.floats(0, page.height - height)), width, height)


@st.composite
def placed_rectangles(draw):
    page = draw(PAGES)
    return a_place(page, draw(boxes(page)))


def a_place(page, box):
    return Placed(RecipientId("r"), DocumentId("d"), "/recipients/0", page, box, page_number=page.number)


def box_of_corners(said):
    return Box(said.llx, said.lly, said.urx - said.llx, said.ury - said.lly)


def box_of_top_edge(said):
    return Box(said.x, said.y - said.height, said.width, said.height)


def edges(box):
    return box.x, box.y, box.x + box.width, box.y + box.height


def the_same(one, other):
    return edges(one) == pytest.approx(edges(other), abs=1.0)


@settings(deadline=None)
@given(placed=placed_rectangles())
def test_a_rectangle_survives_every_measure_within_one_point(placed):
    assert the_same(box_of_corners(corners(placed)), placed.box)
    assert the_same(box_of_corners(corners(placed, whole=True)), placed.box)
    assert the_same(box_of_top_edge(top_edge(placed)), placed.box)
    assert the_same(placed.page.unrotated(from_top(placed)), placed.box)


@settings(deadline=None)
@given(placed=placed_rectangles())
def test_whole_points_neither_leave_the_page_nor_vanish(placed):
    whole = rounded(placed.box)
    assert placed.page.holds(whole)
    assert whole.width >= 1
    assert whole.height >= 1


def test_the_upper_edge_is_measured_from_the_bottom():
    assert top_edge(a_place(Page(3, 595, 842), Box(100, 200, 150, 50))) == TopEdge(3, 100, 250, 150, 50)


def test_corners_are_the_lower_left_and_the_upper_right():
    assert corners(a_place(Page(3, 595, 842), Box(100, 200, 150, 50))) == Corners(3, 100, 200, 250, 250)


def test_what_is_no_rectangle_has_no_corners():
    marker = Placed(RecipientId("r"), DocumentId("d"), "/recipients/0", None, None, marker="#signature1#")
    for say in (corners, top_edge, from_top):
        with pytest.raises(ValueError, match="the place"):
            say(marker)


def test_a_tiny_field_stays_a_field():
    assert rounded(Box(10.2, 10.2, 0.1, 0.1)) == Box(10, 10, 1, 1)
