"""The words of a SOAP request laid over the shape of the WSDL that an account has.

The vendor's document names some elements in several ways, and its WSDL is not public. What has no place there is refused,
never left out. Knows no zeep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from esign.domain.errors import ProviderRefused
from esign.providers.gosign.write_alike import Json

# contracts/gosign.md §1.11, 1 to 4, and the seed's own "documentFiled": each of one thing, ours first.
SYNONYMS = (
    ("procDef", "processDef"),
    ("addUsersInCC", "AddUsersInCC", "addUsersInCCRequest", "usersInCC"),
    ("commonMessage", "commonMessages"),
    ("documentField", "documentFiled"),
    ("newUsers", "newUser"),
)


class Shape(Protocol):
    """What a WSDL allows in one place (esign.http.soap)."""

    @property
    def kind(self) -> str: ...
    @property
    def repeated(self) -> bool: ...
    @property
    def inside(self) -> Mapping[str, Any]: ...


def fitted(values: Json, shape: Shape, where: str = "") -> Json:
    """The same, in the names and forms of a WSDL. Raises ProviderRefused for what it has no place for."""
    return dict(_fitted(values, shape, where))


def _fitted(values: Json, shape: Shape, where: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        there = next((known for known in _names(name) if known in shape.inside), None)
        if there is None:
            detail = f"The account's WSDL has no place for {where}{name}; nothing was sent."
            raise ProviderRefused(detail, code="invalid_package")
        yield there, _form(value, shape.inside[there], f"{where}{there}/")


def _names(name: str) -> tuple[str, ...]:
    same = next((names for names in SYNONYMS if name in names), ())
    return (name, *same)


def _form(value: Any, shape: Shape, where: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return _list(value, shape, where)
    if isinstance(value, dict):
        if shape.inside:
            return fitted(value, shape, where)
        if "authority" in value:
            return value["authority"]  # §5.1 prints userAuthorities as a plain text
        raise ProviderRefused(f"The account's WSDL takes a plain text as {where.rstrip('/')}.", code="invalid_package")
    return _leaf(value, shape.kind)


def _list(values: list[Any], shape: Shape, where: str) -> Any:  # noqa: ANN401 - JSON
    """Repeated in its place, inside the one element that is repeated there (newUsers/insertUser), or the only one."""
    if not shape.repeated:
        wrapped = next(
            (name for name, inner in shape.inside.items() if inner.repeated and len(shape.inside) == 1), None
        )
        if wrapped:
            return {wrapped: [_form(value, shape.inside[wrapped], where) for value in values]}
        if len(values) == 1:
            return _form(values[0], shape, where)
        detail = f"The account's WSDL has a place for one {where.rstrip('/')} only; nothing was sent."
        raise ProviderRefused(detail, code="invalid_package")
    return [_form(value, shape, where) for value in values]


def _leaf(value: Any, kind: str) -> Any:  # noqa: ANN401 - JSON
    """Milliseconds where the WSDL says a date (contracts/gosign.md §1.10: the type of dates is not known)."""
    if kind in {"DateTime", "Date"} and isinstance(value, int):
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return moment if kind == "DateTime" else moment.date()
    if kind == "String" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
