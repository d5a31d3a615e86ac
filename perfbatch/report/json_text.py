"""Values of the run report as JSON: every text can be stored and printed, a figure is a text with its decimals."""

from __future__ import annotations

import json
from typing import Any

from perfbatch.model.figures import decimal_text
from perfbatch.model.legible import storable_text

__all__ = ["encode", "encoded", "figure_text", "storable"]

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""A value whose texts can be stored."""


def encoded(value: Any) -> str:
    """A value of the report as text. What can be printed is inert as it is; only else are its texts looked at one by one."""
    text = encode(value)
    return text if text.isprintable() else encode(storable(value))


def figure_text(count: int | None) -> str | None:
    return None if count is None else decimal_text(count)


def storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {key: storable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [storable(member) for member in value]
    return value
