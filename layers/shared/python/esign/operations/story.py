"""The calls that one piece of work makes to its provider, as lines of the package's timeline.

They ride along with the work's own commits and so cost no call of theirs; what no commit took, since the work failed or had
nothing to commit, is written when the provider is closed. Polls and other looks are not told: they go to the logs only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.errors import StoreUnavailable
from esign.domain.events import EntryKind, TimelineEntry, entry
from esign.domain.ids import AccountId, PackageId
from esign.ports import Clock, PackageStore, ProviderCall

MOST = 25  # lines in one commit, whose transaction has room for 100 actions


@dataclass(slots=True)
class Story:
    """Of one package, for one piece of work."""

    packages: PackageStore
    account: AccountId
    package: PackageId
    clock: Clock
    lines: list[TimelineEntry] = field(default_factory=list)

    def heard(self, call: ProviderCall) -> None:
        """A call has just ended, well or badly."""
        self.lines.append(_line(call, self.clock.now()))

    def tell(self, text: str, *, kind: EntryKind, code: str | None = None) -> None:
        """A line beside any commit."""
        self.lines.append(entry(self.clock.now(), kind, text, code=code))

    def riding(self) -> tuple[TimelineEntry, ...]:
        """What the next commit takes along; too many lines for that are written at once. Raises StoreUnavailable."""
        if len(self.lines) > MOST:
            self.flush()
        return tuple(self.lines)

    def flush(self) -> None:
        """Write what no commit took: one call, none where nothing is left. Raises StoreUnavailable."""
        if self.lines:
            self.packages.append_timeline(self.account, self.package, tuple(self.lines))
            self.lines.clear()

    def close(self) -> None:
        """The work is over. What became of it does not hang on its story, and the logs have every call."""
        try:
            self.flush()
        except StoreUnavailable:
            self.lines.clear()


def _line(call: ProviderCall, at: datetime) -> TimelineEntry:
    answer = "no answer came" if call.status is None else f"the answer was {call.status}"
    broken = f" ({call.failure})" if call.failure else ""
    text = f"The connector called the provider: {call.method} {call.path}; {answer}{broken}."
    return entry(at, EntryKind.PROVIDER_CALL, text, code=_code(call), milliseconds=call.milliseconds)


def _code(call: ProviderCall) -> str | None:
    if call.status is None:
        return "no_answer"
    return f"http_{call.status}" if call.status >= 400 else call.failure and "broken_answer"
