"""Puts an account's provider together: settings, credentials, HTTP."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from esign.domain.account import Account, EvidencePolicy
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.redaction import Exchange
from esign.http.renewal import Renew, never
from esign.providers.esigntools.adapter import EsignToolsProvider
from esign.providers.esigntools.capabilities import NAME
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.credentials import parse_credentials
from esign.providers.esigntools.options import parse_settings
from esign.providers.esigntools.wire import read_fault
from esign.providers.secured import check_addresses

_TIDY_SECONDS = 3.0


def connect(
    account: Account,
    *,
    credentials: Callable[[], Mapping[str, str]],
    deadline: Deadline,
    observe: Callable[[Exchange], None],
    allow_loopback: bool,
    renew: Renew = never,
    hosts: Collection[str] = (),
) -> EsignToolsProvider:
    """Credentials are asked for by each call, so that renewed ones count at once. Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    check_addresses({"/settings/baseUrl": settings.base}, allow_loopback=allow_loopback, hosts=hosts)
    http = ProviderHttp(vendor=Vendor(NAME, read_fault), base_url=settings.base, observe=observe)

    def client(until: Deadline) -> EsignTools:
        return EsignTools(http, until, lambda: parse_credentials(credentials()), renew=renew)

    return EsignToolsProvider(
        client=client(deadline),
        tidy=lambda: client(Deadline(_TIDY_SECONDS)),
        settings=settings,
        evidence_optional=account.evidence is EvidencePolicy.OPTIONAL,
    )
