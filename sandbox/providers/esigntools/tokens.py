"""JWTs of the simulator (HS256). seeds/003, JWTToken: an `id_token` "to pass to next API calls". Knows no agreements."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime


class Tokens:
    """Issues tokens and knows its own again."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def forget(self) -> None:
        """No token that was issued until now is valid any more."""
        self._key = secrets.token_bytes(32)

    def issue(self, user: str, *, now: datetime, expires: datetime | None) -> str:
        claims: dict[str, object] = {"sub": user, "iat": int(now.timestamp()), "jti": secrets.token_hex(4)}
        if expires:
            claims["exp"] = int(expires.timestamp())
        head = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
        return f"{head}.{self._mac(head)}"

    def user(self, token: str, *, now: datetime) -> str | None:
        """Whose token it is; None: it is none of ours, or its time is over."""
        head, _, mac = token.rpartition(".")
        if not hmac.compare_digest(self._mac(head).encode(), mac.encode()):
            return None
        claims = json.loads(base64.urlsafe_b64decode(head.partition(".")[2] + "=="))
        return str(claims["sub"]) if claims.get("exp", now.timestamp() + 1) > now.timestamp() else None

    def _mac(self, text: str) -> str:
        return _text(hmac.digest(self._key, text.encode(), hashlib.sha256))


def _encoded(part: dict[str, object]) -> str:
    return _text(json.dumps(part).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
