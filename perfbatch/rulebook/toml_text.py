"""A rulebook written as TOML, in full: what `rulebook show --resolved` prints. Loading the text gives the same rulebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from perfbatch.rulebook.model import Rulebook

__all__ = ["rulebook_toml", "toml_value"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100


def rulebook_toml(rulebook: Rulebook) -> str:
    """The whole rulebook; what has its default is left out."""
    return "\n".join(_table(rulebook.model_dump(exclude_defaults=True), ())).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Plain keys first, since what follows a heading belongs to it."""
    below = {key: value for key, value in table.items() if _has_heading(key, value, path)}
    for key, value in table.items():
        if key not in below:
            yield f"{_key(key)} = {toml_value(value, wide=True)}"
    for key, value in below.items():
        heading = ".".join(map(_key, (*path, key)))
        for entry in value if isinstance(value, list | tuple) else [value]:
            yield f"\n[[{heading}]]" if isinstance(value, list | tuple) else f"\n[{heading}]"
            yield from _table(entry, (*path, key))


def _has_heading(key: str, value: Any, path: tuple[str, ...]) -> bool:
    """Tables and lists of tables of the rulebook, its sections and its indicators; a block's fields are a line each."""
    if isinstance(value, dict):
        return bool(value) and (not path or path in (("kinds",), ("indicators",), ("indicator_rows",)))
    listed = isinstance(value, list | tuple) and bool(value) and all(isinstance(item, dict) for item in value)
    return listed and (not path or (path, key) == (("sections",), "blocks"))


def toml_value(value: Any, *, wide: bool = False) -> str:
    """A value as TOML writes it; `wide` lists take a line for each entry."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value.normalize(), "f")
        case int() | date():
            return str(value)
        case str():
            # JSON's escapes are TOML's, but for DEL.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            if not value:
                return "{}"
            return "{ " + ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items()) + " }"
        case list() | tuple():
            items = [toml_value(item) for item in value]
            if wide and (any(isinstance(item, dict) for item in value) or sum(map(len, items)) > _WIDTH):
                return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
            return f"[{', '.join(items)}]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
