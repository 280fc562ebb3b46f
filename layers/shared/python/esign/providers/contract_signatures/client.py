"""The five calls of the Web API (seeds/002, Interfaces Summary), typed. No decision is taken here.

`safe=True` marks calls whose repetition changes nothing; of the others a lost answer is OutcomeUnknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.providers.contract_signatures.search import Search
from esign.providers.contract_signatures.wire import Contract, Page, created_id
from esign.providers.lenient import read

CONTRACTS = "/webapi/contracts"
MADE = frozenset({200, 201, 202})  # the document names no status (contracts/contract-signatures.md §2.2)


@dataclass(frozen=True, slots=True)
class WebApi:
    """One key, for one invocation. Contract ids are the vendor's UUIDs."""

    http: ProviderHttp
    deadline: Deadline

    def get(self, contract: str) -> Contract:
        """With its signers."""
        return read(self.http.request("GET", path_of(contract), deadline=self.deadline), Contract)

    def search(self, search: Search) -> Page:
        """Without signers."""
        return read(self.http.request("GET", CONTRACTS, params=search.params(), deadline=self.deadline), Page)

    def create(self, body: Mapping[str, Any]) -> str | None:
        """Invitations go out at once. The new contract's id; None: it was made, and the reply does not say which it is."""
        return created_id(self.http.request("POST", CONTRACTS, json=body, expected=MADE, deadline=self.deadline))

    def archive(self, contract: str) -> None:
        self.http.request("PATCH", path_of(contract), safe=True, deadline=self.deadline)

    def delete(self, contract: str) -> None:
        """The PDFs of a signed contract are deleted with it."""
        self.http.request("DELETE", path_of(contract), safe=True, deadline=self.deadline)


def path_of(contract: str) -> str:
    return f"{CONTRACTS}/{quote(contract, safe='')}"
