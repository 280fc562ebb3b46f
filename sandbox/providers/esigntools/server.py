"""Runs the simulator over real HTTP in a thread of this process."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.providers.esigntools.app import BASE, create_app
from sandbox.providers.esigntools.service import Esigntools
from sandbox.providers.esigntools.switches import Switches
from sandbox.providers.serving import Served
from sandbox.signing.notary import Notary


class EsigntoolsSimulator(Served):
    """A context manager. `url` is the API's base address; `service` plays the people, the clock and the bad luck."""

    def __init__(self, *, users: Mapping[str, str] | None = None, switches: Switches | None = None) -> None:
        self.service = Esigntools(users or {"api": "secret"}, switches or Switches(), Notary())
        super().__init__(create_app(self.service))
        self.url += BASE
