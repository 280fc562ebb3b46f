"""Bodies with files in base64: streamed, with their exact length."""

from __future__ import annotations

import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.http.jsonstream import Base64File, JsonWithFiles

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(content=st.binary(max_size=5000), before=json_values, after=json_values)
def test_it_is_the_same_json_as_with_the_file_inside(content, before, after):
    body = JsonWithFiles({"before": before, "file": Base64File(io.BytesIO(content)), "after": after})
    sent = b"".join(body)
    assert json.loads(sent) == {"before": before, "file": base64.b64encode(content).decode(), "after": after}
    assert len(sent) == body.length


def test_several_files_keep_their_places():
    one, two = Base64File(io.BytesIO(b"one")), Base64File(io.BytesIO(b"two"))
    body = JsonWithFiles([one, {"nested": two}, "end"])
    assert json.loads(b"".join(body)) == ["b25l", {"nested": "dHdv"}, "end"]


def test_it_reads_the_same_a_second_time():
    body = JsonWithFiles({"file": Base64File(io.BytesIO(bytes(500_000)))})
    assert b"".join(body) == b"".join(body)


def test_no_piece_is_large_and_short_reads_do_not_break_the_encoding():
    class Stuttering(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1000))

    content = bytes(range(256)) * 4000
    body = JsonWithFiles({"file": Base64File(Stuttering(content))})
    pieces = list(body)
    assert max(map(len, pieces)) <= 256 * 1024
    assert base64.b64decode(json.loads(b"".join(pieces))["file"]) == content


def test_a_document_without_a_file_is_plain_json():
    body = JsonWithFiles({"a": "ü"})
    assert b"".join(body) == b'{"a":"\\u00fc"}'
    assert body.length == 14


def test_what_is_not_json_is_refused():
    with pytest.raises(TypeError):
        JsonWithFiles({"a": object()})
