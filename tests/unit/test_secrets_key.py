"""Secrets that are made while the connector runs lie under the stage's own key, as those that are deployed do."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from esign.aws import clients
from esign.runtime.adapters import Adapters
from esign.runtime.settings import Settings

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Vault:
    """Secrets Manager, empty."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []

    def put_secret_value(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "PutSecretValue")

    def create_secret(self, **request: Any) -> None:
        self.made.append(request)


@pytest.mark.parametrize(
    ("environment", "key"),
    [({"ESIGN_SECRETS_KEY": KEY}, {"KmsKeyId": KEY}), ({}, {})],
    ids=["the stage's", "of a stage deployed before there was one: the AWS account's"],
)
def test_a_new_secret_is_encrypted_with_the_key_that_the_stage_names(
    environment: dict[str, str], key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault()
    monkeypatch.setattr(clients, "secretsmanager", lambda: vault)
    Adapters(Settings(environment)).secrets.put("esign/unit/acc_a/provider", {"password": "p"})
    assert vault.made == [{"Name": "esign/unit/acc_a/provider", "SecretString": '{"password":"p"}', **key}]
