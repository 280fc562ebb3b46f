"""`esign packages check` and `esign placement preview`."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from esign.domain.capabilities import Capabilities, Feature, No
from esign.domain.recipient import Role
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator
from tests.fakes.papers import a_pdf


@pytest.fixture
def operator():
    return Operator()


def test_a_package_that_is_well_may_be_sent(operator):
    package = operator.connector.ready()
    told = operator.says("packages", "check", ACME, package.id)
    assert (told.code, told.out.strip()) == (0, "Nothing stands in the way of a Send.")


def test_everything_that_send_would_refuse_is_told_and_ends_with_one(operator):
    package = operator.connector.ready()
    operator.connector.add_recipient(package.id, email="cc@example.com", role=Role.CC)
    features = dict.fromkeys(Feature) | {Feature.CC: No("it sends no copies")}
    operator.connector.provider.capabilities = Capabilities("fake", features)
    told = operator.says("packages", "check", ACME, package.id, "--json")
    assert told.code == 1
    assert [(p["pointer"], p["code"]) for p in told.json["problems"]] == [("/recipients/1/role", "unsupported_feature")]
    assert "it sends no copies" in operator.says("packages", "check", ACME, package.id).out


def a_package(folder, *, rotation=0, **first):
    (folder / "contract.pdf").write_bytes(a_pdf(3, rotation=rotation))
    package = {
        "documents": [{"file": "contract.pdf", "externalId": "D1"}],
        "recipients": [
            {"fullName": "Anna Berg", "email": "anna@example.com", "fields": [{"documentId": "D1", **first}]},
            {"fullName": "Ben Holt", "email": "ben@example.com"},
        ],
    }
    path = folder / "package.json"
    path.write_text(json.dumps(package))
    return path


def coloured(path, left, top):
    """Whether somebody's colour is at these points from the top left of the page, which is black on white."""
    picture = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    red, green, blue = picture.getpixel((int(left * 1.5), int(top * 1.5)))  # type: ignore[misc]
    return max(red, green, blue) - min(red, green, blue) > 60


@pytest.mark.parametrize(("rotation", "corner"), [(0, (100, 692)), (90, (100, 100))])
def test_the_fields_are_drawn_where_they_are_on_their_pages(operator, tmp_path, rotation, corner):
    rectangle = {"page": 2, "x": 100, "y": 100, "width": 150, "height": 50}
    package = a_package(tmp_path, rotation=rotation, rectangle=rectangle)
    told = operator.says("placement", "preview", package, "--out", tmp_path / "out", "--json")
    pictures = [tmp_path / "out" / f"contract-1-page-{n}.png" for n in (2, 3)]
    assert told.json["pictures"] == [str(p) for p in pictures]
    assert coloured(pictures[0], *corner)
    assert coloured(pictures[1], 36, 842 - 36 - 60)  # the default spot of who gave none
    assert not coloured(pictures[0], 300, 300)


def test_a_field_without_a_place_is_told_instead_of_drawn(operator, tmp_path):
    told = operator.says("placement", "preview", a_package(tmp_path, anchor={"text": "nowhere"}), "--json")
    assert told.code == 1
    assert [p["code"] for p in told.error["errors"]] == ["anchor_not_found"]


@pytest.mark.parametrize("text", ["not JSON", "{}", '{"documents": [3], "recipients": []}'])
def test_a_file_that_is_no_package_is_told(operator, tmp_path, text):
    path = tmp_path / "package.json"
    path.write_text(text)
    assert operator.says("placement", "preview", path, "--json").error["code"] == "malformed_request"
