"""`esign packages`, over the connector in memory."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from esign.domain.errors import OutcomeUnknown
from esign.domain.package import AttentionNote, Message
from esign.domain.status import Attention, PackageStatus
from tests.fakes.clock import START
from tests.fakes.factories import ACME, a_full_package, an_entry
from tests.fakes.operator import Operator

NOBODY = "pkg_01arz3ndektsv4rrffq69g5fav"
PERSONAL = ("Anna", "Berg", "anna.berg", "+4917", "192.0.2.7", "Too dear, says Anna", "Dear Anna")


@pytest.fixture
def operator():
    return Operator()


def declined(operator):
    """A package full of what must not be shown."""
    package = a_full_package(
        external_id="C-42",
        status=PackageStatus.DECLINED,
        status_reason="Too dear, says Anna",
        message=Message("Dear Anna", "please sign"),
    )
    person = replace(
        package.recipients[0],
        external_id="anna.berg@example.com",
        phone="+491701234567",
        message="Dear Anna",
        ip_address="192.0.2.7",
        decline_reason="Too dear, says Anna",
        acted_by="Anna Berg",
    )
    package = replace(package, recipients=(person,))
    operator.connector.packages.create(package, timeline=(an_entry("Coupa created the package."),))
    return package


def in_doubt(operator):
    """SENDING, and nobody knows whether it arrived."""
    package = operator.connector.ready(external_id="C-42")
    operator.connector.provider.fail["started"] = [OutcomeUnknown("the reply was lost")]
    operator.connector.provider.findable = False
    with pytest.raises(OutcomeUnknown):
        operator.connector.send(package.id)
    assert operator.connector.now(package.id).status is PackageStatus.SENDING
    operator.connector.clock.advance(120)  # deadline and grace are over
    return package


def test_the_list_is_newest_first_and_can_be_narrowed(operator):
    first = operator.connector.ready(external_id="C-1")
    operator.connector.clock.advance(60)
    second = operator.connector.sent(external_id="C-2")

    def ids(*flags):
        return [p["id"] for p in operator.says("packages", "list", ACME, "--json", *flags).json["packages"]]

    assert ids() == [second.id, first.id]
    assert ids("--status", "in_process") == [second.id]
    assert ids("--external-id", "C-1") == [first.id]


def test_a_long_list_comes_in_pages(operator):
    for _ in range(3):
        operator.connector.clock.advance(1)
        operator.connector.create()
    page = operator.says("packages", "list", ACME, "--limit", "2", "--json").json
    rest = operator.says("packages", "list", ACME, "--limit", "2", "--cursor", page["cursor"], "--json").json
    assert (len(page["packages"]), len(rest["packages"])) == (2, 1)
    assert "cursor" not in rest
    assert f"--cursor {page['cursor']}" in operator.says("packages", "list", ACME, "--limit", "2").out


def test_the_list_of_an_unknown_account_is_an_error_and_not_empty(operator):
    assert operator.says("packages", "list", "acc_nobody").code == 1


def test_show_tells_state_documents_recipients_and_the_story_in_order(operator):
    package = operator.connector.sent(signers=2, external_id="C-42")
    operator.connector.clock.advance(60)
    operator.connector.provider.sign(operator.connector.now(package.id).recipients[0].id, at=START)
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    view = operator.says("packages", "show", ACME, package.id, "--json").json
    assert (view["id"], view["externalId"], view["status"]) == (package.id, "C-42", "IN_PROCESS")
    assert view["counts"] == {"signed": 1, "skipped": 0, "total": 2}
    assert [d["name"] for d in view["documents"]] == ["contract.pdf"]
    assert view["recipients"][0]["status"] == "SIGNED"
    assert view["provider"]["reference"] == ["env-1"]
    assert "sendDeadline" not in view  # of a submission that is over
    told = [line["text"] for line in view["timeline"]]
    assert told.index("The provider has the package; it is out for signature.") < told.index("The provider called.")
    table = operator.says("packages", "show", ACME, package.id).out
    assert all(word in table for word in (package.id, "C-42", "1 of 2", "contract.pdf", *told))


def test_a_complete_package_shows_its_files(operator):
    package = operator.connector.sent()
    operator.connector.provider.sign(operator.connector.now(package.id).recipients[0].id, at=START, last=True)
    operator.connector.callback(package.id)
    operator.connector.run_refresh(package.id)
    view = operator.says("packages", "show", ACME, package.id, "--json").json
    assert view["status"] == "COMPLETE"
    assert {"SIGNED_DOCUMENT", "AUDIT_TRAIL"} <= {f["kind"] for f in view["files"]}
    assert view["files"][0]["sha256"] in operator.says("packages", "show", ACME, package.id).out


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_people_stay_private_unless_asked_for(operator, flags):
    package = declined(operator)
    shown = operator.says("packages", "show", ACME, package.id, *flags).out
    listed = operator.says("packages", "list", ACME, *flags).out
    assert [word for word in PERSONAL if word in shown + listed] == []
    assert "--personal shows it" in shown


def test_people_are_shown_when_asked_for(operator):
    package = declined(operator)
    shown = operator.says("packages", "show", ACME, package.id, "--personal").out
    assert all(word in shown for word in ("Anna Berg1", "anna.berg1@example.com", "Too dear, says Anna", "192.0.2.7"))


def test_no_new_field_of_a_recipient_is_shown_by_itself(operator):
    package = declined(operator)
    (person,) = operator.says("packages", "show", ACME, package.id, "--json").json["recipients"]
    assert set(person) <= {
        "id", "externalId", "role", "signingOrder", "authentication", "delivery", "language", "status", "signedAt",
        "signedWith",
    }  # fmt: skip


def test_attention_names_the_next_step_as_a_command_for_this_package(operator):
    note = AttentionNote(Attention.CHANGED_AFTER_END, START, "Check it and say `esign packages accept <id>`.")
    package = a_full_package(status=PackageStatus.EXPIRED, attention=note)
    operator.connector.packages.create(package)
    expected = f"`esign packages accept {ACME} {package.id}`"
    assert expected in operator.says("packages", "show", ACME, package.id).out
    assert expected in json.dumps(operator.says("packages", "show", ACME, package.id, "--json").json)


def test_text_that_looks_like_markup_is_printed_as_it_is(operator):
    package = a_full_package(name="[bold]Frame[/bold] :smile:")
    operator.connector.packages.create(package)
    assert "[bold]Frame[/bold] :smile:" in operator.says("packages", "show", ACME, package.id).out


@pytest.mark.parametrize("command", [["show"], ["refresh"], ["resolve", "--not-sent"]])
@pytest.mark.parametrize("identifier", [NOBODY, "42"])
def test_an_unknown_package_fails_with_where_to_look(operator, command, identifier):
    verb, *flags = command
    answer = operator.says("packages", verb, ACME, identifier, *flags)
    assert answer.code == 1
    assert answer.err.startswith("Error: No such package. `esign packages list ACCOUNT`")


def test_another_accounts_package_is_not_found(operator):
    operator.connector.add_account(id="globex")
    package = operator.connector.ready()
    assert operator.says("packages", "show", "globex", package.id).code == 1


def test_a_package_that_arrived_goes_out_for_signature(operator):
    package = in_doubt(operator)
    answer = operator.says("packages", "resolve", ACME, package.id, "--reference", "env-1")
    after = operator.connector.now(package.id)
    assert answer.code == 0
    assert "IN_PROCESS" in answer.out
    assert after.provider.reference == ("env-1",)
    assert after.attention is None


def test_a_reference_may_have_several_parts(operator):
    package = in_doubt(operator)
    operator.says("packages", "resolve", ACME, package.id, "--reference", "env-1", "--reference", "7")
    assert operator.connector.now(package.id).provider.reference == ("env-1", "7")


def test_a_package_that_never_arrived_is_a_draft_again(operator):
    package = in_doubt(operator)
    view = operator.says("packages", "resolve", ACME, package.id, "--not-sent", "--json").json
    assert (view["status"], operator.connector.now(package.id).status) == ("DRAFT", PackageStatus.DRAFT)


@pytest.mark.parametrize("flags", [[], ["--reference", "env-1", "--not-sent"]])
def test_resolve_wants_exactly_one_verdict(operator, flags):
    package = in_doubt(operator)
    assert operator.says("packages", "resolve", ACME, package.id, *flags).code == 2
    assert operator.connector.now(package.id).status is PackageStatus.SENDING


def test_only_a_package_in_doubt_can_be_resolved(operator):
    package = operator.connector.sent()
    answer = operator.says("packages", "resolve", ACME, package.id, "--not-sent", "--json")
    assert answer.code == 1
    assert answer.error["code"] == "wrong_state"
    assert operator.connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_refresh_starts_the_workflow_that_a_callback_would(operator):
    package = operator.connector.sent()
    answer = operator.says("packages", "refresh", ACME, package.id, "--json")
    assert answer.json == {"account": ACME, "id": package.id, "running": False}
    assert list(operator.connector.workflows.started.values()) == [(ACME, package.id)]


def test_a_refresh_that_is_at_work_gets_the_wish_and_no_second_one_starts(operator):
    package = operator.connector.sent()
    now = operator.connector.clock.now()
    store = operator.connector.packages
    lease = store.lease_refresh(ACME, package.id, owner="x", now=now, until=now.replace(hour=23))
    answer = operator.says("packages", "refresh", ACME, package.id)
    assert "at work already" in answer.out
    assert operator.connector.workflows.started == {}
    assert not store.settle_refresh(lease, read_at=now, next_due_at=None)


def test_a_draft_has_nothing_to_refresh(operator):
    package = operator.connector.ready()
    answer = operator.says("packages", "refresh", ACME, package.id)
    assert answer.code == 1
    assert "it is DRAFT" in answer.err
