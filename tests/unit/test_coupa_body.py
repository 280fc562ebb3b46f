"""The body of a request, before any model sees it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.coupa.body import MAX_BODY, MAX_PLAIN_BODY, parse, read
from esign.coupa.hashing import canonical_hash
from esign.domain.errors import MalformedRequest, TooLarge, UnsupportedMedia

JSON = "application/json"


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_in_utf_8_is_read(content_type: str) -> None:
    assert read('{"name": "Müller"}', encoded=False, content_type=content_type) == {"name": "Müller"}


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/xml", "application/jsonp", "application/json; charset=latin1"]
)
def test_anything_else_is_not_supported(content_type: str | None) -> None:
    with pytest.raises(UnsupportedMedia):
        read("{}", encoded=False, content_type=content_type)


def test_a_body_that_api_gateway_encoded_is_the_same_body() -> None:
    encoded = base64.b64encode('{"name": "Müller"}'.encode()).decode()
    assert read(encoded, encoded=True, content_type=JSON) == {"name": "Müller"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "body_required"),
        ("{", "not_json"),
        ("{'a': 1}", "not_json"),
        ('{"a": 1,}', "not_json"),
        ('{"a": NaN}', "not_json"),
        ('{"a": -Infinity}', "not_json"),
        ('{"a": 1e999}', "not_json"),
        ('{"a": ' + "9" * 5000 + "}", "not_json"),
        ('{"a": "\\ud800"}', "not_json"),
        ('{"\\uDFFF": 1}', "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"a": 1, "a": 2}', "duplicate_key"),
        ('{"b": [{"a": 1, "a": 1}]}', "duplicate_key"),
    ],
)
def test_what_is_no_unambiguous_json_is_malformed(text: str, code: str) -> None:
    with pytest.raises(MalformedRequest) as raised:
        read(text, encoded=False, content_type=JSON)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert parse('"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe").decode()])
def test_bytes_that_are_no_utf_8_are_malformed(body: str) -> None:
    with pytest.raises(MalformedRequest):
        read(body, encoded=True, content_type=JSON)


@pytest.mark.parametrize("limit", [MAX_PLAIN_BODY, MAX_BODY])
def test_a_body_has_a_limit(limit: int) -> None:
    assert read('"' + "x" * (limit - 2) + '"', encoded=False, content_type=JSON, limit=limit)
    with pytest.raises(TooLarge):
        read('"' + "x" * (limit - 1) + '"', encoded=False, content_type=JSON, limit=limit)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


# A simple property, so half the usual examples; and no deadline, since a busy machine is no failure.
SIMPLE = settings(max_examples=50, deadline=None)


@SIMPLE
@given(JSON_VALUES)
def test_what_was_written_as_json_is_read_back(value: object) -> None:
    assert parse(json.dumps(value)) == value


@SIMPLE
@given(st.dictionaries(st.text(), JSON_VALUES))
def test_the_order_of_members_and_absent_ones_do_not_change_the_hash(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_hash(value) == canonical_hash(turned)
    assert canonical_hash(value) == canonical_hash({k: v for k, v in value.items() if v is not None})
