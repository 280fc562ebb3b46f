"""The seven calls of seeds/003 as an ASGI app, with the status codes that it lists. Knows no rules of agreements."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.providers.endpoint import Refused, Row, app
from sandbox.providers.esigntools import intake, pages, papers
from sandbox.providers.esigntools.model import Agreement, Recipient
from sandbox.providers.esigntools.service import Esigntools

BASE = "/api"
AGREEMENTS = f"{BASE}/signing/v1/agreements"
PDF = "application/pdf"
TEXT_LIMIT = 1024 * 1024


def create_app(service: Esigntools) -> Starlette:
    api = _Api(service)
    table: tuple[Row, ...] = (
        ("authenticate", "POST", f"{BASE}/v1/authenticate", api.authenticate),
        ("createAgreement", "POST", AGREEMENTS, api.create),
        ("sendMails", "GET", f"{AGREEMENTS}/{{id:int}}/send-mails", api.send_mails),
        ("getAgreement", "GET", f"{AGREEMENTS}/{{id:int}}", api.get),
        ("deleteAgreement", "DELETE", f"{AGREEMENTS}/{{id:int}}", api.delete),
        ("currentFile", "GET", f"{AGREEMENTS}/{{id:int}}/current-file", api.current_file),
        ("proof", "GET", f"{AGREEMENTS}/{{id:int}}/proof", api.proof),
    )
    human = Route(pages.PATH, pages.signing_page(service), methods=["GET", "POST"])
    return app(table, human, notebook=service.notebook, courier=service.courier, refuse=api.refuse)


class _Api:
    def __init__(self, service: Esigntools) -> None:
        self._service = service

    async def authenticate(self, request: Request) -> Response:
        body = await _json(request)
        if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("username", "password")):
            raise Refused(400, "username and password are required", field="/")
        remember = body.get("rememberMe", False)
        if not isinstance(remember, bool) or body.keys() - {"username", "password", "rememberMe"}:
            raise Refused(400, "rememberMe is a boolean, and no other field is known", field="/rememberMe")
        token = self._service.authenticate(body["username"], body["password"], remember=remember)
        return JSONResponse({"authorities": ["ROLE_API"], "id_token": token})

    async def create(self, request: Request) -> Response:
        user = self._user(request)
        body, data, filename = await _parts(request)
        checked = intake.checked(body, self._service.switches)
        paper = await run_in_threadpool(intake.paper, data, filename)
        made = await run_in_threadpool(self._service.create, user, checked, paper, _address(request))
        return self._created(made, _address(request))

    def _created(self, made: Agreement, address: str) -> Response:
        switches = self._service.switches
        status = switches.create_status
        if switches.create_reply == "id_text":
            return PlainTextResponse(str(made.id), status)
        if switches.create_reply == "id_json":
            return JSONResponse(made.id, status)
        if switches.create_reply == "location":
            return Response(status_code=201, headers={"Location": f"{address}{AGREEMENTS}/{made.id}"})
        return JSONResponse(agreement_dto(made), status)

    async def send_mails(self, request: Request) -> Response:
        return JSONResponse(self._service.send_mails(self._found(request)))

    async def get(self, request: Request) -> Response:
        return JSONResponse(agreement_dto(self._found(request)))

    async def delete(self, request: Request) -> Response:
        """The document lists no 404 here."""
        self._service.delete(self._found(request))
        if self._service.switches.delete_reply == "empty":
            return Response(status_code=204)
        return PlainTextResponse("Agreement deleted")

    async def current_file(self, request: Request) -> Response:
        """[C] "can be downloaded at any point of the process. (Unsigned, Partially Signed, Signed)"."""
        return Response(self._found(request).content, media_type=PDF)

    async def proof(self, request: Request) -> Response:
        found = self._found(request)
        if found.status != "CLOSED" and not self._service.switches.proof_before_end:
            raise Refused(404, "There is no proof yet")
        return Response(papers.proof(found), media_type=PDF)

    def _found(self, request: Request) -> Agreement:
        return self._service.agreement(self._user(request), request.path_params["id"])

    def _user(self, request: Request) -> str:
        """[C] "Authorization: Bearer XXX where XXX is the token"."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self._service.tokens.user(token, now=self._service.now()) if scheme == "Bearer" else None
        if user is None:
            raise Refused(401, "Full authentication is required to access this resource")
        return user

    def refuse(self, refusal: Refused) -> Response:
        """[U] the body; "problem" is what JHipster gives (contracts/esigntools.md §3.5)."""
        status, shape = refusal.status, self._service.switches.errors
        if shape == "empty":
            return Response(status_code=status)
        if shape == "text":
            return PlainTextResponse(refusal.message, status)
        if shape == "json":
            return JSONResponse({"error": refusal.message, "status": status}, status)
        problem: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        problem |= {"detail": refusal.message, "message": f"error.http.{status}"}
        if refusal.field:
            problem["fieldErrors"] = [{"field": refusal.field, "message": refusal.message}]
        return JSONResponse(problem, status, media_type="application/problem+json")


def agreement_dto(agreement: Agreement) -> dict[str, Any]:
    """seeds/003, AgreementDTO: every field of it."""
    return {
        "currentStep": agreement.step,
        "estClientUrlAccess": agreement.secret,
        "id": agreement.id,
        "name": agreement.name,
        "pages": agreement.pages,
        "recipients": [_recipient_dto(recipient) for recipient in agreement.recipients],
        "renewedDate": None,
        "status": agreement.shown_as or agreement.status,
    }


def _recipient_dto(recipient: Recipient) -> dict[str, Any]:
    return {
        "canRenew": recipient.can_renew,
        "email": recipient.email,
        "firstname": recipient.firstname,
        "id": recipient.id,
        "lastname": recipient.lastname,
        "status": recipient.status,
        "step": recipient.step,
    }


async def _parts(request: Request) -> tuple[Any, bytes, str]:
    """[C] "Body : composed of two multipart/form-data fields": `pdf`, binary, and `agreement`, JSON."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused(415, "multipart/form-data is expected")
    async with request.form(max_part_size=TEXT_LIMIT) as form:
        agreement, document = form.get("agreement"), form.get("pdf")
        if agreement is None or not isinstance(document, UploadFile) or len(form.multi_items()) != 2:
            raise Refused(400, "The parts are agreement and pdf, once each", field="/")
        text = await agreement.read() if isinstance(agreement, UploadFile) else agreement
        return _parsed(text), await document.read(), document.filename or ""


async def _json(request: Request) -> Any:  # noqa: ANN401 - whatever was sent
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415, "application/json is expected")
    return _parsed(await request.body())


def _parsed(text: str | bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(400, "The JSON cannot be read", field="/") from error


def _address(request: Request) -> str:
    return str(request.base_url).rstrip("/")
