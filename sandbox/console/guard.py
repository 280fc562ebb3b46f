"""Who may speak to the console: this machine's browser, from the console's own pages. An ASGI layer over the app.

The console listens on 127.0.0.1, which other websites can reach through the browser: by a name of theirs that points
here (so the Host is checked), and by forms that they send (so the Origin is).
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 1024 * 1024
LARGEST = 51 * MIB  # of a request: Coupa's API takes 50 MiB of a document
OWN = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
POLICY = f"{OWN}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a browser would say Origin: null
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """`hosts` are the names with port by which the console may be called; whoever starts the server sets them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.hosts: frozenset[str] = frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        if refusal:
            status, sentence = refusal
            await PlainTextResponse(f"{sentence}\n", status, HEADERS)(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if host not in self.hosts:
            return 421, f"The console answers at {' and '.join(sorted(self.hosts))} only."
        if method in {"GET", "HEAD"}:
            return None
        if headers.get("origin") != f"http://{host}":
            return 403, "The console takes forms from its own pages only (the Origin is another one)."
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return 411, "Say how long the request is (Content-Length)."
        if int(length[:20]) > LARGEST:
            return 413, "A document may have 50 MiB at most. Choose a smaller file."
        return None


def _with_headers(send: Send) -> Send:
    """What the app has said itself stays."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent
