"""Connective's words turned into ours and back: statuses, languages, names, errors, callbacks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from esign.domain.capabilities import Feature
from esign.domain.errors import CredentialsRefused, ProviderError, ProviderNotFound
from esign.domain.recipient import Group
from esign.domain.status import PackageStatus, RecipientStatus
from esign.http.outcome import Reply, Vendor
from esign.providers.connective.adapter import envelope
from esign.providers.connective.callback import Hint, notification_url, parse, verify
from esign.providers.connective.capabilities import capabilities, declared
from esign.providers.connective.credentials import parse_credentials
from esign.providers.connective.names import clean_name, connective_language
from esign.providers.connective.options import parse_settings
from esign.providers.connective.snapshot import snapshot
from esign.providers.connective.status import ACTOR, PACKAGE, package_status, recipient_status, started
from esign.providers.connective.wire import PackageView, SigningMethod, read_fault, read_list, split_code
from esign.providers.lenient import read
from sandbox.providers.connective import contract
from tests.fakes.factories import a_package, a_recipient

SETTINGS = parse_settings({"host": "esignatures.connective.eu", "initiator": "info@example.com"})

# contracts/connective.md §A3, both columns.
V3_PACKAGE = ["Draft", "Pending", "Finished", "Rejected", "Revoked", "Expired", "Failed"]
V4_PACKAGE = [
    "Draft",
    "Pending",
    "InProgress",
    "Ending",
    "Finished",
    "Archived",
    "Revoked",
    "Expired",
    "Failed",
    "Rejected",
]
V3_ACTOR = ["Draft", "Available", "Inprogress", "Finished", "Rejected", "Failed", "Skipped"]
V4_ACTOR = ["Draft", "Waiting", "Available", "InProgress", "Failed", "Finished", "Rejected", "Skipped"]


def a_reply(body, *, status=200, safe=True):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {}, content, Vendor("connective", read_fault), safe)


# Statuses


@pytest.mark.parametrize("word", sorted({*V3_PACKAGE, *V4_PACKAGE}))
def test_every_documented_package_status_is_mapped_in_any_case(word):
    assert package_status(word) is package_status(word.upper()) is not None


@pytest.mark.parametrize("word", sorted({*V3_ACTOR, *V4_ACTOR}))
def test_every_documented_actor_status_is_mapped_in_any_case(word):
    assert recipient_status(word, "Signer", None) is recipient_status(word.upper(), "SIGNER", None) is not None


def test_the_tables_hold_no_word_that_is_not_documented():
    assert set(PACKAGE) == {word.lower() for word in (*V3_PACKAGE, *V4_PACKAGE)}
    assert set(ACTOR) == {word.lower() for word in (*V3_ACTOR, *V4_ACTOR)}


@pytest.mark.parametrize("word", ["Completed", "", "Signed", "finished!"])
def test_an_unknown_word_is_nothing_and_never_signed(word):
    assert package_status(word) is None
    assert recipient_status(word, "Signer", PackageStatus.IN_PROCESS) is None
    assert started(word)


@pytest.mark.parametrize(
    ("word", "kind", "package", "status"),
    [
        ("Finished", "Signer", PackageStatus.IN_PROCESS, RecipientStatus.SIGNED),
        ("Finished", "approver", PackageStatus.IN_PROCESS, RecipientStatus.APPROVED),
        ("Finished", "Receiver", PackageStatus.SIGNED, RecipientStatus.SENT),
        ("Draft", "Signer", PackageStatus.DRAFT, RecipientStatus.CREATED),
        ("Draft", "Signer", PackageStatus.IN_PROCESS, RecipientStatus.WAITING),
        ("Available", "Signer", PackageStatus.CANCELLED, RecipientStatus.CANCELLED),
        ("Waiting", "Signer", PackageStatus.DECLINED, RecipientStatus.CANCELLED),
        ("Available", "Signer", PackageStatus.EXPIRED, RecipientStatus.EXPIRED),
        ("Finished", "Signer", PackageStatus.EXPIRED, RecipientStatus.SIGNED),
        ("Skipped", "Signer", PackageStatus.SIGNED, RecipientStatus.SKIPPED),
    ],
)
def test_an_actors_word_is_read_with_their_role_and_the_packages_end(word, kind, package, status):
    assert recipient_status(word, kind, package) is status


# Reading


def view(*people, status="Pending", **more):
    return PackageView.model_validate({"PackageStatus": status, "Stakeholders": list(people), **more})


def person(recipient, status="Finished", reference=True, **actor):
    named = {"ExternalStakeholderReference": recipient.id} if reference else {}
    step = {"Type": "Signer", "ActorStatus": status, **actor}
    return {"EmailAddress": recipient.email, "Actors": [step], **named}


def with_people(count=1):
    package = a_package()
    return replace(package, recipients=tuple(a_recipient(package.id, n + 1) for n in range(count)))


def test_the_swaggers_own_status_example_is_read_with_all_its_defects():
    described = contract.swagger()["definitions"]["PackageStatus"]["example"]
    shown = PackageView.model_validate(described)
    assert shown.status == "Pending"
    assert shown.stakeholders[1].actors[0].type == "Receiver"  # an object where an array should be
    assert shown.stakeholders[0].actors[0].links == ["https://MyURL.com", "https://HerURL.com"]
    assert shown.expires_at is None


def test_people_are_found_by_our_reference_or_else_by_the_only_such_e_mail():
    package = with_people(2)
    one, two = package.recipients
    by_reference = snapshot(package, view(person(two), person(one, status="Available")))
    assert [r.status for r in by_reference.recipients] == [RecipientStatus.SENT, RecipientStatus.SIGNED]
    by_mail = snapshot(package, view(person(two, reference=False), person(one, "Available", reference=False)))
    assert [r.status for r in by_mail.recipients] == [RecipientStatus.SENT, RecipientStatus.SIGNED]


def test_two_with_one_e_mail_and_no_reference_are_not_guessed():
    package = with_people()
    (one,) = package.recipients
    twice = view(person(one, reference=False), person(one, reference=False))
    assert snapshot(package, twice).recipients == ()


def stranger(status, kind="Signer"):
    """A stakeholder whom we did not name, as a reassignment or the portal may make one."""
    return {"EmailAddress": "new@example.com", "Actors": [{"Type": kind, "ActorStatus": status}]}


def test_the_one_left_over_is_whom_the_step_was_reassigned_to():
    package = with_people(2)
    one, two = package.recipients
    first, second = snapshot(package, view(stranger("Skipped"), person(one), status="Finished")).recipients
    assert (first.recipient, first.status, first.acted_by) == (one.id, RecipientStatus.SIGNED, None)
    assert (second.recipient, second.status) == (two.id, RecipientStatus.SKIPPED)
    assert second.acted_by == "new@example.com"


def test_of_several_left_over_nobody_is_guessed():
    package = with_people(3)
    one = package.recipients[0]
    for others in ([stranger("Finished")], [stranger("Finished"), stranger("Skipped")]):
        seen = snapshot(package, view(person(one), *others, status="Finished"))
        assert [r.recipient for r in seen.recipients] == [one.id]


def test_who_only_gets_a_copy_is_not_whom_a_step_was_reassigned_to():
    package = with_people(2)
    one = package.recipients[0]
    seen = snapshot(package, view(person(one), stranger("Finished", "Receiver"), status="Finished"))
    assert [r.recipient for r in seen.recipients] == [one.id]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["Finished", "Skipped"], RecipientStatus.SKIPPED),
        (["Finished", "Available"], RecipientStatus.SENT),
        (["Rejected", "Finished"], RecipientStatus.DECLINED),
        (["Finished", "Finished"], RecipientStatus.SIGNED),
        (["Finished", "Simmering"], None),
    ],
)
def test_of_several_steps_of_one_person_the_least_advanced_counts(words, status):
    package = with_people()
    (one,) = package.recipients
    steps = [{"Type": "Signer", "ActorStatus": word} for word in words]
    copy = {"Type": "Receiver", "ActorStatus": "Waiting"}
    shown = view(person(one) | {"Actors": [copy, *steps]}, status="Pending")
    assert [r.status for r in snapshot(package, shown).recipients] == [status]


def test_times_reasons_and_methods_are_taken_over():
    package = with_people(2)
    one, two = package.recipients
    used = [{"UsedSigningType": None}, {"UsedSigningType": "BeId"}]
    shown = view(
        person(one, CompletedTimestamp="2026-03-02T10:00:00Z", Locations=used),
        person(two, "Rejected", Reason="Too dear", CompletedTimestamp="2026-03-02T11:00:00+01:00"),
        status="Rejected",
        ExpiryTimestamp="2026-04-01T00:00:00",
    )
    seen = snapshot(package, shown)
    signed, declined = seen.recipients
    assert signed.signed_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert signed.signed_with == "BeId"
    assert (declined.decline_reason, declined.signed_at) == ("Too dear", None)
    assert (seen.status, seen.reason) == (PackageStatus.DECLINED, "Too dear")
    assert seen.expires_at == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "group", "acted_by"),
    [
        ({"CompletedBy": "ANNA BERG1"}, False, None),
        ({"CompletedBy": "Bob Deputy"}, False, "Bob Deputy"),
        ({}, False, None),
        ({"CompletedBy": "Max Member"}, True, "Max Member"),
    ],
)
def test_who_acted_is_told_only_when_it_is_somebody_else(shown, group, acted_by):
    package = with_people()
    (one,) = package.recipients
    if group:
        package = replace(package, recipients=(replace(one, group=Group("Board"), first_name="", last_name=""),))
    (seen,) = snapshot(package, view(person(one, **shown))).recipients
    assert seen.acted_by == acted_by


@pytest.mark.parametrize("garbage", [{}, {"PackageStatus": None}, [], "Pending", {"PackageStatus": ""}])
def test_an_answer_without_a_status_breaks_the_contract(garbage):
    with pytest.raises(ProviderError, match="connective") as broken:
        read(a_reply(garbage), PackageView)
    assert broken.value.kind == "provider_contract_broken"


def test_the_same_answer_to_a_call_that_changed_something_is_an_unknown_outcome():
    with pytest.raises(ProviderError, match="connective") as broken:
        read(a_reply({}, safe=False), PackageView)
    assert broken.value.kind == "outcome_unknown"


def test_what_breaks_the_contract_is_not_repeated_in_the_error():
    with pytest.raises(ProviderError, match="connective") as broken:
        read(a_reply({"PackageStatus": "", "Initiator": "anna@example.com"}), PackageView)
    assert "anna" not in repr(broken.value)


def test_a_list_is_read_bare_or_wrapped():
    methods = [{"Name": "Manual:Manual", "IsActive": True}]
    assert read_list(a_reply(methods), SigningMethod) == read_list(a_reply({"Items": methods}), SigningMethod)


# Errors


@pytest.mark.parametrize(
    "body",
    [
        {"ErrorCode": "Package.NotFound:42", "Message": "no such package"},
        [{"ErrorCode": "Package.NotFound:42", "Message": "no such package"}],
        [{"ErrorCode": "Package.NotFound:42", "ErrorMessage": "no such package"}, {"ErrorCode": "Other"}],
    ],
    ids=["object", "array", "v4"],
)
def test_an_error_is_read_in_all_its_shapes(body):
    error = a_reply(body, status=404).refusal()
    assert isinstance(error, ProviderNotFound)
    assert error.fault is not None
    assert (error.fault.code, error.fault.message) == ("Package.NotFound", "no such package")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[1]", b"{}", b"null"])
def test_an_error_body_in_no_known_shape_keeps_the_status(body):
    error = a_reply(body, status=404).refusal()
    assert isinstance(error, ProviderNotFound)
    assert error.fault is not None
    assert (error.fault.status, error.fault.code) == (404, None)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Package.NotFound:6bc402eb", ("Package.NotFound", "6bc402eb")),
        ("Document.Conversion", ("Document.Conversion", None)),
        ("A:b:c", ("A", "b:c")),
    ],
)
def test_a_code_is_split_from_its_variable_part(text, parts):
    assert split_code(text) == parts


# Names and languages


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("contract.pdf", "contract"),
        ("Contrat d'achat: 12/13 <v2>.docx", "Contrat d achat 12 13 v2"),
        ("  a \\ b | c?  ", "a b c"),
        ("Report v1.2. ", "Report v1.2"),
        ("*.pdf", "Document"),
        ("x" * 400, "x" * 150),
        ("", "Document"),
    ],
)
def test_a_name_loses_what_connective_avoids(given, taken):
    assert clean_name(given) == taken


@pytest.mark.parametrize(
    ("asked", "spoken"), [("nl-BE", "nl"), ("FR", "fr"), ("de_CH", "de"), ("it", None), ("", None), (None, None)]
)
def test_a_language_is_its_first_part_where_connective_speaks_it(asked, spoken):
    assert connective_language(asked, SETTINGS) == spoken


def test_an_account_may_know_more_languages():
    more = parse_settings({"host": "h", "initiator": "a@b", "extraLanguages": ["da"]})
    assert connective_language("da-DK", more) == "da"


# Callbacks


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/callbacks/connective/acme/pkg_1/k1.abc", "changed"),
        ("/callbacks/connective/acme/pkg_1/k1.abc/", "changed"),
        ("/callbacks/connective/acme/pkg_1/k1.abc/notification", "link_requested"),
        ("/callbacks/connective/acme/pkg_1/k1.abc/notification/", "link_requested"),
        ("/callbacks/connective/acme/pkg_1/k1.abc/notification/6bc402eb-6cbd-423a-bf00-1157e8d68f37", "link_requested"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\xff\x00", b'{"PackageStatus": "Finished"}'])
def test_a_call_says_only_that_somebody_should_look(path, kind, body):
    assert parse(path, {"packageId": "x"}, {"content-type": "nonsense"}, body) == Hint(kind)
    assert verify({}, body)


def test_the_notification_address_is_parsed_as_one():
    assert parse(notification_url("https://c.example/callbacks/x"), {}, {}, b"").kind == "link_requested"


# Capabilities and credentials


@pytest.mark.parametrize("version", ["v3", "v3.1", "v4"])
def test_every_feature_is_declared_for_every_version(version):
    assert set(capabilities(version).features) == set(Feature)


@pytest.mark.parametrize(
    ("model", "can", "cannot"),
    [
        ("position", Feature.SEQUENTIAL_ORDER, Feature.PARALLEL_ORDER),
        ("parallel", Feature.PARALLEL_ORDER, Feature.SEQUENTIAL_ORDER),
    ],
)
def test_v4_knows_the_one_order_that_its_environment_has(model, can, cannot):
    answer = declared({"apiVersion": "v4", "orderModel": model})
    assert answer.supports(can)
    assert not answer.supports(cannot)


def test_credentials_are_never_shown():
    credentials = parse_credentials({"username": "api-user", "password": "hunter2"})
    assert credentials.headers() == {"Authorization": "Basic YXBpLXVzZXI6aHVudGVyMg=="}
    assert "hunter2" not in repr(credentials)
    assert "api-user" not in repr(credentials)


@pytest.mark.parametrize("stored", [{}, {"username": "x"}, {"username": "x", "password": ""}])
def test_missing_credentials_are_named(stored):
    with pytest.raises(CredentialsRefused):
        parse_credentials(stored)


def test_a_package_that_connective_never_saw_has_no_envelope():
    with pytest.raises(ProviderNotFound):
        envelope(a_package())
