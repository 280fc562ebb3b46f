"""Runs the simulator over real HTTP in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from sandbox.providers.gosign import legalbus, oauth, rest_v1, soap
from sandbox.providers.gosign.app import create_app
from sandbox.providers.gosign.control import Control
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.serving import Attended


class GosignSimulator(Attended):
    """A context manager: inside it the simulator answers at `url`. Port 0 takes a free one."""

    def __init__(self, port: int = 0, *, customers: Iterable[Customer] = (Customer(),)) -> None:
        app = create_app(customers=customers)
        super().__init__(app, port)
        self.simulator: Simulator = app.state.simulator
        self.simulator.url = self.url
        self.control = Control(self.desk_url)

    @property
    def rest(self) -> str:
        return f"{self.url}{rest_v1.BASE}"

    @property
    def oauth(self) -> str:
        return f"{self.url}{oauth.V4}"

    @property
    def gs5(self) -> str:
        return f"{self.url}{oauth.GS5}"

    @property
    def soap(self) -> str:
        return f"{self.url}{soap.PATH}/"

    @property
    def legalbus(self) -> str:
        """Up to and without /envelopes."""
        return f"{self.url}{legalbus.BASE}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()
        super().__exit__(kind, error, trace)
