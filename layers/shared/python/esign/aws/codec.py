"""Frozen dataclasses to DynamoDB items and back, by their field types alone. Knows no particular class.

- A nested dataclass is flattened into dotted attributes (`provider.status`), so that every field can be set alone: a
  version of the code that does not know a field never wipes it.
- Inside tuples and unions a dataclass is a map; in a union of several, `_type` holds the class name, which is thereby
  part of the stored schema.
- Mappings are JSON text, floats keep every digit, times are `schema.timestamp`. None is absent.
- Reading takes what it knows: attributes too many are ignored, missing ones are the field's default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from esign.aws.schema import timestamp

Item = dict[str, Any]  # attribute name → DynamoDB's attribute value, e.g. {"S": "text"}
T = TypeVar("T")


class _Form(NamedTuple):
    """How the values of one type are written and read."""

    write: Callable[[Any], dict[str, Any]]
    read: Callable[[dict[str, Any]], Any]


class _Attribute(NamedTuple):
    """One field of a dataclass. `nested` fields are flattened; `proof` is the attribute that shows whether one is there."""

    field: str
    name: str
    optional: bool
    form: _Form
    nested: type | None = None
    proof: str | None = None


def encode(value: object, kind: type | None = None) -> Item:
    """The item of a dataclass instance; `kind` takes only the fields of that base class of it."""
    item: Item = {}
    _write(value, kind or type(value), "", item)
    return item


def decode(kind: type[T], item: Mapping[str, Any]) -> T:
    """Raises TypeError when a field without a default is missing."""
    return kind(**values(kind, item))


def values(kind: type, item: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Constructor arguments of `kind`; what is missing is left to the defaults."""
    known: dict[str, Any] = {}
    for attribute in _plan(kind, prefix):
        if attribute.nested is not None and (attribute.proof is None or attribute.proof in item):
            known[attribute.field] = attribute.nested(**values(attribute.nested, item, f"{attribute.name}."))
        elif (stored := item.get(attribute.name)) is not None:
            known[attribute.field] = attribute.form.read(stored)
        elif attribute.optional:
            known[attribute.field] = None
    return known


def differences(before: object, after: object, kind: type | None = None) -> tuple[Item, list[str]]:
    """The attributes to set and those to remove, to make `before` into `after`."""
    old, new = encode(before, kind), encode(after, kind)
    return {name: value for name, value in new.items() if old.get(name) != value}, [n for n in old if n not in new]


def scalar(value: object) -> dict[str, Any]:
    """The attribute value of a plain one: text, number, flag, time, set or sequence of texts, or a value made already."""
    if isinstance(value, dict):
        return value
    if isinstance(value, (frozenset, set)):
        return {"SS": sorted(value)}
    if isinstance(value, (list, tuple)):
        return {"L": [scalar(inner) for inner in value]}
    return _form(cast("Hashable", type(value))).write(value)


def _write(value: object, kind: type, prefix: str, item: Item) -> None:
    for attribute in _plan(kind, prefix):
        inner = getattr(value, attribute.field)
        if inner is None:
            continue
        if attribute.nested is not None:
            _write(inner, attribute.nested, f"{attribute.name}.", item)
        else:
            item[attribute.name] = attribute.form.write(inner)


@cache
def _plan(kind: type, prefix: str) -> tuple[_Attribute, ...]:
    hints = get_type_hints(kind)
    return tuple(_attribute(field.name, hints[field.name], prefix) for field in fields(kind) if field.init)


def _attribute(field: str, hint: object, prefix: str) -> _Attribute:
    name, choices = prefix + _camel(field), _choices(hint)
    optional = NoneType in choices
    real = tuple(choice for choice in choices if choice is not NoneType)
    form = _form(real[0]) if len(real) == 1 else _union(real)
    if len(real) > 1 or not _has_fields(real[0]):
        return _Attribute(field, name, optional, form)
    proof = f"{name}.{_camel(_required(real[0]))}" if optional else None
    return _Attribute(field, name, optional, form, real[0], proof)


def _has_fields(kind: object) -> bool:
    return is_dataclass(kind)


def _required(kind: type) -> str:
    """The first field that is always there; without one, presence could not be told."""
    return next(f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)


def _choices(hint: object) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


@cache
def _form(hint: Hashable) -> _Form:
    kind: Any = getattr(hint, "__supertype__", hint)
    origin = get_origin(kind) or kind
    if origin is tuple:
        return _sequence(get_args(kind)[0])
    if _has_fields(origin):
        return _Form(lambda v: {"M": encode(v)}, lambda s: decode(kind, s["M"]))
    if origin in _FORMS:
        return _FORMS[origin]
    if issubclass(origin, str):  # a StrEnum
        return _Form(lambda v: {"S": str(v)}, lambda s: origin(s["S"]))
    if issubclass(origin, Mapping):
        return _JSON
    raise TypeError(f"no stored form for {kind}")


def _sequence(member: Hashable) -> _Form:
    choices = _choices(member)
    inner = _form(member) if len(choices) == 1 else _union(choices)
    return _Form(lambda v: {"L": [inner.write(x) for x in v]}, lambda s: tuple(inner.read(x) for x in s["L"]))


def _union(kinds: tuple[Any, ...]) -> _Form:
    """Of any number of dataclasses and at most one plain type."""
    maps: dict[str, type] = {kind.__name__: kind for kind in kinds if _has_fields(kind)}
    plain = [_form(kind) for kind in kinds if not _has_fields(kind)]

    def write(value: object) -> dict[str, Any]:
        name = type(value).__name__
        return {"M": {**encode(value), "_type": {"S": name}}} if name in maps else plain[0].write(value)

    def read(stored: dict[str, Any]) -> object:
        return decode(maps[stored["M"]["_type"]["S"]], stored["M"]) if "M" in stored else plain[0].read(stored)

    return _Form(write, read)


_FORMS: dict[Any, _Form] = {
    str: _Form(lambda v: {"S": v}, lambda s: s["S"]),
    bool: _Form(lambda v: {"BOOL": v}, lambda s: s["BOOL"]),
    int: _Form(lambda v: {"N": str(v)}, lambda s: int(s["N"])),
    float: _Form(lambda v: {"N": repr(float(v))}, lambda s: float(s["N"])),
    datetime: _Form(lambda v: {"S": timestamp(v)}, lambda s: datetime.fromisoformat(s["S"])),
}
_JSON = _Form(
    lambda v: {"S": json.dumps(dict(v), ensure_ascii=False, separators=(",", ":"))}, lambda s: json.loads(s["S"])
)
