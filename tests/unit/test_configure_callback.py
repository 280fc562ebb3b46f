"""configureCallback: credentials are kept with the account's secrets, one way of authentication at a time."""

from __future__ import annotations

from esign.domain.package import Callback
from esign.operations.configure_callback import CallbackConfiguration
from tests.fakes.connector import Connector

HOOK = Callback("https://coupa.example/hook")
BASIC = {"basic": {"username": "u", "password": "p"}}
OAUTH2 = {"oauth2": {"tokenUrl": "https://login.example/token", "clientId": "us", "clientSecret": "s"}}


def configured(*authentications):
    connector = Connector()
    connector.accounts.replace_notification_secrets(connector.account, {"webhookSecrets": ["whsec_a"]})
    callbacks = CallbackConfiguration(connector.packages, connector.access, connector.addresses, connector.clock)
    for authentication in authentications:
        callbacks.put(connector.account, None, HOOK, authentication=authentication)
    return connector.accounts.notification_secrets(connector.account)


def test_a_new_way_of_authentication_replaces_the_former_and_keeps_the_webhook_secrets():
    assert configured(BASIC, OAUTH2) == {"webhookSecrets": ["whsec_a"], **OAUTH2}
    assert configured(OAUTH2, BASIC) == {"webhookSecrets": ["whsec_a"], **BASIC}


def test_a_callback_without_authentication_leaves_it_as_it_was():
    assert configured(OAUTH2, None) == {"webhookSecrets": ["whsec_a"], **OAUTH2}
