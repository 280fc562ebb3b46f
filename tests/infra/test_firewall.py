"""What the firewall lets through, decided by its own rules: read here as AWS WAF reads them, for the words they use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from esign.coupa.routes import ROUTES
from infra.constructs.firewall import CONTENT, GROUP, LARGEST, SIZE, USUAL, rules
from infra.functions import PUBLIC
from infra.stages import WebAcl, stage
from tests.infra.templates import Templates

PROD = stage("prod")
NOTIFY = "/callbacks/gosign/acc_1/token/envelopes/7/notify"


@dataclass(frozen=True)
class Call:
    """A request as a web ACL sees it; `hits` are the core rule set's rules that it meets."""

    path: str
    body: int = 0
    hits: frozenset[str] = frozenset()

    @property
    def labels(self) -> set[str]:
        found = self.hits | ({SIZE} if self.body > 8192 else set())
        return {"awswaf:managed:aws:core-rule-set:" + rule.replace("_BODY", "_Body") for rule in found}


def _says(statement: dict[str, Any], call: Call) -> bool:
    ((kind, told),) = statement.items()
    match kind:
        case "andStatement":
            return all(_says(one, call) for one in told["statements"])
        case "orStatement":
            return any(_says(one, call) for one in told["statements"])
        case "notStatement":
            return not _says(told["statement"], call)
        case "labelMatchStatement":
            return str(told["key"]) in call.labels
        case "regexMatchStatement":
            return re.search(told["regexString"], call.path) is not None
        case "sizeConstraintStatement":
            assert told["comparisonOperator"] == "GT"
            return call.body > min(int(told["size"]), LARGEST)
        case "managedRuleGroupStatement":
            counted = {one["name"] for one in told["ruleActionOverrides"] if "count" in one["actionToUse"]}
            return bool(call.hits - counted)
        case "rateBasedStatement":
            return False
        case _:
            raise AssertionError(f"{kind} is not read by this test")


def _blocked(api: str, call: Call) -> list[str]:
    return [one["name"] for one in rules(api, stage=PROD, acl=WebAcl()) if _says(one["statement"], call)]


@pytest.mark.parametrize("size", [8_193, 65_537, 10_000_000])
@pytest.mark.parametrize("below", ["", "/prod"])
def test_a_document_of_any_size_passes(size: int, below: str) -> None:
    assert _blocked("coupa", Call(f"{below}/v1/packages/pkg_1/documents", size, frozenset(CONTENT))) == []


def test_recipients_and_packages_may_be_longer_than_8_kb_but_not_hold_an_attack() -> None:
    for path in ("/v1/packages/pkg_1/recipients", "/v1/packages"):
        assert _blocked("coupa", Call(path, 60_000)) == []
        assert _blocked("coupa", Call(path, 100, frozenset({"CrossSiteScripting_BODY"}))) == ["body-content"]


def test_a_package_without_documents_ends_where_the_firewall_sees_no_further() -> None:
    assert _blocked("coupa", Call("/v1/packages", LARGEST)) == []
    assert _blocked("coupa", Call("/v1/packages", LARGEST + 1)) == ["body-limit"]
    assert _blocked("coupa", Call("/v1/packages/pkg_1/recipients", LARGEST + 1)) == []


def test_every_other_route_of_coupa_is_held_to_8_kb_and_to_harmless_content() -> None:
    large = {"create_package", "add_documents", "add_recipients"}
    large_paths = {path for route in ROUTES if route.operation in large for _, path in route.endpoints}
    others = {path for route in ROUTES for _, path in route.endpoints} - large_paths
    assert len(others) > 10
    for path in others:
        called = re.sub(r"\{\w+\}", "x", path)
        assert _blocked("coupa", Call(called, 8_192)) == [], path
        assert _blocked("coupa", Call(called, 8_193)) == ["body-size"], path
        assert _blocked("coupa", Call(called, 10, frozenset({"GenericLFI_BODY"}))) == ["body-content"], path


@pytest.mark.parametrize(
    "path", ["/v1/packages/pkg_1/documents/../send", "/x/v1/packages/p/documents", "/v1/packages/a/b/documents"]
)
def test_a_path_that_only_looks_like_that_of_documents_is_held_to_8_kb(path: str) -> None:
    assert _blocked("coupa", Call(path, 8_193)) == ["body-size"]


def test_gosigns_notifications_may_hold_documents() -> None:
    assert _blocked("callbacks", Call(NOTIFY, 10_000_000, frozenset(CONTENT))) == []
    assert _blocked("callbacks", Call("/prod/callbacks/gosign/acc_1/token/soap", 10_000_000)) == []


def test_every_other_callback_is_held_to_8_kb() -> None:
    large = {"callbacks/gosign_rest", "callbacks/gosign_soap"}
    others = [path for folder, ways in PUBLIC.items() if folder not in large for _, path in ways]
    assert others
    for path in others:
        called = re.sub(r"\{\w+\+?\}", "x", path)
        assert _blocked("callbacks", Call(called, 8_193)) == ["body-size"], path


@pytest.mark.parametrize("api", ["coupa", "callbacks"])
def test_the_core_rule_set_blocks_by_itself_what_is_not_about_bodies(api: str) -> None:
    assert _blocked(api, Call(NOTIFY, hits=frozenset({"CrossSiteScripting_QUERYARGUMENTS"}))) == ["core"]
    assert _blocked(api, Call(NOTIFY, hits=frozenset(USUAL[api]))) == []


def test_each_api_of_a_stage_with_everything_on_has_a_firewall(acme: Templates) -> None:
    acls = [found for _, found in acme.of("AWS::WAFv2::WebACL")]
    assert len(acls) == len(list(acme.of("AWS::WAFv2::WebACLAssociation"))) == 2
    for acl in acls:
        assert acl["Scope"] == "REGIONAL"
        assert acl["AssociationConfig"]["RequestBody"]["API_GATEWAY"]["DefaultSizeInspectionLimit"] == "KB_64"
        assert [rule["Priority"] for rule in acl["Rules"]] == list(range(len(acl["Rules"])))
        actions = {rule["Name"]: rule.get("Action", rule.get("OverrideAction")) for rule in acl["Rules"]}
        assert actions.pop("core") == {"None": {}}
        assert all(action == {"Block": {}} for action in actions.values())


def test_the_core_rule_set_comes_before_what_judges_its_labels() -> None:
    names = [one["name"] for one in rules("coupa", stage=PROD, acl=WebAcl())]
    assert names.index("core") < min(names.index("body-size"), names.index("body-content"))
    core = rules("coupa", stage=PROD, acl=WebAcl())[names.index("core")]["statement"]["managedRuleGroupStatement"]
    assert (core["vendorName"], core["name"]) == ("AWS", GROUP)


def test_the_firewall_keeps_no_request(acme: Templates) -> None:
    """A log or a sample would hold the Authorization header and the tokens of callback paths."""
    assert not list(acme.of("AWS::WAFv2::LoggingConfiguration"))
    for _, acl in acme.of("AWS::WAFv2::WebACL"):
        shown = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
        assert all(one["SampledRequestsEnabled"] is False for one in shown)
        assert all(one["MetricName"].startswith("esign-acme-") for one in shown)


def test_the_rate_is_the_stages(acme: Templates) -> None:
    for _, acl in acme.of("AWS::WAFv2::WebACL"):
        (limit,) = [rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"] if rule["Name"] == "rate"]
        assert (limit["Limit"], limit["AggregateKeyType"]) == (3000, "IP")
