"""Every duration of the connector, in seconds. A stage's record holds one; stage `local` divides it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds. Where a figure comes from a contract, its source is beside it."""

    # state-and-delivery: poll plan of a package without callbacks, then daily
    poll_plan: tuple[float, ...] = (300, 3600, 21600)
    poll_daily: float = 86400
    poll_fast: float = 21600  # accounts whose provider calls nobody back
    poll_after_expiry: float = 300
    watch_expired: float = 7 * 86400
    stuck_after: float = 400 * 86400
    # state-and-delivery: one provider read per package in this time
    refresh_gap: float = 10
    refresh_lease: float = 90
    stale_read: float = 300  # contracts/coupa.md, PackageSummary
    files_retry: float = 60  # "signed but no file yet": at first, then a quarter of the time waited so far
    collecting: float = 1200  # the sum of its functions' own time-outs, and their retries
    files_missing: float = 7 * 86400  # after this, a person decides
    sweep_batch_budget: float = 45
    retention_look: float = 86400  # after a package's end, and between looks while Coupa has not heard of it yet
    # state-and-delivery §3
    send_budget: float = 25
    send_grace: float = 60
    submit_budget: float = 840
    late_verdict: float = 6 * 3600  # of a Send that its provider took in charge; after this a person looks
    # contracts/coupa.md, Notifications: after the first attempt
    delivery_schedule: tuple[float, ...] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    endpoint_pause: float = 1800  # at most, between two tries at an endpoint that fails while packages wait for it
    delivery_lease: float = 60
    bell_delay: float = 60  # events committed without a bell are due after this
    # Never divided: they bound real network calls and links that people click.
    delivery_timeout: float = 15
    upload_link: float = 900
    download_link: float = 300

    def delivery_step(self, number: int) -> float:
        """Seconds to wait after this many failures; the last step stands for all that follow."""
        return self.delivery_schedule[min(number, len(self.delivery_schedule) - 1)]

    @property
    def whole_delivery(self) -> timedelta:
        """After so long without success an event is a dead letter."""
        return seconds(sum(self.delivery_schedule))

    def scaled(self, by: float) -> Timing:
        """The same plan with virtual time running `by` times faster; network time-outs and links stay."""
        fixed = {
            "delivery_timeout",
            "upload_link",
            "download_link",
            "send_budget",
            "submit_budget",
            "refresh_lease",
            "delivery_lease",
            "sweep_batch_budget",
        }
        changed: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in fixed:
                changed[item.name] = tuple(v / by for v in value) if isinstance(value, tuple) else value / by
        return replace(self, **changed)


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)
