"""The VPC of the functions that call out: private subnets, NAT gateways whose addresses stay, nothing that comes in.

S3 and DynamoDB are reached by gateway endpoints, which cost nothing. Secrets Manager, SQS and Step Functions are reached
over NAT, by TLS: interface endpoints would cost more each month than the traffic that they save.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stages import Network, Stage

ZONES = 2  # more are not known without asking the account

# What Lambda asks of a function's role to put it into a VPC; EC2 knows no narrower resource for most of them.
ATTACH = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


class Egress(Construct):
    """`place` puts a function into it; `addresses` are where its calls come from, for the lists that providers keep."""

    def __init__(self, scope: Construct, *, stage: Stage, network: Network) -> None:
        super().__init__(scope, "Egress")
        addresses = [ec2.CfnEIP(self, f"Address{at + 1}", domain="vpc") for at in range(network.nat_gateways)]
        self._vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(network.cidr),
            max_azs=ZONES,
            nat_gateways=network.nat_gateways,
            nat_gateway_provider=ec2.NatProvider.gateway(
                eip_allocation_ids=[one.attr_allocation_id for one in addresses]
            ),
            restrict_default_security_group=False,  # nothing is in it, and it would take a function of CDK's own
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "Table": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
            },
            flow_logs={"Rejected": self._flow_log(stage)},
        )
        self._group = ec2.SecurityGroup(
            self, "Functions", vpc=self._vpc, allow_all_outbound=False, description="Out by TLS, and nobody in"
        )
        self._group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "TLS")
        self.addresses = [one.attr_public_ip for one in addresses]

    def place(self, function: lambda_.Function) -> None:
        """Not by the function's own property `vpc`: that adds a policy of AWS's which also lets it write any log."""
        made = function.node.default_child
        assert isinstance(made, lambda_.CfnFunction)  # noqa: S101 - what the construct is made of
        made.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=[one.subnet_id for one in self._vpc.private_subnets],
            security_group_ids=[self._group.security_group_id],
        )
        function.node.add_dependency(*(one.internet_connectivity_established for one in self._vpc.private_subnets))

    def _flow_log(self, stage: Stage) -> ec2.FlowLogOptions:
        log = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays[stage.log_retention], removal_policy=cdk.RemovalPolicy.DESTROY
        )
        return ec2.FlowLogOptions(
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(log), traffic_type=ec2.FlowLogTrafficType.REJECT
        )


def attach(stack: cdk.Stack) -> list[iam.PolicyStatement]:
    """For Lambda, which acts in the role's name; the function's own code is refused the same verbs."""
    ours = stack.format_arn(
        service="lambda",
        resource="function",
        resource_name=f"{stack.stack_name}-*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    from_code = {"ArnLike": {"lambda:SourceFunctionArn": ours}}
    return [
        iam.PolicyStatement(actions=list(ATTACH), resources=["*"]),
        iam.PolicyStatement(actions=list(ATTACH), resources=["*"], effect=iam.Effect.DENY, conditions=from_code),
    ]
