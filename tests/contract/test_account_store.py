"""What every account store keeps to, over the in-memory one and AWS; and the secrets behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from esign.aws.accounts import DynamoAccounts
from esign.aws.callback_keys import SecretCallbackKeys
from esign.aws.secrets import CACHED, Secrets
from esign.domain.account import AccountSecret, EvidencePolicy
from esign.domain.errors import Clash, NotFound, StaleVersion, StoreUnavailable
from esign.domain.ids import AccountId
from esign.domain.package import Callback
from esign.operations.configure_callback import CallbackConfiguration
from esign.operations.notification_secrets import notification_secrets
from esign.operations.provider_access import ProviderAccess
from esign.ports import AccountStore
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client, item  # noqa: F401 - fixtures
from tests.contract.test_dynamodb_items import first_reply_lost
from tests.fakes.accounts import MemoryAccounts, MemoryBudget
from tests.fakes.clock import START, FixedClock
from tests.fakes.factories import ACME, GLOBEX, an_account
from tests.fakes.packages import MemoryPackages
from tests.fakes.provider import FakeProvider, FakeProviders

PREFIX = "esign/test"
CREDENTIALS = {"username": "api", "password": "correct horse"}


@pytest.fixture
def vault(aws: None) -> Any:  # noqa: F811
    """Secrets Manager, emptied before each test."""
    client = boto3.client("secretsmanager")
    for found in client.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
        client.delete_secret(SecretId=found["Name"], ForceDeleteWithoutRecovery=True)
    return client


@pytest.fixture(params=["memory", "aws"])
def store(request: pytest.FixtureRequest) -> AccountStore:
    if request.param == "memory":
        return MemoryAccounts()
    return on_aws(request.getfixturevalue("dynamodb"), request.getfixturevalue("vault"))


def on_aws(client: Any, vault: Any) -> DynamoAccounts:
    return DynamoAccounts(client, TABLE, secrets=Secrets(vault), prefix=PREFIX, sleep=lambda _: None)


def test_an_account_is_read_back_whole(store: AccountStore) -> None:
    account = an_account(
        settings={"apiVersion": 3, "url": "https://provider.example", "nested": {"a": [1, 2.5, True, None]}},
        secrets=(AccountSecret("ab" * 32, START), AccountSecret("cd" * 32, START, START + timedelta(days=1))),
        callback=Callback("https://coupa.example/cb", ("package.sent",), START, "410", "set1"),
        source_hosts=("files.coupa.example",),
        evidence=EvidencePolicy.OPTIONAL,
        retention_mode="COMPLIANCE",
        retention_days=3650,
        calls_per_minute=100,
        fast_poll=True,
        enabled=False,
    )
    store.add(account, CREDENTIALS)
    assert store.get(ACME) == account
    assert store.get(GLOBEX) is None


def test_an_id_is_taken_once_and_the_second_leaves_the_credentials_alone(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    with pytest.raises(Clash):
        store.add(an_account(name="Thief"), {"username": "evil"})
    assert store.credentials(ACME) == CREDENTIALS
    found = store.get(ACME)
    assert found is not None
    assert found.name == "Acme"


def test_a_saved_account_has_a_new_version_and_the_old_one_is_stale(store: AccountStore) -> None:
    store.add(an_account(callback=Callback("https://coupa.example/cb")), CREDENTIALS)
    account = store.get(ACME)
    assert account is not None
    saved = store.save(account, replace(account, name="New", callback=None))
    assert store.get(ACME) == saved == replace(account, name="New", callback=None, version=account.version + 1)
    with pytest.raises(StaleVersion):
        store.save(account, replace(account, name="Newer"))


def test_an_account_that_was_never_added_cannot_be_saved(store: AccountStore) -> None:
    with pytest.raises(StaleVersion):
        store.save(an_account(), an_account(name="x"))


def test_all_accounts_are_listed_by_id(store: AccountStore) -> None:
    for identifier in ("globex", "acme", "initech"):
        store.add(an_account(id=AccountId(identifier)), CREDENTIALS)
    assert [account.id for account in store.list()] == ["acme", "globex", "initech"]
    assert next(iter(store.list())) == store.get(ACME)


def test_credentials_are_each_accounts_own(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    store.add(an_account(id=GLOBEX), {"username": "other"})
    assert store.credentials(ACME) == CREDENTIALS
    assert store.credentials(GLOBEX) == {"username": "other"}
    with pytest.raises(NotFound):
        store.credentials(AccountId("initech"))


def test_replaced_credentials_are_used_at_once(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    store.credentials(ACME)
    store.replace_credentials(ACME, {"username": "renewed"})
    assert store.credentials(ACME) == {"username": "renewed"}


def test_notifications_are_unsigned_until_a_secret_is_set(store: Any) -> None:
    store.add(an_account(), CREDENTIALS)
    assert store.notification_secrets(ACME) == {"webhookSecrets": []}
    secrets = {"webhookSecrets": ["whsec_c2VjcmV0"], "basic": {"username": "u", "password": "p"}}
    store.replace_notification_secrets(ACME, secrets)
    assert store.notification_secrets(ACME) == secrets
    assert store.credentials(ACME) == CREDENTIALS


def test_whoever_writes_secrets_for_notifications_back_reads_them_anew(dynamodb: Any, vault: Any) -> None:  # noqa: F811
    """A function that is warm has them cached while the operator rotates one."""
    warm, operator = on_aws(dynamodb, vault), on_aws(dynamodb, vault)
    operator.replace_notification_secrets(ACME, {"webhookSecrets": ["whsec_a"]})
    assert warm.notification_secrets(ACME) == {"webhookSecrets": ["whsec_a"]}
    operator.replace_notification_secrets(ACME, {"webhookSecrets": ["whsec_b"]})
    assert warm.notification_secrets(ACME) == {"webhookSecrets": ["whsec_a"]}
    assert warm.notification_secrets(ACME, fresh=True) == {"webhookSecrets": ["whsec_b"]}


@pytest.fixture(params=["memory", "aws"])
def stores(request: pytest.FixtureRequest) -> tuple[AccountStore, AccountStore]:
    """Of two processes: one that Coupa calls, and one that delivers and stays warm."""
    if request.param == "memory":
        store = MemoryAccounts()
        return store, store
    clients = request.getfixturevalue("dynamodb"), request.getfixturevalue("vault")
    return on_aws(*clients), on_aws(*clients)


def test_a_warm_process_carries_the_credentials_that_the_callback_names(stores: Any) -> None:
    called, warm = stores
    called.add(an_account(), CREDENTIALS)
    called.replace_notification_secrets(ACME, {"webhookSecrets": ["whsec_a"]})
    addresses: Any = None  # of an account whose provider registers no address
    access: Any = ProviderAccess(called, FakeProviders(FakeProvider()), MemoryBudget(), FixedClock())
    callbacks = CallbackConfiguration(MemoryPackages(), access, addresses, FixedClock())
    for url, password in (("https://former.example/cb", "former"), ("https://new.example/cb", "new")):
        basic = {"basic": {"username": "u", "password": password}}
        callbacks.put(ACME, None, Callback(url), authentication=basic)
        assert notification_secrets(warm.get(ACME), warm) == {"webhookSecrets": ["whsec_a"], **basic}
    callbacks.delete(ACME, None)
    callbacks.put(ACME, None, Callback("https://third.example/cb"))
    assert notification_secrets(warm.get(ACME), warm) == {"webhookSecrets": ["whsec_a"]}


def test_a_call_from_the_provider_is_noted_forwards_only_and_breaks_no_save(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    account = store.get(ACME)
    assert account is not None
    store.note_callback(ACME, at=START)
    store.note_callback(ACME, at=START - timedelta(hours=1))
    store.note_callback(GLOBEX, at=START)
    store.save(account, replace(account, name="New"))
    found = store.get(ACME)
    assert found is not None
    assert (found.name, found.last_callback_at) == ("New", START)
    assert store.get(GLOBEX) is None


SECRETS = (AccountSecret("ab" * 32, START), AccountSecret("cd" * 32, START))


def last_uses(store: AccountStore) -> list[Any]:
    found = store.get(ACME)
    assert found is not None
    return [one.last_used_at for one in found.secrets]


def test_the_use_of_a_secret_is_noted_once_an_hour_and_breaks_no_save(store: AccountStore) -> None:
    account = an_account(secrets=SECRETS)
    store.add(account, CREDENTIALS)
    for minutes in (0, 59):
        store.note_secret_use(account, SECRETS[1], at=START + timedelta(minutes=minutes))
    assert last_uses(store) == [None, START]
    store.save(account, replace(account, name="New"))
    assert last_uses(store) == [None, START]
    store.note_secret_use(account, SECRETS[1], at=START + timedelta(hours=1))
    assert last_uses(store) == [None, START + timedelta(hours=1)]


def test_the_use_of_a_secret_that_was_moved_by_a_rotation_is_not_noted_at_another(store: AccountStore) -> None:
    account = an_account(secrets=SECRETS[:1])
    store.add(account, CREDENTIALS)
    store.save(account, replace(account, secrets=(AccountSecret("ef" * 32, START), *SECRETS[:1])))
    store.note_secret_use(account, SECRETS[0], at=START)
    store.note_secret_use(an_account(id=GLOBEX, secrets=SECRETS), SECRETS[0], at=START)
    assert last_uses(store) == [None, None]
    assert store.get(GLOBEX) is None


def test_a_removed_account_is_gone_with_its_secrets_and_its_neighbour_stays(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    store.add(an_account(id=GLOBEX), CREDENTIALS)
    store.replace_notification_secrets(ACME, {"webhookSecrets": ["whsec_x"]})
    store.remove(an_account())
    assert store.get(ACME) is None
    with pytest.raises(NotFound):
        store.credentials(ACME)
    assert store.notification_secrets(ACME) == {"webhookSecrets": []}
    assert [account.id for account in store.list()] == [GLOBEX]
    assert store.credentials(GLOBEX) == CREDENTIALS
    store.remove(an_account())


def test_an_account_that_was_changed_meanwhile_is_not_removed(store: AccountStore) -> None:
    store.add(an_account(), CREDENTIALS)
    store.save(an_account(), an_account(name="New"))
    with pytest.raises(StaleVersion):
        store.remove(an_account())
    assert store.credentials(ACME) == CREDENTIALS


# ------------------------------------------------------------------------------------------------------------ on AWS


def test_credentials_lie_in_secrets_manager_and_nowhere_in_the_table(dynamodb: Any, vault: Any) -> None:  # noqa: F811
    on_aws(dynamodb, vault).add(an_account(), CREDENTIALS)
    assert json.loads(vault.get_secret_value(SecretId=f"{PREFIX}/acme/provider")["SecretString"]) == CREDENTIALS
    assert "correct horse" not in str(item(dynamodb, "A#acme", "ACCOUNT"))


def test_what_a_failed_add_left_behind_does_not_stop_the_next(dynamodb: Any, vault: Any) -> None:  # noqa: F811
    vault.create_secret(Name=f"{PREFIX}/acme/provider", SecretString="{}")
    store = on_aws(dynamodb, vault)
    store.add(an_account(), CREDENTIALS)
    assert store.credentials(ACME) == CREDENTIALS


def test_an_add_and_a_save_whose_replies_were_lost_have_happened(dynamodb: Any, vault: Any) -> None:  # noqa: F811
    store, account = on_aws(dynamodb, vault), an_account()
    with first_reply_lost(dynamodb, "PutItem"):
        store.add(account, CREDENTIALS)
    with first_reply_lost(dynamodb, "UpdateItem"):
        assert store.save(account, replace(account, name="New")).version == 1


def test_credentials_are_read_again_after_five_minutes_or_when_refused(dynamodb: Any, vault: Any) -> None:  # noqa: F811
    now = [0.0]
    secrets = Secrets(vault, monotonic=lambda: now[0])
    store = DynamoAccounts(dynamodb, TABLE, secrets=secrets, prefix=PREFIX)
    store.replace_credentials(ACME, {"n": "1"})
    assert store.credentials(ACME) == {"n": "1"}
    vault.put_secret_value(SecretId=f"{PREFIX}/acme/provider", SecretString='{"n": "2"}')
    now[0] = CACHED - 1
    assert store.credentials(ACME) == {"n": "1"}
    now[0] = CACHED
    assert store.credentials(ACME) == {"n": "2"}
    vault.put_secret_value(SecretId=f"{PREFIX}/acme/provider", SecretString='{"n": "3"}')
    assert store.credentials(ACME) == {"n": "2"}
    store.forget_credentials(ACME)
    assert store.credentials(ACME) == {"n": "3"}


K1, K2 = "a1" * 32, "b2" * 32


@pytest.mark.parametrize(
    "document", [{"current": "k2", "k1": K1, "k2": K2}, {"current": "k2", "keys": {"k1": K1, "k2": K2}}]
)
def test_callback_keys_are_read_in_both_forms(vault: Any, document: dict[str, Any]) -> None:
    vault.create_secret(Name="keys", SecretString=json.dumps(document))
    found = SecretCallbackKeys(Secrets(vault), "keys").keys()
    assert (found.current, found.keys) == ("k2", {"k1": K1.encode(), "k2": K2.encode()})
    assert K1 not in repr(found)


@pytest.mark.parametrize("document", [{}, {"current": "k1"}, {"current": "k1", "k1": "short"}, {"k1": K1}])
def test_callback_keys_that_cannot_sign_are_refused(vault: Any, document: dict[str, Any]) -> None:
    vault.create_secret(Name="keys", SecretString=json.dumps(document))
    with pytest.raises(StoreUnavailable):
        SecretCallbackKeys(Secrets(vault), "keys").keys()
