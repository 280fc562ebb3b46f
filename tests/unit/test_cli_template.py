"""`esign accounts template`: what an administrator fills in, for each provider and each way to it."""

from __future__ import annotations

import re
import tomllib

import pytest

from cli.template import settings_of, toml
from esign.runtime.providers import DOORS, PROVIDERS, vendor
from tests.fakes.operator import Operator

KEY_OF_A_LINE = re.compile(r"^(?:# )?([A-Za-z][A-Za-z0-9.]*) = (.*)$", re.MULTILINE)


@pytest.fixture
def operator():
    return Operator(real_vendors=True)


def template(operator, door, *flags):
    answer = operator.says("accounts", "template", door, *flags)
    assert answer.code == 0
    return answer.out


@pytest.mark.parametrize("door", DOORS)
def test_the_settings_file_is_taken_as_it_is(operator, door):
    provider, _ = DOORS[door]
    written = tomllib.loads(template(operator, door))
    assert vendor(provider).check_settings(written) == ()
    assert written == vendor(provider).guide().examples[door]


@pytest.mark.parametrize("door", DOORS)
def test_the_file_opens_the_door_that_it_is_named_after(operator, door):
    provider, seed = DOORS[door]
    capabilities = vendor(provider).capabilities
    assert capabilities(tomllib.loads(template(operator, door))).features == capabilities(seed).features


@pytest.mark.parametrize("door", DOORS)
def test_every_setting_stands_in_the_file_with_its_meaning(operator, door):
    text = template(operator, door)
    keys = [found[1] for found in KEY_OF_A_LINE.finditer(text)]
    assert len(keys) == len(set(keys))
    known = vendor(DOORS[door][0]).guide().model.model_json_schema(by_alias=True)["properties"]
    assert {key.partition(".")[0] for key in keys} == set(known)


@pytest.mark.parametrize("door", DOORS)
def test_without_its_comment_marks_the_file_is_still_toml(operator, door):
    lines = [found[0].removeprefix("# ") for found in KEY_OF_A_LINE.finditer(template(operator, door))]
    assert tomllib.loads("\n".join(lines))


def inner(model):
    """`outer.inner` of settings that hold others."""
    schema = model.model_json_schema(by_alias=True)
    for name, part in schema["properties"].items():
        target = next((way["$ref"].rpartition("/")[2] for way in [part, *part.get("anyOf", ())] if "$ref" in way), None)
        yield from (f"{name}.{one}" for one in schema["$defs"][target]["properties"]) if target else (name,)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_guide_speaks_of_every_setting_and_of_nothing_else(provider):
    guide = vendor(provider).guide()
    assert set(guide.settings) == set(inner(guide.model))
    assert all(words.endswith(".") for words in [*guide.settings.values(), *guide.credentials.values()])
    assert set(guide.examples) == {door for door, (name, _) in DOORS.items() if name == provider}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_stands_behind_a_setting_is_of_its_kind(provider):
    for one in settings_of(vendor(provider).guide(), {}):
        assert not one.needed
        written = tomllib.loads(f"x = {toml(one.value)}")["x"]
        kind = {"text": str, "true or false": bool, "whole number": int, "list": list, "table": dict}[one.kind]
        assert type(written) is kind, one.name
        assert one.kind != "text" or not one.choices or written in one.choices


@pytest.mark.parametrize(
    ("door", "names"),
    [
        ("connective", {"username", "password"}),
        ("esigntools", {"username", "password"}),
        ("contract-signatures", {"apiKey", "atlassianEmail", "atlassianToken"}),
        ("gosign-rest", {"customerCode"}),
        ("gosign-soap", {"customerCode"}),
        ("gosign-legalbus", {"customerCode"}),
        ("gosign-oauth", {"username", "password", "clientId", "clientSecret"}),
        ("gosign5", {"username", "password", "clientId", "clientSecret"}),
        ("gosign-oauth-companion", {"customerCode", "username", "password", "clientId", "clientSecret"}),
        ("gosign-idp", {"idpClientId", "idpClientSecret"}),
    ],
)
def test_the_credentials_file_asks_for_what_the_door_needs_and_for_nothing_else(operator, door, names):
    assert tomllib.loads(template(operator, door, "--credentials")) == dict.fromkeys(names, "")
    told = operator.says("accounts", "template", door, "--json").json["credentials"]
    assert {one["name"] for one in told} == names


@pytest.mark.parametrize(
    ("how", "more"),
    [
        ("secret-path", set()),
        ("basic", {"notificationUsername", "notificationPassword"}),
        ("api-key", {"notificationApiKey"}),
        ("jwt", set()),
    ],
)
def test_gosign_asks_for_the_secrets_of_notifications_where_they_have_some(how, more):
    gosign = vendor("gosign")
    settings = dict(gosign.guide().examples["gosign-rest"]) | {"notifications": {"authentication": how}}
    settings |= {"identityProvider": {"issuer": "https://login.example.com", "audience": "us"}} if how == "jwt" else {}
    assert set(gosign.credential_names(settings)) == {"customerCode"} | more


def test_json_tells_types_choices_and_defaults(operator):
    view = operator.says("accounts", "template", "gosign-oauth", "--json").json
    found = {one["name"]: one for one in view["settings"]}
    assert found["integration"]["needed"] is True
    assert found["integration"]["choices"] == ["rest", "oauth", "gosign5", "soap", "legalbus"]
    assert found["companion"] == {
        "name": "companion", "kind": "true or false", "needed": False, "default": False,
        "meaning": "REST v1 reads beside another door: people's states and the report need it.",
    }  # fmt: skip
    assert found["notifications.authentication"]["default"] == "secret-path"
    assert view["example"] == {"integration": "oauth"}


def test_without_a_door_it_tells_which_there_are(operator):
    told = operator.says("accounts", "template", "--json").json["doors"]
    assert [one["door"] for one in told] == list(DOORS)
    assert "gosign-legalbus" in operator.says("accounts", "template").out


def test_an_unknown_door_says_where_to_look(operator):
    answer = operator.says("accounts", "template", "gosign-fax")
    assert answer.code == 1
    assert "`esign accounts template` shows those that exist" in answer.err


def test_a_template_needs_no_stage(operator):
    template(operator, "connective")
    assert operator.asked_for == []
