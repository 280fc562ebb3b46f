"""Puts an account's provider together: settings, the key's HTTP and the Atlassian account's."""

from __future__ import annotations

from functools import partial

from esign.domain.account import Account, EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.outcome import Vendor
from esign.http.ssrf import guarded_host
from esign.providers.contract_signatures.adapter import ContractSignaturesProvider
from esign.providers.contract_signatures.atlassian import Site
from esign.providers.contract_signatures.capabilities import NAME
from esign.providers.contract_signatures.client import WebApi
from esign.providers.contract_signatures.credentials import atlassian_headers, key_headers
from esign.providers.contract_signatures.options import parse_settings
from esign.providers.contract_signatures.wire import read_fault
from esign.providers.opening import Opening

ATLASSIAN = "atlassian"  # the vendor's name in errors and in the timeline


def connect(account: Account, opening: Opening) -> ContractSignaturesProvider:
    """Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    addresses = {"/settings/baseUrl": settings.origin, "/settings/siteUrl": settings.site}
    opening.check(addresses)
    api = ProviderHttp(
        vendor=Vendor(NAME, read_fault),
        base_url=settings.origin,
        credentials=lambda: key_headers(opening.credentials()),
        renew=opening.renew,
        observe=opening.observe,
    )
    site = ProviderHttp(
        vendor=Vendor(ATLASSIAN, read_fault),
        base_url=settings.site,
        credentials=lambda: atlassian_headers(opening.credentials()),
        renew=opening.renew,
        observe=opening.observe,
        onward=partial(guarded_host, allow_loopback_http=opening.allow_loopback),
    )
    return ContractSignaturesProvider(
        api=WebApi(api, opening.deadline),
        site=Site(site, opening.deadline, settings.host_app),
        settings=settings,
        evidence_optional=account.evidence is EvidencePolicy.OPTIONAL,
    )
