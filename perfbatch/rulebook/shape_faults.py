"""What is wrong with a rulebook's shape, told where its author wrote it: file, table and key, what was expected, the nearest name."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from perfbatch.model.words.catalogue import apart, behind, worded
from perfbatch.model.words.wording import Worded
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.nearest import nearest, nearest_or
from perfbatch.rulebook.tables import KEYS, TABLES

__all__ = ["Origins", "shape_fault", "type_at"]

Origins = Mapping[tuple[str, ...], str]
"""(table, id, key) or (table, id) → `file: place`, of what does not come from the first file."""


def shape_fault(
    fault: ErrorDetails, data: Mapping[str, Any], file: str, origins: Origins, words: str, *, instead: bool = False
) -> str:
    """One fault that pydantic found in the data of a rulebook, as a line. `file` is where what has no origin stands; `words` are
    the Chinese of what is wrong, `instead` of pydantic's own in English too."""
    place, entry = _place(fault["loc"], data)
    message: str = Worded(fault["msg"], words)
    if fault["type"] == "extra_forbidden":
        known = _keys(fault["loc"])
        remedy = nearest_or(str(fault["loc"][-1]), known, worded("rulebook.known", names=", ".join(known)))
        message = worded("shape.extra", remedy=remedy)
    elif fault["type"] == "literal_error" and isinstance(fault["input"], str):
        choices = str(fault.get("ctx", {}).get("expected", ""))
        listed = choices.replace(" or ", ", ")
        meant = nearest(fault["input"], [part.strip("' ") for part in listed.split(",")])
        hint = worded("shape.nearest", name=meant) if meant else ""
        message = worded("shape.choice", expected=Worded(choices, listed), given=repr(fault["input"]), hint=hint)
    if instead:
        message = words
    origin = next((origins[entry[:end]] for end in (3, 2) if len(entry) >= end and entry[:end] in origins), "")
    if origin:
        # Below the key that the overlay sets, the place goes on as in the resolved rulebook.
        below = place[place.index(entry[1]) + 1 + (origin.endswith(f".{entry[2]}") if len(entry) > 2 else 0) :]
        origin_file, at = apart(".".join((origin, *below)))
        return behind(origin_file, behind(at, message))
    return behind(file, behind(".".join(place) or "rulebook", message))


def _place(location: Iterable[int | str], data: Any) -> tuple[list[str], tuple[str, ...]]:
    """Where in the file, with the ids of entries in place of their positions; and the innermost entry: table, id, key."""
    place: list[str] = []
    table = ""
    entry: tuple[str, ...] = ("",)
    for part in location:
        name = str(part)
        if isinstance(part, int) and isinstance(data, list | tuple) and part < len(data):
            data = data[part]
            name = str(data.get(KEYS.get(table, "id"), part)) if isinstance(data, dict) else name
            if table in TABLES and isinstance(data, dict):
                entry = (table, name)
        elif isinstance(data, dict) and part in data:
            data = data[part]
            if table == "kinds":
                entry = (table, name)
            elif len(entry) == 2 or entry == ("",):
                entry = (*entry, name)
            table = name
        place.append(name)
    return place, entry


def type_at(location: Sequence[int | str]) -> Any:
    """The type of what should stand at a location."""
    annotation: Any = Rulebook
    for part in location:
        annotation = _step(annotation, part)
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that are known where a location ends."""
    annotation: Any = Rulebook
    for part in location[:-1]:
        annotation = _step(annotation, part)
    return list(annotation.model_fields) if _is_model(annotation) else []


def _step(annotation: Any, part: int | str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _step(arguments[0], part)
    if origin in (Union, types.UnionType):
        arms = [arm for arm in arguments if arm is not type(None)]
        if len(arms) == 1:
            return _step(arms[0], part)
        # Of several models pydantic names the one that the data chose.
        return next((arm for arm in arms if _is_model(arm) and part in _choices(arm)), None)
    if _is_model(annotation) and part in annotation.model_fields:
        field = annotation.model_fields[part]
        return field.annotation
    return arguments[-1 if origin is dict else 0] if arguments else None


def _choices(model: type[BaseModel]) -> list[str]:
    return [
        value
        for key in ("kind", "layout")
        if key in model.model_fields
        for value in get_args(model.model_fields[key].annotation)
    ]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
