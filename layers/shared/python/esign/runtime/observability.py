"""One JSON line per request, by Powertools' Logger; it is at the same time its CloudWatch metric (EMF).

The Logger is made with the first line, so importing this costs nothing. Callers pass ids, codes and figures only: never a
body, a name, an address, a header or a token. Metrics are written as Embedded Metric Format inside the line that they
belong to (esign.runtime.measures), without Powertools' Metrics, whose flush would write one more.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from esign.runtime.measures import ALARMS, FAULTS, MILLISECONDS, Measure, embedded

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_MAKING = threading.Lock()


class Level(IntEnum):
    """As in `logging`. ERROR means that a person should look."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


def log(level: Level, message: str, **fields: object) -> None:
    """Write one line, unless ESIGN_LOG_LEVEL (default INFO) is above `level`; fields that are None are left out."""
    if level < Level[os.environ.get("ESIGN_LOG_LEVEL", "INFO")]:
        return
    _write(level, message, fields)


def measure(values: Mapping[Measure, float], **fields: object) -> None:
    """A line that is there for its figures, whatever the level; `fields` has the measures' dimensions, and ids."""
    told = {one.name: value for one, value in values.items()}
    _write(Level.INFO, "measured", {**fields, **told, "_aws": embedded(values, stage=_stage())})


def _write(level: Level, message: str, fields: Mapping[str, object]) -> None:
    told = {key: value for key, value in fields.items() if value is not None}
    getattr(_logger(), level.name.lower())(message, extra=told)


def _stage() -> str:
    return os.environ.get("ESIGN_STAGE", "none")


class _Stdout(logging.StreamHandler[TextIO]):
    """Writes to what stdout is now: the runtime, and tests, replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def _logger() -> Logger:
    """Made by one thread only: the bell's messages are heard by several."""
    with _MAKING:
        return _made_logger()


@cache
def _made_logger() -> Logger:
    from aws_lambda_powertools import Logger

    logger = Logger(level="DEBUG", logger_handler=_Stdout(), use_rfc3339=True, utc=True)
    logger.remove_keys(["location"])
    return logger


def log_request(level: Level, *, operation: str, milliseconds: float, fault: bool, **fields: object) -> None:
    """The one line of a request, from which CloudWatch makes `Milliseconds` and `Faults` (5xx) per operation."""
    log(
        level,
        "request",
        operation=operation,
        Milliseconds=round(milliseconds, 1),
        Faults=int(fault),
        **fields,
        _aws=embedded((MILLISECONDS, FAULTS), stage=_stage()),
    )


def alarm(code: str, **fields: object) -> None:
    """A line at ERROR for a person, counted by CloudWatch as `Alarms` per code."""
    log(Level.ERROR, "alarm", code=code, Alarms=1, **fields, _aws=embedded((ALARMS,), stage=_stage()))


def stack(trace: TracebackType | None) -> list[str]:
    """Where an exception arose, innermost last: file, line and function, never a value or a line of source."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.split('/')[-3:])}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places
