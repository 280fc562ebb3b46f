"""The five interfaces of seeds/002 as an ASGI app. Knows no rules of contracts."""

from __future__ import annotations

import json
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.providers.contract_signatures import intake, pages, search, views
from sandbox.providers.contract_signatures.model import Contract, Key
from sandbox.providers.contract_signatures.service import ContractSignatures
from sandbox.providers.endpoint import Refused, Row, app

CONTRACTS = "/webapi/contracts"
ONE = f"{CONTRACTS}/{{id}}"


def create_app(service: ContractSignatures) -> Starlette:
    api = _Api(service)
    table: tuple[Row, ...] = (
        ("getContract", "GET", ONE, api.get),
        ("searchContracts", "GET", CONTRACTS, api.search),
        ("createContract", "POST", CONTRACTS, api.create),
        ("archiveContract", "PATCH", ONE, api.archive),
        ("deleteContract", "DELETE", ONE, api.delete),
    )
    human = Route(pages.PATH, pages.signing_page(service), methods=["GET", "POST"])
    return app(table, human, notebook=service.notebook, courier=service.courier, refuse=api.refuse)


class _Api:
    def __init__(self, service: ContractSignatures) -> None:
        self._service = service

    async def get(self, request: Request) -> Response:
        key = self._key(request, "get")
        return JSONResponse(self._shown(self._found(request), key, request))

    async def search(self, request: Request) -> Response:
        """[C] `contracts`: "Not present when selected page has no contracts. Does not contain signers' data"."""
        self._key(request, "search")
        question = search.parse(request.query_params)
        found = self._service.found(question)
        shown = [views.listed(each, self._service.now()) for each in question.shown(found)]
        return JSONResponse({"totalCount": len(found)} | ({"contracts": shown} if shown else {}))

    async def create(self, request: Request) -> Response:
        key = self._key(request, "create")
        body = intake.checked(await _json(request), self._service.switches)
        made = await run_in_threadpool(self._service.create, key, body)
        return self._created(made, key, request)

    def _created(self, made: Contract, key: Key, request: Request) -> Response:
        """[U] neither status nor body is documented."""
        shape, status = self._service.switches.create_reply, self._service.switches.create_status
        if shape == "id_text":
            return PlainTextResponse(made.id, status)
        if shape == "id_json":
            return JSONResponse(made.id, status)
        if shape == "location":
            return Response(status_code=status, headers={"Location": f"{_address(request)}{CONTRACTS}/{made.id}"})
        if shape == "empty":
            return Response(status_code=status)
        return JSONResponse(self._shown(made, key, request), status)

    async def archive(self, request: Request) -> Response:
        """[C] "No body is expected. Returns with HTTP 204 No Content status"."""
        self._key(request, "archive")
        if await request.body():
            raise Refused(400, "No body is expected")
        self._service.archive(self._found(request))
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        self._key(request, "delete")
        self._service.delete(self._found(request))
        return Response(status_code=204)

    def _shown(self, found: Contract, key: Key, request: Request) -> dict[str, Any]:
        otp_method = self._service.switches.otp_method
        now, address = self._service.now(), _address(request)
        return views.contract(found, now, owner=key.owner, address=address, otp_method=otp_method)

    def _found(self, request: Request) -> Contract:
        """[C] "or 404 Not Found HTTP status"; that an id which is no UUID is the same is [I]."""
        try:
            contract_id = str(uuid.UUID(request.path_params["id"]))
        except ValueError as error:
            raise Refused(404, "No such contract") from error
        return self._service.contract(contract_id)

    def _key(self, request: Request, privilege: str) -> Key:
        """[C] "Authorization header with a Bearer authentication scheme"."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        ip = request.client.host if request.client else ""
        return self._service.authorize(secret if scheme == "Bearer" else "", privilege, ip)

    def refuse(self, refusal: Refused) -> Response:
        shape = self._service.switches.errors
        if shape == "empty":
            return Response(status_code=refusal.status)
        if shape == "text":
            return PlainTextResponse(f"{refusal.message} {refusal.field}".strip(), refusal.status)
        return JSONResponse({"message": refusal.message, "field": refusal.field}, refusal.status)


async def _json(request: Request) -> Any:  # noqa: ANN401 - whatever was sent
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415, "application/json is expected")
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise Refused(400, "The JSON cannot be read") from error


def _address(request: Request) -> str:
    return str(request.base_url).rstrip("/")
