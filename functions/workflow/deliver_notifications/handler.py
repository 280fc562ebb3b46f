"""The bell rang: tell Coupa what happened to these packages, in order. A message that fails alone comes again alone."""

from __future__ import annotations

from esign.runtime.bell import Message, hears_the_bell
from esign.runtime.composition import App


@hears_the_bell("deliver_notifications")
def handler(message: Message, message_id: str, app: App) -> None:
    app.delivery.deliver(message["account"], message["package"], owner=message_id)
