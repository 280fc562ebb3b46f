"""Half a surrogate pair in a vendor's JSON: it is replaced where it comes in, since nothing behind could ever write it."""

from __future__ import annotations

import json
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.domain.errors import ProviderRefused
from esign.http.jsonspool import load
from esign.http.jsontext import mended
from esign.http.outcome import Reply, Said, Vendor

HALVES = [
    (rb'"too dear \ud83d"', "too dear \ufffd"),
    (rb'"\uDE00 too dear"', "\ufffd too dear"),
    (rb'"\ude00\ud83d"', "\ufffd\ufffd"),
    (rb'"\ud83d\ud83d\ude00"', "\ufffd\N{GRINNING FACE}"),
    (rb'"\ud83d\n\ude00"', "\ufffd\n\ufffd"),
    (rb'"\\\ud83d"', "\\\ufffd"),
    (b'"\xed\xa0\xbd"', "\ufffd"),
    (b'"\xed\xa0\xbd\xed\xb8\x80"', "\ufffd\ufffd"),
]
WHOLE = [
    (rb'"\ud83d\ude00"', "\N{GRINNING FACE}"),
    (rb'"\uD83D\uDE00"', "\N{GRINNING FACE}"),
    (rb'"\\ud83d"', "\\ud83d"),
    (rb'"\\\\ud83d\\ude00"', "\\\\ud83d\\ude00"),
    (rb'"caf\u00e9 \"\/\u20ac"', 'café "/€'),
    ('"\N{GRINNING FACE} 힣 é"'.encode(), "\N{GRINNING FACE} 힣 é"),
]


@pytest.mark.parametrize(("text", "read"), HALVES + WHOLE)
def test_every_half_is_replaced_and_nothing_else(text: bytes, read: str) -> None:
    assert json.loads(mended(text)) == read


@pytest.mark.parametrize("text", [text for text, _ in WHOLE])
def test_what_is_whole_stays_as_it_is(text: bytes) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("text", [b"", b"\\", rb"\u", rb"\ud8", rb'"\ud83', rb'"\ud83d\u', b"\xed", b"\xff\xed\xa0"])
def test_what_is_no_json_stays_none(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own and Unicode's
        json.loads(mended(text))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from('\\"ud83')))
def test_whatever_is_said_can_be_written(said: str) -> None:
    as_utf_16 = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert json.loads(mended(json.dumps(said).encode())) == as_utf_16
    json.loads(mended(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass"))).encode()


def reply(content: bytes, *, vendor: Vendor | None = None, status: int = 200) -> Reply:
    return Reply(status, {}, content, vendor or Vendor("acme"), safe=True)


def test_an_answer_is_read_without_halves() -> None:
    assert reply(rb'{"Reason": "too dear \ud83d"}').json() == {"Reason": "too dear \ufffd"}


def test_an_answer_on_disk_is_read_without_halves() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(rb'{"note": "too dear \ud83d", "bytes": "' + b"A" * 40_000 + b'"}')
        file.flush()
        assert load(file)["note"] == "too dear \ufffd"


def test_a_fault_is_told_without_halves_however_the_vendor_reads_it() -> None:
    vendor = Vendor("acme", lambda refused: Said(message=json.loads(refused.content)["message"]))
    refusal = reply(rb'{"message": "no \ud83d"}', vendor=vendor, status=422).refusal()
    assert isinstance(refusal, ProviderRefused)
    assert refusal.fault is not None
    assert refusal.fault.message == "no \ufffd"
