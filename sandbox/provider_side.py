"""What the sandbox can make a provider's simulator do, in words that fit every provider. One row per PROVIDER name.

`reference` is the package's `provider.reference` as Coupa sees it in Get Package.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

Reference = Sequence[str]


class ProviderSide(Protocol):
    """One simulator and the account that joins it: its people, its clock, its bad luck."""

    @property
    def provider(self) -> str:
        """The provider's name in the connector."""
        ...

    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def credentials(self) -> dict[str, str]: ...
    def register(self, address: str, authentication: Mapping[str, str]) -> None:
        """Tell the provider where to send its notifications, as an account's administrator would.

        `address` is the account's own (`/callbacks/<vendor>/<account>/<token>`). `authentication` is {} for an address
        that is secret by itself, else what the account expects of the caller: {"scheme": "basic", "username",
        "password"}, {"scheme": "api-key", "header", "key"} or {"scheme": "jwt"}. Providers that are told an address with
        each package do nothing here.
        """
        ...

    def invitations(self, reference: Reference, email: str) -> Sequence[str]:
        """The addresses of the signing pages that the provider has written to this person and that work now: none
        while it is not their turn, several where each document is signed by itself."""
        ...

    def sign(self, reference: Reference, email: str) -> None: ...
    def decline(self, reference: Reference, email: str, reason: str) -> None: ...
    def expire(self, reference: Reference) -> None: ...
    def go_down(self) -> None:
        """Connections are refused from now on."""
        ...

    def come_back(self) -> None: ...
    def lose_next_reply_of_send(self) -> None:
        """The next Send is carried out, but its answer never arrives."""
        ...

    def reply_still_to_lose(self) -> bool:
        """Whether that Send has yet to come."""
        ...

    def lose_callbacks(self, *, lose: bool) -> None: ...
    def envelopes(self, package_id: str) -> int:
        """How many envelopes the provider has of a package: never more than one."""
        ...

    def wants(self, email: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:  # noqa: ARG002 - most want nothing
        """What the account must know of a signer besides name and address: fields of Coupa's recipient, and those of
        `provider.options.recipients.<externalId>`."""
        return {}, {}

    @property
    def template(self) -> str | None:
        """What a document names where the provider makes it from a template; None: documents are uploaded."""
        ...

    def signatures(self, signers: int) -> int:
        """How many cryptographic signatures a PDF bears that so many people signed."""
        ...

    def authority(self) -> bytes | None:
        """PEM of the test CA that signs for the people; None: the provider's signatures are no certificates."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """A value of PROVIDER: how to run its simulator."""

    name: str
    open: Callable[[], AbstractContextManager[ProviderSide]]


@contextmanager
def _connective(api_version: str) -> Iterator[ProviderSide]:
    from sandbox.providers.connective.server import ConnectiveSimulator
    from sandbox.providers.connective.side import ConnectiveSide

    with ConnectiveSimulator() as simulator:
        yield ConnectiveSide(simulator, api_version)


@contextmanager
def _esigntools() -> Iterator[ProviderSide]:
    from sandbox.providers.esigntools.server import EsigntoolsSimulator
    from sandbox.providers.esigntools.side import EsigntoolsSide

    with EsigntoolsSimulator() as simulator:
        yield EsigntoolsSide(simulator)


@contextmanager
def _contract_signatures() -> Iterator[ProviderSide]:
    from sandbox.providers.contract_signatures.server import ContractSignaturesSimulator
    from sandbox.providers.contract_signatures.side import ContractSignaturesSide

    with ContractSignaturesSimulator() as simulator:
        yield ContractSignaturesSide(simulator)


@contextmanager
def _gosign(door: str) -> Iterator[ProviderSide]:
    from sandbox.providers.gosign.server import GosignSimulator
    from sandbox.providers.gosign.side import GosignSide

    with GosignSimulator() as simulator:
        yield GosignSide(simulator, door)


DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        Door("connective", lambda: _connective("v3")),
        Door("connective-v4", lambda: _connective("v4")),
        Door("esigntools", _esigntools),
        Door("gosign-rest", lambda: _gosign("gosign-rest")),
        Door("gosign-oauth", lambda: _gosign("gosign-oauth")),
        Door("gosign-oauth-companion", lambda: _gosign("gosign-oauth-companion")),
        Door("gosign5", lambda: _gosign("gosign5")),
        Door("gosign5-fea-otp", lambda: _gosign("gosign5-fea-otp")),
        Door("gosign-idp", lambda: _gosign("gosign-idp")),
        Door("gosign-soap", lambda: _gosign("gosign-soap")),
        Door("gosign-legalbus", lambda: _gosign("gosign-legalbus")),
        Door("contract-signatures", _contract_signatures),
    )
}


class Sides(AbstractContextManager["Sides"]):
    """The simulators of one sandbox by the name of their door, each started when somebody first asks for it."""

    def __init__(self) -> None:
        self._lock, self._stack = threading.Lock(), ExitStack()
        self._open: dict[str, ProviderSide] = {}

    def __getitem__(self, door: str) -> ProviderSide:
        """KeyError: there is no such door."""
        with self._lock:
            if door not in self._open:
                self._open[door] = self._stack.enter_context(DOORS[door].open())
            return self._open[door]

    @property
    def open(self) -> Mapping[str, ProviderSide]:
        """Those that run."""
        with self._lock:
            return dict(self._open)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
