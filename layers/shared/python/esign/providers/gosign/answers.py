"""GoSign's answers judged: a result code counts more than an HTTP status, since nobody documents the status of a KO."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from esign.domain.errors import ProviderError
from esign.http.jsonspool import NotJson, load
from esign.http.outcome import Reply, Vendor
from esign.providers.gosign.errors import check, reclassified
from esign.providers.gosign.wire import EnvelopeView, envelope_in


def checked(call: Callable[..., Reply], path: str, **request: Any) -> Reply:  # noqa: ANN401 - arguments of a request
    """The reply of a call that succeeded: 2xx, and no result code but OK in it. An empty one is a success (§11: 204)."""
    try:
        reply = call(path, **request)
    except ProviderError as error:
        raise reclassified(error, safe=bool(request.get("safe"))) from error
    if reply.content.strip():
        check(reply.json(), reply)
    return reply


def envelope_on_disk(file: IO[bytes], vendor: Vendor) -> EnvelopeView:
    """The envelope of an answer that was saved: its documents' bytes stay in the file."""
    reply = Reply(200, {}, b"", vendor, safe=True)
    file.seek(0, 2)
    if not file.tell():
        return envelope_in(None, reply)
    try:
        return envelope_in(load(file), reply)
    except NotJson:
        raise reply.broken("its answer is not JSON") from None
