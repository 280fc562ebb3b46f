"""The one table of alarms: what is watched, when a person is told, and why. Knows nothing of CDK.

infra/constructs/alarms.py makes CloudWatch's alarms of it, docs/runbook.md has a section for each row, under its name.
Metrics are watched by group, not by function: an alarm reads at most ten (CloudWatch's own limit), so a large group is
several alarms of one name, with a number behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from esign.domain.account import ENDS_SOON
from esign.operations.deliver_notifications import DEAD_LETTER
from esign.runtime.measures import ALARMS as ALARM_LINES
from esign.runtime.measures import (
    CANARY_SIGNED,
    CREDENTIALS_DAYS,
    DELIVERY_AGE,
    ENDPOINT_FAILURES,
    STUCK_PACKAGES,
    SWEEP_LAG,
    Measure,
)
from infra.functions import ALL, AUTHORIZER, CALLBACKS, OPERATIONS, Function

MOST_METRICS = 10  # of one alarm: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
AUTHORIZER_FAILURES = "AuthorizerFailures"  # counted in the access log of Coupa's API

T = TypeVar("T")
Statistic: TypeAlias = Literal["Sum", "Average", "Minimum", "Maximum"]


def chunks(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = tuple(items)
    while rest:
        yield rest[:size]
        rest = rest[size:]


GROUPS: dict[str, tuple[Function, ...]] = {
    "api": OPERATIONS,
    "callbacks": CALLBACKS,
    "workflow": tuple(row for row in ALL if row.folder.startswith("workflow/")),
    # Alone: each 401 is an error of this function, so its errors tell nothing.
    "authorizer": (AUTHORIZER,),
}
COUNTED = ("api", "callbacks", "workflow")  # the groups whose errors are errors


@dataclass(frozen=True, slots=True)
class Ours:
    """A measure of ours; `dimensions` besides the service are given here."""

    measure: Measure
    statistic: Statistic
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Gateway:
    """API Gateway's own metric of both APIs: one alarm each."""

    metric: str
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class AccessLog:
    """What a filter counts in the access log of Coupa's API."""

    metric: str
    error: str  # API Gateway's name of the case ($context.error.responseType)


@dataclass(frozen=True, slots=True)
class Functions:
    """Lambda's metrics over the groups: errors in % of invocations, throttles, the slowest 1 % in % of the time-out."""

    what: Literal["errors", "throttles", "slow"]
    groups: tuple[str, ...]

    @property
    def at_once(self) -> int:
        """How many functions one alarm can watch: errors need two metrics each, a share of its time-out an expression."""
        return {"errors": MOST_METRICS // 2, "throttles": MOST_METRICS, "slow": MOST_METRICS - 1}[self.what]


@dataclass(frozen=True, slots=True)
class Queue:
    """A metric of SQS: of the bell, or of its dead letters."""

    queue: Literal["bell", "dead_letters"]
    metric: str


@dataclass(frozen=True, slots=True)
class Executions:
    """Executions of both state machines that failed, timed out or were aborted."""


Watched: TypeAlias = Ours | Gateway | AccessLog | Functions | Queue | Executions


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """`limit` is what must not be passed; `of` periods of `minutes`, that many (`times`) must pass it."""

    name: str  # also its section in docs/runbook.md
    says: str  # what it means, in the message
    watches: Watched
    limit: float
    below: bool = False  # the limit is a lower one
    minutes: int = 5
    times: int = 1
    of: int = 1
    silence: Literal["well", "wrong"] = "well"  # what no data means
    canary: bool = False  # only where the stage has a canary


ALARMS: Sequence[Alarm] = (
    Alarm(
        name="api-5xx",
        says="More than 1 % of the calls of an API are answered with 5xx.",
        watches=Gateway("5XXError", "Average"),
        limit=0.01,
        times=2,
        of=3,
    ),
    Alarm(
        name="authorizer-failure",
        says="Coupa's callers cannot be checked: the authorizer itself fails, which is not a wrong password.",
        watches=AccessLog(AUTHORIZER_FAILURES, "AUTHORIZER_FAILURE"),
        limit=0,
    ),
    Alarm(
        name="function-errors",
        says="More than 1 % of the invocations of a group of functions end in an error.",
        watches=Functions("errors", COUNTED),
        limit=1,
        times=2,
        of=3,
    ),
    Alarm(
        name="function-throttles",
        says="Lambda refuses invocations: the concurrency of the account, or what is reserved, is used up.",
        watches=Functions("throttles", (*COUNTED, "authorizer")),
        limit=0,
    ),
    Alarm(
        name="function-slow",
        says="The slowest 1 % of a group's invocations take more than 80 % of their time-out.",
        watches=Functions("slow", (*COUNTED, "authorizer")),
        limit=80,
        times=2,
        of=3,
    ),
    Alarm(
        name="workflow-failed",
        says="An execution of refresh-package or sweep-packages failed, timed out or was aborted.",
        watches=Executions(),
        limit=0,
    ),
    Alarm(
        name="sweep-lag",
        says="What is due is not taken up within a quarter of an hour, or the sweep does not run at all.",
        watches=Ours(SWEEP_LAG, "Maximum"),
        limit=900,
        times=3,
        of=3,
        silence="wrong",
    ),
    Alarm(
        name="bell-age",
        says="A message of the bell waits for more than a quarter of an hour: nobody tells Coupa anything.",
        watches=Queue("bell", "ApproximateAgeOfOldestMessage"),
        limit=900,
    ),
    Alarm(
        name="bell-dead-letters",
        says="The deliverer failed five times on a message of the bell.",
        watches=Queue("dead_letters", "ApproximateNumberOfMessagesVisible"),
        limit=0,
    ),
    Alarm(
        name="delivery-age",
        says="Coupa is being told of something that happened more than an hour ago.",
        watches=Ours(DELIVERY_AGE, "Maximum"),
        limit=3600,
        minutes=60,
    ),
    Alarm(
        name="endpoint-paused",
        says="An endpoint of Coupa failed three times in a row; it rests up to half an hour between two tries.",
        watches=Ours(ENDPOINT_FAILURES, "Maximum"),
        limit=2,
        minutes=60,
    ),
    Alarm(
        name="notification-dead-letter",
        says="Coupa was not told of an event, and will not be by itself.",
        watches=Ours(ALARM_LINES, "Sum", (("code", DEAD_LETTER),)),
        limit=0,
    ),
    Alarm(
        name="stuck-packages",
        says="A package needs a person, or should have gone on by itself and did not; or nobody has looked for two hours.",
        watches=Ours(STUCK_PACKAGES, "Maximum"),
        limit=0,
        minutes=60,
        times=2,
        of=2,
        silence="wrong",
    ),
    Alarm(
        name="credentials-ending",
        says=f"An account's credentials at its provider end within {ENDS_SOON.days} days, or have ended; or nobody has "
        "looked for two hours.",
        watches=Ours(CREDENTIALS_DAYS, "Minimum"),
        limit=ENDS_SOON.days,
        below=True,
        minutes=60,
        times=2,
        of=2,
        silence="wrong",
    ),
    Alarm(
        name="canary-failing",
        says="The synthetic canary could not get a contract signed from end to end, twice in a row, or does not run.",
        watches=Ours(CANARY_SIGNED, "Minimum"),
        limit=1,
        below=True,
        minutes=10,
        times=2,
        of=2,
        silence="wrong",
        canary=True,
    ),
)


def metrics_read(rows: Iterable[Alarm]) -> int:
    """How many metrics the alarms of these rows read: what CloudWatch bills them by."""
    return sum(_read(row.watches) for row in rows)


def _read(watched: Watched) -> int:
    match watched:
        case Functions(what, groups):
            return (2 if what == "errors" else 1) * sum(len(GROUPS[group]) for group in groups)
        case Executions():
            return 6  # three ends of two machines
        case Gateway():
            return 2  # one of each API
        case _:
            return 1
