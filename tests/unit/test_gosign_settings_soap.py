"""What an account says so that SOAP and LegalBus work: where reads go, and which WSDL is loaded."""

from __future__ import annotations

import base64
import gzip

import pytest

from esign.domain.errors import Unprocessable
from esign.providers.gosign.settings import parse_settings, unpacked

KNOWN = {"integration": "soap", "loadedByExtId": "segr", "externalSystemCode": "EMA"}


def packed(file: bytes) -> str:
    return base64.b64encode(gzip.compress(file)).decode()


def reason(**settings) -> str:
    with pytest.raises(Unprocessable) as refused:
        parse_settings(KNOWN | settings)
    return refused.value.problems[0].detail


@pytest.mark.parametrize("integration", ["soap", "legalbus"])
def test_a_door_that_reads_nothing_needs_one_that_does(integration):
    assert "companion" in reason(integration=integration)
    assert parse_settings(KNOWN | {"integration": integration, "companion": True}).companion


def test_a_wsdl_that_reads_needs_no_companion():
    settings = parse_settings(KNOWN | {"wsdl": packed(b"<wsdl/>"), "readOperation": "findEnvelope"})
    assert unpacked(settings.wsdl or "") == b"<wsdl/>"


def test_a_read_operation_without_a_wsdl_is_a_mistake():
    assert "readOperation" in reason(readOperation="findEnvelope", companion=True)
    assert "readOperation" in reason(
        integration="legalbus", companion=True, readOperation="findEnvelope", wsdl=packed(b"<wsdl/>")
    )


@pytest.mark.parametrize(
    "wsdl",
    ["<wsdl/>", base64.b64encode(b"plain").decode(), packed(bytes(3_000_000)), packed(b"<wsdl/>")[:-12]],
    ids=["no base64", "no gzip", "bomb", "cut off"],
)
def test_a_wsdl_that_is_none_or_a_bomb_is_refused_when_the_account_is_made(wsdl):
    assert "wsdl" in reason(wsdl=wsdl, companion=True)
