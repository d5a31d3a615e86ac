"""Values of the program's own shapes as plain values and back: lists, texts and numbers, which a message can carry.

What a plain value is taken for is said by whoever takes it: the type that it expects, never a name that stands in the data.
So data that somebody else wrote can make values of that one type, each part of it of the type that its field has, and a field
that a shape gets tomorrow is carried without a word here. Shapes are dataclasses, and models that keep their fields in
`model_fields` (pydantic's, made without asking its validators: what is taken is what was valid when it was given).
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from perfbatch.model.message import Garbled

__all__ = ["Shape", "shape_of"]

_MOST_DIGITS = 100


class Shape(NamedTuple):
    """How values of one type are written as plain values, and read from them; reading raises `Garbled`.

    `same`: a value is its own plain value, though what comes as one must be looked at.
    """

    write: Callable[[Any], Any]
    read: Callable[..., Any]
    same: bool = False


def shape_of(kind: Any, without: Collection[str] = ()) -> Shape:
    """The shape of a type. `without` names fields of a dataclass that travel by other means: `read` is then given the plain
    value and the fields left out, as keywords. Raises `TypeError` for a type that cannot be carried."""
    return _shape(kind, frozenset(without))


@functools.cache
def _shape(kind: Any, without: frozenset[str]) -> Shape:
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if typing.get_origin(kind) is typing.Annotated:
        return shape_of(typing.get_args(kind)[0])
    if typing.get_origin(kind) is typing.Literal:
        return _one_of(typing.get_args(kind))
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return _either(typing.get_args(kind))
    if typing.get_origin(kind) in (tuple, list, Sequence):
        return _sequence(kind)
    if typing.get_origin(kind) in (dict, Mapping):
        return _mapping(*(shape_of(argument) for argument in typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enumeration(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, without)
    if isinstance(getattr(kind, "model_fields", None), dict):
        return _model(kind)
    raise TypeError(f"{kind} cannot be carried as data")


def _checked(kind: type) -> Shape:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise Garbled(f"{type(plain).__name__} for {kind.__name__}")
        return plain

    return Shape(lambda value: value, read, same=True)


def _read_float(plain: Any) -> float:
    if type(plain) not in (int, float) or not -sys.float_info.max <= plain <= sys.float_info.max:
        raise Garbled("no number")
    return float(plain)


def _from_text(kind: type, make: Callable[[str], Any], write: Callable[[Any], str]) -> Shape:
    def read(plain: Any) -> Any:
        if type(plain) is not str:
            raise Garbled(f"{type(plain).__name__} for {kind.__name__}")
        try:
            return make(plain)
        except (ValueError, InvalidOperation):
            raise Garbled(f"no {kind.__name__}") from None

    return Shape(write, read)


def _decimal(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= _MOST_DIGITS else Decimal("NaN")
    if not number.is_finite():
        raise Garbled("no Decimal")
    return number


_SIMPLE: dict[Any, Shape] = {
    str: _checked(str),
    bool: _checked(bool),
    type(None): _checked(type(None)),
    int: _checked(int),
    float: Shape(lambda value: value, _read_float, same=True),
    Decimal: _from_text(Decimal, _decimal, str),
    date: _from_text(date, date.fromisoformat, date.isoformat),
    Path: _from_text(Path, Path, str),
}


def _one_of(choices: tuple[Any, ...]) -> Shape:
    def read(plain: Any) -> Any:
        if type(plain) not in (str, int) or plain not in choices:
            raise Garbled("none of the choices")
        return plain

    return Shape(lambda value: value, read, same=True)


def _enumeration(kind: type[Enum]) -> Shape:
    members = {member.value: member for member in kind}

    def read(plain: Any) -> Any:
        member = members.get(plain) if type(plain) in (str, int) else None
        if member is None:
            raise Garbled(f"no {kind.__name__}")
        return member

    return Shape(lambda value: value.value, read)


def _either(kinds: tuple[Any, ...]) -> Shape:
    """A type or None as its value or null; of several shapes, which of them it is and the value."""
    others = [member for member in kinds if member is not type(None)]
    if len(others) == 1:
        shape = shape_of(others[0])
        return Shape(
            lambda value: None if value is None else shape.write(value),
            lambda plain: None if plain is None else shape.read(plain),
            shape.same,
        )
    number_of = {member: number for number, member in enumerate(others)}
    shapes = [shape_of(member) for member in others]

    def write(value: Any) -> Any:
        if value is None and len(others) < len(kinds):
            return None
        number = number_of[type(value)]
        return [number, shapes[number].write(value)]

    def read(plain: Any) -> Any:
        if plain is None and len(others) < len(kinds):
            return None
        number, inner = _items(plain, 2)
        if type(number) is not int or not 0 <= number < len(shapes):
            raise Garbled("none of the shapes")
        return shapes[number].read(inner)

    return Shape(write, read)


def _items(plain: Any, length: int | None = None) -> list[Any]:
    if type(plain) is not list or (length is not None and len(plain) != length):
        raise Garbled("no list of the length")
    return plain


def _sequence(kind: Any) -> Shape:
    arguments = typing.get_args(kind)
    make: Callable[[Iterable[Any]], Any] = list if typing.get_origin(kind) is list else tuple
    if make is tuple and arguments[-1] is not ... and typing.get_origin(kind) is tuple:
        shapes = [shape_of(argument) for argument in arguments]
        return Shape(
            lambda value: [shape.write(item) for shape, item in zip(shapes, value, strict=True)],
            lambda plain: tuple(
                shape.read(item) for shape, item in zip(shapes, _items(plain, len(shapes)), strict=True)
            ),
        )
    shape = shape_of(arguments[0])
    return Shape(
        list if shape.same else lambda value: [shape.write(item) for item in value],
        lambda plain: make([shape.read(item) for item in _items(plain)]),
    )


def _mapping(key: Shape, value: Shape) -> Shape:
    """Pairs, in the mapping's own order."""

    def read(plain: Any) -> dict[Any, Any]:
        pairs = [_items(pair, 2) for pair in _items(plain)]
        return {key.read(name): value.read(part) for name, part in pairs}

    return Shape(lambda mapping: [[key.write(name), value.write(part)] for name, part in mapping.items()], read)


def _dataclass(kind: type, without: frozenset[str]) -> Shape:
    wanted = {field.name: field.type for field in dataclasses.fields(kind) if field.init and field.name not in without}
    # Of the fields that travel alone: what the others are may not have been loaded.
    hints = typing.get_type_hints(type(kind.__name__, (), {"__annotations__": wanted, "__module__": kind.__module__}))
    names = list(wanted)
    shapes = [shape_of(hints[name]) for name in names]
    values = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    odd = [(number, shape.write) for number, shape in enumerate(shapes) if not shape.same]
    readers = [shape.read for shape in shapes]

    def write(value: Any) -> list[Any]:
        plain = list(values(value))
        for number, part in odd:
            plain[number] = part(plain[number])
        return plain

    def read(plain: Any, **given: Any) -> Any:
        parts = [part(written) for part, written in zip(readers, _items(plain, len(readers)), strict=True)]
        return kind(**dict(zip(names, parts, strict=True)), **given)

    return Shape(write, read)


def _model(kind: Any) -> Shape:
    """All fields by name, also those that were not set: to find out what a model says of them can take its validators."""
    shapes = {name: shape_of(field.annotation) for name, field in kind.model_fields.items()}

    def read(plain: Any) -> Any:
        if type(plain) is not dict or plain.keys() != shapes.keys():
            raise Garbled(f"no {kind.__name__}")
        return kind.model_construct(**{name: shapes[name].read(written) for name, written in plain.items()})

    def write(value: Any) -> dict[str, Any]:
        return {name: shape.write(getattr(value, name)) for name, shape in shapes.items()}

    return Shape(write, read)
