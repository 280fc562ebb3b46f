"""verifyAccount: the account, its provider, what that can do, and a real call that proves the credentials."""

from __future__ import annotations

from dataclasses import dataclass

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.ids import AccountId
from esign.operations.provider_access import ProviderAccess
from esign.ports import ProviderIdentity


@dataclass(frozen=True, slots=True)
class AccountReport:
    account: Account
    identity: ProviderIdentity
    capabilities: Capabilities


def verify_account(account: AccountId, *, access: ProviderAccess) -> AccountReport:
    """Raises CredentialsRefused and the other ProviderErrors. Two calls: the proof, and a look at its audit proofs."""
    record = access.account(account)
    with access.open(account, calls=2) as provider:
        return AccountReport(record, provider.verify(), provider.capabilities)
