"""Creates queues, secrets, parameters and rules; records schedules, which the pollers run."""

from __future__ import annotations

import json
import secrets
import string

from sandbox.cloud.resources.site import Created, Site, pick
from sandbox.cloud.runtime.function import Json

_QUEUE = (
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "KmsMasterKeyId",
    "FifoQueue",
    "ContentBasedDeduplication",
    "RedrivePolicy",
    "RedriveAllowPolicy",
)


def create_queue(site: Site, name: str, properties: Json) -> Created:
    if properties.get("FifoQueue") and not name.endswith(".fifo"):
        name += ".fifo"
    attributes = {key: _as_attribute(value) for key, value in pick(properties, _QUEUE).items()}
    url = site.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return Created(url, {"Arn": site.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _as_attribute(value: Json) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def create_secret(site: Site, name: str, properties: Json) -> Created:
    wanted = {"Name": name, **pick(properties, ("Description", "KmsKeyId", "SecretString"))}
    if generate := properties.get("GenerateSecretString"):
        wanted["SecretString"] = _generated(generate)
    arn = site.client("secretsmanager").create_secret(**wanted)["ARN"]
    return Created(arn, {"Id": arn})


def _generated(rules: Json) -> str:
    """SecretsManager's GenerateSecretString, without its promise to use every kind of character."""
    alphabet = string.ascii_letters + string.digits
    if not rules.get("ExcludePunctuation"):
        alphabet += string.punctuation
    allowed = [letter for letter in alphabet if letter not in rules.get("ExcludeCharacters", "")]
    password = "".join(secrets.choice(allowed) for _ in range(int(rules.get("PasswordLength", 32))))
    if "GenerateStringKey" not in rules:
        return password
    return json.dumps({**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password})


def create_parameter(site: Site, name: str, properties: Json) -> Created:
    name = properties.get("Name", name)
    site.client("ssm").put_parameter(Name=name, Value=properties["Value"], Type=properties["Type"])
    return Created(name, {"Type": properties["Type"], "Value": properties["Value"]})


def record_schedule_group(site: Site, name: str, _properties: Json) -> Created:
    return Created(name, {"Arn": site.arn("scheduler", f"schedule-group/{name}")})


def record_schedule(site: Site, name: str, properties: Json) -> Created:
    group = properties.get("GroupName", "default")
    return Created(name, {"Arn": site.arn("scheduler", f"schedule/{group}/{name}")})


def create_rule(site: Site, name: str, properties: Json) -> Created:
    """A rule on a pattern goes to moto; one on a schedule is run by the pollers."""
    arn = site.arn("events", f"rule/{name}")
    if pattern := properties.get("EventPattern"):
        events = site.client("events")
        bus = pick(properties, ("EventBusName",))
        state = properties.get("State", "ENABLED")
        arn = events.put_rule(Name=name, EventPattern=json.dumps(pattern), State=state, **bus)["RuleArn"]
        events.put_targets(Rule=name, Targets=properties.get("Targets", []), **bus)
    return Created(name, {"Arn": arn})
