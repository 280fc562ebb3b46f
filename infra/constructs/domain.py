"""An API's own name, the certificates that its callers must show, and the addresses that they may come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stages import Domain


class OwnDomain(Construct):
    """Joins the name to the API at its root. Its DNS record, to `target`, is its owner's to make."""

    def __init__(self, scope: Construct, domain: Domain, api: apigateway.RestApi) -> None:
        super().__init__(scope, "Domain")
        name = apigateway.DomainName(
            self,
            "Name",
            domain_name=domain.name,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", domain.certificate),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            # And newer. The policies with newer names exclude client certificates.
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            mtls=_truststore(self, domain),
            mapping=api,
        )
        self.address = f"https://{domain.name}"
        self.target = name.domain_name_alias_domain_name


def allow_only(addresses: Sequence[str]) -> iam.PolicyDocument | None:
    """A resource policy: costs nothing, works without a firewall, and is judged before the authorizer is called."""
    if not addresses:
        return None
    common: dict[str, Any] = {
        "actions": ["execute-api:Invoke"],
        "resources": ["execute-api:/*"],
        "principals": [iam.AnyPrincipal()],
    }
    elsewhere = {"NotIpAddress": {"aws:SourceIp": list(addresses)}}
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(**common),
            iam.PolicyStatement(**common, effect=iam.Effect.DENY, conditions=elsewhere),
        ]
    )


def _truststore(scope: Construct, domain: Domain) -> apigateway.MTLSConfig | None:
    if domain.truststore is None:
        return None
    place = urlsplit(domain.truststore)
    return apigateway.MTLSConfig(
        bucket=s3.Bucket.from_bucket_name(scope, "Truststore", place.netloc),
        key=place.path.removeprefix("/"),
        version=domain.truststore_version,
    )
