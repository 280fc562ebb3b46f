"""The six user services of REST v1 (seeds/004 §4.2). The seed gives their addresses and no bodies.

So these bodies are guesses, made in this one place from the data model's own names (§4.1: newUsers, userAuthorities);
the customer code is the only certain part. A real account may prove them wrong: mend them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esign.providers.gosign.client_rest import RestV1


@dataclass(frozen=True, slots=True)
class Secretary:
    """A new user whose only role is the secretariat's, without signing certificates."""

    external_id: str = field(repr=False)
    username: str = field(repr=False)
    name: str = field(repr=False)
    surname: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Users:
    """Raises what RestV1 raises: ProviderRefused with GoSign's own code and words."""

    rest: RestV1

    def delete(self, *external_ids: str) -> None:
        """DeleteUser: who was involved in a signing process is disabled instead."""
        self._call("deleteUsers", {"userExtIds": list(external_ids)})

    def insert_secretary(self, person: Secretary) -> None:
        self._call(
            "secretary",
            {
                "user": {
                    "externalId": person.external_id,
                    "username": person.username,
                    "name": person.name,
                    "surname": person.surname,
                    "email": person.email,
                    "userAuthorities": [{"username": person.username, "authority": "ROLE_SEGR"}],
                }
            },
        )

    def update_authorities(self, external_id: str, command: str, authority: str) -> None:
        """UpdateAuthoritiesByCommand: assigns a role or a signing certificate."""
        self._call("updateAuthorities", {"userExtId": external_id, "command": command, "authority": authority})

    def remove_authorities(self, external_id: str, command: str, authority: str) -> None:
        self._call("removeAuthorities", {"userExtId": external_id, "command": command, "authority": authority})

    def modify_attribute(self, external_id: str, name: str, value: str) -> None:
        """ModifyUserAttributes: one property of a user."""
        self._call("modifyUserAttributes", {"userExtId": external_id, "attribute": name, "value": value})

    def convert_to_corporate(self, external_id: str, command: str) -> None:
        """ConvertStrangerToCorporate."""
        self._call("convertStrangerToCorporate", {"userExtId": external_id, "command": command})

    def _call(self, service: str, body: Mapping[str, Any]) -> None:
        self.rest.user_service(service, body)
