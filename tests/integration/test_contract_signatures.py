"""What Contract Signatures alone does or leaves open, over real HTTP. The rest is in the contract suite."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from esign.domain.document import FileKind
from esign.domain.errors import CredentialsRefused, OutcomeUnknown, ProviderConflict, ProviderNotFound, ProviderRefused
from esign.domain.recipient import Authentication, Delivery
from esign.domain.status import PackageStatus
from esign.ports import Found, Lists, PutsAway, RemovesCopy, SignsByLink
from esign.providers.contract_signatures.request import mark_of
from sandbox.providers.contract_signatures.model import Key
from tests.contract.contract_signatures_world import contract_signatures
from tests.contract.standard_world import SECRET


@pytest.fixture(scope="module", params=["confluence", "confluence-v2", "jira"])
def installed(request):
    with contract_signatures(request.param) as world:
        yield world


@pytest.fixture(scope="module")
def running():
    with contract_signatures("confluence") as world:
        yield world


@pytest.fixture
def site(installed):
    installed.reset()
    return installed


@pytest.fixture
def world(running):
    running.reset()
    running.simulator.service.keys[:] = [Key(SECRET)]
    return running


def send(world, package, **settings):
    reference = world.provider(**settings).send(
        package, world.papers(), progress={}, checkpoint=lambda _: None, callback_url=None
    )
    state = replace(package.provider, reference=reference)
    return replace(package, provider=state, status=PackageStatus.IN_PROCESS)


def signed(world):
    package = send(world, world.package())
    world.sign(package, package.recipients[0])
    return package


# ------------------------------------------------------------------------------------------------- files, at every host


def test_both_files_come_from_the_site_with_the_digests_of_the_app(site):
    package = signed(site)
    kinds = []
    for file in site.provider().signed_files(package):
        with file.open() as pieces:
            body = b"".join(pieces)
        assert body.startswith(b"%PDF-")
        assert file.digest == ("sha3_512", hashlib.sha3_512(body).hexdigest())
        kinds.append(file.kind)
    assert kinds == [FileKind.SIGNED_DOCUMENT, FileKind.AUDIT_TRAIL]
    media = site.simulator.service.requests("media")
    assert not any(request["authorized"] for request in media)
    assert bool(media) is (site.host_app != "jira")


def test_the_atlassian_account_is_asked_for_and_no_key_goes_there(site):
    package = signed(site)
    site.simulator.site.users, users = {"reader@customer.example": "another"}, site.simulator.site.users
    provider = site.provider()
    site.simulator.site.users = users
    with pytest.raises(CredentialsRefused), next(provider.signed_files(package)).open():
        pass


def test_an_attachment_that_was_removed_there_is_not_found(site):
    package = signed(site)
    files = list(site.provider().signed_files(package))
    site.simulator.site.attachments.clear()
    with pytest.raises(ProviderNotFound), files[0].open():
        pass


def test_the_pdfs_may_come_late(world):
    world.simulator.service.configure(finalized_pdf="late")
    package = signed(world)
    assert world.provider().read(package).status is PackageStatus.SIGNED
    with pytest.raises(ProviderConflict):
        list(world.provider().signed_files(package))
    world.simulator.service.publish(package.provider.reference[0])
    assert len(list(world.provider().signed_files(package))) == 2


# ------------------------------------------------------------------------------------------- what the document leaves open


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("reply", ["object", "id_text", "id_json", "location", "empty"])
def test_a_contract_is_made_once_whatever_the_reply_looks_like(world, reply, status):
    world.simulator.service.configure(create_reply=reply, create_status=status)
    package = send(world, world.package(2))
    assert world.envelopes() == [(package.provider.reference[0], True)]
    assert world.provider().read(package).status is PackageStatus.IN_PROCESS


def test_a_reply_without_an_id_and_a_key_that_may_not_search_is_an_unknown_outcome(world):
    world.simulator.service.configure(create_reply="empty")
    world.simulator.service.keys[:] = [Key(SECRET, privileges=frozenset({"create", "get"}))]
    with pytest.raises(OutcomeUnknown):
        send(world, world.package())
    assert len(world.envelopes()) == 1


def test_a_lost_contract_is_found_though_it_was_signed_and_archived_meanwhile(world):
    package = signed(world)
    provider = world.provider()
    assert isinstance(provider, PutsAway)
    provider.put_away(package)
    found = world.provider().find(package, {})
    assert isinstance(found, Found)
    assert found.reference == package.provider.reference


@pytest.mark.parametrize("shape", ["json", "text", "empty"])
def test_a_page_that_is_not_there_is_refused_however_the_error_looks(world, shape):
    world.simulator.service.configure(errors=shape)
    with pytest.raises(ProviderRefused) as refused:
        send(world, world.package(), templateId="999")
    assert refused.value.fault is not None
    assert ("Unknown page" in (refused.value.fault.message or "")) is (shape != "empty")
    assert world.envelopes() == []


def test_a_phone_turns_sms_on_only_where_it_was_asked_for(world):
    package = world.package(2)
    first, second = (replace(r, phone="+491729973185", signing_order=1) for r in package.recipients)
    package = replace(package, recipients=(first, replace(second, authentication=Authentication.SMS_OTP)))
    sent = send(world, package)
    for person in sent.recipients:
        world.sign(sent, person)
    ways = [(otp["to"], otp["by"]) for otp in world.simulator.service.otps(sent.provider.reference[0])]
    assert ways == [("anna.berg1@example.com", "email"), ("+491729973185", "sms")]


def test_a_signer_by_link_without_an_address_signs_and_others_have_no_link(world):
    package = world.package(2)
    first, second = (replace(r, signing_order=1) for r in package.recipients)
    sent = send(world, replace(package, recipients=(replace(first, delivery=Delivery.LINK, email=None), second)))
    provider = world.provider()
    assert isinstance(provider, SignsByLink)
    assert len(provider.signing_urls(sent, first.id)) == 1
    assert provider.signing_urls(sent, second.id) == ()
    world.sign(sent, sent.recipients[0])
    world.sign(sent, second)
    assert world.provider().read(sent).status is PackageStatus.SIGNED


@pytest.mark.parametrize("name", ["Zoë O'Brien", "王小明", "x" * 300])
def test_names_come_back_unchanged(world, name):
    package = world.package(name=name)
    package = replace(package, recipients=(replace(package.recipients[0], first_name=name, last_name=name),))
    sent = send(world, package)
    (contract,) = world.simulator.service.contracts.values()
    assert contract.name == f"{name} [{mark_of(package.id)}]"
    assert contract.signers[0].full_name == name
    assert len(world.provider().read(sent).recipients) == 1


def test_26_signers_are_taken(world):
    sent = send(world, world.package(26))
    assert len(world.provider().read(sent).recipients) == 26


# -------------------------------------------------------------------------------------------------------- the end, the list


def test_a_list_shows_every_contract_once_from_the_oldest_on(world):
    sent = [send(world, world.package()) for _ in range(5)]
    provider = world.provider()
    assert isinstance(provider, Lists)
    lines, cursor = [], None
    while True:
        page, cursor = provider.list_envelopes(limit=2, cursor=cursor)
        lines += page
        if cursor is None:
            break
    assert [line.reference for line in lines] == [package.provider.reference for package in sent]
    assert [line.external_reference for line in lines] == [mark_of(package.id) for package in sent]


@pytest.mark.parametrize(
    ("policy", "left", "archived"), [("archive", 1, True), ("delete", 0, None), ("keep", 1, False)]
)
def test_a_completed_contract_is_put_away_as_the_account_wants(world, policy, left, archived):
    package = replace(signed(world), status=PackageStatus.COMPLETE)
    provider = world.provider(endedContracts=policy)
    assert isinstance(provider, PutsAway)
    for _ in range(2):
        provider.put_away(package)
    contracts = list(world.simulator.service.contracts.values())
    assert len(contracts) == left
    assert [bool(contract.archived) for contract in contracts] == ([archived] if left else [])
    assert len(world.simulator.site.attachments) == 2 * left


def test_a_signed_contract_and_its_pdfs_survive_a_withdrawal(world):
    package = signed(world)
    with pytest.raises(ProviderConflict):
        world.provider().withdraw(package, None)
    assert len(world.simulator.site.attachments) == 2


def test_the_vendors_copy_goes_with_its_pdfs_where_the_account_asks_for_that(world):
    package = replace(signed(world), status=PackageStatus.COMPLETE)
    provider = world.provider()
    assert isinstance(provider, RemovesCopy)
    provider.remove_copy(package)
    assert (world.envelopes(), world.simulator.site.attachments) == ([], {})


# ---------------------------------------------------------------------------------------------------------------- the key


@pytest.mark.parametrize("refusal", [401, 403])
@pytest.mark.parametrize("privilege", ["get", "search", "create", "archive", "delete"])
def test_a_key_that_lacks_a_privilege_is_proven_to(world, privilege, refusal):
    world.simulator.service.configure(no_privilege=refusal)
    every = {"get", "search", "create", "archive", "delete"}
    world.simulator.service.keys[:] = [Key(SECRET, privileges=frozenset(every - {privilege}))]
    identity = world.provider().verify()
    assert [remark for remark in identity.remarks if f"lacks the privilege '{privilege}'" in remark]
    assert sum("lacks the privilege" in remark for remark in identity.remarks) == 1
    assert world.envelopes() == []


def test_verify_changes_nothing(world):
    package = signed(world)
    world.provider().verify()
    assert len(world.envelopes()) == 1
    assert len(world.simulator.site.attachments) == 2
    assert world.provider().read(package).status is PackageStatus.SIGNED


@pytest.mark.parametrize(
    "limits",
    [
        {"not_before": datetime.now(UTC) + timedelta(days=1)},
        {"not_after": datetime.now(UTC) - timedelta(days=1)},
        {"allowed_ips": ("203.0.113.0/24",)},
    ],
)
def test_a_key_that_is_not_valid_now_or_here_is_refused(world, limits):
    world.simulator.service.keys[:] = [Key(SECRET, **limits)]
    with pytest.raises(CredentialsRefused):
        world.provider().verify()
    with pytest.raises(CredentialsRefused):
        send(world, world.package())
