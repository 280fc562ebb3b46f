"""The page on which a person signs, of every simulator: reached by the invitation, it signs and declines by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from esign.domain.package import Package, ProviderState
from esign.domain.status import PackageStatus, RecipientStatus
from esign.http.deadline import Deadline
from esign.ports import SignatureProvider, TakenInCharge
from esign.providers.opening import Opening
from esign.runtime.providers import vendor
from sandbox.coupa.sample import sample_contract
from sandbox.provider_side import DOORS, ProviderSide
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers

ONE_DOOR_OF_EACH = ("connective", "connective-v4", "esigntools", "contract-signatures", "gosign-rest")
SIGNERS = ("anna.berg1@example.com", "anna.berg2@example.com")
TITLE = "Bolts & <b>nuts</b>"


@pytest.fixture(scope="module", params=ONE_DOOR_OF_EACH)
def side(request):
    with DOORS[request.param].open() as running:
        yield running


@pytest.fixture
def provider(side: ProviderSide):
    account = an_account(provider=side.provider, settings=side.settings)
    return vendor(side.provider).open_provider(
        account,
        Opening(
            credentials=lambda: side.credentials, deadline=Deadline(60), observe=lambda *_: None, allow_loopback=True
        ),
    )


@pytest.fixture
def sent(side: ProviderSide, provider: SignatureProvider) -> Package:
    """One document, two signers, one after the other."""
    package = a_package(
        name=TITLE, created_at=datetime.now(UTC), provider=ProviderState(side.provider), sequential_signing=True
    )
    made = {"template": "default", "size": None, "sha256": None, "key": None} if side.template else {}
    package = replace(
        package,
        documents=(a_document(package.id, 1, **made),),
        recipients=tuple(a_recipient(package.id, number) for number in (1, 2)),
    )
    papers = Papers(default=b"" if side.template else sample_contract())
    reference = provider.send(
        package, papers, progress={}, checkpoint=lambda _: None, callback_url="http://127.0.0.1:9/"
    )
    assert not isinstance(reference, TakenInCharge)
    state = replace(package.provider, reference=reference)
    return replace(package, status=PackageStatus.IN_PROCESS, provider=state)


def invited(side: ProviderSide, package: Package, email: str) -> str:
    (address,) = side.invitations(package.provider.reference, email)
    return address


def form_of(page: httpx.Response, do: str, **typed: str) -> dict[str, str]:
    """What the browser would send."""
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    return {**hidden, "do": do, **typed}


def test_only_those_whose_turn_it_is_are_invited(side, sent):
    first, second = (side.invitations(sent.provider.reference, email) for email in SIGNERS)
    assert (len(first), len(second)) == (1, 0)
    assert side.invitations(sent.provider.reference, "stranger@example.com") in ([], ())


def test_a_person_reads_the_pages_and_signs_then_the_next_one_does(side, provider, sent):
    for email in SIGNERS:
        address = invited(side, sent, email)
        page = httpx.get(address)
        assert page.status_code == 200
        assert email in page.text
        assert "<b>nuts" not in page.text
        assert httpx.post(address, data=form_of(page, "sign")).status_code == 200
        assert "Nothing to do" in (again := httpx.get(address)).text or again.status_code in {404, 410}
        assert side.invitations(sent.provider.reference, email) in ([], ())
    assert provider.read(sent).status is PackageStatus.SIGNED


def test_every_page_of_a_document_is_a_picture_at_the_same_address(side, sent):
    address = httpx.URL(invited(side, sent, SIGNERS[0]))
    pictures = re.findall(r'<img src="\?([^"]+)"', httpx.get(address).text)
    assert len(pictures) == (1 if side.template else 2)
    for query in pictures:
        picture = httpx.get(address.copy_with(query=query.replace("&amp;", "&").encode()))
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
    whole = httpx.get(address.copy_merge_params({"sheet": "0"}))
    assert whole.content.startswith(b"%PDF")
    assert whole.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("asked", [{"sheet": "7"}, {"sheet": "-1"}, {"sheet": "0", "page": "99"}, {"sheet": "²"}])
def test_a_page_that_is_not_there_is_not_found(side, sent, asked):
    address = httpx.URL(invited(side, sent, SIGNERS[0]))
    assert httpx.get(address.copy_merge_params(asked)).status_code == 404


def test_a_person_declines_and_gives_a_reason_where_the_service_asks_for_one(side, provider, sent):
    address = invited(side, sent, SIGNERS[0])
    page = httpx.get(address)
    words = re.search(r'<textarea name="(\w+)"', page.text)
    do = re.findall(r'class="no" name="do" value="(\w+)"', page.text)[0]
    typed = {words[1]: "The price is wrong."} if words else {}
    assert httpx.post(address, data=form_of(page, do, **typed)).status_code == 200
    seen = provider.read(sent)
    assert seen.status is PackageStatus.DECLINED
    assert seen.recipients[0].status is RecipientStatus.DECLINED


def test_a_made_up_link_opens_nothing(side, sent):
    address = httpx.URL(invited(side, sent, SIGNERS[0]))
    for name in address.params:
        changed = httpx.get(address.copy_set_param(name, "x" + address.params[name]))
        assert changed.status_code in {404, 410}
        assert TITLE not in changed.text


def test_a_lost_reply_is_known_until_it_is_used_up(side):
    assert not side.reply_still_to_lose()
    side.lose_next_reply_of_send()
    assert side.reply_still_to_lose()
