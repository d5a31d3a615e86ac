"""What the texts of a rulebook are: ids of other entries, expressions, messages, or words for people.

The models mark their fields (`Expression`, `FieldId` …); `rewritten` walks the plain data of a rulebook along the models and
hands each text to a visitor with its mark. So a renamed field is followed everywhere without a list of places to look at,
and a new part of the language is followed from the day on which its model marks its fields.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

__all__ = [
    "BlockId",
    "EachId",
    "Expression",
    "FieldId",
    "GroupId",
    "Identifier",
    "IndicatorId",
    "Mark",
    "Message",
    "RowExpression",
    "Visit",
    "renamed_expression",
    "renamed_message",
    "rewritten",
]


@dataclass(frozen=True, slots=True)
class Mark:
    """`role` is `id`, `expression`, `row_expression` or `message`; `tables` are those whose ids an `id` may be."""

    role: str
    tables: tuple[str, ...] = ()


Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Expression = Annotated[str, Mark("expression")]
"""A text in the expression language."""
RowExpression = Annotated[str, Mark("row_expression")]
"""Arithmetic over the columns of a row, whose names are the table's own."""
Message = Annotated[str, Mark("message")]
"""Words for people with `{names}` put in."""
FieldId = Annotated[Identifier, Mark("id", ("fields",))]
BlockId = Annotated[Identifier, Mark("id", ("blocks",))]
IndicatorId = Annotated[Identifier, Mark("id", ("indicators",))]
GroupId = Annotated[Identifier, Mark("id", ("groups",))]
EachId = Annotated[str, Mark("id", ("fields", "groups", "indicators"))]
"""What a check is repeated for."""

Visit = Callable[[Mark | None, str], str]

# Names outside of the texts in quotes, with those that dots tie to them.
_NAMES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\W\d]\w*(?:\.[^\W\d]\w*)*")
# The names of a cell of a table of fixed rows and columns: table, row, column.
_CELL_PARTS = 3
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def renamed_expression(source: str, names: Mapping[str, str]) -> str:
    """An expression with other names, otherwise as it was written. A name may be one with dots (`fund.total.year`)."""
    return _NAMES.sub(lambda name: _renamed_name(name[0], names), source)


def _renamed_name(name: str, names: Mapping[str, str]) -> str:
    if name[0] in "'\"":
        return name
    parts = name.split(".")
    cell = names.get(".".join(parts[-_CELL_PARTS:])) if len(parts) >= _CELL_PARTS else None
    if cell is not None:
        return ".".join([*parts[:-_CELL_PARTS], cell])
    return ".".join(names.get(part, part) for part in parts)


def renamed_message(text: str, names: Mapping[str, str]) -> str:
    """A message with other names in its curly brackets."""
    return _PLACEHOLDER.sub(lambda name: f"{{{names.get(name[1], name[1])}}}", text)


def rewritten(model: type[BaseModel], data: Any, visit: Visit) -> Any:
    """The data of a model with each of its texts as `visit` gives it back. What does not have the model's shape stays."""
    return _walk(model, None, data, visit)


def _walk(annotation: Any, mark: Mark | None, value: Any, visit: Visit) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _walk(inner, _marked(metadata) or mark, _of_layout(inner, metadata, value, visit), visit)
    if origin in (Union, types.UnionType):
        arms = [arm for arm in get_args(annotation) if _fits(arm, value)]
        return _walk(arms[0], mark, value, visit) if len(arms) == 1 else value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _walk_model(annotation, value, visit)
    if origin is tuple and isinstance(value, list):
        return [_walk(get_args(annotation)[0], mark, item, visit) for item in value]
    if origin is dict and isinstance(value, dict):
        keys, values = get_args(annotation)
        return {_walk(keys, None, key, visit): _walk(values, mark, item, visit) for key, item in value.items()}
    return visit(mark, value) if annotation is str and isinstance(value, str) else value


def _walk_model(model: type[BaseModel], value: Any, visit: Visit) -> Any:
    if not isinstance(value, dict):
        return value
    walked = {}
    for key, item in value.items():
        field = model.model_fields.get(key)
        walked[key] = item if field is None else _walk_field(field, item, visit)
    return walked


def _walk_field(field: FieldInfo, value: Any, visit: Visit) -> Any:
    value = _of_layout(field.annotation, [field, *field.metadata], value, visit)
    return _walk(field.annotation, _marked(field.metadata), value, visit)


def _marked(metadata: list[Any]) -> Mark | None:
    return next((item for item in metadata if isinstance(item, Mark)), None)


def _of_layout(annotation: Any, metadata: list[Any], value: Any, visit: Visit) -> Any:
    """Of several models the one that a key of the data names, walked; anything else as it is."""
    key = next((item.discriminator for item in metadata if isinstance(getattr(item, "discriminator", None), str)), None)
    if key is None or not isinstance(value, dict):
        return value
    for arm in get_args(annotation):
        if value.get(key) in get_args(arm.model_fields[key].annotation):
            return _walk_model(arm, value, visit)
    return value


def _fits(annotation: Any, value: Any) -> bool:
    """Whether plain data could be of a type, as far as its outer shape tells."""
    origin = get_origin(annotation) or annotation
    if origin is Annotated:
        return _fits(get_args(annotation)[0], value)
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return isinstance(value, dict)
    return isinstance(value, {str: str, tuple: list, dict: dict}.get(origin, ()))
