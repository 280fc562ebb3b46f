"""Connective's own copy of a package: removed where it has ended, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from esign.domain.errors import ProviderConflict, ProviderNotFound
from esign.ports import RemovesCopy
from tests.integration.test_connective_adapter import (  # noqa: F401 - fixtures
    a_contract,
    connect,
    control,
    sent_by,
    simulator,
)

# ruff: noqa: F811 - fixtures are arguments

VERSIONS = pytest.mark.parametrize("version", ["v3", "v4"])


@VERSIONS
def test_the_copy_of_a_finished_package_is_removed_once(connect: Any, control: Any, version: str) -> None:
    provider = connect(apiVersion=version)
    assert isinstance(provider, RemovesCopy)
    sent = sent_by(provider, a_contract())
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    provider.remove_copy(sent)
    assert control.packages() == []
    with pytest.raises(ProviderNotFound):
        provider.remove_copy(sent)


@VERSIONS
def test_what_can_still_be_signed_is_never_removed(connect: Any, control: Any, version: str) -> None:
    provider = connect(apiVersion=version)
    sent = sent_by(provider, a_contract())
    with pytest.raises(ProviderConflict):
        provider.remove_copy(sent)
    control.expire(sent.provider.reference[0])
    with pytest.raises(ProviderConflict):
        provider.remove_copy(sent)
    assert len(control.packages()) == 1
