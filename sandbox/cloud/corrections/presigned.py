"""Checks that moto's S3 leaves out: expiry and signature of presigned URLs, and checksums of what is uploaded.

Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html. Signature version 2 is refused, as in every
region that is younger than 2014.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

from sandbox.cloud.runtime.function import Json

WsgiApp = Callable[[Json, Json], Iterable[bytes]]


class PresignedChecks:
    """A WSGI application before moto's."""

    def __init__(self, app: WsgiApp, *, secret_key: str) -> None:
        self._app = app
        self._secret_key = secret_key

    def __call__(self, environ: Json, start_response: Json) -> Iterable[bytes]:
        refusal = self._refusal(environ)
        if refusal is None:
            return self._app(environ, start_response)
        status, code, message = refusal
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]

    def _refusal(self, environ: Json) -> tuple[str, str, str] | None:
        """The first check that fails, as (status, code, message)."""
        query = environ.get("QUERY_STRING", "")
        if "AWSAccessKeyId=" in query and "Signature=" in query:
            return "400 Bad Request", "InvalidRequest", "Please use AWS4-HMAC-SHA256."
        if "X-Amz-Signature=" in query:
            pairs = dict(parse_qsl(query, keep_blank_values=True))
            refusal = _expired(pairs) or _unsigned_headers(environ, pairs) or self._forged(environ, pairs)
            if refusal:
                return "403 Forbidden", *refusal
        return _wrong_checksum(environ) if environ["REQUEST_METHOD"] == "PUT" else None

    def _forged(self, environ: Json, query: dict[str, str]) -> tuple[str, str] | None:
        scope = query["X-Amz-Credential"].split("/", 1)[1]
        request = hashlib.sha256(_canonical_request(environ, query).encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{request}"
        key = f"AWS4{self._secret_key}".encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        if hmac.compare_digest(key.hex(), query["X-Amz-Signature"]):
            return None
        return "SignatureDoesNotMatch", "The request signature we calculated does not match the one you provided."


def _expired(query: dict[str, str]) -> tuple[str, str] | None:
    signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if datetime.now(UTC) <= signed_at + timedelta(seconds=int(query["X-Amz-Expires"])):
        return None
    return "AccessDenied", "Request has expired"


def _unsigned_headers(environ: Json, query: dict[str, str]) -> tuple[str, str] | None:
    signed = query["X-Amz-SignedHeaders"].split(";")
    sent = (name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_X_AMZ_"))
    if all(name in signed or name in ("x-amz-content-sha256", "x-amz-date") for name in sent):
        return None
    return "AccessDenied", "There were headers present in the request which were not signed"


def _canonical_request(environ: Json, query: dict[str, str]) -> str:
    path = unquote(environ.get("RAW_URI", environ["PATH_INFO"]).split("?")[0])
    pairs = sorted((_encode(key), _encode(value)) for key, value in query.items() if key != "X-Amz-Signature")
    names = query["X-Amz-SignedHeaders"].split(";")
    return "\n".join(
        [
            environ["REQUEST_METHOD"],
            quote(path, safe="/-_.~"),
            "&".join(f"{key}={value}" for key, value in pairs),
            *(f"{name}:{_header(environ, name)}" for name in names),
            "",
            ";".join(names),
            query.get("X-Amz-Content-Sha256", _header(environ, "x-amz-content-sha256") or "UNSIGNED-PAYLOAD"),
        ]
    )


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _header(environ: Json, name: str) -> str:
    key = name.upper().replace("-", "_")
    value = environ.get(key) if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else environ.get(f"HTTP_{key}")
    return " ".join((value or "").split())


def _wrong_checksum(environ: Json) -> tuple[str, str, str] | None:
    wanted = {
        "sha256": environ.get("HTTP_X_AMZ_CHECKSUM_SHA256"),
        "md5": environ.get("HTTP_CONTENT_MD5"),
    }
    if not any(wanted.values()) or _header(environ, "x-amz-content-sha256").startswith("STREAMING"):
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    for name, value in wanted.items():
        digest = hashlib.new(name, body, usedforsecurity=False).digest()
        if value and base64.b64encode(digest).decode() != value:
            return (
                "400 Bad Request",
                "BadDigest",
                f"The {name.upper()} you specified did not match the calculated checksum.",
            )
    return None
