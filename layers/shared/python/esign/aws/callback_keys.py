"""The keys that sign the addresses which providers call. Every version stays as long as a package is open under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esign.aws.secrets import Secrets
from esign.domain.errors import StoreUnavailable

_SHORTEST = 32  # characters


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """`current` names the key that signs; all of them verify."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


class SecretCallbackKeys:
    """Reads `{"current": "k1", "k1": "…", …}`, or the same with the keys under `keys`.

    A key is the text itself, as bytes: at least 32 random letters and digits, never decoded.
    """

    def __init__(self, secrets: Secrets, name: str) -> None:
        self._secrets = secrets
        self._name = name

    def keys(self) -> CallbackKeys:
        """Raises StoreUnavailable, also when the secret is missing or holds no usable keys."""
        found = self._secrets.get(self._name) or {}
        texts = found.get("keys") or {name: text for name, text in found.items() if name != "current"}
        keys = {name: str(text).encode() for name, text in texts.items() if len(str(text)) >= _SHORTEST}
        current = found.get("current")
        if current not in keys:
            raise StoreUnavailable("The secret of the callback keys names no usable current key.")
        return CallbackKeys(str(current), keys)
