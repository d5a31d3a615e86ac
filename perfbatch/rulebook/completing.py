"""Values in place of those that are missing, so that lint can look at the rest of a rulebook that has faults of shape."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.shape_faults import type_at

__all__ = ["completed"]


def completed(data: dict[str, Any], faults: Sequence[ErrorDetails]) -> Rulebook | None:
    """The rulebook with something in place of every value that is missing; None where that does not make it one."""
    data = deepcopy(data)
    for fault in faults:
        if fault["type"] != "missing":
            return None
        holder: Any = data
        for part in fault["loc"][:-1]:
            # Of several models pydantic names the one that the data chose.
            if isinstance(holder, list | dict) and (isinstance(holder, list) or part in holder):
                holder = holder[part]  # type: ignore[index]
        if isinstance(holder, dict):
            holder[fault["loc"][-1]] = _something(type_at(fault["loc"]))
    try:
        return Rulebook.model_validate(data)
    except ValidationError:
        return None


def _something(annotation: Any) -> Any:
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) is tuple:
        return ["x"]
    return {str: "x", int: 1, Decimal: Decimal(1), bool: False, date: date(2000, 1, 1)}.get(annotation, "x")
