"""A call that was refused for its credentials changed nothing: once more, where others have been put in place meanwhile.

So a secret that was changed at the provider and then here reaches running functions without a deployment. Knows neither
where credentials lie nor how a vendor is told them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from esign.domain.errors import CredentialsRefused

T = TypeVar("T")
Renew = Callable[[], bool]  # whether there are other credentials than those that were refused; may look once only


def never() -> bool:
    """For credentials that are what they are."""
    return False


def renewed(call: Callable[[], T], renew: Renew) -> T:
    """`call` takes the credentials as they are then. Raises what it raises; never more than one second try."""
    try:
        return call()
    except CredentialsRefused:
        if not renew():
            raise
    return call()
