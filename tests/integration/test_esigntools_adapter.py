"""What eSignTools alone can do or get wrong, through the adapter and over real HTTP. The rest is in the contract suite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.domain.account import EvidencePolicy
from esign.domain.content import RTF
from esign.domain.errors import OutcomeUnknown, ProviderConflict, ProviderNotFound, ProviderRefused
from esign.domain.package import Reminders
from esign.domain.recipient import Anchor, Authentication, Field, FormField, Rectangle
from esign.domain.status import PackageStatus, RecipientStatus
from sandbox.providers.esigntools.switches import CallbackHabits
from tests.contract.esigntools_world import esigntools
from tests.fakes.papers import Papers, a_pdf

CALLBACK = "http://127.0.0.1:9/callbacks/esigntools/acme/pkg/k1.token"
PAPER = a_pdf(2)


@pytest.fixture(scope="module")
def running():
    with esigntools() as world:
        yield world


@pytest.fixture
def world(running):
    running.reset()
    return running


def people(package, *changes):
    return replace(
        package, recipients=tuple(replace(r, **change) for r, change in zip(package.recipients, changes, strict=True))
    )


def with_places(package, *places):
    """A field in the first document for each signer."""
    return people(package, *({"fields": (Field(package.documents[0].id, place),)} for place in places))


def send(world, package, pdf=PAPER, **settings) -> Any:
    provider = world.provider(**settings)
    papers = Papers(default=pdf)
    assert provider.preflight(package, papers) == ()
    reference = provider.send(package, papers, progress={}, checkpoint=lambda _: None, callback_url=CALLBACK)
    state = replace(package.provider, reference=reference)
    return replace(package, provider=state, status=PackageStatus.IN_PROCESS)


def made(world, package, number=0):
    return world.simulator.service.agreements[int(package.provider.reference[number])]


def zones(world, package):
    """Page and rectangle (left, top, width, height from the top of the page) of everybody's fields."""
    return [[(z.page, z.rectangle) for z in r.zones] for r in made(world, package).recipients]


# ------------------------------------------------------------------------------------------------------------- places


def test_a_rectangle_lies_where_it_was_asked_for(world):
    package = send(world, with_places(world.package(), Rectangle(1, 100, 200, 150, 50)))
    assert zones(world, package) == [[(1, (100.0, 842 - 250.0, 150.0, 50.0))]]


def test_form_fields_of_the_pdf_are_signed_by_whom_their_names_name(world):
    fields = {f"SignatorySignature_{x}_{y}": (x, 50, 100 * y, 150, 50) for x in (1, 2) for y in (1, 2)}
    package = send(world, world.package(2), a_pdf(2, signature_fields=fields))
    assert [[page for page, _ in theirs] for theirs in zones(world, package)] == [[1, 1], [2, 2]]


def test_tags_of_the_pdf_become_fields_in_the_size_of_the_account(world):
    pdf = a_pdf(2, texts={(1, 72, 400): "Seller #signature1#", (2, 72, 400): "Buyer #signature2#"})
    package = send(world, world.package(2), pdf, defaultFieldWidth=120, defaultFieldHeight=40)
    (first,), (second,) = zones(world, package)
    assert (first[0], second[0]) == (1, 2)
    assert first[1][2:] == second[1][2:] == (120.0, 40.0)


def test_places_of_all_kinds_stand_side_by_side_in_one_document(world):
    pdf = a_pdf(
        2, texts={(1, 72, 400): "#signature3#"}, signature_fields={"SignatorySignature_1_1": (2, 50, 50, 150, 50)}
    )
    places = (Anchor("#signature3#"), FormField("SignatorySignature_1_1"), Rectangle(-1, 300, 300, 150, 50))
    package = send(world, with_places(world.package(3), *places), pdf)
    assert [theirs[0][0] for theirs in zones(world, package)] == [1, 2, 2]
    assert [r.position for r in made(world, package).recipients] == [3, 1, 2]


def test_a_file_of_another_format_is_converted_and_its_tag_found(world):
    package = world.package()
    package = replace(package, documents=(replace(package.documents[0], content_type=RTF, name="contract.rtf"),))
    package = with_places(package, Anchor("#signature1#"))
    sent = send(world, package, b"{\\rtf1 The price is 5.\\par #signature1#}")
    assert made(world, sent).content.startswith(b"%PDF-")
    assert len(zones(world, sent)[0]) == 1


# ------------------------------------------------------------------------------------------------------------- people


def test_a_code_by_sms_goes_to_whom_it_was_asked_for_and_to_nobody_else(world):
    known = {"phone": "+33612345678", "signing_order": 1}
    package = people(world.package(2), known | {"authentication": Authentication.SMS_OTP}, known)
    sent = send(world, package)
    for recipient in sent.recipients:
        world.sign(sent, recipient)
    assert [sms["to"] for sms in world.simulator.service.codes(made(world, sent).id)] == ["+33612345678"]
    assert made(world, sent).recipients[1].phone is None


def test_two_signers_of_one_address_stay_two(world):
    package = people(world.package(2), {"email": "desk@example.com"}, {"email": "desk@example.com"})
    sent = send(world, package)
    world.sign(sent, sent.recipients[0])
    seen = world.provider().read(sent)
    assert [r.status for r in seen.recipients] == [RecipientStatus.SIGNED, RecipientStatus.SENT]


@pytest.mark.parametrize("name", ["Zoë d'Été-Løvlie", "李小龍", "N" * 300])
def test_names_come_back_unchanged(world, name):
    sent = send(world, people(world.package(), {"first_name": name, "last_name": name}))
    shown = world.provider().client.agreement(sent.provider.reference[0]).recipients[0]
    assert (shown.firstname, shown.lastname) == (name, name)


def test_reminders_go_out_by_the_packages_plan(world):
    sent = send(world, world.package(reminders=Reminders(every_days=2)))
    world.simulator.service.advance(5 * 86_400)
    assert [m["kind"] for m in world.simulator.service.mails(made(world, sent).id)] == [
        "invitation", "reminder", "reminder",
    ]  # fmt: skip


def test_mails_are_written_by_the_template_of_the_package(world):
    package = world.package()
    package = replace(package, provider=replace(package.provider, options={"textTemplateName": "purchase"}))
    sent = send(world, package)
    assert {m["template"] for m in world.simulator.service.mails(made(world, sent).id)} == {"purchase"}


# --------------------------------------------------------------------------------------------------- several documents


def test_a_package_of_several_documents_is_signed_when_all_are(world):
    sent = send(world, world.package(2, documents=2))
    assert [a.name for a in world.simulator.service.agreements.values()] == [
        "Frame contract (1/2): contract-1.pdf",
        "Frame contract (2/2): contract-2.pdf",
    ]
    for recipient in sent.recipients:
        world.simulator.service.sign(made(world, sent, 0).id, recipient.email)
    seen = world.provider().read(sent)
    assert (seen.status, seen.vendor_status) == (PackageStatus.IN_PROCESS, "CLOSED, OPEN")
    assert [r.status for r in seen.recipients] == [RecipientStatus.SENT, RecipientStatus.WAITING]
    for recipient in sent.recipients:
        world.simulator.service.sign(made(world, sent, 1).id, recipient.email)
    assert world.provider().read(sent).status is PackageStatus.SIGNED


def test_a_refusal_of_one_document_takes_the_others_from_their_signers(world):
    sent = send(world, world.package(documents=3))
    world.simulator.service.reject(made(world, sent, 1).id, sent.recipients[0].email)
    seen = world.provider().read(sent)
    assert seen.status is PackageStatus.DECLINED
    assert [r.status for r in seen.recipients] == [RecipientStatus.DECLINED]
    assert [made(world, sent, n).status for n in range(3)] == ["DELETED", "ABORTED", "DELETED"]


def test_a_refusal_by_esigntools_halfway_leaves_nothing_to_sign(world):
    world.simulator.service.fault("createAgreement", "http", status=400, after=2)
    with pytest.raises(ProviderRefused):
        send(world, world.package(documents=3))
    assert [a.status for a in world.simulator.service.agreements.values()] == ["DELETED", "DELETED"]


def test_a_withdrawal_leaves_what_is_signed_and_takes_the_rest(world):
    sent = send(world, world.package(documents=2))
    world.simulator.service.sign(made(world, sent, 0).id, sent.recipients[0].email)
    asked = replace(sent, withdraw_requested="off")
    world.provider().withdraw(asked, "off")
    assert world.provider().read(asked).status is PackageStatus.CANCELLED
    assert [made(world, sent, n).status for n in range(2)] == ["CLOSED", "DELETED"]


# -------------------------------------------------------------------------------------- what the document leaves open


@pytest.mark.parametrize("reply", ["object", "id_text", "id_json", "location"])
@pytest.mark.parametrize("status", [200, 201])
def test_the_new_agreement_is_known_however_it_is_told(world, reply, status):
    world.simulator.service.configure(create_reply=reply, create_status=status)
    sent = send(world, world.package())
    assert world.provider().read(sent).status is PackageStatus.IN_PROCESS


@pytest.mark.parametrize("shape", ["problem", "json", "text", "empty"])
def test_a_refusal_is_one_in_every_shape(world, shape):
    world.simulator.service.configure(errors=shape)
    package = people(world.package(), {"email": "no address"})
    with pytest.raises(ProviderRefused) as refused:
        send(world, package)
    assert refused.value.fault.status == 400
    assert (refused.value.fault.message is None) is (shape == "empty")


@pytest.mark.parametrize("status", [400, 403, 409])
def test_what_is_signed_by_somebody_may_not_be_deleted_any_more(world, status):
    world.simulator.service.configure(delete_partly_signed=False, delete_refused=status)
    sent = send(world, world.package(2))
    world.sign(sent, sent.recipients[0])
    with pytest.raises(ProviderConflict):
        world.provider().withdraw(sent, None)


@pytest.mark.parametrize("reply", ["string", "empty"])
def test_a_deletion_may_say_something_or_nothing(world, reply):
    world.simulator.service.configure(delete_reply=reply)
    sent = send(world, world.package())
    world.provider().withdraw(sent, None)
    assert made(world, sent).status == "DELETED"


def test_a_deleted_agreement_may_be_answered_by_404(world):
    world.simulator.service.configure(deleted_is_gone=True)
    sent = send(world, world.package(2, documents=2))
    world.simulator.service.agreements[made(world, sent, 0).id].status = "DELETED"
    seen = world.provider().read(sent)
    assert (seen.status, seen.vendor_status) == (PackageStatus.IN_PROCESS, "DELETED, OPEN")
    asked = replace(sent, withdraw_requested="off")
    world.provider().withdraw(asked, "off")
    seen = world.provider().read(asked)
    assert (seen.status, [r.status for r in seen.recipients]) == (
        PackageStatus.CANCELLED,
        [RecipientStatus.CANCELLED, RecipientStatus.CANCELLED],
    )
    with pytest.raises(ProviderNotFound):
        world.provider().read(sent)


def test_a_refusal_stays_one_when_what_it_took_back_is_answered_by_404(world):
    world.simulator.service.configure(deleted_is_gone=True)
    sent = send(world, world.package(documents=2))
    world.simulator.service.reject(made(world, sent, 1).id, sent.recipients[0].email)
    first, again = world.provider().read(sent), world.provider().read(sent)
    assert (first.status, again.status) == (PackageStatus.DECLINED, PackageStatus.DECLINED)
    assert first.recipients == again.recipients


def test_a_token_without_an_end_is_renewed_when_it_is_refused(world):
    world.simulator.service.configure(token_expires=False)
    world.provider().verify()
    sent = send(world, world.package())
    world.simulator.service.fault("getAgreement", "http", status=401)
    assert world.provider().read(sent).status is PackageStatus.IN_PROCESS
    world.simulator.service.configure(token_expires=True)
    world.provider().verify()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_agreement_calls_back_with_its_own_id(world, method):
    world.simulator.service.switches = replace(
        world.simulator.service.switches, callbacks=CallbackHabits(retries=0, method=method)
    )
    sent = send(world, world.package(documents=2))
    world.sign(sent, sent.recipients[0])
    assert world.callbacks(sent) == [f"{CALLBACK}?id={n}&eventType=ESIGNED" for n in sent.provider.reference]


def test_a_reminder_whose_answer_was_lost_is_not_sent_again(world):
    sent = send(world, world.package())
    world.simulator.service.fault("sendMails", "lost_reply")
    with pytest.raises(OutcomeUnknown):
        world.provider().remind(sent)
    assert [m["kind"] for m in world.simulator.service.mails(made(world, sent).id)] == ["invitation", "reminder"]


def test_a_proof_may_be_optional(world):
    sent = send(world, world.package())
    world.sign(sent, sent.recipients[0])
    _, proof = world.provider(evidence=EvidencePolicy.OPTIONAL).signed_files(sent)
    assert proof.optional
    world.simulator.service.fault("proof", "http", status=404)
    with pytest.raises(ProviderConflict), proof.open():
        pass
