"""A form as somebody has filled it, before anything is made of it: what stands in each field's cells, row by row.

Whatever reads a form gives this (a workbook of any format, a report in Word), and whatever writes the form anew takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple, TypeAlias

__all__ = ["TypedCell", "TypedForm", "TypedValue"]

TypedValue: TypeAlias = str | float | int | bool | datetime | date | time | None


class TypedCell(NamedTuple):
    """What was typed into one cell; `value` None is a blank one.

    `number_format` is the format under which a number was shown, "" where that is the form's own affair. `error`: the value is
    the text of an error (#REF!). `formula` (without `=`) gave it, "" where it was typed; without
    a value nobody calculated it. `sheet` and `cell` are where it was typed, "" where that was no cell of a workbook.
    """

    value: TypedValue
    number_format: str = ""
    error: bool = False
    formula: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class TypedForm:
    """Field id → what was typed into its cells, from the top; a field that is not there was not found. `names`: the names of
    the indicators as they stand beside the rows of the scorecard, "" where a row shows none."""

    cells: Mapping[str, Sequence[TypedCell]]
    names: Sequence[TypedCell] = field(default=())
