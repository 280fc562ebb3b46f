"""The signing page: behind a signer's accessUrl, and behind the link of the invitation [I: the same address]."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.providers.contract_signatures import papers
from sandbox.providers.contract_signatures.model import Contract, Signer
from sandbox.providers.contract_signatures.service import ContractSignatures
from sandbox.providers.room import Room, Seat, Sheet, Sitting, page_of

VENDOR, PATH = "Contract Signatures", "/sign"


def link(contract: Contract, signer: Signer) -> str:
    """Path and query."""
    return f"{PATH}?contract={contract.id}&secret={signer.secret}"


def links(service: ContractSignatures, contract_id: str, email: str) -> Iterator[str]:
    """Those that work now."""
    contract = service.contracts[contract_id]
    return (link(contract, each) for each in contract.may_decide(service.now()) if each.email == email)


def signing_page(service: ContractSignatures) -> Callable[[Request], Awaitable[Response]]:
    return page_of(VENDOR, partial(_found, service))


def _found(service: ContractSignatures, request: Request) -> Sitting | None:
    contract = service.contracts.get(request.query_params.get("contract", ""))
    secret = request.query_params.get("secret", "").encode()
    for signer in contract.may_decide(service.now()) if contract else ():
        if contract and secrets.compare_digest(signer.secret.encode(), secret):
            who = signer.email or signer.full_name
            sign, decline = partial(service.sign, contract.id, who), partial(service.reject, contract.id, who)
            return Sitting(contract.name, partial(_room, contract, signer), sign, decline)
    return None


def _room(contract: Contract, signer: Signer) -> Room:
    """No reason: the API shows none anywhere."""
    sheet = Sheet(f"{contract.name}.pdf", papers.page(contract))
    return Room(VENDOR, contract.name, [sheet], [Seat(signer.full_name, signer.email or "by link")], words="")
