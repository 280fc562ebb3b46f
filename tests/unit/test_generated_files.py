"""The matrix, README's table and openapi.json are what the code would make now."""

from __future__ import annotations

from esign.domain.capabilities import Feature
from esign.runtime.providers import DOORS
from tools.generated import matrix, stale


def test_no_generated_file_is_stale():
    assert stale() == [], "run `make generate` and commit the result"


def test_the_matrix_has_a_row_for_each_feature_and_a_column_for_each_door():
    lines = [line for line in matrix().splitlines() if line.startswith("|")]
    assert len(lines) == len(Feature) + 2
    assert all(name in lines[0] for name in DOORS)


def test_each_no_of_the_matrix_has_its_reason():
    cells = [cell.strip() for line in matrix().splitlines()[6:] for cell in line.split("|")[2:-1]]
    assert cells
    assert all(cell == "yes" or len(cell.removeprefix("no: ")) > 10 for cell in cells)
