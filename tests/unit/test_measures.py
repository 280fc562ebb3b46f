"""What is measured: values in log lines that CloudWatch reads as metrics, without an account or a person in a dimension."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from esign.domain.account import ENDS_SOON
from esign.domain.ids import AccountId
from esign.domain.package import AttentionNote
from esign.domain.status import Attention, PackageStatus
from esign.operations.take_stock import NO_END, take_stock
from esign.runtime.measures import MEASURES, PACKAGES, STUCK_PACKAGES, namespace
from esign.runtime.moves import tell_of_moves
from esign.runtime.observability import measure
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.clock import START, FixedClock
from tests.fakes.connector import Connector
from tests.fakes.factories import a_package, an_account

ALLOWED = {"service", "operation", "provider", "status", "code"}


def lines(capsys: pytest.CaptureFixture[str]):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def figures(line):
    """{metric: (value, dimensions)} as CloudWatch would read the line."""
    return {
        metric["Name"]: (line[metric["Name"]], {name: line[name] for (names,) in [one["Dimensions"]] for name in names})
        for one in line["_aws"]["CloudWatchMetrics"]
        for metric in one["Metrics"]
    }


def test_no_dimension_names_an_account_a_package_or_a_person():
    assert {name for one in MEASURES for name in one.dimensions} <= ALLOWED
    assert all(one.dimensions for one in MEASURES)
    assert len({one.name for one in MEASURES}) == len(MEASURES) > 10


def test_a_measured_line_holds_all_that_its_metric_names(capsys, monkeypatch):
    monkeypatch.setenv("ESIGN_STAGE", "preprod")
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")
    measure({STUCK_PACKAGES: 3})
    (line,) = lines(capsys)
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == namespace("preprod") == "CoupaOpenESign/preprod"
    assert figures(line)["StuckPackages"][0] == 3
    assert line["service"]


def test_a_move_counts_the_package_in_its_new_status_at_its_provider(capsys):
    before = a_package(status=PackageStatus.SENDING)
    tell_of_moves(before, replace(before, status=PackageStatus.IN_PROCESS))
    (line,) = lines(capsys)
    assert figures(line) == {"Packages": (1, {"provider": before.provider.name, "status": "IN_PROCESS"})}
    assert line["package"] == before.id


def test_a_new_package_is_a_move_and_a_change_within_a_status_is_none(capsys):
    package = a_package(status=PackageStatus.DRAFT)
    tell_of_moves(None, package)
    tell_of_moves(package, replace(package, name="other"))
    (line,) = lines(capsys)
    assert figures(line)[PACKAGES.name][1]["status"] == "DRAFT"


def test_the_last_signature_tells_how_long_signing_took(capsys):
    before = a_package(status=PackageStatus.IN_PROCESS, sent_at=START)
    tell_of_moves(before, replace(before, status=PackageStatus.SIGNED, updated_at=START + timedelta(hours=2)))
    (line,) = lines(capsys)
    assert figures(line)["SecondsToSign"] == (7200.0, {"provider": before.provider.name})


def test_a_package_that_begins_to_need_a_person_is_counted_once(capsys):
    calm = a_package(status=PackageStatus.IN_PROCESS)
    noted = replace(calm, attention=AttentionNote(Attention.STUCK, START, "look"))
    tell_of_moves(calm, noted)
    tell_of_moves(noted, replace(noted, attention=AttentionNote(Attention.STUCK, START + timedelta(days=1), "look")))
    (line,) = lines(capsys)
    assert figures(line) == {"Attention": (1, {"code": "stuck"})}


def stock(connector=None, accounts=None, ends=None):
    connector = connector or Connector()
    return take_stock(
        packages=connector.packages,
        accounts=accounts or connector.accounts,
        end_of=lambda account: (ends or {}).get(account.id),
        clock=FixedClock(START),
        timing=connector.timing,
    )


def test_without_trouble_there_is_nothing_in_stock():
    assert (stock().all_stuck, stock().credentials_days) == (0, NO_END)


def test_the_alarm_ends_when_the_account_whose_credentials_ended_is_disabled():
    ended = {"a": START - timedelta(days=3)}
    days = []
    for enabled in (True, False):
        accounts = MemoryAccounts()
        accounts.add(an_account(id=AccountId("a"), enabled=enabled), {})
        days.append(stock(accounts=accounts, ends=ended).credentials_days)
    assert days[0] < ENDS_SOON.days < days[1]


def test_every_hour_tells_both_figures_even_where_there_is_nothing_to_tell(capsys):
    app = SimpleNamespace(
        packages=Connector().packages,
        accounts=MemoryAccounts(),
        providers=SimpleNamespace(credentials_end=lambda _account: None),
        clock=FixedClock(START),
        timing=Connector().timing,
    )
    taken = importlib.import_module("functions.workflow.take_stock.handler")
    taken.handler.__wrapped__({}, app)
    (line,) = lines(capsys)
    assert {name: value for name, (value, _) in figures(line).items()} == {
        "StuckPackages": 0,
        "CredentialsDaysLeft": NO_END,
    }


def test_the_stock_tells_the_credentials_that_end_first():
    accounts = MemoryAccounts()
    for name in ("a", "b", "c"):
        accounts.add(an_account(id=AccountId(name)), {})
    ends = {"a": START + timedelta(days=30), "b": START - timedelta(days=1)}
    assert stock(accounts=accounts, ends=ends).credentials_days == -1.0


def test_the_stock_counts_stuck_packages_by_what_is_wrong_with_them():
    connector = Connector()
    for _ in range(2):
        package = connector.sent()
        note = AttentionNote(Attention.EVIDENCE_REJECTED, START, "Look.")
        connector.packages.commit(package, replace(package, attention=note), forget_refresh=True)
    assert stock(connector).stuck == {"evidence_rejected": 2}


def test_a_sweep_tells_for_how_long_the_oldest_line_had_been_due():
    connector = Connector()
    connector.deliver(connector.sent().id)
    assert connector.sweep().lag == 0
    connector.clock.advance(connector.timing.poll_plan[0] + 40)
    assert connector.sweep().lag == 40
