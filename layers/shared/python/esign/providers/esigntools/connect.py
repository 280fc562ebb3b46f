"""Puts an account's provider together: settings, credentials, HTTP."""

from __future__ import annotations

from esign.domain.account import Account, EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.providers.esigntools.adapter import EsignToolsProvider
from esign.providers.esigntools.capabilities import NAME
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.credentials import parse_credentials
from esign.providers.esigntools.options import parse_settings
from esign.providers.esigntools.wire import read_fault
from esign.providers.opening import Opening

_TIDY_SECONDS = 3.0


def connect(account: Account, opening: Opening) -> EsignToolsProvider:
    """Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    opening.check({"/settings/baseUrl": settings.base})
    http = ProviderHttp(vendor=Vendor(NAME, read_fault), base_url=settings.base, observe=opening.observe)

    def client(until: Deadline) -> EsignTools:
        return EsignTools(http, until, lambda: parse_credentials(opening.credentials()), renew=opening.renew)

    return EsignToolsProvider(
        client=client(opening.deadline),
        tidy=lambda: client(Deadline(_TIDY_SECONDS)),
        settings=settings,
        evidence_optional=account.evidence is EvidencePolicy.OPTIONAL,
    )
