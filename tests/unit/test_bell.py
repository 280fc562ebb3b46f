"""The bell's door: messages side by side, each on its own."""

from __future__ import annotations

import json
import threading

from esign.runtime.bell import hears_the_bell
from esign.runtime.composition import App
from esign.runtime.settings import Settings

PATIENCE = 10  # seconds until a test that hangs fails


def no_ports():
    return App(Settings({}))


def records(*packages):
    return {
        "Records": [
            {"messageId": f"message-{package}", "body": json.dumps({"account": "acme", "package": package})}
            for package in packages
        ]
    }


def door(work):
    return hears_the_bell("deliver_notifications", composition=no_ports)(lambda _app: work)


def test_a_message_that_fails_is_named_and_the_others_are_done():
    done = []

    def work(message, identifier):
        if message["package"] == "bad":
            raise RuntimeError("no")
        done.append((message["package"], identifier))

    answer = door(work)(records("good", "bad"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-bad"}]}
    assert done == [("good", "message-good")]


def test_a_message_that_nobody_can_read_fails_alone():
    event = {"Records": [{"messageId": "m1", "body": "no json"}, *records("good")["Records"]]}
    assert door(lambda *_: None)(event, None) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_an_endpoint_that_hangs_keeps_no_other_message_of_its_batch_waiting():
    """The one that hangs ends only when all others are done: one after another, they would never be."""
    others = threading.Semaphore(0)

    def work(message, _identifier):
        if message["package"] == "hangs":
            assert all(others.acquire(timeout=PATIENCE) for _ in range(9))
        else:
            others.release()

    answer = door(work)(records("hangs", *(f"quick-{n}" for n in range(9))), None)
    assert answer == {"batchItemFailures": []}


def test_the_ports_are_made_once_and_before_any_thread():
    made = []

    def prepare(_app):
        made.append(threading.current_thread())
        return lambda *_: None

    hears_the_bell("deliver_notifications", composition=no_ports)(prepare)(records("a", "b", "c"), None)
    assert made == [threading.current_thread()]
