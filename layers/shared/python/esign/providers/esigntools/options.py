"""What an account (settings) and a package (`provider.options`) may say to eSignTools, typed and refused field by field.

Names are those of its document (seeds/003, CreateAgreementDTO). Where a package says nothing its account's setting
holds; where that says nothing either, the field is not sent and eSignTools' own default holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from esign.providers.typed import Typed, parsed

# seeds/003, Base URLs
BASES = {"test": "https://rec.esign-tools.fr/api", "production": "https://secure.esign-tools.fr/api"}

Points = Annotated[int, Field(ge=1, le=5000)]
Minutes = Annotated[int, Field(ge=1, le=2**31 - 1)]


class EsignToolsOptions(Typed):
    """`provider.options` of a package. The sizes, in points, are those of fields that text tags stand for; what
    `canRenew` allows the signers is not documented."""

    text_template_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    default_field_width: Points | None = None
    default_field_height: Points | None = None
    can_renew: bool | None = None


class EsignToolsSettings(EsignToolsOptions):
    """The account's settings. `reminder_delay`, in minutes, is for packages without reminders of their own."""

    environment: Literal["test", "production"] = "production"
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s?#/])?$", max_length=300)] | None = None
    reminder_delay: Minutes | None = None

    @property
    def base(self) -> str:
        """Of every path, without a slash at its end."""
        return self.base_url or BASES[self.environment]


def parse_settings(settings: Mapping[str, Any]) -> EsignToolsSettings:
    """Raises Unprocessable with a problem per field, pointers like /settings/environment."""
    return parsed(EsignToolsSettings, settings, root="/settings", vendor="eSignTools")


def parse_options(options: Mapping[str, Any]) -> EsignToolsOptions:
    """Raises Unprocessable with a problem per field, pointers like /provider/options/textTemplateName."""
    return parsed(EsignToolsOptions, options, root="/provider/options", vendor="eSignTools")
