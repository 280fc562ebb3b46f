"""`esign packages stuck`: attention, and whatever the sweep should have taken up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.ids import AccountId
from esign.domain.package import AttentionNote
from esign.domain.status import Attention, PackageStatus
from esign.operations.find_stuck import find_stuck
from esign.ports import Delivered
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import ACME, GLOBEX

LATE = 601  # seconds: two polls of a fresh package, and one


@pytest.fixture
def connector():
    return Connector()


def stuck(connector, account: AccountId | None = ACME):
    ports = {"packages": connector.packages, "accounts": connector.accounts, "clock": connector.clock}
    return [(one.head.id, one.code) for one in find_stuck(account, timing=connector.timing, **ports)]


def noted(connector, package, code=Attention.EVIDENCE_REJECTED, **changes):
    note = AttentionNote(code, START, "Look.")
    return connector.packages.commit(package, replace(package, attention=note, **changes), forget_refresh=True)


def test_where_all_goes_well_nothing_is_stuck(connector):
    connector.ready()
    connector.sent()
    connector.clock.advance(299)
    assert stuck(connector) == []


def test_attention_is_found_whatever_the_status_but_not_in_the_archive(connector):
    first = noted(connector, connector.sent())
    over = noted(connector, connector.ready(), status=PackageStatus.EXPIRED)
    noted(connector, connector.ready(), archived=True)
    assert sorted(stuck(connector)) == sorted([(first.id, "evidence_rejected"), (over.id, "evidence_rejected")])


def test_many_with_attention_are_all_found(connector):
    made = {noted(connector, connector.create().package).id for _ in range(205)}
    assert {identifier for identifier, _ in stuck(connector)} == made


def test_a_provider_that_was_not_read_in_time_is_found(connector):
    package = connector.sent()
    connector.deliver(package.id)
    connector.clock.advance(300 + LATE)
    assert stuck(connector) == [(package.id, "read_overdue")]


def test_a_submission_that_nobody_took_up_is_found(connector):
    package = connector.ready()

    class Crash(BaseException):
        pass

    connector.provider.fail["create"] = [Crash()]
    with pytest.raises(Crash):
        connector.send(package.id)
    connector.clock.advance(85 + LATE)
    assert stuck(connector) == [(package.id, "send_overdue")]


def test_notifications_that_nobody_delivers_are_found(connector):
    package = connector.sent()
    connector.run_refresh(package.id)  # read, and due again in an hour
    connector.clock.advance(60 + LATE)
    assert (package.id, "delivery_overdue") in stuck(connector)


def test_notifications_that_wait_for_an_endpoint_that_rests_are_not_overdue(connector):
    package = connector.sent()
    connector.run_refresh(package.id)
    for _ in range(60):
        connector.notifier.will_answer(Delivered.RETRY, 503)
    for _ in range(40):
        connector.clock.advance(60)
        connector.sweep()
        connector.deliver(package.id)
    assert connector.tries[-1][1] > 2  # the alarm endpoint-paused rings
    assert "delivery_overdue" not in {code for _, code in stuck(connector)}


def test_a_package_is_told_once_and_for_its_attention_first(connector):
    package = connector.sent()
    note = AttentionNote(Attention.CREDENTIALS_REFUSED, START, "Look.")
    connector.packages.commit(package, replace(package, attention=note))
    connector.clock.advance(86400)
    assert stuck(connector) == [(package.id, "credentials_refused")]


def test_one_account_or_all_of_them(connector):
    connector.add_account(id=GLOBEX)
    ours = noted(connector, connector.sent())
    theirs = noted(connector, connector.create(account=GLOBEX).package)
    assert stuck(connector) == [(ours.id, "evidence_rejected")]
    connector.clock.advance(86400)
    assert {identifier for identifier, _ in stuck(connector, None)} == {ours.id, theirs.id}
    assert [identifier for identifier, _ in stuck(connector, GLOBEX)] == [theirs.id]
