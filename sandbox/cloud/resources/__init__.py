"""Which resource types the local cloud creates, and which it leaves out on purpose. Any other type is an error.

One table for each. A creator takes a Site, the physical name and the resolved properties, and tells Ref and GetAtt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.cloud.resources import api, compute, messaging, storage
from sandbox.cloud.resources.site import Created, Site
from sandbox.cloud.runtime.function import Json

Creator = Callable[[Site, str, Json], Created]

CREATORS: Mapping[str, Creator] = {
    "AWS::KMS::Key": storage.create_key,
    "AWS::KMS::Alias": storage.create_key_alias,
    "AWS::DynamoDB::Table": storage.create_table,
    "AWS::DynamoDB::GlobalTable": storage.create_global_table,
    "AWS::S3::Bucket": storage.create_bucket,
    "AWS::SQS::Queue": messaging.create_queue,
    "AWS::SecretsManager::Secret": messaging.create_secret,
    "AWS::SSM::Parameter": messaging.create_parameter,
    "AWS::Scheduler::ScheduleGroup": messaging.record_schedule_group,
    "AWS::Scheduler::Schedule": messaging.record_schedule,
    "AWS::Events::Rule": messaging.create_rule,
    "AWS::IAM::Role": compute.record_role,
    "AWS::IAM::Policy": compute.record_policy,
    "AWS::IAM::ManagedPolicy": compute.record_policy,
    "AWS::Lambda::LayerVersion": compute.create_layer,
    "AWS::Lambda::Function": compute.create_function,
    "AWS::Lambda::Version": compute.create_version,
    "AWS::Lambda::Alias": compute.create_alias,
    "AWS::Lambda::EventSourceMapping": compute.record_event_source,
    "AWS::Lambda::Permission": compute.record_policy,
    "AWS::StepFunctions::StateMachine": compute.create_state_machine,
    "AWS::StepFunctions::StateMachineVersion": compute.record_state_machine_version,
    "AWS::StepFunctions::StateMachineAlias": compute.record_state_machine_alias,
    "AWS::ApiGateway::RestApi": api.record_rest_api,
    "AWS::ApiGateway::Resource": api.record_part,
    "AWS::ApiGateway::Method": api.record_part,
    "AWS::ApiGateway::Authorizer": api.record_part,
    "AWS::ApiGateway::GatewayResponse": api.record_part,
    "AWS::ApiGateway::Deployment": api.record_part,
    "AWS::ApiGateway::Model": api.record_model,
    "AWS::ApiGateway::RequestValidator": api.record_part,
    "AWS::ApiGateway::Stage": api.record_stage,
}

# What has no meaning on one machine, with why. A trailing * stands for every type that begins so.
INERT: Mapping[str, str] = {
    "AWS::CDK::Metadata": "CDK's own note",
    "AWS::CloudWatch::*": "nobody watches: read cloud.logs",
    "AWS::Logs::LogGroup": "what functions write is in cloud.logs",
    "AWS::Logs::MetricFilter": "no metrics",
    "AWS::Logs::SubscriptionFilter": "no log subscriptions",
    "AWS::Logs::QueryDefinition": "no Logs Insights",
    "AWS::Logs::ResourcePolicy": "permissions are not checked",
    "AWS::WAFv2::*": "no firewall",
    "AWS::EC2::*": "no network of its own",
    "AWS::SNS::*": "nobody to page",
    "AWS::CodeDeploy::*": "one version at a time",
    "AWS::Synthetics::*": "no canaries",
    "AWS::XRay::*": "no tracing",
    "AWS::Budgets::*": "nothing costs",
    "AWS::Backup::*": "memory only",
    "AWS::ApplicationAutoScaling::*": "no scaling",
    "AWS::CertificateManager::Certificate": "plain HTTP",
    "AWS::Route53::*": "no names",
    "AWS::S3::BucketPolicy": "permissions are not checked",
    "AWS::SQS::QueuePolicy": "permissions are not checked",
    "AWS::SecretsManager::ResourcePolicy": "permissions are not checked",
    "AWS::SecretsManager::RotationSchedule": "no rotation",
    "AWS::Lambda::Url": "only REST APIs have addresses here",
    "AWS::Lambda::EventInvokeConfig": "asynchronous invocations are retried twice, as by default",
    "AWS::ApiGateway::Account": "no access logs",
    "AWS::ApiGateway::ApiKey": "keys are not checked",
    "AWS::ApiGateway::UsagePlan": "no quotas",
    "AWS::ApiGateway::UsagePlanKey": "no quotas",
    "AWS::ApiGateway::DomainName": "the gateway's own address",
    "AWS::ApiGateway::BasePathMapping": "the gateway's own address",
    "Custom::LogRetention": "logs are kept in memory",
    "Custom::S3AutoDeleteObjects": "everything goes when the cloud goes",
}


def inert(resource_type: str) -> str | None:
    """Why this type is left out, or None when it is not."""
    service = "::".join(resource_type.split("::")[:2])
    return INERT.get(resource_type) or INERT.get(f"{service}::*")


__all__ = ["CREATORS", "INERT", "Created", "Creator", "Site", "inert"]
