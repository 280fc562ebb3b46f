"""Runs the simulator over real HTTP in threads of this process: the API, the Atlassian site, and its media host."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from sandbox.providers.contract_signatures.app import create_app
from sandbox.providers.contract_signatures.model import Key
from sandbox.providers.contract_signatures.service import ContractSignatures
from sandbox.providers.contract_signatures.site import HostApp, Site, media_app, site_app
from sandbox.providers.contract_signatures.switches import Switches
from sandbox.providers.notebook import Notebook
from sandbox.providers.serving import Served
from sandbox.signing.notary import Notary

KEY = "BgV57K7vCwGE2vXex7BcgahRMeYoBQgdSJWhcQoJXhF4"  # the example's
KEYS = (Key(KEY),)


class ContractSignaturesSimulator:
    """A context manager. `url` is the API's origin, `site_url` the Atlassian site's; `service` plays everybody else."""

    def __init__(
        self, *, host_app: HostApp = "confluence", keys: Iterable[Key] = KEYS, switches: Switches | None = None
    ) -> None:
        self.site = Site(Notebook(), host_app)
        self.service = ContractSignatures(self.site, keys, switches or Switches(), Notary())
        self._api, self._site = Served(create_app(self.service)), Served(site_app(self.site))
        self._media = Served(media_app(self.site))
        self.url, self.site_url, self.site.media_url = self._api.url, self._site.url, self._media.url
        self.service.host_url = f"{self.site_url}/wiki" if host_app == "confluence" else self.site_url
        self._stack = ExitStack()

    def go_down(self) -> None:
        """The API alone: Atlassian is somebody else."""
        self._api.go_down()

    def come_back(self) -> None:
        self._api.come_back()

    def __enter__(self) -> Self:
        for served in (self._api, self._site, self._media):
            self._stack.enter_context(served)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
