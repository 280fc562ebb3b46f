"""Puts an account's provider together: settings, the key's HTTP and the Atlassian account's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from esign.domain.account import Account, EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.redaction import Exchange
from esign.http.renewal import Renew, never
from esign.http.ssrf import guarded_host
from esign.providers.contract_signatures.adapter import ContractSignaturesProvider
from esign.providers.contract_signatures.atlassian import Site
from esign.providers.contract_signatures.capabilities import NAME
from esign.providers.contract_signatures.client import WebApi
from esign.providers.contract_signatures.credentials import atlassian_headers, key_headers
from esign.providers.contract_signatures.options import parse_settings
from esign.providers.contract_signatures.wire import read_fault
from esign.providers.secured import check_addresses

ATLASSIAN = "atlassian"  # the vendor's name in errors and in the timeline


def connect(
    account: Account,
    *,
    credentials: Callable[[], Mapping[str, str]],
    deadline: Deadline,
    observe: Callable[[Exchange], None],
    allow_loopback: bool,
    renew: Renew = never,
    hosts: Collection[str] = (),
) -> ContractSignaturesProvider:
    """Credentials are asked for by each call, so that renewed ones count at once. Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    addresses = {"/settings/baseUrl": settings.origin, "/settings/siteUrl": settings.site}
    check_addresses(addresses, allow_loopback=allow_loopback, hosts=hosts)
    api = ProviderHttp(
        vendor=Vendor(NAME, read_fault),
        base_url=settings.origin,
        credentials=lambda: key_headers(credentials()),
        renew=renew,
        observe=observe,
    )
    site = ProviderHttp(
        vendor=Vendor(ATLASSIAN, read_fault),
        base_url=settings.site,
        credentials=lambda: atlassian_headers(credentials()),
        renew=renew,
        observe=observe,
        onward=partial(guarded_host, allow_loopback_http=allow_loopback),
    )
    return ContractSignaturesProvider(
        api=WebApi(api, deadline),
        site=Site(site, deadline, settings.host_app),
        settings=settings,
        evidence_optional=account.evidence is EvidencePolicy.OPTIONAL,
    )
