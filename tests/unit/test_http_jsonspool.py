"""Files inside JSON answers that stay on disk while everything else is read."""

from __future__ import annotations

import base64
import json
import os
import tempfile
import tracemalloc

import pytest

from esign.http.jsonspool import Base64Text, NotJson, load


def spooled(text: bytes):
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the test's garbage
    file.write(text)
    file.flush()
    return file


def content(value) -> bytes:
    return b"".join(value.pieces())


@pytest.mark.parametrize("size", [20_000, 20_001, 20_002, 600_000, 600_001])
def test_a_long_string_stays_on_disk_and_decodes_to_its_bytes(size):
    data = os.urandom(size)
    file = spooled(json.dumps({"a": 1, "docs": [{"bytes": base64.b64encode(data).decode(), "n": "x"}]}).encode())
    read = load(file)
    assert read["a"] == 1
    assert read["docs"][0]["n"] == "x"
    assert content(read["docs"][0]["bytes"]) == data


def test_escaped_slashes_and_line_breaks_in_base64_are_no_harm():
    data = os.urandom(400_000)
    text = base64.encodebytes(data).decode()
    body = json.dumps({"bytes": text}).replace("/", "\\/").encode()
    assert content(load(spooled(body))["bytes"]) == data


def test_short_strings_are_strings_even_those_that_look_like_the_mark():
    told = {"title": 'a "quoted" \\ title', "fake": "\x00spooled:0"}
    assert load(spooled(json.dumps(told).encode())) == told


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": "' + b"A" * 40_000, b"[" * 200_000])
def test_what_is_no_json_is_refused(body):
    with pytest.raises(NotJson):
        load(spooled(body))


def test_a_long_string_that_ends_in_backslashes_comes_to_an_end():
    read = load(spooled(json.dumps({"bytes": "\\" * 20_001}).encode()))
    assert content(read["bytes"]) == b""


def test_a_long_string_that_is_no_base64_is_refused_when_it_is_read():
    read = load(spooled(json.dumps({"bytes": "ü%" * 20_000}).encode()))
    assert isinstance(read["bytes"], Base64Text)
    with pytest.raises(NotJson):
        content(read["bytes"])


def test_reading_twenty_megabytes_takes_less_than_one_of_memory():
    file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(b'{"documents":[{"bytes":"')
    for _ in range(20):
        file.write(base64.b64encode(bytes(3 * 349_525)))
    file.write(b'"}]}')
    file.flush()
    tracemalloc.start()
    size = sum(map(len, load(file)["documents"][0]["bytes"].pieces()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 20 * 3 * 349_525
    assert peak < 2_000_000
