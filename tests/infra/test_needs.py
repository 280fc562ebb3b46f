"""A handler takes from the composition root only what its row in the table of functions is granted.

The local cloud checks no permissions, so a need that is missing would show at the first deployment; here it shows by
reading the handlers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from esign.coupa.routes import Need
from infra.functions import ALL, FUNCTIONS, Function

_ACCOUNTS = (Need.TABLE_READ,)
_PROVIDER = (Need.TABLE_WRITE, Need.CREDENTIALS)  # a call takes from the account's budget

PORTS: dict[str, tuple[Need, ...]] = {
    # All that an attribute of runtime.composition.App needs, for what its users do with it.
    "packages": (Need.TABLE_READ,),
    "accounts": _ACCOUNTS,
    "access": _PROVIDER,
    "raw_callbacks": (Need.RAW_CALLBACKS,),
    "idempotency": (Need.TABLE_READ, Need.TABLE_WRITE),
    "workflows": (Need.START_REFRESH,),
    "bell": (Need.BELL,),
    "addresses": (Need.CALLBACK_KEYS,),
    "refresh": (*_PROVIDER, Need.BELL),
    "polling": (*_PROVIDER, Need.BELL),
    "submission": (*_PROVIDER, Need.BELL, Need.CALLBACK_KEYS),
    "retention": (*_PROVIDER, Need.DOCUMENTS_DELETE, Need.EVIDENCE_DELETE),
    "delivery": (Need.TABLE_WRITE, Need.NOTIFICATION_SECRETS),
    "callbacks": (
        Need.TABLE_WRITE,
        Need.CALLBACK_KEYS,
        Need.NOTIFICATION_SECRETS,
        Need.NOTIFICATION_SECRETS_WRITE,
    ),
}
ANY_OF: dict[str, tuple[Need, ...]] = {
    "evidence": (Need.EVIDENCE_READ, Need.EVIDENCE_WRITE),
    "documents": (Need.DOCUMENTS_READ, Need.DOCUMENTS_WRITE, Need.DOCUMENTS_DELETE),
}
FREE = {"clock", "timing", "settings", "providers", "fetcher", "until", "inspector", "issuer_keys"}
# Takes from `access` the account's record, or asks its provider what that answers without a call.
ONLY_THE_ACCOUNT = {"workflow/complete_package", "coupa/add_documents", "coupa/add_recipients"}


def _asked(row: Function) -> Iterator[str]:
    """`packages` for `app.packages` and for `app().packages`."""
    tree = ast.parse((FUNCTIONS / row.folder / "handler.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.func if isinstance(node.value, ast.Call) else node.value
            if isinstance(owner, ast.Name) and owner.id == "app":
                yield node.attr


def _rows() -> list[object]:
    return [pytest.param(row, id=row.folder) for row in ALL if (FUNCTIONS / row.folder / "handler.py").exists()]


@pytest.mark.parametrize("row", _rows())
def test_a_handler_uses_only_what_its_row_is_granted(row: Function) -> None:
    for port in set(_asked(row)) - FREE:
        if port in ANY_OF:
            assert row.needs & set(ANY_OF[port]), port
            continue
        needed = _ACCOUNTS if row.folder in ONLY_THE_ACCOUNT and port == "access" else PORTS[port]
        assert row.needs >= set(needed), port
