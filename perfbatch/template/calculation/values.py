"""What a cell or a part of a formula may be worth, and how Excel turns one kind into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

__all__ = [
    "Array",
    "CellBlock",
    "Cells",
    "FormulaFault",
    "Operand",
    "Value",
    "as_number",
    "as_text",
    "as_truth",
    "each",
    "ordered",
    "rounded",
    "scalar",
    "spread",
]

Value = float | str | bool | None
"""A number, a text, TRUE or FALSE, or None for a blank cell."""


class FormulaFault(Exception):
    """An error value (#N/A, #VALUE!, …); its text is the argument."""


@dataclass(frozen=True, slots=True)
class CellBlock:
    """A rectangle of cells; rows and columns count from 0, both ends belong to it."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Its cells, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield self.sheet, row, column


@dataclass(frozen=True, slots=True)
class Array:
    """Values in rows and columns."""

    rows: tuple[tuple[Value | FormulaFault, ...], ...]


Operand = Value | CellBlock | Array


def as_number(value: Value) -> float:
    """The value in arithmetic. Raises `FormulaFault` for a text that is no number."""
    if value is None:
        return 0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise FormulaFault("#VALUE!") from None
    return value


def as_text(value: Value) -> str:
    """The value joined to a text: numbers as the format General shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    exact = Decimal(format(value, ".15g"))
    return format(exact.normalize() if exact else Decimal(0), "f")


def as_truth(value: Value) -> bool:
    """The value as a condition. Raises `FormulaFault` for a text."""
    if isinstance(value, str):
        raise FormulaFault("#VALUE!")
    return bool(value)


def rounded(number: float, places: int) -> Decimal:
    """Half away from zero, on the digits that are shown of a number."""
    return Decimal(format(number, ".15g")).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def ordered(value: Value, other: Value) -> int:
    """-1, 0 or 1: numbers come before texts, texts before TRUE and FALSE; a blank is whatever the other one is."""
    rank, other_rank = _rank(value, other), _rank(other, value)
    return (rank > other_rank) - (rank < other_rank)


def _rank(value: Value, other: Value) -> tuple[int, float, str]:
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, str):
        return 1, 0, value.casefold()
    return (2 if isinstance(value, bool) else 0), value, ""


class Cells(Protocol):
    """What a formula may ask of the workbook."""

    def value(self, sheet: str, row: int, column: int) -> Value: ...
    def area_of(self, name: str) -> CellBlock: ...


def scalar(operand: Operand, cells: Cells) -> Value:
    """A single value. Raises `FormulaFault` where there are several."""
    if isinstance(operand, CellBlock):
        if (operand.top, operand.left) != (operand.bottom, operand.right):
            raise FormulaFault("#VALUE!")
        return cells.value(operand.sheet, operand.top, operand.left)
    if isinstance(operand, Array):
        ((value,),) = operand.rows if len(operand.rows) == 1 == len(operand.rows[0]) else ((FormulaFault("#VALUE!"),),)
        if isinstance(value, FormulaFault):
            raise value
        return value
    return operand


def spread(operand: Operand, cells: Cells) -> Array:
    """All values, errors as values among them."""
    if isinstance(operand, Array):
        return operand
    if not isinstance(operand, CellBlock):
        return Array(((operand,),))

    def at(row: int, column: int) -> Value | FormulaFault:
        try:
            return cells.value(operand.sheet, row, column)
        except FormulaFault as fault:
            return fault

    columns = range(operand.left, operand.right + 1)
    return Array(tuple(tuple(at(row, column) for column in columns) for row in range(operand.top, operand.bottom + 1)))


def each(action: Callable[..., Value], operands: list[Operand], cells: Cells) -> Operand:
    """The action on single values, or value by value where one of them is many."""
    if not any(isinstance(operand, CellBlock | Array) for operand in operands):
        return action(*operands)
    arrays = [spread(operand, cells) for operand in operands]
    rows = max(len(array.rows) for array in arrays)
    columns = max(len(array.rows[0]) for array in arrays)
    if rows == columns == 1:
        return action(*(scalar(operand, cells) for operand in operands))

    def at(row: int, column: int) -> Value | FormulaFault:
        picked = [array.rows[min(row, len(array.rows) - 1)][min(column, len(array.rows[0]) - 1)] for array in arrays]
        fault = next((value for value in picked if isinstance(value, FormulaFault)), None)
        try:
            return fault or action(*picked)
        except FormulaFault as raised:
            return raised

    return Array(tuple(tuple(at(row, column) for column in range(columns)) for row in range(rows)))
