"""What `esign notifications` answers, as JSON: ids, types and times only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from esign.coupa.views import instant
from esign.domain.events import DeadLetter
from esign.domain.ids import AccountId
from esign.operations.replay_notifications import Notification, Replay

View = dict[str, Any]


def dead_letters(account: AccountId, letters: Iterable[DeadLetter], cursor: str | None) -> View:
    found = [
        {
            "event": one.event,
            "package": one.package,
            "type": one.type.value,
            "givenUpAt": instant(one.given_up_at),
            "detail": one.detail,
        }
        for one in letters
    ]
    return {"account": account, "deadLetters": found} | ({"cursor": cursor} if cursor else {})


def chosen(account: AccountId, events: Iterable[Notification]) -> View:
    return {"account": account, "events": [_told(one) for one in events]}


def replay(account: AccountId, done: Replay) -> View:
    return {
        "account": account,
        "asked": [_told(one) for one in done.asked],
        "waiting": [_told(one) for one in done.waiting],
        "withoutCallback": [_told(one) for one in done.deaf],
    }


def _told(one: Notification) -> View:
    return {"event": one.event, "package": one.package, "type": one.type.value, "at": instant(one.at)}
