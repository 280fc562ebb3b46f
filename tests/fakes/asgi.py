"""Calls an ASGI app without a server, one request at a time. Redirects are not followed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class Caller:
    def __init__(self, app: Any, base_url: str) -> None:
        self._app, self._base_url = app, base_url

    def request(self, method: str, address: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._asked(method, address, options))

    def get(self, address: str, **options: Any) -> httpx.Response:
        return self.request("GET", address, **options)

    def post(self, address: str, **options: Any) -> httpx.Response:
        return self.request("POST", address, **options)

    async def _asked(self, method: str, address: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
            return await client.request(method, address, **options)
