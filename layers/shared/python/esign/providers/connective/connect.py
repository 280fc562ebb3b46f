"""Puts a Connective account's provider together: settings, credentials, HTTP, the API of its version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from esign.domain.account import EvidencePolicy
from esign.http.client import ProviderHttp, unobserved
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.redaction import Exchange
from esign.providers.connective.adapter import ConnectiveProvider, ConnectiveV3Provider
from esign.providers.connective.api_v3 import ApiV3
from esign.providers.connective.api_v4 import ApiV4
from esign.providers.connective.capabilities import NAME
from esign.providers.connective.client_v3 import ConnectiveV3
from esign.providers.connective.client_v4 import ConnectiveV4
from esign.providers.connective.credentials import parse_credentials
from esign.providers.connective.options import parse_settings
from esign.providers.connective.wire import read_fault

VENDOR = Vendor(NAME, read_fault)
_TIDY_SECONDS = 3.0


def connect(
    settings: Mapping[str, Any],
    credentials: Mapping[str, str],
    *,
    deadline: Deadline,
    evidence: EvidencePolicy = EvidencePolicy.REQUIRED,
    observe: Callable[[Exchange], None] = unobserved,
) -> ConnectiveProvider:
    """The provider of one account, for one invocation. Raises Unprocessable (settings) or CredentialsRefused (missing)."""
    parsed = parse_settings(settings)
    base = "/esig/webportalapi/v4" if parsed.api_version == "v4" else "/webportalapi"
    http = ProviderHttp(
        vendor=VENDOR,
        base_url=parsed.origin + base,
        credentials=parse_credentials(credentials).headers,
        observe=observe,
    )
    optional = evidence is EvidencePolicy.OPTIONAL
    if parsed.api_version == "v4":
        v4 = partial(ConnectiveV4, http)
        return ConnectiveProvider(
            api=ApiV4(v4(deadline), parsed),
            tidy=lambda: ApiV4(v4(Deadline(_TIDY_SECONDS)), parsed),
            settings=parsed,
            evidence_optional=optional,
        )
    client = ConnectiveV3(http, deadline)
    return ConnectiveV3Provider(
        api=ApiV3(client, parsed),
        tidy=lambda: ApiV3(ConnectiveV3(http, Deadline(_TIDY_SECONDS)), parsed),
        settings=parsed,
        evidence_optional=optional,
        client=client,
    )
