"""What the provider contract suite cannot ask of every provider: GoSign's own course, over real HTTP."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

import pytest
from pypdfium2 import PdfDocument

from esign.domain.content import HEAD, P7M, is_what_it_says
from esign.domain.document import FileKind
from esign.domain.errors import ProviderConflict, ProviderUnavailable
from esign.domain.recipient import Group, Member
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import Found, Unknown
from esign.providers.gosign.record import MARK
from tests.contract.gosign_world import gosign

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def rest():
    with gosign("gosign-rest") as world:
        yield world


@pytest.fixture(scope="module")
def oauth():
    with gosign("gosign-oauth") as world:
        yield world


def send(world, package, **settings):
    reference = world.provider(**settings).send(
        package, world.papers(), progress={}, checkpoint=lambda _: None, callback_url=None
    )
    return replace(package, provider=replace(package.provider, reference=reference), status=PackageStatus.IN_PROCESS)


def content(file) -> bytes:
    with file.open() as pieces:
        return b"".join(pieces)


def test_sending_again_what_is_there_already_is_a_success(rest):
    package = rest.package()
    assert send(rest, package).provider.reference == send(rest, package).provider.reference == (package.id,)
    assert isinstance(rest.provider().find(package, {}), Found)


def test_an_envelope_of_our_name_with_other_documents_is_not_ours(rest):
    package = rest.package()
    send(rest, package)
    stranger = replace(package, documents=rest.package(documents=2).documents)
    assert isinstance(rest.provider().find(stranger, {}), Unknown)
    with pytest.raises(ProviderConflict):
        send(rest, stranger)


def test_a_substitute_signs_for_the_original(rest):
    sent = send(rest, rest.package())
    who = sent.recipients[0].email
    rest.simulator.control.replace(sent.id, who, "mgr")
    rest.simulator.control.sign(sent.id, "mgr")
    (seen,) = rest.provider().read(sent).recipients
    assert (seen.recipient, seen.status, seen.acted_by) == (
        sent.recipients[0].id,
        RecipientStatus.SIGNED,
        "Mario Rossi",
    )


def test_an_archived_envelope_is_still_signed_and_gives_its_files(rest):
    sent = send(rest, rest.package())
    rest.sign(sent, sent.recipients[0])
    rest.simulator.control.store(sent.id)
    assert rest.provider().read(sent).status is PackageStatus.SIGNED
    assert len(list(rest.provider().signed_files(sent))) == 2


@pytest.mark.parametrize("how", ["reject", "cancel"])
def test_an_archived_envelope_whose_process_was_cancelled_is_never_signed(rest, how):
    sent = send(rest, rest.package())
    rest.decline(sent, sent.recipients[0], "No") if how == "reject" else rest.withdraw_there(sent)
    rest.simulator.control.store(sent.id)
    ended = {"reject": PackageStatus.DECLINED, "cancel": PackageStatus.CANCELLED}
    assert rest.provider().read(sent).status is ended[how]
    assert rest.simulator.control.envelope(sent.id)["process"]["status"] == "X"


def test_what_was_signed_and_is_archived_before_it_was_collected_is_collected(oauth):
    sent = send(oauth, oauth.package())
    oauth.sign(sent, sent.recipients[0])
    signed = replace(sent, status=oauth.provider().read(sent).status)
    oauth.simulator.control.store(sent.id)
    with pytest.raises(ProviderConflict):
        oauth.provider().withdraw(signed, None)
    assert oauth.provider().read(signed).status is None
    assert next(oauth.provider().signed_files(signed)).kind is FileKind.SIGNED_DOCUMENT


def test_what_was_attached_at_gosign_is_not_taken_for_its_report(rest):
    sent = send(rest, rest.package())
    rest.simulator.control.attach(sent.id, "My own price list")
    rest.sign(sent, sent.recipients[0])
    document, attached, report = rest.provider().signed_files(sent)
    assert document.document == sent.documents[0].id
    assert "My own price list" in words(attached)
    assert (report.kind, "GoSign report" in words(report)) == (FileKind.AUDIT_TRAIL, True)


def words(file):
    return PdfDocument(content(file))[0].get_textpage().get_text_range()


@pytest.mark.parametrize("door", ["rest", "oauth"])
def test_a_wrong_path_is_refused_and_says_nothing_of_any_envelope(request, door):
    world = request.getfixturevalue(door)
    sent = send(world, world.package())
    wrong = world.provider(**{f"{door}Path": "/gosign/elsewhere"})
    for call in (
        wrong.verify,
        lambda: wrong.read(sent),
        lambda: wrong.withdraw(sent, None),
        lambda: wrong.find(sent, {}),
    ):
        with pytest.raises(ProviderUnavailable, match="paths in the account's settings"):
            call()


def test_what_waits_for_its_rejection_is_still_open(rest):
    sent = send(rest, rest.package())
    rest.simulator.control.to_reject(sent.id)
    assert rest.provider().read(sent).status is PackageStatus.IN_PROCESS


def test_a_p7m_is_no_pdf(rest):
    package = rest.package()
    sent = send(rest, package, trustLevel="DIGITAL_P7M")
    rest.sign(sent, sent.recipients[0])
    signed = next(f for f in rest.provider().signed_files(sent) if f.kind is FileKind.SIGNED_DOCUMENT)
    assert signed.content_type == P7M
    assert signed.document == sent.documents[0].id
    assert content(signed)[:1] == b"\x30"


def test_the_copy_at_gosign_is_removed_only_when_the_envelope_has_ended(rest):
    sent = send(rest, rest.package())
    with pytest.raises(ProviderConflict):
        rest.provider().remove_copy(sent)
    rest.sign(sent, sent.recipients[0])
    rest.provider().remove_copy(sent)
    rest.provider().remove_copy(sent)
    assert rest.provider().read(sent).status is PackageStatus.DELETED


def test_a_group_signs_by_whoever_comes_first_and_each_has_a_link(oauth):
    members = tuple(Member("Max", f"Member{n}", f"max{n}@example.com") for n in (1, 2))
    package = oauth.package()
    package = replace(package, recipients=(replace(package.recipients[0], group=Group("Board", members), email=None),))
    sent = send(oauth, package)
    urls = oauth.provider().signing_urls(sent, sent.recipients[0].id)
    assert len(set(urls)) == 2
    oauth.simulator.control.sign(sent.id, "max2@example.com")
    assert oauth.provider().read(sent).status is PackageStatus.SIGNED


def test_where_gosign_gives_no_report_the_connectors_own_record_says_so(oauth):
    sent = send(oauth, oauth.package(2))
    for recipient in sent.recipients:
        oauth.sign(sent, recipient)
    files = list(oauth.provider().signed_files(sent))
    signed, as_json, as_pdf = files
    assert all(is_what_it_says(f.content_type, content(f)[:HEAD]) for f in files)  # as the evidence gate asks
    record = json.loads(content(as_json))
    assert record["notice"] == MARK
    assert "Made by the connector, not by GoSign" in MARK
    assert record["providerStatus"] == "WORKED"
    import hashlib

    assert record["documents"][0]["signedSha256"] == hashlib.sha256(content(signed)).hexdigest()
    assert [r["role"] for r in record["recipients"]] == ["SIGNER", "SIGNER"]
    shown = PdfDocument(content(as_pdf))[0].get_textpage().get_text_range()
    assert "not by GoSign" in shown
    assert "Anna Berg1" in shown
    assert content(as_pdf) == content(as_pdf)


def test_twenty_megabytes_by_rest_take_no_more_than_three_times_their_size(rest, tmp_path):
    """Measured in this process alone, which also reads the pages: the simulator's own copy is not counted."""
    from esign.providers.gosign.write_rest import insert_request
    from tests.fakes.gosign_packages import REST, a_contract, plan

    path = tmp_path / "big.pdf"
    path.write_bytes(b"%PDF-1.6" + bytes(20 * MEGABYTE))
    envelope, _ = plan(a_contract(1), REST)
    seen = []

    class Taken:
        def insert(self, _name, body):
            from esign.http.jsonstream import JsonWithFiles

            stream = JsonWithFiles(body)
            seen.append((stream.length, sum(map(len, stream))))

    tracemalloc.start()
    with path.open("rb") as file:
        files = {part.id: file for part in envelope.documents}
        Taken().insert("x", insert_request(envelope, files, customer_code="c", external_system_code="s"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen[0][0] == seen[0][1] > 26 * MEGABYTE
    assert peak < 3 * 20 * MEGABYTE
    assert peak < 3 * MEGABYTE  # it is never held at all


def test_a_signed_file_of_twenty_megabytes_is_never_held(tmp_path):
    from esign.http.outcome import Vendor
    from esign.providers.gosign.answers import envelope_on_disk
    from esign.providers.gosign.fetched import Fetched
    from esign.providers.gosign.wire import DocumentView

    def fetch(into):
        into.write(b'{"envelope":{"externalId":"x","status":"WKD","documents":[{"externalId":"d","bytes":"')
        for _ in range(20):
            into.write(b"QUJD" * (MEGABYTE // 3 // 1))
        into.write(b'"}]}}')
        into.flush()
        return envelope_on_disk(into, Vendor("gosign"))

    tracemalloc.start()
    with Fetched(fetch, [DocumentView(external_id="d")]).open(0) as pieces:
        size = sum(map(len, pieces))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 19 * MEGABYTE
    assert peak < 6 * MEGABYTE
