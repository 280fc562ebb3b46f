"""What an operator is told when something is wrong: cause and next step, what is stuck, and callbacks once more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import typer.main

from cli.app import app
from cli.trouble import REMEDIES
from esign.domain import errors
from esign.domain.errors import CredentialsRefused, ProviderError, ProviderRefused, ProviderUnavailable
from esign.domain.status import Attention, PackageStatus
from esign.operations.find_stuck import Overdue
from esign.ports import Delivered
from tests.fakes.clock import START
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator


@pytest.fixture
def operator():
    return Operator()


def diagnosis(operator, package):
    return operator.says("packages", "show", ACME, package.id, "--json").json.get("diagnosis", {}).get("code")


# ------------------------------------------------------------------------------------------------------- the one table


def test_every_code_that_something_can_be_wrong_by_has_a_remedy():
    provider = {
        kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ProviderError)
    }
    delivery = {outcome.value.lower() for outcome in Delivered} - {"ok"}
    overdue, attention = {code.value for code in Overdue}, {code.value for code in Attention}
    assert provider | delivery | overdue | attention <= set(REMEDIES)


def test_every_command_that_a_remedy_names_exists():
    root = typer.main.get_command(app)
    named = {words for remedy in REMEDIES.values() for words in re.findall(r"`esign (\w+ \w+)", remedy.step)}
    groups = {name: set(getattr(one, "commands", ())) for name, one in root.commands.items()}  # type: ignore[attr-defined]
    missing = {words for words in named if words.split()[1] not in groups.get(words.split()[0], ())}
    assert not missing
    assert {"packages resolve", "packages accept", "accounts verify"} <= named


def test_a_remedy_is_two_sentences_without_a_vendors_name():
    for code, remedy in REMEDIES.items():
        assert all(text[0].isupper() and text.endswith(".") for text in remedy), code
        assert not re.search("connective|gosign|esigntools", " ".join(remedy), re.IGNORECASE), code


# ------------------------------------------------------------------------------------------------------- packages show


def test_a_package_that_is_well_has_no_diagnosis(operator):
    package = operator.connector.sent()
    operator.connector.deliver(package.id)
    assert diagnosis(operator, package) is None
    assert "Probable cause" not in operator.says("packages", "show", ACME, package.id).out


def test_attention_is_told_with_its_cause_and_its_own_next_step(operator):
    package = operator.connector.sent()
    operator.connector.provider.fail["read"] = [CredentialsRefused("no")]
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    shown = operator.says("packages", "show", ACME, package.id).out
    assert "Attention: credentials_refused" in shown
    assert f"Probable cause (credentials_refused): {REMEDIES['credentials_refused'].cause}" in shown
    assert "Next step: The provider refuses the account's credentials." in shown


@pytest.mark.parametrize(
    ("failure", "code"),
    [(ProviderRefused("bad phone"), "provider_refused"), (ProviderUnavailable("down"), "provider_unavailable")],
)
def test_a_draft_whose_send_failed_tells_why(operator, failure, code):
    package = operator.connector.ready()
    operator.connector.provider.fail["create"] = [failure]
    with pytest.raises(type(failure)):
        operator.connector.send(package.id)
    found = operator.says("packages", "show", ACME, package.id, "--json").json["diagnosis"]
    assert found["code"] == code
    assert "Coupa may send it once more" in found["nextStep"]
    assert "refresh" not in found["nextStep"]
    assert operator.connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert diagnosis(operator, package) is None


def test_a_read_that_failed_is_told_until_one_succeeds(operator):
    package = operator.connector.sent()
    operator.connector.deliver(package.id)
    operator.connector.provider.fail["read"] = [ProviderUnavailable("down")]
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    assert diagnosis(operator, package) == "provider_unavailable"
    operator.connector.clock.advance(60)
    operator.connector.provider.sign(operator.connector.now(package.id).recipients[0].id, at=START)
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    assert diagnosis(operator, package) is None


def test_a_notification_that_coupa_did_not_take_is_told_also_of_a_closed_package(operator):
    package = operator.connector.sent()
    operator.connector.deliver(package.id)
    operator.connector.delete(package.id)
    operator.connector.notifier.will_answer(Delivered.RETRY, 503)
    operator.connector.deliver(package.id)
    assert diagnosis(operator, package) == "retry"


def test_a_next_step_names_the_package_itself(operator):
    package = operator.connector.sent()
    operator.connector.deliver(package.id)
    operator.connector.provider.fail["read"] = [ProviderUnavailable("down")]
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    step = operator.says("packages", "show", ACME, package.id, "--json").json["diagnosis"]["nextStep"]
    assert f"`esign packages refresh {ACME} {package.id}`" in step


# ------------------------------------------------------------------------------------------------------ packages stuck


def test_stuck_lists_packages_and_what_their_reasons_mean(operator):
    package = operator.connector.sent(external_id="C-42")
    operator.connector.deliver(package.id)
    operator.connector.clock.advance(86400)
    view = operator.says("packages", "stuck", ACME, "--json").json
    (line,) = view["packages"]
    assert (line["id"], line["account"], line["externalId"], line["code"]) == (package.id, ACME, "C-42", "read_overdue")
    assert [reason["code"] for reason in view["reasons"]] == ["read_overdue"]
    assert operator.says("packages", "stuck", "--all", "--json").json == view
    shown = operator.says("packages", "stuck", "--all").out
    assert all(text in shown for text in (package.id, "C-42", REMEDIES["read_overdue"].cause))


def test_nothing_stuck_is_said(operator):
    operator.connector.ready()
    assert operator.says("packages", "stuck", ACME).out == "Nothing is stuck.\n"


@pytest.mark.parametrize("words", [[], [ACME, "--all"]])
def test_stuck_wants_one_account_or_all(operator, words):
    assert operator.says("packages", "stuck", *words).code == 2
    answer = operator.says("packages", "stuck", *words, "--json")
    assert (answer.code, answer.error["code"]) == (2, "usage")


def test_an_account_that_does_not_exist_is_an_error_and_not_well(operator):
    assert operator.says("packages", "stuck", "acc_nobody").code == 1


# ---------------------------------------------------------------------------------------------------- callbacks replay


def called(operator, package, *seconds):
    for second in seconds:
        at = START + timedelta(seconds=second)
        operator.raw_callbacks.keep("fake", ACME, package.id, headers={}, body=b"", at=at)


def test_a_replay_wakes_one_refresh_for_all_kept_calls_and_says_so_in_the_story(operator):
    package = operator.connector.sent()
    called(operator, package, 0, 60)
    view = operator.says("callbacks", "replay", ACME, package.id, "--json").json
    assert [call["at"] for call in view["callbacks"]] == ["2026-03-02T09:00:00.000Z", "2026-03-02T09:01:00.000Z"]
    assert view["running"] is False
    assert list(operator.connector.workflows.started.values()) == [(ACME, package.id)]
    told = operator.connector.packages.timeline(ACME, package.id)[0][-1]
    assert (told.text, told.code) == ("A person replayed 2 calls of the provider.", "callbacks_replayed")
    assert "A refresh has been started" in operator.says("callbacks", "replay", ACME, package.id).out


@pytest.mark.parametrize(("flags", "count"), [(["--dry-run"], 2), (["--since", "2026-03-02T09:00:30", "--dry-run"], 1)])
def test_a_dry_run_shows_the_calls_and_does_nothing(operator, flags, count):
    package = operator.connector.sent()
    called(operator, package, 0, 60)
    before = operator.connector.packages.timeline(ACME, package.id)
    view = operator.says("callbacks", "replay", ACME, package.id, "--json", *flags).json
    assert len(view["callbacks"]) == count
    assert "running" not in view
    assert operator.connector.workflows.started == {}
    assert operator.connector.packages.timeline(ACME, package.id) == before
    assert "Nothing was done" in operator.says("callbacks", "replay", ACME, package.id, *flags).out


def test_where_nobody_called_nothing_is_replayed(operator):
    package = operator.connector.sent()
    called(operator, package, 0)
    answer = operator.says("callbacks", "replay", ACME, package.id, "--since", "2026-03-03T00:00:00")
    assert "has not called" in answer.out
    assert operator.connector.workflows.started == {}


def test_a_closed_package_has_nothing_to_replay(operator):
    package = operator.connector.sent()
    called(operator, package, 0)
    operator.connector.delete(package.id)
    answer = operator.says("callbacks", "replay", ACME, package.id)
    assert (answer.code, operator.connector.workflows.started) == (1, {})
    assert "it is CANCELLED" in answer.err
