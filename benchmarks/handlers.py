"""The functions' own handlers over an App of ours: what a handler does is taken as it is, only the composition is ours."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.coupa_events import Event
from esign.runtime.composition import App

Handler = Callable[[Event, Any], Any]


def handler_over(folder: str, composition: Callable[[], App]) -> Handler:
    """The handler of functions/<folder>. KeyError: a kind of function that is not known here."""
    module = import_module(f"functions.{folder.replace('/', '.')}.handler")
    return _DOORS[folder.partition("/")[0]](module, folder.rpartition("/")[2], composition)


def _coupa(module: Any, operation: str, composition: Callable[[], App]) -> Handler:  # noqa: ANN401 - a module
    from esign.runtime.endpoint import coupa_endpoint

    # The work behind the handler's own door still refuses what the operation does not know.
    return coupa_endpoint(operation, query=("refresh",), composition=composition)(module.handler.__wrapped__)


def _workflow(module: Any, operation: str, composition: Callable[[], App]) -> Handler:  # noqa: ANN401 - a module
    from esign.runtime.bell import hears_the_bell
    from esign.runtime.workflow import workflow_step

    door: Any = hears_the_bell if operation == "deliver_notifications" else workflow_step
    handler: Handler = door(operation, composition=composition)(module.handler.__wrapped__)
    return handler


def _callback(module: Any, provider: str, composition: Callable[[], App]) -> Handler:  # noqa: ANN401 - a module
    from esign.runtime.callbacks import account_callback, package_callback

    if hasattr(module, "meaning"):
        return package_callback(provider, module.meaning, composition=composition)
    trouble = getattr(module, "trouble", None) or module.LATER
    return account_callback(_VENDOR[provider], module.answer, trouble=trouble, composition=composition)


def _authorizer(_module: Any, _name: str, composition: Callable[[], App]) -> Handler:  # noqa: ANN401 - a module
    from esign.runtime.authorizer import authorize

    return lambda event, _context: authorize(event, composition().accounts, now=composition().clock.now())


# By the function's folder: whose account's one address it hears.
_VENDOR = {"contract_signatures": "contract-signatures", "gosign_rest": "gosign", "gosign_soap": "gosign"}

_DOORS: dict[str, Callable[[Any, str, Callable[[], App]], Handler]] = {
    "coupa": _coupa,
    "workflow": _workflow,
    "callbacks": _callback,
    "authorizer": _authorizer,
}
