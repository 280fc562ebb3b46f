"""The customer's Atlassian site, which holds pages or issues and their attachments, and the media host behind it.

contracts/contract-signatures.md §2.4. Knows no contracts. Its own credentials open it, never a Contract Signatures key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.providers.contract_signatures.model import Attachment
from sandbox.providers.endpoint import Endpoint, Refused
from sandbox.providers.faults import Transported
from sandbox.providers.notebook import Notebook

HostApp = Literal["confluence", "jira"]
PDF = "application/pdf"


class Site:
    """`users`: e-mail to API token. `pages`: the pages or issues that may be templates, id to title."""

    def __init__(self, notebook: Notebook, host_app: HostApp) -> None:
        self.notebook, self.host_app = notebook, host_app
        self.users = {"reader@customer.example": "atlassian-secret"}
        self.pages = {"1234567": "NDA", "654321": "Master Supply Agreement"}
        self.attachments: dict[str, Attachment] = {}
        self.media_url = ""
        self._links: dict[str, str] = {}
        self._last_id = 87654320

    def attach(self, holder: str, title: str, content: bytes, at: datetime) -> Attachment:
        """[C] Attachment Object: the id's form "att87654321", `version` "only in the Confluence application"."""
        self._last_id += 1
        confluence = self.host_app == "confluence"
        made = Attachment(
            id=f"att{self._last_id}" if confluence else str(self._last_id),
            holder=holder,
            title=title,
            content=content,
            created=at,
            sha3=hashlib.sha3_512(content).hexdigest(),
            version=1 if confluence else None,
        )
        self.attachments[made.id] = made
        return made

    def detach(self, *attachments: Attachment | None) -> None:
        for attachment in filter(None, attachments):
            self.attachments.pop(attachment.id, None)

    def link(self, attachment: Attachment) -> str:
        """A signed address on the media host."""
        token = secrets.token_urlsafe(24)
        self._links[token] = attachment.id
        return f"{self.media_url}/file/{attachment.id}/binary?token={token}"

    def linked(self, token: str) -> Attachment | None:
        return self.attachments.get(self._links.get(token, ""))

    def knows(self, request: Request) -> bool:
        """HTTP Basic, e-mail and API token."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            email, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        expected = self.users.get(email)
        return scheme == "Basic" and expected is not None and secrets.compare_digest(expected.encode(), token.encode())


def site_app(site: Site) -> Starlette:
    """Confluence's two APIs, or Jira's; nothing of the other product."""
    confluence: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
        ("downloadV1", "/wiki/rest/api/content/{page}/child/attachment/{id}/download", _Reader(site).v1),
        ("attachmentV2", "/wiki/api/v2/attachments/{id}", _Reader(site).v2),
        ("downloadV2", "/wiki/download/attachments/{page}/{id}/{title}", _Reader(site).removed),
    )
    jira = (("downloadJira", "/rest/api/3/attachment/content/{id}", _Reader(site).jira),)
    routes = [
        Route(path, Endpoint(site.notebook, name, answer, refuse=_refusal), methods=["GET"])
        for name, path, answer in (confluence if site.host_app == "confluence" else jira)
    ]
    return Transported(routes=routes)


def media_app(site: Site) -> Starlette:
    """The host that Atlassian redirects to: an address is its own proof, and a second one is an error."""

    async def binary(request: Request) -> Response:
        if "authorization" in request.headers:
            raise Refused(400, "Only one authorization mechanism is allowed")
        found = site.linked(request.query_params.get("token", ""))
        if found is None or found.id != request.path_params["id"]:
            raise Refused(403, "Forbidden")
        return Response(found.content, media_type=PDF)

    endpoint = Endpoint(site.notebook, "media", binary, refuse=_refusal)
    return Transported(routes=[Route("/file/{id}/binary", endpoint, methods=["GET"])])


class _Reader:
    def __init__(self, site: Site) -> None:
        self._site = site

    def _found(self, request: Request) -> Attachment:
        """Who may not see a page is told that there is none."""
        if not self._site.knows(request):
            raise Refused(401, "Basic authentication with an API token is expected")
        found = self._site.attachments.get(request.path_params["id"])
        page, version = request.path_params.get("page"), request.query_params.get("version")
        if found is None or page not in {None, found.holder} or version not in {None, str(found.version)}:
            raise Refused(404, "No attachment found")
        return found

    async def v1(self, request: Request) -> Response:
        return RedirectResponse(self._site.link(self._found(request)), 302)

    async def removed(self, request: Request) -> Response:  # noqa: ARG002
        """Confluence Cloud's changelog, CHANGE-2735: "Deprecation of /download/attachments/ APIs". A good token is refused
        like any (sooperset/mcp-atlassian #1368, pchuri/confluence-cli #199)."""
        raise Refused(401, "Unauthorized")

    async def v2(self, request: Request) -> Response:
        """Confluence describes an attachment by v2 and hands it over by v1 only. The link is relative to /wiki [I]."""
        found = self._found(request)
        answer = {
            "id": found.id,
            "status": "current",
            "title": found.title,
            "pageId": found.holder,
            "mediaType": PDF,
            "fileSize": len(found.content),
            "version": {"number": found.version},
            "downloadLink": f"/download/attachments/{found.holder}/{found.id}/{found.title}?version={found.version}&api=v2",
        }
        return JSONResponse(answer)

    async def jira(self, request: Request) -> Response:
        """`redirect=false` gives the bytes; the default is a redirect."""
        found = self._found(request)
        if request.query_params.get("redirect") == "false":
            return Response(found.content, media_type=PDF)
        return RedirectResponse(self._site.link(found), 303)


def _refusal(refusal: Refused) -> Response:
    return JSONResponse({"statusCode": refusal.status, "message": refusal.message}, refusal.status)
