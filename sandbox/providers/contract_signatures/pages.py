"""The signing page: behind a signer's accessUrl, and behind the link of the invitation [I: the same address]."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sandbox.providers.contract_signatures import papers
from sandbox.providers.contract_signatures.model import Contract, Signer
from sandbox.providers.contract_signatures.service import ContractSignatures, NotTheirTurn
from sandbox.providers.room import Room, Seat, Sheet, closed, show

VENDOR, PATH = "Contract Signatures", "/sign"


def link(contract: Contract, signer: Signer) -> str:
    """Path and query."""
    return f"{PATH}?contract={contract.id}&secret={signer.secret}"


def links(service: ContractSignatures, contract_id: str, email: str) -> Iterator[str]:
    """Those that work now."""
    contract = service.contracts[contract_id]
    return (link(contract, each) for each in contract.may_decide(service.now()) if each.email == email)


def page_of(service: ContractSignatures) -> Callable[[Request], Awaitable[Response]]:
    async def signing_page(request: Request) -> Response:
        found = _found(service, request)
        if found is None:
            return closed(VENDOR, "Not possible", "This link is not valid, or it is not your turn.", 410)
        contract, signer = found
        if request.method == "GET":
            return await show(request, await run_in_threadpool(_room, contract, signer))
        do = str((await request.form()).get("do", ""))
        try:
            decide = service.reject if do == "decline" else service.sign
            await run_in_threadpool(decide, contract.id, signer.email or signer.full_name)
        except NotTheirTurn:
            return closed(VENDOR, "Not possible", "It is no longer your turn.", 409)
        said = "You have rejected it." if do == "decline" else "Thank you."
        return closed(VENDOR, contract.name, f"{said} You can close this window.", good=do != "decline")

    return signing_page


def _found(service: ContractSignatures, request: Request) -> tuple[Contract, Signer] | None:
    contract = service.contracts.get(request.query_params.get("contract", ""))
    secret = request.query_params.get("secret", "").encode()
    for signer in contract.may_decide(service.now()) if contract else ():
        if contract and secrets.compare_digest(signer.secret.encode(), secret):
            return contract, signer
    return None


def _room(contract: Contract, signer: Signer) -> Room:
    """No reason: the API shows none anywhere."""
    sheet = Sheet(f"{contract.name}.pdf", papers.page(contract))
    return Room(VENDOR, contract.name, [sheet], [Seat(signer.full_name, signer.email or "by link")], words="")
