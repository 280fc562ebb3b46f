"""What `esign doctor` looks at, one row each, in the order in which an installation comes to life.

A row asks AWS or the stage's ports for one thing and says what to do where that is not as it should be. It changes nothing.
"""

from __future__ import annotations

import json

from cli import checkups_aws
from cli.checkups_aws import RECORD
from cli.installation import Checkup, Finding, Installation, State, ok
from esign.domain.wording import many

LOCKED_LEAST = 30  # days; a stage for trying things out locks its files for one


def _settings(at: Installation) -> Finding:
    table = at.app().settings.table
    return ok(f"settings found; the table is {table}")


def _table(at: Installation) -> Finding:
    status = at.client("dynamodb").describe_table(TableName=at.app().settings.table)["Table"]["TableStatus"]
    if status == "ACTIVE":
        return ok("the table answers")
    return Finding(State.FAIL, f"the table is {status}", "Wait until it is active, then look again.")


def _backups(at: Installation) -> Finding:
    found = at.client("dynamodb").describe_continuous_backups(TableName=at.app().settings.table)
    status = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    if status == "ENABLED":
        return ok("the table can be restored to any second")
    return Finding(
        State.FAIL, "point-in-time recovery is off", f"Deploy the stage anew: `make deploy STAGE={at.stage}`."
    )


def _lock(at: Installation) -> Finding:
    bucket = at.app().settings.evidence_bucket
    found = at.client("s3").get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    if found.get("ObjectLockEnabled") == "Enabled":
        return ok("signed files can be locked")
    return Finding(State.FAIL, "the evidence bucket cannot lock files", "It must be made anew with Object Lock.")


def _retention(at: Installation) -> Finding:
    mode, days = at.app().settings.retention
    told = f"signed files stay locked for {many(days, 'day')} ({mode})"
    if days >= LOCKED_LEAST or at.local:
        return ok(told)
    return Finding(State.WARN, told, f"Where contracts are real, set `retention.days` in the stage's record: {RECORD}.")


def _provider_hosts(at: Installation) -> Finding:
    hosts = at.app().settings.provider_hosts
    if hosts:
        return ok(f"providers at {', '.join(hosts)} only")
    told = "an account's settings may name any public host as its provider's"
    return Finding(State.WARN, told, f"List those that you use in `provider_hosts` of the stage's record: {RECORD}.")


def _callback_keys(at: Installation) -> Finding:
    from esign.aws.callback_keys import SecretCallbackKeys

    app = at.app()
    found = SecretCallbackKeys(app.secrets, f"{app.settings.secrets_prefix}/callback-keys").keys()
    return ok(f"{many(len(found.keys), 'key')}, {found.current} signs")


def _account_secrets(at: Installation) -> Finding:
    app = at.app()
    accounts = list(app.accounts.list())
    if not accounts:
        return Finding(State.WARN, "there is no account yet", "`esign accounts add` makes the first.")
    bare = [one.id for one in accounts if not app.secrets.get(f"{app.settings.secrets_prefix}/{one.id}/provider")]
    if bare:
        remedy = "Give them with `esign accounts credentials ACCOUNT`."
        return Finding(State.FAIL, f"no provider credentials: {', '.join(bare)}", remedy)
    return ok(f"{many(len(accounts), 'account')}, each with its credentials")


def _ending(at: Installation) -> Finding:
    from esign.operations.ending_credentials import ending_credentials

    app = at.app()
    found = list(ending_credentials(app.accounts, end_of=app.providers.credentials_end, now=app.clock.now()))
    if found:
        told = ", ".join(f"{one.account} on {one.ends:%Y-%m-%d}" for one in found)
        return Finding(State.WARN, f"provider keys end: {told}", "Renew them: `esign accounts credentials ACCOUNT`.")
    return ok("no provider key that is known to end soon")


def _machine(at: Installation) -> Finding:
    arn = at.app().settings.refresh_machine_arn
    status = at.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"]
    if status == "ACTIVE":
        return ok("the workflow refresh-package is there")
    return Finding(State.FAIL, f"the workflow is {status}", f"Deploy the stage anew: `make deploy STAGE={at.stage}`.")


def _bell(at: Installation) -> Finding:
    """The dead-letter queue lies beside the bell, whose redrive policy names it."""
    queue = at.client("sqs")
    url = at.app().settings.bell_queue_url
    told = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
    if "RedrivePolicy" not in told:
        return Finding(State.FAIL, "the bell has no dead-letter queue", f"`make deploy STAGE={at.stage}` brings it.")
    name = json.loads(told["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
    dead = queue.get_queue_url(QueueName=name)["QueueUrl"]
    count = "ApproximateNumberOfMessages"
    number = int(queue.get_queue_attributes(QueueUrl=dead, AttributeNames=[count])["Attributes"][count])
    if number:
        return Finding(State.WARN, f"{many(number, 'message')} nobody could take", "docs/runbook.md says what to do.")
    return ok("the bell's dead-letter queue is empty")


def _notifications(at: Installation) -> Finding:
    app = at.app()
    having = [one.id for one in app.accounts.list() if app.packages.dead_letters(one.id, limit=1)[0]]
    if having:
        remedy = "See them with `esign notifications dead-letters ACCOUNT`, then replay them."
        return Finding(State.WARN, f"Coupa did not take all events of {', '.join(having)}", remedy)
    return ok("Coupa took every event, or still may")


CHECKUPS: tuple[Checkup, ...] = (
    Checkup("credentials", checkups_aws.credentials),
    Checkup("region", checkups_aws.region),
    Checkup("bootstrap", checkups_aws.bootstrap),
    Checkup("function quota", checkups_aws.concurrency),
    Checkup("stage", _settings, locally=True),
    Checkup("gateway logs", checkups_aws.gateway_logs),
    Checkup("domain", checkups_aws.domain),
    Checkup("firewall", checkups_aws.firewall),
    Checkup("throttles", checkups_aws.throttles),
    Checkup("provider hosts", _provider_hosts),
    Checkup("table", _table, locally=True),
    Checkup("backups", _backups),
    Checkup("evidence lock", _lock, locally=True),
    Checkup("evidence retention", _retention, locally=True),
    Checkup("callback keys", _callback_keys, locally=True),
    Checkup("account secrets", _account_secrets, locally=True),
    Checkup("provider keys", _ending, locally=True),
    Checkup("workflow", _machine, locally=True),
    Checkup("schedules", checkups_aws.schedules),
    Checkup("alarms", checkups_aws.alarms),
    Checkup("bell", _bell, locally=True),
    Checkup("notifications", _notifications, locally=True),
)
