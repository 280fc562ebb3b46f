"""What of a call to a vendor may be told: paths, sentences."""

from __future__ import annotations

import pytest

from esign.http.redaction import Exchange, safe_path, safe_text


@pytest.mark.parametrize(
    "path",
    [
        "/webportalapi/v3/packages/0f8fad5b-d9cb-469f-a165-70867728950e/status",
        "/v3.1/packages/42/process",
        "/packages/pkg_01hzy8mv3q1c6x5z7w9t0r2e4k/documents/pkg_01hzy8mv3q1c6x5z7w9t0r2e4k_02",
        "/rest/api/1.0/get-envelope_by.id/",
        "/",
    ],
)
def test_words_numbers_and_ids_of_a_path_are_kept(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/users/jo%40example.org", "/users/…"),
        ("/users/jo@example.org/keys", "/users/…/keys"),
        ("/cb/k1.5Zk2vQ7d0m3Xy9Lr8sTn4bWc6Hf1Ja0e", "/cb/…"),
        ("/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/t/…"),
        ("/list?email=jo@example.org&token=abc", "/list?…"),
        ("/a b", "/…"),
        ("/%0d%0aX", "/…"),
    ],
)
def test_anything_else_is_dropped(path, safe):
    assert safe_path(path) == safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Phone +32 475 12 34 56 of jo.doe@example.org is not valid", "Phone <number> of <e-mail> is not valid"),
        ("Bearer abc.def-ghi is stale", "<token> is stale"),
        ("key 4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c rejected", "key <token> rejected"),
        ("two\r\nlines\x00", "two lines"),
        ("expires 2026-11-21 at 10:00", "expires 2026-11-21 at 10:00"),
        ("no package 0f8fad5b-d9cb-469f-a165-70867728950e", "no package 0f8fad5b-d9cb-469f-a165-70867728950e"),
    ],
)
def test_a_vendors_sentence_is_cleaned(text, safe):
    assert safe_text(text) == safe


def test_a_long_sentence_is_cut():
    assert len(safe_text("word " * 1000)) == 300


def test_an_exchange_reads_as_one_line():
    assert str(Exchange("POST", "h", "/p", 201, 42)) == "POST h/p -> 201 in 42 ms"
    assert str(Exchange("POST", "h", "/p", None, 7, "ReadTimeout")) == "POST h/p -> ReadTimeout in 7 ms"
    assert str(Exchange("GET", "h", "/p", 200, 7, "ReadError")) == "GET h/p -> 200, ReadError in 7 ms"
