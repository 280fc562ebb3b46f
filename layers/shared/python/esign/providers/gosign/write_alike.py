"""What the dialects of GoSign say alike of an envelope (seeds/004 §4.1, §5.1, §9.2): plain functions to dictionaries."""

from __future__ import annotations

import json
from typing import Any

from esign.providers.gosign.envelope import Conf, CopyUser, NewUser
from esign.providers.gosign.words import EMAIL_ALWAYS

Json = dict[str, Any]


def present(**fields: Any) -> Json:  # noqa: ANN401 - JSON
    """What is not None."""
    return {name: value for name, value in fields.items() if value is not None}


def conf_string(conf: Conf) -> str | None:
    """JSON in a string, properly escaped: the seed's own prints are not (contracts/gosign.md §1.11, 12)."""
    return json.dumps(dict(conf), ensure_ascii=False, separators=(",", ":")) if conf else None


def copy_user(copy: CopyUser) -> Json:
    """§6.4."""
    return present(
        externalId=copy.external_id,
        email=copy.email,
        surname=copy.surname,
        name=copy.name,
        addUsersInCCStrategy=EMAIL_ALWAYS if copy.always else None,
    )


def new_user(user: NewUser) -> Json:
    """Without the role, which each says in its own way."""
    return present(
        username=user.username,
        name=user.name,
        surname=user.surname,
        phoneNumber=user.phone,
        email=user.email,
        externalId=user.external_id,
        newUserStrategy=user.strategy,
    )
