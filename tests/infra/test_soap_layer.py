"""The layer for SOAP: it holds all that is asked of it, and only functions that may meet SOAP have it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from esign.coupa.routes import Need
from infra.functions import ALL
from infra.layer_build import build_layer
from infra.stages import HOST

ACCOUNT = """
from datetime import UTC, datetime
from esign.domain.account import Account
from esign.domain.ids import AccountId
from esign.http.deadline import Deadline
from esign.providers.opening import Opening
from esign.runtime.providers import vendor
settings = {"integration": INTEGRATION, "loadedByExtId": "segr", "externalSystemCode": "EMA", "companion": True}
account = Account(id=AccountId("acc_1"), name="A", provider="gosign", created_at=datetime.now(UTC), settings=settings)
opening = Opening(credentials=lambda: {"customerCode": "c"}, deadline=Deadline(5), observe=print)
vendor("gosign").open_provider(account, opening)
import sys
print(sorted({"zeep", "lxml", "requests"} & set(sys.modules)))
"""


def with_the_layers_alone(code: str, *layers: str) -> str:
    paths = os.pathsep.join(str(build_layer(name, HOST).path / "python") for name in layers)
    command = [sys.executable, "-S", "-B", "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("integration", ["rest", "oauth", "gosign5", "legalbus"])
def test_an_account_that_speaks_no_soap_loads_none_of_it(integration):
    code = ACCOUNT.replace("INTEGRATION", repr(integration))
    assert with_the_layers_alone(code, "dependencies", "soap", "shared") == "[]"


def test_a_soap_account_finds_all_that_it_needs_in_the_layer():
    code = ACCOUNT.replace("INTEGRATION", "'soap'")
    assert with_the_layers_alone(code, "dependencies", "soap", "shared") == "['lxml', 'requests', 'zeep']"


def test_exactly_the_functions_that_call_providers_or_hear_soap_have_the_layer():
    have = {row.folder for row in ALL if "soap" in row.layers}
    may_call = {row.folder for row in ALL if Need.CREDENTIALS in row.needs and not row.folder.startswith("callbacks/")}
    assert have - {"callbacks/gosign_soap"} == may_call
    assert len(may_call) > 5
