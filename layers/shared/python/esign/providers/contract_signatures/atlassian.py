"""Fetches a contract's PDFs from the customer's Confluence or Jira, where the app attaches them.

The Web API has no download (contracts/contract-signatures.md §2.4). The paths are Atlassian's own, documented publicly.
Confluence hands over by its API v1 only: v2 describes an attachment, and the link in its answer is of
`/wiki/download/attachments/`, which Confluence Cloud has removed for tokens (401; its changelog, CHANGE-2735; seen by
sooperset/mcp-atlassian #1368, pchuri/confluence-cli #199). v1 redirects to a media host with a signed address, which must
not see the credentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from esign.http.body import Saved
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.providers.contract_signatures.wire import Attachment, JiraIssue
from esign.providers.lenient import read

MAX_PDF = 150 * 1024 * 1024  # bytes
ME = {"confluence": "/wiki/rest/api/user/current", "confluence-v2": "/wiki/rest/api/user/current"}
ME_IN_JIRA = "/rest/api/3/myself"


@dataclass(frozen=True, slots=True)
class Site:
    """One customer's Atlassian site. `host_app`: confluence, confluence-v2 (the same) or jira."""

    http: ProviderHttp
    deadline: Deadline
    host_app: str

    def fetch(self, template: str, attachment: Attachment, into: IO[bytes]) -> Saved:
        """`template`: the page or issue it is attached to; `into`: a seekable file, emptied first."""
        there = quote(attachment.id, safe="")
        if self.host_app == "jira":
            return self._download(f"/rest/api/3/attachment/content/{there}", into, redirect="false")
        path = f"/wiki/rest/api/content/{quote(template, safe='')}/child/attachment/{there}/download"
        return self._download(path, into, **_version(attachment))

    def issue_id(self, key: str) -> str:
        """Raises ProviderNotFound for an issue that is not there, or not to be seen."""
        path = f"/rest/api/3/issue/{quote(key, safe='')}"
        return read(self.http.request("GET", path, params={"fields": "id"}, deadline=self.deadline), JiraIssue).id

    def identify(self) -> None:
        """Raises CredentialsRefused where the site does not know the account."""
        self.http.request("GET", ME.get(self.host_app, ME_IN_JIRA), deadline=self.deadline)

    def _download(self, path: str, into: IO[bytes], **params: str) -> Saved:
        return self.http.download(path, into=into, params=params or None, max_bytes=MAX_PDF, deadline=self.deadline)


def _version(attachment: Attachment) -> dict[str, str]:
    """Present in Confluence only (seeds/002, Attachment Object)."""
    return {} if attachment.version is None else {"version": str(attachment.version)}
