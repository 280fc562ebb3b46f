"""The gate that asks for cryptographic signatures, and the step that looks at them: from observations, without a PDF."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import SignatureObservation
from esign.domain.recipient import Field, FormField
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.operations.accept_package import accept_package, recollect_package
from esign.operations.refresh import Next
from esign.operations.signature_gate import expected_signatures
from tests.fakes.connector import Connector
from tests.fakes.factories import a_document, a_full_package, a_recipient
from tests.fakes.files import FakeInspector

ONE = SignatureObservation(readable=True, signatures=1, intact=1, sound=1, covers_whole_file=True)


def sealing(*seen: SignatureObservation) -> Connector:
    """A provider that promises cryptographic signatures, and what is seen in its files."""
    connector = Connector()
    connector.provider.capabilities = Capabilities("fake", dict.fromkeys(Feature), seals_pdf=True)
    connector.inspector = FakeInspector(*seen)
    return connector


def finished(connector: Connector, *, signers: int = 1):
    package = connector.sent(signers=signers)
    for recipient in package.recipients:
        last = recipient is package.recipients[-1]
        connector.provider.sign(recipient.id, at=connector.clock.now(), last=last)
    connector.run_refresh(package.id)
    return connector.now(package.id)


def test_a_file_with_the_promised_signature_completes_its_package():
    assert finished(sealing(ONE)).status is PackageStatus.COMPLETE


@pytest.mark.parametrize(
    "seen",
    [
        SignatureObservation(readable=True),
        SignatureObservation(readable=False),
        replace(ONE, intact=0, sound=0),
        replace(ONE, sound=0, modification_level="OTHER"),
        SignatureObservation(readable=True, signatures=2, intact=1, sound=1),
    ],
    ids=["unsigned", "unreadable", "tampered", "changed_afterwards", "one_of_two_broken"],
)
def test_a_file_without_it_leaves_the_package_signed_and_asks_for_a_person(seen):
    after = finished(sealing(seen))
    assert after.status is PackageStatus.SIGNED
    assert after.attention.code is Attention.EVIDENCE_REJECTED


def test_rejected_evidence_is_an_alarm():
    connector = sealing(SignatureObservation(readable=True))
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.refresh.sync(connector.account, package.id, owner="one")
    connector.collect(package.id)
    connector.inspect(package.id)
    assert connector.completed(package.id).alarm == "evidence_rejected"


def test_a_simple_electronic_signature_is_no_failure_where_none_is_promised():
    connector = Connector()
    connector.inspector = FakeInspector(SignatureObservation(readable=False))
    assert finished(connector).status is PackageStatus.COMPLETE


def test_the_account_knows_better_than_the_provider():
    modest = sealing(SignatureObservation(readable=True))
    modest.settings(expect_signatures=False)
    assert finished(modest).status is PackageStatus.COMPLETE
    strict = Connector()
    strict.settings(expect_signatures=True)
    assert finished(strict).attention.code is Attention.EVIDENCE_REJECTED


def test_each_signer_owes_one():
    assert finished(sealing(ONE), signers=2).status is PackageStatus.SIGNED
    two = replace(ONE, signatures=2, intact=2, sound=2)
    assert finished(sealing(two), signers=2).status is PackageStatus.COMPLETE


def test_signatures_are_expected_of_those_who_signed_where_they_were_asked_to():
    package = a_full_package()
    first, second = a_document(package.id), a_document(package.id, 2)
    everywhere = a_recipient(package.id, status=RecipientStatus.SIGNED)
    field = Field(second.id, FormField("b"))
    only_second = a_recipient(package.id, 2, status=RecipientStatus.SIGNED, fields=(field,))
    skipped = a_recipient(package.id, 3, status=RecipientStatus.SKIPPED)
    approver = a_recipient(package.id, 4, status=RecipientStatus.APPROVED)
    package = replace(package, documents=(first, second), recipients=(everywhere, only_second, skipped, approver))
    assert [expected_signatures(package, d.id) for d in package.documents] == [1, 2]


def test_an_inspection_that_was_killed_is_a_file_that_could_not_be_looked_at():
    """The workflow then goes on to the gate without observations."""
    connector = sealing(ONE)
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.refresh.sync(connector.account, package.id, owner="one")
    connector.collect(package.id)
    connector.complete(package.id)
    assert connector.now(package.id).attention.code is Attention.EVIDENCE_REJECTED


def test_what_was_seen_is_in_the_manifest_and_names_nobody():
    connector = sealing(replace(ONE, digest_algorithms=("sha256",), modification_level="NONE", tool="a tool"))
    after = finished(connector)
    with connector.evidence.fetch(after.files[-1].key, after.files[-1].version) as body:
        told = json.loads(body.read())
    assert told["files"][0]["observed"] == {
        "tool": "a tool",
        "readable": True,
        "signatures": 1,
        "intact": 1,
        "sound": 1,
        "timeStamps": 0,
        "coversWholeFile": True,
        "modificationLevel": "NONE",
        "digestAlgorithms": ["sha256"],
    }
    assert told["files"][1]["observed"] is None


def test_looking_twice_sees_the_same_and_reads_nothing_again():
    connector = sealing(ONE)
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.refresh.sync(connector.account, package.id, owner="one")
    connector.collect(package.id)
    assert [connector.inspect(package.id), connector.inspect(package.id)] == [Next.COMPLETE, Next.COMPLETE]
    assert connector.inspector.looked == 1


def test_a_person_may_accept_a_file_without_signatures():
    connector = sealing(SignatureObservation(readable=True))
    package = finished(connector)
    accept_package(connector.account, package.id, **connector.person)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_files_collected_again_are_looked_at_again():
    connector = sealing(SignatureObservation(readable=True), ONE)
    package = finished(connector)
    assert package.status is PackageStatus.SIGNED
    recollect_package(connector.account, package.id, **connector.person)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE
