"""What every kind of event is: typed facts, stored as JSON, with the sentence that people read beside them.

Limit: a family's own facts and sentences stand in the modules beside this one.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args, get_origin, get_type_hints

from django.utils.dateparse import parse_datetime

from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: dict[str, type[Facts]] = {}
"""The class of each kind, by the kind's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Names as people read them. ``actor``: empty where it was the clock or the customer."""

    actor: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One named value before and after, in words or as moments. Without ``is_kept`` its values have been erased."""

    name: str
    before: str | datetime = ""
    after: str | datetime = ""
    is_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What people read of an event: "``who`` ``did``".

    ``who``: empty where it is the actor, or Amends where there is none. ``texts`` are somebody's own words.
    ``moments`` are shown in the reader's zone, each after its name. ``before`` and ``after`` are words or moments.
    """

    did: str
    who: str = ""
    texts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    moments: tuple[tuple[str, datetime], ...] = ()
    before: str | datetime = ""
    after: str | datetime = ""
    is_note: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of one kind of event. A field without a default is required from whoever records it.

    Raise ``version`` when the meaning of a stored key changes, and translate the older shape in ``from_older``.
    """

    kind: ClassVar[EventKind]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        KINDS[cls.kind] = cls

    def sentence(self, setting: Setting) -> Sentence:
        """In the words of the kind's label, unless the kind says more."""
        return Sentence(did=str(self.kind.label))

    @classmethod
    def from_older(cls, stored: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        """The stored facts of an older version, under today's keys."""
        return stored

    @classmethod
    def read(cls, stored: Mapping[str, Any], version: int) -> Self:
        """From JSON of any version. Raises ``ValueError`` where a required fact is missing or makes no sense."""
        if version < cls.version:
            stored = cls.from_older(stored, version)
        built: Self = _build(cls, stored)
        return built

    def as_json(self) -> dict[str, Any]:
        """As ``DjangoJSONEncoder`` takes it."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def words(*parts: str | None) -> tuple[str, ...]:
    """Those of them that say something."""
    return tuple(part for part in parts if part)


def other_than(whom: str, name: str | None, *, is_same: bool | None) -> str:
    """The name, if it is somebody else's; else empty. ``is_same``: None: recorded before that was kept, so names are
    compared."""
    return "" if name is None or (name == whom if is_same is None else is_same) else name


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def labels(*codes: Any) -> tuple[str, ...]:
    """Of enumeration members, those that are known."""
    return tuple(str(code.label) for code in codes if code)


def when(**moments: datetime | None) -> tuple[tuple[str, datetime], ...]:
    """Named moments, those that are known."""
    return tuple(
        (name.replace("_", " ").capitalize(), moment) for name, moment in moments.items() if moment is not None
    )


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def _build(cls: Any, stored: Mapping[str, Any]) -> Any:
    hints, values = _hints(cls), {}
    for field in fields(cls):
        try:
            values[field.name] = _value(hints[field.name], stored.get(field.name))
        except (ValueError, TypeError, InvalidOperation) as error:
            if field.default is MISSING:
                raise ValueError(f"{cls.__name__} without {field.name}") from error
    return cls(**values)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _value(hint: Any, stored: Any) -> Any:
    """``stored`` as the type that ``hint`` names. Raises where it is none of it; an empty optional one is ``None``."""
    if isinstance(hint, UnionType):
        known = get_args(hint)[0]
        return None if stored is None or (stored == "" and known is not str) else _value(known, stored)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], each) for each in stored or ())
    if get_origin(hint) is dict:
        return {str(name): str(value) for name, value in (stored or {}).items()}
    return _single(hint, stored)


def _single(hint: Any, stored: Any) -> Any:
    if hint is datetime:
        moment = parse_datetime(stored)
        if moment is None or moment.tzinfo is None:
            raise ValueError(stored)
        return moment
    if isinstance(hint, type) and is_dataclass(hint):
        return _build(hint, stored)
    if hint in {str, Decimal} and isinstance(stored, (dict, list)):
        raise TypeError(stored)
    if stored is None:
        raise ValueError(stored)
    return hint(stored)
