"""Puts an account's provider together: settings, credentials, HTTP, and the doors that its settings choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esign.domain.account import Account, EvidencePolicy
from esign.domain.capabilities import Capabilities
from esign.domain.errors import Unprocessable
from esign.http.client import ProviderHttp, no_credentials
from esign.http.outcome import Vendor
from esign.providers.gosign.adapter import GosignOAuthProvider, GosignProvider
from esign.providers.gosign.capabilities import NAME, declared
from esign.providers.gosign.client_oauth import OAuthV2
from esign.providers.gosign.client_rest import RestV1
from esign.providers.gosign.credentials import customer_code
from esign.providers.gosign.doors import OAuthDoor, RestDoor
from esign.providers.gosign.errors import read_fault
from esign.providers.gosign.settings import GosignSettings, parse_settings, unpacked
from esign.providers.gosign.tokens import Bearer, bearer
from esign.providers.opening import Opening

if TYPE_CHECKING:
    from esign.providers.gosign.client_soap import SignBook


def connect(account: Account, opening: Opening) -> GosignProvider:
    """Raises Unprocessable (settings)."""
    settings = parse_settings(account.settings)
    opening.check(_addresses(settings))
    site = Site(settings, opening)
    capabilities, optional = declared(account.settings), account.evidence is EvidencePolicy.OPTIONAL
    rest = site.rest() if settings.reads_by_rest else None
    if settings.oauth:
        oauth = site.oauth()
        return GosignOAuthProvider(
            writes=oauth,
            reads=rest or oauth,
            deletes=oauth,
            declared=capabilities,
            settings=settings,
            evidence_optional=optional,
            client=oauth.client,
            rest=rest.client if rest else None,
            sign_book=site.sign_book if rest else None,
        )
    return _narrow(site, rest, declared=capabilities, evidence_optional=optional)


def _narrow(site: Site, rest: RestDoor | None, *, declared: Capabilities, evidence_optional: bool) -> GosignProvider:
    """REST v1 does all; SOAP and LegalBus leave to it what they cannot do. Only SOAP's accounts import zeep."""
    common: dict[str, Any] = {"declared": declared, "settings": site.settings, "evidence_optional": evidence_optional}
    common |= {"rest": rest.client if rest else None, "sign_book": site.sign_book}
    match site.settings.integration:
        case "soap":
            from esign.providers.gosign.doors_soap import SoapDoor, SoapReads

            door = SoapDoor(site.sign_book(), site.renew)
            operation = site.settings.read_operation
            own = SoapReads(door.client, operation, site.renew) if operation else None
            return GosignProvider(writes=door, reads=own or rest, deletes=door, **common)
        case "legalbus":
            from esign.providers.gosign.legalbus import LegalbusDoor, LegalbusProvider

            return LegalbusProvider(writes=LegalbusDoor(site.legalbus()), reads=rest, deletes=rest, **common)
        case _ if rest:
            return GosignProvider(writes=rest, reads=rest, deletes=rest, **common)
        case other:
            raise Unprocessable(f"GoSign has no integration {other}.", code="invalid_settings")


class Site:
    """One customer's GoSign: opens its doors, for one invocation."""

    def __init__(self, settings: GosignSettings, opening: Opening) -> None:
        self.settings = settings
        self.deadline, self.credentials = opening.deadline, opening.credentials
        self.observe, self.renew = opening.observe, opening.renew

    def http(self, base_url: str, headers: Callable[[], Mapping[str, str]] = no_credentials) -> ProviderHttp:
        return ProviderHttp(
            vendor=Vendor(NAME, read_fault), base_url=base_url, credentials=headers, observe=self.observe
        )

    def rest(self) -> RestDoor:
        return self._rest(self.settings.base_url + self.settings.rest_path)

    def legalbus(self) -> RestDoor:
        """The same REST call at LegalBus's own address (§11)."""
        return self._rest(self.settings.legalbus_url or self.settings.base_url + self.settings.rest_path)

    def sign_book(self) -> SignBook:
        from esign.providers.gosign.client_soap import SignBook, sign_book

        settings = self.settings
        needed = ("insertEnvelope", "deleteEnvelopes", *filter(None, [settings.read_operation]))
        return SignBook(
            http=self.http(settings.base_url),
            deadline=self.deadline,
            path=settings.soap_path,
            customer_code=lambda: customer_code(self.credentials()),
            service=sign_book(unpacked(settings.wsdl) if settings.wsdl else None, *needed),
        )

    def _rest(self, base_url: str) -> RestDoor:
        settings = self.settings
        client = RestV1(
            http=self.http(base_url),
            deadline=self.deadline,
            customer_code=lambda: customer_code(self.credentials()),
            external_system_code=settings.external_system_code or "",
        )
        return RestDoor(client, settings, renew=self.renew)

    def oauth(self) -> OAuthDoor:
        settings = self.settings

        def current() -> Bearer:
            return bearer(settings, self.credentials(), self.http, self.deadline)

        client = OAuthV2(
            http=self.http(settings.base_url, lambda: current().headers()),
            deadline=self.deadline,
            bearer=current,
            path=settings.gosign5_path if settings.v5 else settings.oauth_path,
            get_url_path=settings.get_url_path,
            renew=self.renew,
        )
        return OAuthDoor(client, settings)


def _addresses(settings: GosignSettings) -> dict[str, str | None]:
    provider = settings.identity_provider
    return {
        "/settings/baseUrl": settings.base_url,
        "/settings/legalbusUrl": settings.legalbus_url,
        "/settings/identityProvider/tokenUrl": provider.token_url if provider else None,
    }
