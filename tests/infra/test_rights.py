"""What each function may touch, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from esign.coupa.routes import Need
from infra.access import GRANTS
from infra.functions import ALL, IN_REFRESH
from tests.infra.templates import Templates

FOLDERS = [row.folder for row in ALL]

EVERYWHERE = {"ESIGN_STAGE", "ESIGN_LOG_LEVEL", "ESIGN_TIMING", "POWERTOOLS_SERVICE_NAME"}
ALLOWED = EVERYWHERE | {
    "ESIGN_TABLE",
    "ESIGN_DOCUMENTS_BUCKET",
    "ESIGN_EVIDENCE_BUCKET",
    "ESIGN_SECRETS_PREFIX",
    "ESIGN_SECRETS_KEY",
    "ESIGN_CALLBACKS_BASE_URL",
    "ESIGN_BELL_QUEUE_URL",
    "ESIGN_REFRESH_MACHINE_ARN",
    "ESIGN_RETENTION_MODE",
    "ESIGN_RETENTION_DAYS",
}


def _statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role.get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]


def _actions(role: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for statement in _statements(role):
        actions = statement["Action"]
        found.update([actions] if isinstance(actions, str) else actions)
    return found


def _variables(dev: Templates, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = dev.functions()[folder]["Environment"]["Variables"]
    return found


def test_every_row_is_a_function(dev: Templates) -> None:
    assert set(dev.functions()) == set(FOLDERS)


def test_every_need_is_granted_something() -> None:
    assert set(GRANTS) == set(Need)
    assert all(grant.actions and grant.resources for grants in GRANTS.values() for grant in grants)


def test_every_function_has_a_role_of_its_own(dev: Templates) -> None:
    roles = [found["Role"]["Fn::GetAtt"][0] for found in dev.functions().values()]
    assert len(set(roles)) == len(roles) == len(ALL)


def test_no_role_has_a_wildcard_for_a_verb_or_for_everything(dev: Templates) -> None:
    for name, role in dev.of("AWS::IAM::Role"):
        assert not [action for action in _actions(role) if "*" in action], name
        assert '"Resource": "*"' not in json.dumps(role), name


def test_functions_have_no_policy_beside_their_needs(dev: Templates) -> None:
    assert not list(dev.of("AWS::IAM::Policy"))
    for folder in FOLDERS:
        assert "ManagedPolicyArns" not in dev.role(folder), folder


@pytest.mark.parametrize(
    ("folder", "services"),
    [
        ("authorizer", {"logs", "dynamodb", "kms"}),
        ("coupa/create_package", {"logs", "dynamodb", "kms"}),
        ("coupa/list_packages", {"logs", "dynamodb", "kms"}),
        ("coupa/get_signed_documents", {"logs", "dynamodb", "kms", "s3"}),
        ("callbacks/connective", {"logs", "dynamodb", "kms", "s3", "secretsmanager", "states"}),
        ("callbacks/esigntools", {"logs", "dynamodb", "kms", "s3", "secretsmanager", "states"}),
        ("workflow/deliver_notifications", {"logs", "dynamodb", "kms", "secretsmanager", "sqs"}),
        ("workflow/find_due", {"logs", "dynamodb", "kms", "secretsmanager", "states", "sqs"}),
    ],
)
def test_a_role_reaches_only_the_services_that_its_function_needs(
    dev: Templates, folder: str, services: set[str]
) -> None:
    assert {action.split(":")[0] for action in _actions(dev.role(folder))} == services


@pytest.mark.parametrize("folder", ["coupa/list_packages", "coupa/list_events"])
def test_who_only_reads_cannot_write(dev: Templates, folder: str) -> None:
    verbs = _actions(dev.role(folder))
    assert not [
        verb for verb in verbs if verb.startswith("dynamodb:") and verb.split(":")[1][:3] not in {"Get", "Bat", "Que"}
    ]


def test_the_authorizer_can_note_the_use_of_a_secret_and_neither_puts_nor_deletes(dev: Templates) -> None:
    verbs = {verb for verb in _actions(dev.role("authorizer")) if verb.startswith("dynamodb:")}
    assert verbs == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"}


def test_only_evidence_writers_can_lock_a_version(dev: Templates) -> None:
    lockers = {folder for folder in FOLDERS if "s3:PutObjectRetention" in _actions(dev.role(folder))}
    assert lockers == {row.folder for row in ALL if Need.EVIDENCE_WRITE in row.needs}
    assert all("s3:GetObjectRetention" in _actions(dev.role(folder)) for folder in lockers), "which HEAD asks for"


def test_only_retention_removes_evidence_and_only_what_is_not_locked(dev: Templates) -> None:
    removers = {folder for folder in FOLDERS if "s3:DeleteObjectVersion" in _actions(dev.role(folder))}
    assert removers == {"workflow/apply_retention"}


def test_nobody_may_shorten_a_lock_or_scan_the_table(dev: Templates) -> None:
    forbidden = {"s3:BypassGovernanceRetention", "dynamodb:Scan", "kms:ScheduleKeyDeletion"}
    for folder in FOLDERS:
        assert not _actions(dev.role(folder)) & forbidden, folder


def test_what_a_refresh_calls_starts_no_refresh() -> None:
    assert not [row.folder for row in IN_REFRESH if Need.START_REFRESH in row.needs]


def test_a_function_is_told_only_what_it_needs(dev: Templates) -> None:
    assert set(_variables(dev, "authorizer")) == EVERYWHERE | {"ESIGN_TABLE"}
    assert set(_variables(dev, "coupa/get_signed_documents")) == EVERYWHERE | {"ESIGN_TABLE", "ESIGN_EVIDENCE_BUCKET"}
    for folder in FOLDERS:
        assert set(_variables(dev, folder)) <= ALLOWED, folder


def test_who_makes_secrets_is_told_the_stage_s_key_and_may_use_it(dev: Templates) -> None:
    makers = {folder for folder in FOLDERS if "secretsmanager:CreateSecret" in _actions(dev.role(folder))}
    assert makers == {folder for folder in FOLDERS if "ESIGN_SECRETS_KEY" in _variables(dev, folder)} != set()
    for folder in makers:
        key = _variables(dev, folder)["ESIGN_SECRETS_KEY"]
        (may,) = (one for one in _statements(dev.role(folder)) if one["Resource"] == key)
        assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(may["Action"]), "as Secrets Manager asks of its callers"


def test_the_operators_command_is_told_the_key_too(dev: Templates) -> None:
    """It makes the secrets of accounts."""
    ((_, told),) = ((name, one) for name, one in dev.connector["Outputs"].items() if name == "EsignSettings")
    assert "ESIGN_SECRETS_KEY" in json.dumps(told)


def test_no_environment_holds_a_secret(dev: Templates) -> None:
    for folder in FOLDERS:
        text = json.dumps(_variables(dev, folder))
        assert "{{resolve:" not in text, folder
        assert "CallbackKeys" not in text, folder


def test_an_environment_fits_lambda(dev: Templates) -> None:
    for folder in FOLDERS:
        assert len(json.dumps(_variables(dev, folder))) < 4096, folder


def test_the_deployed_stage_calls_no_loopback_address(dev: Templates) -> None:
    assert "ESIGN_ALLOW_LOOPBACK" not in json.dumps(dev.connector)
