"""The console's server: this machine alone, its own port or a free one."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from sandbox.console.desk import Desk
from sandbox.console.server import Console
from tests.fakes.console import FakeWorld


def test_a_port_that_is_taken_becomes_a_free_one_and_each_console_knows_its_own_name():
    with Desk(cast("Any", FakeWorld()), ["connective"]) as desk, Console(desk, 0) as first:
        port = urlsplit(first.url).port
        with Console(desk, cast("int", port)) as second:
            assert second.url != first.url
            for url in (first.url, second.url):
                assert url.startswith("http://127.0.0.1:")
                assert httpx.get(url).status_code == 200
                assert httpx.get(url, headers={"host": "evil.example"}).status_code == 421


def test_a_form_is_sent_and_answered_over_http():
    with Desk(cast("Any", FakeWorld()), ["connective"]) as desk, Console(desk, 0) as console:
        form = {"fault": "coupa", "on": "yes"}
        assert httpx.post(f"{console.url}/faults", data=form).status_code == 403
        done = httpx.post(f"{console.url}/faults", data=form, headers={"origin": console.url})
        assert (done.status_code, done.headers["location"]) == (303, "/faults")
        assert desk.faults.on("coupa")
