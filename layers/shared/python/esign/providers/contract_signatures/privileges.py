"""What the account's key may do, proven by calls that change nothing (seeds/002, Interfaces Summary and Keys).

A contract that does not exist can be neither shown, archived nor deleted, and a request without its required members makes
none: a privilege that the key has is answered 404 or 400, one that it lacks 401 or 403. Where the vendor answers something
else, the privilege counts as not proven, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

from esign.domain.errors import CredentialsRefused, ProviderError, ProviderFault, ProviderUnavailable
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.renewal import renewed
from esign.providers.contract_signatures.client import CONTRACTS, path_of
from esign.providers.contract_signatures.search import Search


class Verdict(StrEnum):
    PROVEN = "proven"
    MISSING = "missing"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class _Probe:
    privilege: str
    needed_for: str
    method: str
    proofs: frozenset[int]
    with_: Mapping[str, Any] = field(default_factory=dict)
    of_nobody: bool = True  # about a contract that does not exist


_NOT_FOUND = frozenset({404})
_TELLING = frozenset(range(200, 500)) - {408, 425, 429}  # others raise the usual errors
_REFUSED = frozenset({401, 403})

_ONE = {"params": Search(page_size=1).params()}
PROBES = (
    _Probe("search", "finding lost contracts", "GET", frozenset({200}), _ONE, of_nobody=False),
    _Probe("get", "reading states", "GET", _NOT_FOUND),
    _Probe("create", "sending", "POST", frozenset({400, 422}), {"json": {}}, of_nobody=False),
    _Probe("archive", "archiving", "PATCH", _NOT_FOUND),
    _Probe("delete", "withdrawing", "DELETE", _NOT_FOUND),
)  # fmt: skip


def prove(http: ProviderHttp, deadline: Deadline) -> Mapping[str, Verdict]:
    """Each privilege of the key. Raises CredentialsRefused when none is there, and what the first call raises."""
    return renewed(lambda: _proven(http, deadline), http.renew)


def _proven(http: ProviderHttp, deadline: Deadline) -> Mapping[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    for probe in PROBES:
        try:
            verdicts[probe.privilege] = _verdict(probe, http, deadline)
        except ProviderUnavailable:
            if not verdicts:
                raise
            verdicts[probe.privilege] = Verdict.UNPROVEN
    if set(verdicts.values()) == {Verdict.MISSING}:
        detail = "Contract Signatures takes the key for nothing: it is wrong, not valid now, or not from this address."
        raise CredentialsRefused(detail, fault=ProviderFault(http.vendor.name))
    return verdicts


def remarks(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """A sentence for each privilege that is not proven."""
    told = []
    for probe in PROBES:
        match verdicts[probe.privilege]:
            case Verdict.MISSING:
                told.append(f"The key lacks the privilege {probe.privilege!r}, needed for {probe.needed_for}.")
            case Verdict.UNPROVEN:
                told.append(
                    f"Whether the key has the privilege {probe.privilege!r} ({probe.needed_for}) could not be proven."
                )
            case Verdict.PROVEN:
                continue
    return tuple(told)


def _verdict(probe: _Probe, http: ProviderHttp, deadline: Deadline) -> Verdict:
    path = path_of(str(uuid4())) if probe.of_nobody else CONTRACTS
    reply = http.request(probe.method, path, safe=True, expected=_TELLING, deadline=deadline, **probe.with_)
    if reply.status in probe.proofs:
        return Verdict.PROVEN
    return Verdict.MISSING if reply.status in _REFUSED else Verdict.UNPROVEN


def site_remark(error: ProviderError) -> str:
    return f"Whether the Atlassian account is accepted could not be proven ({error.kind})."
