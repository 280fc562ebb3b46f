"""Shapes of JSON: what a value must look like, read strictly with every problem found, and published as JSON Schema.

One declaration serves both the functions and openapi.json. Own code rather than pydantic because of what it costs: a
function that only writes to the table may cost a tenth more than its DynamoDB client when it starts; importing pydantic
and building the models cost a third of it. Standard library only; it must not know what a package is.

The one rule for statuses: 400 is what no package could make right (wrong type, unknown or missing member, not base64),
422 a value of the right type that cannot be taken. No sentence repeats what was sent. null is the same as absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Generic, NoReturn, Protocol, Self, TypeVar, overload

from esign.domain.errors import MalformedRequest, Problem, Unprocessable

T = TypeVar("T")
R = TypeVar("R", bound="Record")
T_co = TypeVar("T_co", covariant=True)
Path = tuple[str | int, ...]
Schema = dict[str, Any]

MALFORMED = frozenset({"required", "unknown_member", "wrong_type", "bad_base64"})
MOST = 100  # problems told at once


class Refused(Exception):
    """A value that does not have its shape, with every problem of it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(len(problems))
        self.problems = problems


class Shape(Protocol[T_co]):
    def read(self, value: object, at: Path = ()) -> T_co:
        """The value as we use it. Raises Refused; `at` is where it stands in the body."""
        ...

    def schema(self) -> Schema:
        """Its JSON Schema (2020-12); records are referred to by name."""
        ...


def pointer(*path: str | int) -> str:
    """The RFC 6901 JSON Pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def refuse(at: Path, code: str, detail: str) -> NoReturn:
    raise Refused(Problem(pointer(*at), code, detail))


def refusal(found: Iterable[Problem]) -> MalformedRequest | Unprocessable:
    """One error of all problems: malformed when any of them is."""
    problems = tuple(found)[:MOST]
    if any(item.code in MALFORMED for item in problems):
        return MalformedRequest("The request does not have the documented form.", problems=problems)
    return Unprocessable("The request holds values that cannot be taken.", problems=problems)


def gather(steps: Iterable[Callable[[], T]]) -> list[T]:
    """The results of all steps, or Refused with the problems of all that failed."""
    done: list[T] = []
    problems: list[Problem] = []
    for step in steps:
        try:
            done.append(step())
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(*problems)
    return done


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


# ---------------------------------------------------------------------------------------------------------- records


class Member(Generic[T]):
    """A declared member of a record; read from an instance, it is the value."""

    name: str
    wire: str

    def __init__(self, shape: Shape[Any], *, required: bool, about: str) -> None:
        self.shape = shape
        self.required = required
        self.about = about

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.wire = name, camel(name)

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type) -> T: ...
    def __get__(self, record: Record | None, owner: type) -> Self | T:
        return self if record is None else record.given[self.name]

    def read(self, given: Mapping[str, Any], at: Path) -> tuple[str, object]:
        value = given.get(self.wire)
        if value is not None:
            return self.name, self.shape.read(value, (*at, self.wire))
        if self.required:
            refuse((*at, self.wire), "required", "This member is required.")
        return self.name, None

    def schema(self, *, nullable: bool) -> Schema:
        made = self.shape.schema()
        made = {"anyOf": [made, {"type": "null"}]} if nullable and not self.required else made
        return made | {"description": self.about} if self.about else made


def required(shape: Shape[T], about: str = "") -> Member[T]:
    return Member(shape, required=True, about=about)


def optional(shape: Shape[T], about: str = "") -> Member[T | None]:
    return Member(shape, required=False, about=about)


class Record:
    """An object with declared members and no others. A subclass is itself the shape of its instances."""

    declared: ClassVar[tuple[Member[Any], ...]] = ()
    exactly_one: ClassVar[tuple[str, ...]] = ()  # members (wire names) of which one must be there
    nullable: ClassVar[bool] = True  # whether optional members may be null

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def __init_subclass__(cls) -> None:
        cls.declared = tuple(m for c in reversed(cls.__mro__) for m in vars(c).values() if isinstance(m, Member))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"  # it may hold names, addresses, a password

    @classmethod
    def read(cls, value: object, at: Path = ()) -> Self:
        if not isinstance(value, dict):
            refuse(at, "wrong_type", "This must be an object.")
        steps: list[Callable[[], tuple[str, object]]] = [lambda: cls._closed(value, at)]
        steps += [lambda m=member: m.read(value, at) for member in cls.declared]  # type: ignore[misc]
        read = dict(gather(steps))
        if cls.exactly_one and sum(value.get(name) is not None for name in cls.exactly_one) != 1:
            refuse(at, "exactly_one", f"Give exactly one of {', '.join(cls.exactly_one)}.")
        return cls(read)

    @classmethod
    def _closed(cls, value: dict[str, Any], at: Path) -> tuple[str, object]:
        known = {member.wire for member in cls.declared}
        strangers = [name for name in value if name not in known]
        if strangers:
            raise Refused(*(Problem(pointer(*at, n), "unknown_member", "There is no such member.") for n in strangers))
        return "", None

    @classmethod
    def schema(cls) -> Schema:
        return {"$ref": f"#/components/schemas/{cls.__name__}"}

    @classmethod
    def definition(cls) -> Schema:
        """The schema itself, for the place that `schema` refers to."""
        made: Schema = {
            "type": "object",
            "description": (cls.__doc__ or "").strip(),
            "properties": {m.wire: m.schema(nullable=cls.nullable) for m in cls.declared},
            "required": [m.wire for m in cls.declared if m.required],
            "additionalProperties": False,
        }
        return made | ({"oneOf": list(cls._alternatives())} if cls.exactly_one else {})

    @classmethod
    def _alternatives(cls) -> Iterator[Schema]:
        null = {"type": "null"}
        for chosen in cls.exactly_one:
            others = {name: null for name in cls.exactly_one if name != chosen}
            yield {"required": [chosen], "properties": others | {chosen: {"not": null}}}


def read_request(record: type[R], value: object) -> R:
    """A request's body as its record. Raises MalformedRequest or Unprocessable with every problem."""
    try:
        return record.read(value)
    except Refused as refused:
        found = refused.problems
    raise refusal(found)
