"""The bell rang: tell Coupa what happened to these packages, in order. A message that fails alone comes again alone."""

from __future__ import annotations

from esign.runtime.bell import Message, Work, hears_the_bell
from esign.runtime.composition import App


@hears_the_bell("deliver_notifications")
def handler(app: App) -> Work:
    delivery = app.delivery

    def deliver(message: Message, message_id: str) -> int:
        return delivery.deliver(message["account"], message["package"], owner=message_id)

    return deliver
