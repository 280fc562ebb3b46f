"""The providers that this connector speaks to: one row each. A function loads only the one that its account names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.errors import NotFound, Problem
from esign.domain.ids import AccountId
from esign.http.deadline import Deadline
from esign.ports import AccountStore, ProviderCall, SignatureProvider

if TYPE_CHECKING:
    from esign.providers.guide import Guide
    from esign.providers.opening import Opening

# Each name is also the vendor's folder under esign.providers, with _ for -; a provider costs a row here and that folder.
PROVIDERS: tuple[str, ...] = ("connective", "contract-signatures", "esigntools", "gosign")

# Where a provider's account settings choose between APIs that can do different things: the columns of the matrix.
DOORS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "connective": ("connective", {"apiVersion": "v3"}),
    "connective-v4": ("connective", {"apiVersion": "v4"}),
    "esigntools": ("esigntools", {}),
    "contract-signatures": ("contract-signatures", {}),
    "gosign-rest": ("gosign", {"integration": "rest"}),
    "gosign-oauth": ("gosign", {"integration": "oauth"}),
    "gosign-oauth-companion": ("gosign", {"integration": "oauth", "companion": True}),
    "gosign5": ("gosign", {"integration": "gosign5"}),
    "gosign-idp": ("gosign", {"integration": "oauth", "identityProvider": {}}),
    "gosign-soap": ("gosign", {"integration": "soap", "companion": True}),
    "gosign-legalbus": ("gosign", {"integration": "legalbus", "companion": True}),
}


class Vendor(Protocol):
    """What a vendor's folder offers in its `vendor.py`: plain functions, nothing made on import."""

    def capabilities(self, settings: Mapping[str, Any]) -> Capabilities: ...
    def check_options(self, options: Mapping[str, Any]) -> tuple[Problem, ...]: ...
    def check_settings(self, settings: Mapping[str, Any]) -> tuple[Problem, ...]: ...
    def credential_names(self, settings: Mapping[str, Any]) -> tuple[str, ...]: ...
    def guide(self) -> Guide: ...
    def open_provider(self, account: Account, opening: Opening) -> SignatureProvider: ...


def vendor(name: str) -> Vendor:
    """The vendor's folder, imported now. Raises NotFound for a name that is no row."""
    if name not in PROVIDERS:
        raise NotFound(f"There is no provider {name!r}; known are {', '.join(PROVIDERS)}.", code="provider_unknown")
    return cast("Vendor", import_module(f"esign.providers.{name.replace('-', '_')}.vendor"))


@dataclass(slots=True)
class LiveCredentials:
    """An account's credentials during one invocation: the store's, read anew at most once, when a provider refuses them."""

    accounts: AccountStore
    account: AccountId
    _given: Mapping[str, str] = field(default_factory=dict, repr=False)
    _asked: bool = False

    def __call__(self) -> Mapping[str, str]:
        self._given = self.accounts.credentials(self.account)
        return self._given

    def renew(self) -> bool:
        """Whether the store has others by now than those that were given last."""
        if self._asked:
            return False
        self._asked, refused = True, self._given
        self.accounts.forget_credentials(self.account)
        return self() != refused


@dataclass(frozen=True, slots=True)
class ProviderRegistry:
    """`Providers` over the table above, for one invocation: `deadline` gives what is left of it, `log` hears every call."""

    accounts: AccountStore
    deadline: Callable[[], Deadline]
    log: Callable[..., None]
    allow_loopback: bool = False
    hosts: Collection[str] = ()  # where providers may be; none: any public host

    def open(self, account: Account, *, observe: Callable[[ProviderCall], None] | None = None) -> SignatureProvider:
        from esign.providers.opening import Opening

        def heard(call: ProviderCall) -> None:
            self.log(call)
            if observe:
                observe(call)

        credentials = LiveCredentials(self.accounts, account.id)
        return vendor(account.provider).open_provider(
            account,
            Opening(
                credentials=credentials,
                deadline=self.deadline(),
                observe=heard,
                allow_loopback=self.allow_loopback,
                hosts=self.hosts,
                renew=credentials.renew,
            ),
        )

    def capabilities(self, account: Account) -> Capabilities:
        return vendor(account.provider).capabilities(account.settings)

    def credentials_end(self, account: Account) -> datetime | None:
        """Of a vendor whose folder offers `credentials_end`."""
        known: Callable[[Mapping[str, Any]], datetime | None] | None
        known = getattr(vendor(account.provider), "credentials_end", None)
        return known(account.settings) if known else None

    def check_options(self, provider: str, options: Mapping[str, Any]) -> tuple[Problem, ...]:
        return vendor(provider).check_options(options) if options else ()
