"""What `esign doctor` looks at in AWS itself: the account, the addresses, who is told. Nothing of it exists locally."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from cli.installation import Finding, Installation, State, ok
from esign.domain.wording import many

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"  # cdk.json names no qualifier of our own
BOOTSTRAP_LEAST = 6  # what CDK's default synthesizer asks for
CONCURRENCY_LEAST = 100  # new AWS accounts begin with 10; a sweep, its workflows and Coupa's calls run side by side
CERTIFICATE_LEAST = timedelta(days=30)  # ACM renews 60 days ahead: below that, it could not
UNTHROTTLED = 10_000  # requests per second: API Gateway's own limit, which it tells where a stage sets none
RECORD = "docs/deployment.md"


def credentials(at: Installation) -> Finding:
    return ok(f"AWS account {at.client('sts').get_caller_identity()['Account']}")


def region(at: Installation) -> Finding:
    return ok(str(at.client("sts").meta.region_name))


def bootstrap(at: Installation) -> Finding:
    again = "Bootstrap the account and region: `npx aws-cdk bootstrap`."
    try:
        version = int(at.client("ssm").get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return Finding(State.FAIL, "the region is not bootstrapped", again)
    if version < BOOTSTRAP_LEAST:
        return Finding(State.FAIL, f"version {version}, {BOOTSTRAP_LEAST} is needed", again)
    return ok(f"version {version}")


def concurrency(at: Installation) -> Finding:
    limit = at.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    if limit < CONCURRENCY_LEAST:
        ask = "Ask AWS for more in Service Quotas: Lambda, Concurrent executions."
        return Finding(State.WARN, f"{limit} functions at a time", ask)
    return ok(f"{limit} functions at a time")


def gateway_logs(at: Installation) -> Finding:
    if at.client("apigateway").get_account().get("cloudwatchRoleArn"):
        return ok("API Gateway may write logs")
    return Finding(
        State.FAIL, "API Gateway may not write logs", f"Deploy the stage anew: `make deploy STAGE={at.stage}`."
    )


def domain(at: Installation) -> Finding:
    """Of the address that Coupa calls; API Gateway's own changes when the API is made anew."""
    host = urlsplit(_output(at, "Connector", "CoupaUrl")).hostname or ""
    if ".execute-api." in host:
        told = f"API Gateway's own address {host}"
        return Finding(State.WARN, told, f"Give the stage a domain of yours before Coupa is told: {RECORD}.")
    found = at.client("apigateway").get_domain_name(domainName=host)
    if found.get("domainNameStatus", "AVAILABLE") != "AVAILABLE":
        return Finding(State.FAIL, f"{host} is {found['domainNameStatus']}", "Look at it in API Gateway's console.")
    return _certificate(at, host, str(found["regionalCertificateArn"]))


def _certificate(at: Installation, host: str, arn: str) -> Finding:
    found = at.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    if found["Status"] != "ISSUED":
        return Finding(State.FAIL, f"the certificate of {host} is {found['Status']}", "Renew or validate it in ACM.")
    until: datetime = found["NotAfter"]
    if until - datetime.now(UTC) < CERTIFICATE_LEAST:
        told = f"the certificate of {host} ends on {until:%Y-%m-%d}"
        return Finding(State.WARN, told, "See in ACM why it is not renewed; often a DNS record was removed.")
    return ok(f"{host}, certificate until {until:%Y-%m-%d}")


def firewall(at: Installation) -> Finding:
    open_ones = [name for name, stages in _apis(at) if not all(one.get("webAclArn") for one in stages)]
    if open_ones:
        told = f"no web ACL before {' and '.join(open_ones)}"
        return Finding(State.WARN, told, f"Set `web_acl` in the stage's record: {RECORD}.")
    return ok("a web ACL before each API")


def throttles(at: Installation) -> Finding:
    """Of the methods that have none of their own."""
    rates = {name: min(map(_rate, stages), default=0.0) for name, stages in _apis(at)}
    free = [name for name, rate in rates.items() if not 0 < rate < UNTHROTTLED]
    if free:
        told = f"whatever comes in is let in by {' and '.join(free)}"
        return Finding(State.WARN, told, f"Set `throttle` in the stage's record: {RECORD}.")
    return ok(", ".join(f"{name} {rate:g} a second for each method" for name, rate in rates.items()))


def _rate(stage: Any) -> float:  # noqa: ANN401 - API Gateway's answer
    return float(stage.get("methodSettings", {}).get("*/*", {}).get("throttlingRateLimit", UNTHROTTLED))


def _apis(at: Installation) -> Iterator[tuple[str, list[Any]]]:
    """Each API of the installation, with its stages as API Gateway tells them."""
    gateway = at.client("apigateway")
    for api in _pages(gateway, "get_rest_apis", "items"):
        if api["name"].startswith(f"esign-{at.stage}-"):
            yield api["name"], gateway.get_stages(restApiId=api["id"])["item"]


def schedules(at: Installation) -> Finding:
    scheduler, names = at.client("scheduler"), list(_resources(at, "Connector", "AWS::Scheduler::Schedule"))
    off = [name for name in names if scheduler.get_schedule(Name=name)["State"] != "ENABLED"]
    if off or not names:
        told = f"not enabled: {', '.join(off)}" if off else "the sweep has no schedule"
        return Finding(State.FAIL, told, "Enable it in EventBridge Scheduler: without it lost callbacks stay lost.")
    return ok(f"{many(len(names), 'schedule')} enabled")


def alarms(at: Installation) -> Finding:
    pages = at.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"esign-{at.stage}-", MaxRecords=100)
    alarms = [*pages["MetricAlarms"], *pages.get("CompositeAlarms", ())]
    topics = {topic for one in alarms for topic in one["AlarmActions"]}
    if not topics:
        return Finding(State.WARN, f"{many(len(alarms), 'alarm')} that tell nobody", f"Set `monitoring`: {RECORD}.")
    ringing = [one["AlarmName"] for one in alarms if one["StateValue"] == "ALARM"]
    if ringing:
        return Finding(State.WARN, f"ringing: {', '.join(ringing)}", "docs/runbook.md says what each one means.")
    if not any(_heard(at, topic) for topic in topics):
        told = f"{many(len(alarms), 'alarm')}, and nobody has confirmed a subscription"
        return Finding(State.WARN, told, "Subscribe a mail address or a pager to the topic, and confirm it.")
    return ok(f"{many(len(alarms), 'alarm')}, quiet, with a subscriber")


def _heard(at: Installation, topic: str) -> bool:
    found = at.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return any(one["SubscriptionArn"].startswith("arn:") for one in found)  # else PendingConfirmation, or Deleted


def _output(at: Installation, stack: str, name: str) -> str:
    described = at.client("cloudformation").describe_stacks(StackName=at.stack(stack))["Stacks"][0]
    return next((str(one["OutputValue"]) for one in described.get("Outputs", ()) if one["OutputKey"] == name), "")


def _resources(at: Installation, stack: str, kind: str) -> Iterator[str]:
    """Physical ids."""
    found = _pages(
        at.client("cloudformation"), "list_stack_resources", "StackResourceSummaries", StackName=at.stack(stack)
    )
    return (str(one["PhysicalResourceId"]) for one in found if one["ResourceType"] == kind)


def _pages(client: Any, operation: str, member: str, **asked: object) -> Iterator[Any]:  # noqa: ANN401 - boto3's
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page.get(member, ())
