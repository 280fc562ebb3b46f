"""Runs the simulator over real HTTP: in a thread of this process, or as a process (python -m …connective)."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from sandbox.providers.connective.app import create_app
from sandbox.providers.connective.control import Control
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.state import InMemoryState, State
from sandbox.providers.serving import Attended


class ConnectiveSimulator(Attended):
    """A context manager: inside it the simulator answers at `url`. Port 0 takes a free one."""

    def __init__(
        self, port: int = 0, *, state: State | None = None, environments: Iterable[Environment] = (Environment(),)
    ) -> None:
        self.state = state or InMemoryState()
        super().__init__(create_app(state=self.state, environments=environments), port)
        self.control = Control(self.desk_url)

    @property
    def faults_to_come(self) -> bool:
        """Also known while it is down."""
        return bool(self.state.get_value("faults"))

    @property
    def v3(self) -> str:
        return f"{self.url}/webportalapi/v3"

    @property
    def v4(self) -> str:
        return f"{self.url}/esig/webportalapi/v4"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()
        super().__exit__(kind, error, trace)
