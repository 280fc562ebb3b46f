"""The web ACL before an API: AWS's core rule set, tuned for bodies that are documents, and a rate for each address.

The core rule set's rules about bodies are only counted; the labels that they leave are judged by rules of our own, which
know the routes whose bodies are large (BODIES). Nothing is logged or sampled: both would record the Authorization header,
the tokens in callback paths and pieces of bodies. Who was refused stands in the access log (WAF_FILTERED), by which rule
in the metrics.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from esign.coupa.routes import ROUTE
from infra.functions import MAPPED
from infra.stages import Stage, WebAcl

GROUP = "AWSManagedRulesCommonRuleSet"
_LABEL = "awswaf:managed:aws:core-rule-set:"

SIZE = "SizeRestrictions_BODY"  # more than 8 KB; its limit is fixed
# The rest of the core rule set that reads bodies.
CONTENT = ("CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY")
# What our callers may well do, by API. Neither Coupa nor any provider says that its client names itself; and a token in a
# callback's path has a dot, behind which any letters may stand: .log, .ini.
USUAL = {"coupa": ("NoUserAgent_HEADER",), "callbacks": ("NoUserAgent_HEADER", "RestrictedExtensions_URIPATH")}

LARGEST = 64 * 1024  # bytes that a web ACL can see of a body, and so the largest limit that it can hold


@dataclass(frozen=True, slots=True)
class Bodies:
    """Paths of an API with bodies above 8 KB: `documents` are not judged by what they hold, `limited` end at LARGEST."""

    documents: tuple[str, ...] = ()
    long: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()


def _paths(operation: str) -> tuple[str, ...]:
    return tuple({path: None for _, path in ROUTE[operation].endpoints})


BODIES = {
    "coupa": Bodies(
        documents=_paths("add_documents"),  # base64, up to API Gateway's 10 MB
        long=_paths("add_recipients"),  # up to 50, with their fields
        limited=_paths("create_package"),
    ),
    # GoSign's notifications may hold the documents, and it repeats for ever what is refused.
    "callbacks": Bodies(documents=tuple({path: None for _, path in MAPPED})),
}


class Firewall(Construct):
    """Guards one API's stage."""

    def __init__(self, scope: Construct, *, name: str, stage: Stage, acl: WebAcl, stage_arn: str) -> None:
        super().__init__(scope, "Firewall")
        web_acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_metrics(f"{stage.name}-{name}-all"),
            association_config=waf.CfnWebACL.AssociationConfigProperty(
                request_body={
                    "API_GATEWAY": waf.CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty(
                        default_size_inspection_limit="KB_64"
                    )
                }
            ),
            rules=[_rule(f"{stage.name}-{name}", at, one) for at, one in enumerate(rules(name, stage=stage, acl=acl))],
        )
        waf.CfnWebACLAssociation(self, "Before", resource_arn=stage_arn, web_acl_arn=web_acl.attr_arn)


def rules(name: str, *, stage: Stage, acl: WebAcl) -> list[dict[str, Any]]:
    """In their order, as CloudFormation says them: name, statement, and for AWS's own what is overridden."""
    bodies = BODIES[name]

    def elsewhere(*groups: Collection[str]) -> list[dict[str, Any]]:
        paths = [path for group in groups for path in group]
        return [{"notStatement": {"statement": _any([_path(stage.name, path) for path in paths])}}] if paths else []

    found = [
        {"name": "rate", "statement": {"rateBasedStatement": {"limit": acl.requests, "aggregateKeyType": "IP"}}},
        {
            "name": "core",
            "statement": {
                "managedRuleGroupStatement": {
                    "vendorName": "AWS",
                    "name": GROUP,
                    "ruleActionOverrides": [
                        {"name": rule, "actionToUse": {"count": {}}} for rule in (SIZE, *CONTENT, *USUAL[name])
                    ],
                }
            },
        },
        {
            "name": "body-size",
            "statement": _all([_labelled(SIZE), *elsewhere(bodies.documents, bodies.long, bodies.limited)]),
        },
        {
            "name": "body-content",
            "statement": _all([_any([_labelled(rule) for rule in CONTENT]), *elsewhere(bodies.documents)]),
        },
    ]
    if bodies.limited:
        limited = _any([_path(stage.name, path) for path in bodies.limited])
        found.append({"name": "body-limit", "statement": _all([limited, _larger_than(LARGEST)])})
    return found


def path_pattern(stage: str, path: str) -> str:
    """A route as the firewall sees it: below the stage's name, or below nothing at an address of our own."""
    parts = re.sub(r"\{[^/]+\}", "[^/]+", path)
    return f"^(/{stage})?{parts}$"


def _rule(prefix: str, priority: int, told: dict[str, Any]) -> dict[str, Any]:
    group = "managedRuleGroupStatement" in told["statement"]
    act: dict[str, Any] = {"overrideAction": {"none": {}}} if group else {"action": {"block": {}}}
    return {**told, **act, "priority": priority, "visibilityConfig": _metrics(f"{prefix}-{told['name']}")}


def _metrics(name: str) -> dict[str, Any]:
    return {"metricName": f"esign-{name}", "cloudWatchMetricsEnabled": True, "sampledRequestsEnabled": False}


def _labelled(rule: str) -> dict[str, Any]:
    """Labels are spelt as their rules, but for the last part: SizeRestrictions_Body."""
    return {"labelMatchStatement": {"scope": "LABEL", "key": _LABEL + rule.replace("_BODY", "_Body")}}


def _path(stage: str, path: str) -> dict[str, Any]:
    return {
        "regexMatchStatement": {
            "fieldToMatch": {"uriPath": {}},
            "regexString": path_pattern(stage, path),
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }
    }


def _larger_than(size: int) -> dict[str, Any]:
    """A body that the firewall does not see to its end is one."""
    return {
        "sizeConstraintStatement": {
            "fieldToMatch": {"body": {"oversizeHandling": "MATCH"}},
            "comparisonOperator": "GT",
            "size": size,
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }
    }


def _any(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return statements[0] if len(statements) == 1 else {"orStatement": {"statements": statements}}


def _all(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return statements[0] if len(statements) == 1 else {"andStatement": {"statements": statements}}
