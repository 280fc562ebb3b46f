"""Puts an account's provider together: settings, credentials, HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from esign.domain.account import Account, EvidencePolicy
from esign.domain.errors import Problem, Unprocessable
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.redaction import Exchange
from esign.providers.esigntools.adapter import EsignToolsProvider
from esign.providers.esigntools.capabilities import NAME
from esign.providers.esigntools.client import EsignTools
from esign.providers.esigntools.credentials import parse_credentials
from esign.providers.esigntools.options import parse_settings
from esign.providers.esigntools.wire import read_fault

_TIDY_SECONDS = 3.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def connect(
    account: Account,
    *,
    credentials: Callable[[], Mapping[str, str]],
    deadline: Deadline,
    observe: Callable[[Exchange], None],
    allow_loopback: bool,
) -> EsignToolsProvider:
    """Credentials are asked for by each call, so that renewed ones count at once. Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    _check_address(settings.base, allow_loopback=allow_loopback)
    http = ProviderHttp(vendor=Vendor(NAME, read_fault), base_url=settings.base, observe=observe)

    def client(until: Deadline) -> EsignTools:
        return EsignTools(http, until, lambda: parse_credentials(credentials()))

    return EsignToolsProvider(
        client=client(deadline),
        tidy=lambda: client(Deadline(_TIDY_SECONDS)),
        settings=settings,
        evidence_optional=account.evidence is EvidencePolicy.OPTIONAL,
    )


def _check_address(base: str, *, allow_loopback: bool) -> None:
    """Credentials travel with every call, so only over TLS; a stage may allow plain HTTP to its own machine."""
    parts = urlsplit(base)
    if parts.scheme == "https" or (allow_loopback and parts.hostname in _LOOPBACK):
        return
    problem = Problem("/settings/baseUrl", "insecure_address", "The address must start with https://.")
    raise Unprocessable("eSignTools' address is not safe.", code="invalid_settings", problems=(problem,))
