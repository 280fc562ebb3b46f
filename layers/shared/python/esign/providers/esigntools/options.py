"""What an account (settings) and a package (`provider.options`) may say to eSignTools, typed and refused field by field.

Names are those of its document (seeds/003, CreateAgreementDTO). Where a package says nothing its account's setting
holds; where that says nothing either, the field is not sent and eSignTools' own default holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from esign.domain.errors import Problem, Unprocessable

# seeds/003, Base URLs
BASES = {"test": "https://rec.esign-tools.fr/api", "production": "https://secure.esign-tools.fr/api"}

Points = Annotated[int, Field(ge=1, le=5000)]
Minutes = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class EsignToolsOptions(_Model):
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


M = TypeVar("M", bound=_Model)


def parse_settings(settings: Mapping[str, Any]) -> EsignToolsSettings:
    """Raises Unprocessable with a problem per field, pointers like /settings/environment."""
    return _parsed(EsignToolsSettings, settings, "/settings")


def parse_options(options: Mapping[str, Any]) -> EsignToolsOptions:
    """Raises Unprocessable with a problem per field, pointers like /provider/options/textTemplateName."""
    return _parsed(EsignToolsOptions, options, "/provider/options")


def _parsed(kind: type[M], given: Mapping[str, Any], root: str) -> M:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = tuple(Problem(_pointer(root, e["loc"]), _code(e["type"]), f"{e['msg']}.") for e in found)
    raise Unprocessable("eSignTools cannot take these options.", code="invalid_options", problems=problems)


def _pointer(root: str, location: tuple[int | str, ...]) -> str:
    return root + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _code(kind: str) -> str:
    return {"extra_forbidden": "unknown_option"}.get(kind, "invalid_option")
