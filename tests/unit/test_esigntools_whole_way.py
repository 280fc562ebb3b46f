"""A package of two documents through the whole connector in memory, over eSignTools' transport: sent, signed, COMPLETE."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest

from esign.domain.document import FileKind
from esign.domain.events import EventType
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.esigntools.capabilities import declared
from tests.fakes.connector import Connector
from tests.fakes.esigntools import Service
from tests.fakes.papers import a_pdf


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def connector(service):
    made = Connector()
    providers = cast("Any", made.providers)
    providers.open = lambda _account, observe=None: service.provider()
    providers.capabilities = lambda _account: declared()
    return made


def sent(connector):
    package = connector.create().package.id
    for number in (1, 2):
        connector.add_document(package, a_pdf(), name=f"{number}.pdf")
    connector.add_recipient(package)
    return connector.send(package)


def end(service, *words):
    for agreement, word in zip(service.agreements.values(), words, strict=True):
        agreement["status"] = word
        for person in agreement["recipients"]:
            person["status"] = {"CLOSED": "SIGNED", "ABORTED": "REFUSED"}.get(word, "WAITING")


def told(connector, package):
    return [e.type for e in connector.packages.events_after(connector.account, package.id, 0)]


def test_signed_documents_and_proofs_are_stored_and_the_package_is_complete(connector, service):
    package = sent(connector)
    end(service, "CLOSED", "CLOSED")
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert after.status is PackageStatus.COMPLETE
    assert [(f.kind, f.name, f.document) for f in after.files] == [
        (FileKind.SIGNED_DOCUMENT, "1.pdf", package.documents[0].id),
        (FileKind.SIGNED_DOCUMENT, "2.pdf", package.documents[1].id),
        (FileKind.AUDIT_TRAIL, "1 - proof.pdf", None),
        (FileKind.AUDIT_TRAIL, "2 - proof.pdf", None),
        (FileKind.MANIFEST, after.files[-1].name, None),
    ]
    assert told(connector, package)[-1] is EventType.PACKAGE_COMPLETED


def test_one_refused_document_declines_the_package_and_takes_back_the_other(connector, service):
    package = sent(connector)
    end(service, "OPEN", "ABORTED")
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.DECLINED
    assert [a["status"] for a in service.agreements.values()] == ["DELETED", "ABORTED"]


def test_coupa_withdraws_every_document(connector, service):
    package = sent(connector)
    assert connector.delete(package.id, "The deal is off.").status is PackageStatus.CANCELLED
    assert [a["status"] for a in service.agreements.values()] == ["DELETED", "DELETED"]


def test_a_document_deleted_without_us_ends_the_package_when_none_is_left_to_sign(connector, service):
    package = sent(connector)
    end(service, "DELETED", "DELETED")
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.DELETED


def gone(service, number):
    """eSignTools answers 404 for the agreement from now on."""
    del service.agreements[list(service.agreements)[number]]


def read_later(connector, package, times=1):
    for _ in range(times):
        connector.clock.advance(300)
        connector.run_refresh(package.id)
    return connector.now(package.id)


def test_a_document_that_is_gone_leaves_the_other_to_be_signed(connector, service):
    package = sent(connector)
    gone(service, 0)
    after = read_later(connector, package)
    assert (after.status, after.recipients[0].status) == (PackageStatus.IN_PROCESS, RecipientStatus.SENT)
    assert told(connector, package) == [EventType.PACKAGE_SENT]
    end(service, "CLOSED")
    assert read_later(connector, package, times=2).status is PackageStatus.DELETED


def test_a_document_that_is_missed_once_ends_nothing(connector, service):
    package = sent(connector)
    end(service, "CLOSED", "CLOSED")
    service.script = [None, httpx.Response(404)]
    assert read_later(connector, package).status is PackageStatus.IN_PROCESS
    assert read_later(connector, package).status is PackageStatus.COMPLETE


def test_a_refusal_is_told_though_what_it_took_back_is_gone_when_it_is_read(connector, service):
    package = sent(connector)
    end(service, "ABORTED", "OPEN")
    service.provider().read(connector.now(package.id))  # which deletes the second, and then nothing could be stored
    gone(service, 1)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.recipients[0].status) == (PackageStatus.DECLINED, RecipientStatus.DECLINED)
    assert EventType.PACKAGE_DECLINED in told(connector, package)


def test_the_package_is_gone_when_every_document_is(connector, service):
    package = sent(connector)
    service.agreements.clear()
    after = read_later(connector, package, times=2)
    assert (after.status, after.provider.status) == (PackageStatus.DELETED, "gone")


def archived(connector, package):
    deleted = connector.delete(package.id)
    assert (deleted.status, deleted.archived) == (PackageStatus.EXPIRED, True)
    return deleted


def test_what_an_expired_package_left_open_is_taken_back_when_coupa_deletes_it(connector, service):
    package = sent(connector)
    end(service, "ABANDONED", "OPEN")
    connector.run_refresh(package.id)
    archived(connector, package)
    assert [a["status"] for a in service.agreements.values()] == ["ABANDONED", "DELETED"]
    archived(connector, package)
    assert len(service.calls("DELETE")) == 1
    connector.clock.advance(300)
    connector.run_refresh(package.id)
    assert (connector.now(package.id).status, connector.now(package.id).attention) == (PackageStatus.EXPIRED, None)


def test_what_may_not_be_taken_back_any_more_is_told(connector, service):
    package = sent(connector)
    end(service, "ABANDONED", "OPEN")
    connector.run_refresh(package.id)
    service.script = [None, None, httpx.Response(403)]
    archived(connector, package)
    entries, _ = connector.packages.timeline(package.account, package.id)
    assert "provider_conflict" in [entry.code for entry in entries]


def test_nothing_of_a_complete_package_is_asked_for_when_coupa_deletes_it(connector, service):
    package = sent(connector)
    end(service, "CLOSED", "CLOSED")
    connector.run_refresh(package.id)
    service.seen.clear()
    assert connector.delete(package.id).archived
    assert service.calls() == []
