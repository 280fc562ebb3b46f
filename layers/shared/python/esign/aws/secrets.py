"""Secrets of the stage in Secrets Manager: JSON objects by name, cached. Knows nothing of what they are for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from esign.aws.answers import asking, code_of

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHED = 300.0  # seconds
RECOVERY_DAYS = 30  # Secrets Manager takes 7 to 30
_GONE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})  # the latter: removed, and to be recovered


class Secrets:
    """Errors: StoreUnavailable. A value never appears in one, nor in the repr."""

    def __init__(
        self,
        client: SecretsManagerClient,
        *,
        kms_key: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`kms_key` encrypts the secrets made here (None: the account's default key)."""
        self._client = client
        self._kms_key = kms_key
        self._monotonic = monotonic
        self._cache: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def get(self, name: str) -> Mapping[str, Any] | None:
        """None: no such secret, one without a value, or a removed one. Absence is not cached."""
        now = self._monotonic()
        until, value = self._cache.get(name, (now, {}))
        if now < until:
            return value
        found = self._read(name)
        if found is not None:
            self._cache[name] = (now + CACHED, found)
        return found

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Make it, or give it a new value."""
        self.forget(name)
        text = json.dumps(dict(value), separators=(",", ":"))
        key = {"KmsKeyId": self._kms_key} if self._kms_key else {}
        with asking("Secrets Manager"):
            try:
                self._client.put_secret_value(SecretId=name, SecretString=text)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                self._client.create_secret(Name=name, SecretString=text, **key)  # type: ignore[arg-type]

    def remove(self, name: str) -> None:
        """Gone for everybody at once; for RECOVERY_DAYS an administrator can restore it. One that is gone is no error."""
        self.forget(name)
        with asking("Secrets Manager"):
            try:
                self._client.delete_secret(SecretId=name, RecoveryWindowInDays=RECOVERY_DAYS)
            except ClientError as error:
                if code_of(error) not in _GONE:
                    raise

    def forget(self, name: str) -> None:
        """Read it anew next time."""
        self._cache.pop(name, None)

    def _read(self, name: str) -> Mapping[str, Any] | None:
        with asking("Secrets Manager"):
            try:
                text = self._client.get_secret_value(SecretId=name)["SecretString"]
            except ClientError as error:
                if code_of(error) not in _GONE:
                    raise
                return None
        value: Mapping[str, Any] = json.loads(text)
        return value
