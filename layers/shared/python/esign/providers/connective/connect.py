"""Puts an account's provider together: settings, credentials, HTTP, and the API of its version."""

from __future__ import annotations

from esign.domain.account import Account, EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.providers.connective.adapter import ConnectiveProvider, ConnectiveV3Provider
from esign.providers.connective.api_v3 import ApiV3
from esign.providers.connective.api_v4 import ApiV4
from esign.providers.connective.capabilities import NAME
from esign.providers.connective.client_v3 import ConnectiveV3
from esign.providers.connective.client_v4 import ConnectiveV4
from esign.providers.connective.credentials import parse_credentials
from esign.providers.connective.options import parse_settings
from esign.providers.connective.wire import read_fault
from esign.providers.opening import Opening

_TIDY_SECONDS = 3.0


def connect(account: Account, opening: Opening) -> ConnectiveProvider:
    """Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    opening.check({"/settings/baseUrl": settings.origin})
    v4 = settings.api_version == "v4"
    http = ProviderHttp(
        vendor=Vendor(NAME, read_fault),
        base_url=settings.origin + ("/esig/webportalapi/v4" if v4 else "/webportalapi"),
        credentials=lambda: parse_credentials(opening.credentials()).headers(),
        renew=opening.renew,
        observe=opening.observe,
    )
    optional = account.evidence is EvidencePolicy.OPTIONAL
    if v4:
        return ConnectiveProvider(
            api=ApiV4(ConnectiveV4(http, opening.deadline), settings),
            tidy=lambda: ApiV4(ConnectiveV4(http, Deadline(_TIDY_SECONDS)), settings),
            settings=settings,
            evidence_optional=optional,
        )
    client = ConnectiveV3(http, opening.deadline)
    return ConnectiveV3Provider(
        api=ApiV3(client, settings),
        tidy=lambda: ApiV3(ConnectiveV3(http, Deadline(_TIDY_SECONDS)), settings),
        settings=settings,
        evidence_optional=optional,
        client=client,
    )
