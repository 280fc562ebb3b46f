"""What Contract Signatures' words mean to us: states, people, templates, searches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.contract_signatures.options import NotificationKind, parse_settings
from esign.providers.contract_signatures.search import Created, Order, Placement, Search, Status
from esign.providers.contract_signatures.snapshot import signer_of, snapshot, withdrawn
from esign.providers.contract_signatures.status import contract_status
from esign.providers.contract_signatures.templates import IssueKey, TemplateId, Unusable, read_template
from esign.providers.contract_signatures.validity import validity_remark
from esign.providers.contract_signatures.wire import Contract
from tests.fakes.contract_signatures import SETTINGS, a_contract, a_contract_package

S, R = PackageStatus, RecipientStatus


def seen(package, **said):
    return snapshot(package, Contract.model_validate(a_contract(package, **said)))


def decided(package, *decisions):
    signers = a_contract(package)["signers"]
    return [s | ({"decision": d} if d else {}) for s, d in zip(signers, decisions, strict=True)]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("sent", S.IN_PROCESS),
        ("ongoing", S.IN_PROCESS),
        ("rejected", S.DECLINED),
        ("signed", S.SIGNED),
        ("expired", S.EXPIRED),
        ("uncompleted", S.EXPIRED),
        ("Signed", S.SIGNED),
        ("levitating", None),
        ("complete", None),
    ],
)
def test_a_contracts_word(word, status):
    assert contract_status(word) is status
    assert seen(a_contract_package(), status=word).status is status


@pytest.mark.parametrize(
    ("status", "sequential", "decisions", "expected"),
    [
        ("sent", False, ("", ""), (R.SENT, R.SENT)),
        ("sent", True, ("", ""), (R.SENT, R.WAITING)),
        ("ongoing", True, ("signed", ""), (R.SIGNED, R.SENT)),
        ("ongoing", False, ("", "signed"), (R.SENT, R.SIGNED)),
        ("signed", True, ("signed", "signed"), (R.SIGNED, R.SIGNED)),
        ("rejected", True, ("rejected", ""), (R.DECLINED, R.CANCELLED)),
        ("rejected", False, ("signed", "rejected"), (R.SIGNED, R.DECLINED)),
        ("expired", False, ("signed", ""), (R.SIGNED, R.EXPIRED)),
        ("levitating", False, ("signed", ""), (R.SIGNED, None)),
        ("ongoing", False, ("delegated", ""), (None, R.SENT)),
    ],
)
def test_what_a_signer_did(status, sequential, decisions, expected):
    package = a_contract_package(2)
    told = seen(package, status=status, sequentialSigning=sequential, signers=decided(package, *decisions))
    assert tuple(r.status for r in told.recipients) == expected


def test_when_where_and_how_somebody_signed():
    package = a_contract_package()
    (signer,) = decided(package, "signed")
    signer |= {
        "decisionTimestamp": "2022-09-16T13:36:34.971644Z",
        "decisionIp": "198.51.100.123",
        "phone": "+33639987654",
    }
    (person,) = seen(package, status="signed", signers=[signer]).recipients
    assert person.signed_at == datetime(2022, 9, 16, 13, 36, 34, 971644, UTC)
    assert (person.ip_address, person.signed_with, person.decline_reason) == ("198.51.100.123", "sms", None)
    (person,) = seen(package, status="signed", signers=[signer | {"otpMethod": "none"}]).recipients
    assert person.signed_with == "none"


def test_the_time_to_sign_is_theirs():
    assert seen(a_contract_package()).expires_at == datetime(2022, 9, 23, 13, 28, 37, 495100, UTC)


def test_signers_are_found_again_in_any_order_and_with_the_same_address_or_name():
    package = a_contract_package(3)
    people = [replace(r, email="shared@example.com") for r in package.recipients]
    people[2] = replace(people[2], first_name="Anna", last_name="Berg1")
    package = replace(package, recipients=tuple(people))
    first, second, third = decided(package, "signed", "", "rejected")
    told = seen(package, signers=[second, first, third], status="rejected").recipients
    assert [r.status for r in told] == [R.SIGNED, R.CANCELLED, R.DECLINED]


def test_a_signer_whose_name_was_corrected_there_is_found_by_address():
    package = a_contract_package(2)
    first, second = decided(package, "", "signed")
    told = seen(package, signers=[first, second | {"fullName": "Anna Berg-Two"}], status="ongoing").recipients
    assert [r.status for r in told] == [R.SENT, R.SIGNED]


def test_a_signer_who_is_not_shown_says_nothing():
    assert seen(a_contract_package(2), signers=[]).recipients == ()


def test_a_copy_was_told_and_stays_so():
    package = a_contract_package(2)
    package = replace(package, recipients=(package.recipients[0], replace(package.recipients[1], role=Role.CC)))
    assert [r.status for r in seen(package).recipients] == [R.SENT, R.SENT]
    assert [r.status for r in seen(package, status="expired").recipients] == [R.EXPIRED]


def test_a_withdrawn_contract_leaves_nobody_waiting():
    gone = withdrawn(a_contract_package(2))
    assert gone.status is S.CANCELLED
    assert [r.status for r in gone.recipients] == [R.CANCELLED, R.CANCELLED]


def test_a_link_is_shown_in_no_repr():
    package = a_contract_package()
    secret = "https://contract-signatures.com/sign?secret=s3cr3t"
    contract = Contract.model_validate(
        a_contract(package, signers=[a_contract(package)["signers"][0] | {"accessUrl": secret}])
    )
    signer = signer_of(package, contract, package.recipients[0].id)
    assert signer is not None
    assert signer.access_url == secret
    assert "s3cr3t" not in repr(contract) + str(signer)
    assert "anna.berg1@" not in repr(contract)


# ------------------------------------------------------------------------------------------------------------ templates

CONFLUENCE = parse_settings(
    SETTINGS | {"templates": {"nda": "777", "msa": "https://company.atlassian.net/wiki/spaces/L/pages/888/MSA"}}
)
JIRA = parse_settings(SETTINGS | {"hostApp": "jira"})
SITE = "https://company.atlassian.net"


@pytest.mark.parametrize(
    ("settings", "reference", "expected"),
    [
        (CONFLUENCE, "1234567", TemplateId("1234567")),
        (CONFLUENCE, "default", TemplateId("654321")),
        (CONFLUENCE, "nda", TemplateId("777")),
        (CONFLUENCE, "msa", TemplateId("888")),
        (CONFLUENCE, f"{SITE}/wiki/spaces/LEGAL/pages/123456/NDA+2026", TemplateId("123456")),
        (CONFLUENCE, f"{SITE}/wiki/spaces/LEGAL/pages/edit-v2/123456?draft=1", TemplateId("123456")),
        (CONFLUENCE, f"{SITE}/wiki/pages/viewpage.action?pageId=123456", TemplateId("123456")),
        (JIRA, "10042", TemplateId("10042")),
        (JIRA, "NDA-17", IssueKey("NDA-17")),
        (JIRA, f"{SITE}/browse/NDA-17?filter=1", IssueKey("NDA-17")),
        (JIRA, f"{SITE}/jira/software/projects/NDA/boards/1?selectedIssue=NDA-17", IssueKey("NDA-17")),
    ],
)  # fmt: skip
def test_a_template_is_named_by_id_address_key_or_the_accounts_own_name(settings, reference, expected):
    assert read_template(reference, settings) == expected


@pytest.mark.parametrize(
    ("settings", "reference"),
    [
        (CONFLUENCE, "the NDA page"),
        (CONFLUENCE, "страница"),
        (CONFLUENCE, ""),
        (CONFLUENCE, f"{SITE}/wiki/x/AbCdEf"),
        (CONFLUENCE, f"{SITE}/wiki/spaces/LEGAL/overview"),
        (CONFLUENCE, "https://evil.example/wiki/spaces/L/pages/123456/NDA"),
        (CONFLUENCE, "https://[::1/pages/1"),
        (JIRA, f"{SITE}/browse/nothing"),
        (JIRA, f"{SITE}/wiki/spaces/L/pages/123456/NDA"),
        (parse_settings({k: v for k, v in SETTINGS.items() if k != "templateId"}), "default"),
    ],
)  # fmt: skip
def test_what_names_no_template_says_why(settings, reference):
    found = read_template(reference, settings)
    assert isinstance(found, Unusable)
    assert found.why.endswith(".")


@pytest.mark.parametrize("host_app", ["confluence", "jira"])
@pytest.mark.parametrize("site", ["company.atlassian.net", "other.atlassian.net", "evil.example", "api.atlassian.com"])
def test_a_gateway_does_not_tell_its_site_so_no_address_is_taken_for_one_of_it(host_app, site):
    gateway = parse_settings(
        SETTINGS | {"hostApp": host_app, "siteUrl": "https://api.atlassian.com/ex/confluence/1122-33"}
    )
    for path in ("wiki/spaces/L/pages/123456/NDA", "browse/NDA-17"):
        found = read_template(f"https://{site}/{path}", gateway)
        assert isinstance(found, Unusable)
        assert "by its id" in found.why
    assert read_template("123456", gateway) == TemplateId("123456")


# --------------------------------------------------------------------------------------------------------------- search


def test_a_search_says_every_parameter_of_the_document():
    search = Search(
        template_id="1234567",
        statuses=(Status.SENT, Status.ONGOING),
        substring="Müller",
        creator_id="123456:b84a",
        placement=Placement.ARCHIVED,
        created=Created(date(2022, 10, 1), date(2022, 10, 31)),
        time_zone="UTC+01:00",
        order=Order.NAME,
        page=2,
        page_size=100,
    )
    assert search.params() == {
        "template-id": "1234567",
        "statuses": "sent|ongoing",
        "substring": "Müller",
        "creator-id": "123456:b84a",
        "placement": "archived",
        "date-range": "2022-10-01~2022-10-31",
        "time-zone": "UTC+01:00",
        "order": "name-asc",
        "page": 2,
        "page-size": 100,
    }


def test_a_search_for_anything_finds_archived_contracts_too_and_in_an_order():
    said = Search().params()
    assert (said["statuses"], said["placement"], said["order"]) == ("any", "any", "creation-date-desc")


@pytest.mark.parametrize(
    ("created", "text"),
    [
        (Created(date(2022, 10, 1), date(2022, 10, 1)), "2022-10-01"),
        (Created(date(2022, 10, 1)), "2022-10-01~"),
        (Created(last=date(2022, 10, 31)), "~2022-10-31"),
        (Created(date(2022, 10, 1), date(2022, 10, 31)), "2022-10-01~2022-10-31"),
    ],
)
def test_a_range_of_days(created, text):
    assert str(created) == text


def test_a_page_means_nothing_in_random_order():
    with pytest.raises(ValueError, match="random"):
        Search(order=Order.RANDOM, page=2)
    with pytest.raises(ValueError, match="100"):
        Search(page_size=101)


def test_the_recovered_enumerations():
    assert {s.value for s in Status} == {"sent", "ongoing", "rejected", "signed", "expired"}
    assert {p.value for p in Placement} == {"any", "stacked", "archived"}
    assert {o.value for o in Order} == {
        "random", "creation-date-asc", "creation-date-desc", "name-asc", "name-desc", "creator-id-asc", "creator-id-desc",
    }  # fmt: skip
    assert {k.value for k in NotificationKind} == {
        "created", "opened", "signed", "rejected", "completed", "completed-contract",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------- a key's validity

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(("days", "told"), [(15, 0), (14, 1), (1, 1), (0, 1), (-3, 1)])
def test_a_keys_end_is_told_a_fortnight_ahead(days, told):
    assert len(validity_remark(NOW + timedelta(days=days), NOW)) == told


def test_a_key_whose_end_nobody_said_is_told():
    assert validity_remark(None, NOW)
