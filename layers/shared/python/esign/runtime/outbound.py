"""Calling Coupa's endpoints: their addresses were given by an authenticated account, so their own hosts are what is
allowed; that a host is a public one is the guard's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esign.http.deadline import Deadline
from esign.http.oauth import Client, Token, fetch_token
from esign.http.outbound import Posted, post
from esign.http.ssrf import Outbound, own_address


@dataclass(frozen=True, slots=True)
class Poster:
    allow_loopback_http: bool = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str], deadline: Deadline) -> Posted:
        """One POST, redirects not followed. Raises UnsafeAddress."""
        return post(url, body, headers, policy=self._only(url), deadline=deadline)

    def token(self, oauth2: Mapping[str, Any], deadline: Deadline) -> Token:
        """`oauth2` as the account's notification secrets hold it. Raises UnsafeAddress, ProviderError."""
        client = Client(oauth2["tokenUrl"], oauth2["clientId"], oauth2["clientSecret"], oauth2.get("scope"))
        return fetch_token(client, policy=self._only(client.token_url), deadline=deadline)

    def _only(self, url: str) -> Outbound:
        return own_address(url, allow_loopback_http=self.allow_loopback_http)
