"""The composition root: the ports, and the operations that are made of several of them, once per process.

Imports sit inside the properties, as in adapters.py: a function loads only what it uses.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from esign.runtime.adapters import Adapters
from esign.runtime.settings import from_environment

if TYPE_CHECKING:
    from esign.domain.events import DeadLetter
    from esign.operations.apply_retention import Retention
    from esign.operations.configure_callback import CallbackConfiguration
    from esign.operations.deliver_notifications import NotificationDelivery
    from esign.operations.forget_subject import SubjectRequest
    from esign.operations.refresh import Refresh
    from esign.operations.submission import Submission

POLL_SECONDS = 10.0  # for one read by the sweep


class App(Adapters):
    """What a function may ask for."""

    @cached_property
    def refresh(self) -> Refresh:
        from esign.operations.refresh import Refresh

        return Refresh(self.packages, self.access, self.bell, self.clock, self.timing)

    @cached_property
    def polling(self) -> Refresh:
        """As `refresh`, with little time for each read: a provider that hangs holds a sweep up for no longer."""
        from esign.operations.provider_access import ProviderAccess
        from esign.operations.refresh import Refresh

        providers = self.providers_until(lambda: self.deadline.within(POLL_SECONDS))
        access = ProviderAccess(self.accounts, providers, self.budget, self.clock)
        return Refresh(self.packages, access, self.bell, self.clock, self.timing)

    @cached_property
    def retention(self) -> Retention:
        from esign.operations.apply_retention import Retention

        return Retention(self.packages, self.access, self.documents, self.evidence, self.clock, self.timing)

    @cached_property
    def subject_request(self) -> SubjectRequest:
        from esign.operations.forget_subject import SubjectRequest

        return SubjectRequest(self.packages, self.documents, self.access, self.clock)

    @cached_property
    def submission(self) -> Submission:
        from esign.operations.submission import Submission

        return Submission(self.packages, self.addresses, self.bell, self.clock, self.timing)

    @cached_property
    def callbacks(self) -> CallbackConfiguration:
        from esign.operations.configure_callback import CallbackConfiguration

        return CallbackConfiguration(self.packages, self.access, self.addresses, self.clock)

    @cached_property
    def delivery(self) -> NotificationDelivery:
        from esign.operations.deliver_notifications import NotificationDelivery

        return NotificationDelivery(
            self.packages, self.accounts, self.notifier, self.clock, self.timing, alarm=_dead_letter, tried=_tried
        )


def _dead_letter(letter: DeadLetter) -> None:
    from esign.operations.deliver_notifications import DEAD_LETTER
    from esign.runtime.observability import alarm

    alarm(DEAD_LETTER, account=letter.account, package=letter.package, event=letter.event, detail=letter.detail)


def _tried(age: float, failures: int) -> None:
    from esign.runtime.measures import DELIVERY_AGE, ENDPOINT_FAILURES
    from esign.runtime.observability import measure

    measure({DELIVERY_AGE: round(age, 1), ENDPOINT_FAILURES: failures})


@cache
def app() -> App:
    """The process's own App, over its environment."""
    return App(from_environment())
