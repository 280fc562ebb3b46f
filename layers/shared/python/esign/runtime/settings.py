"""What the stage tells a function, from its environment variables. infra/access.py writes what is read here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esign.domain.timing import Timing


class MissingSetting(LookupError):
    """A function asks for something that its row in infra does not need: the row is wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Each property reads one variable when it is asked for: a function has only those that it needs."""

    environment: Mapping[str, str]

    def _required(self, name: str) -> str:
        value = self.environment.get(name)
        if not value:
            raise MissingSetting(f"The function has no {name}; its needs in the function table do not ask for it.")
        return value

    @property
    def table(self) -> str:
        return self._required("ESIGN_TABLE")

    @property
    def documents_bucket(self) -> str:
        return self._required("ESIGN_DOCUMENTS_BUCKET")

    @property
    def evidence_bucket(self) -> str:
        return self._required("ESIGN_EVIDENCE_BUCKET")

    @property
    def secrets_prefix(self) -> str:
        """`esign/<stage>`; "" for functions that may read no secret, and so never ask for one."""
        return self.environment.get("ESIGN_SECRETS_PREFIX", "")

    @property
    def secrets_key(self) -> str | None:
        """ARN of the key that new secrets are encrypted with; only who makes some is told."""
        return self.environment.get("ESIGN_SECRETS_KEY")

    @property
    def callbacks_base_url(self) -> str:
        return self._required("ESIGN_CALLBACKS_BASE_URL").rstrip("/")

    @property
    def bell_queue_url(self) -> str:
        return self._required("ESIGN_BELL_QUEUE_URL")

    @property
    def refresh_machine_arn(self) -> str:
        return self._required("ESIGN_REFRESH_MACHINE_ARN")

    @property
    def retention(self) -> tuple[str, int]:
        """(mode, days) of evidence whose account names none."""
        return self._required("ESIGN_RETENTION_MODE"), int(self._required("ESIGN_RETENTION_DAYS"))

    @property
    def allow_loopback_http(self) -> bool:
        """Whether providers and Coupa may be on http://127.0.0.1: a field of the stage's record."""
        return self.environment.get("ESIGN_ALLOW_LOOPBACK") == "1"

    @property
    def provider_hosts(self) -> tuple[str, ...]:
        """Where providers may be: names, or `*.example.com`; none: any public host."""
        return tuple(self.environment.get("ESIGN_PROVIDER_HOSTS", "").split())

    @property
    def timing(self) -> Timing:
        """The stage's durations; a field that an older stage does not name keeps its default."""
        told = json.loads(self.environment.get("ESIGN_TIMING", "{}"))
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in told.items()
            if name in Timing.__dataclass_fields__
        }
        return Timing(**known)


def from_environment() -> Settings:
    return Settings(os.environ)
