"""The names of a form's units: where they stand once, and what the name cells of the other unit tables show and repeat.

Most of it is the same in the next workbook, whose formulas are the form's own: what they say is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.grid_workbook import UNREAD_FORMULA
from perfbatch.intake.numerals import fold, is_stated_none
from perfbatch.model.submission import Column
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Rulebook, UnitTableBlock

__all__ = [
    "NameCell",
    "NamedUnits",
    "name_cells",
    "on_first_sheet",
    "plain_name",
    "rows_of",
    "shown_name",
    "unit_names",
]

# Columns left of a table's figures, and rows above them, in which its heading for the names is looked for.
_LEFT, _ABOVE = 4, 6
# Names and the form's own formulas are short.
_LONGEST_REMEMBERED = 300
_NUMBERED = re.compile(r"^\d+[、.．]")
_SHEET = r"(?:'?[^'!\"(),=<>]+'?!)?"
_CELL = re.compile(rf"({_SHEET})\$?([A-Z]{{1,3}})\$?([1-9]\d{{0,6}})")
_OWN = re.compile(
    rf"IF\((?P<cell>{_SHEET}\$?[A-Z]{{1,3}}\$?[1-9]\d{{0,6}})=\"\",\"\",(?P=cell)\)|(?P<bare>{_SHEET}\$?[A-Z]{{1,3}}\$?[1-9]\d{{0,6}})"
)


@dataclass
class NamedUnits:
    """The names as the table that has them shows them, from the top."""

    field: FormField
    table: UnitTableBlock
    sheet: str
    column: int
    places: dict[int, int]
    """Row of the sheet → which of the names stands there."""
    shown: list[str]


class NameCell(NamedTuple):
    """The cell of the name in a row of another table: the row's number on the sheet, and which of the names it repeats."""

    number: int
    repeated: int | None
    cell: RawCell


def unit_names(workbook: FormWorkbook, rulebook: Rulebook, columns: Mapping[str, Column]) -> NamedUnits | None:
    """The names of the form's units; None where it has none, or they are gone."""
    for table in rulebook.unit_tables.values():
        for field in table.fields:
            column = columns.get(field.id)
            area = workbook.names.get(field.id)
            if field.kind == "text" and column is not None and area is not None and column.cells:
                shown = [plain_name(str(value or "")) for value in column.values]
                return NamedUnits(
                    field, table, column.sheet, area.first_column, _first_places(rows_of(column.cells)), shown
                )
    return None


@lru_cache(maxsize=256)
def rows_of(cells: str) -> tuple[int, ...]:
    """The rows of the sheet in which a column's cells stand: in nearly every workbook the same."""
    return tuple([int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in cells.split(" ")])


def _first_places(rows: Sequence[int]) -> dict[int, int]:
    # Cells merged upwards out of the table are one cell, and the first of them has it.
    return {row: at for at, row in reversed(list(enumerate(rows)))}


def plain_name(name: str) -> str:
    """A name as it is compared: without blanks, width and the number before it; a stated none is no name."""
    return _plain_once(name) if len(name) <= _LONGEST_REMEMBERED else _plained(name)


def _plained(name: str) -> str:
    folded = "" if is_stated_none(name) else fold(name).replace(" ", "")
    return _NUMBERED.sub("", folded)


_plain_once = lru_cache(maxsize=8_192)(_plained)


def name_cells(workbook: FormWorkbook, names: NamedUnits, placed: Mapping[str, Column]) -> list[NameCell]:
    """The name cells beside the rows that a table's fields cover, from the top."""
    if not placed:
        return []
    here = on_first_sheet(placed)
    sheet = next(iter(here.values())).sheet
    numbers = sorted({row for cells in {column.cells for column in here.values()} for row in rows_of(cells)})
    at = _name_column(workbook, names, sheet, list(here), numbers[0])
    cells = [
        workbook.cell(sheet, number, at) if at else RawCell(sheet, "", number, 0, "blank", None) for number in numbers
    ]
    return [NameCell(number, _repeated(cell, names), cell) for number, cell in zip(numbers, cells, strict=True)]


def on_first_sheet(placed: Mapping[str, Column]) -> dict[str, Column]:
    """A table's columns, of one that was torn apart those on the sheet of the first."""
    sheet = next((column.sheet for column in placed.values()), "")
    return {field: column for field, column in placed.items() if column.sheet == sheet}


def _name_column(workbook: FormWorkbook, names: NamedUnits, sheet: str, fields: Sequence[str], top: int) -> int:
    """The column of names, from its heading; without one the column left of the figures; 0 where there is none."""
    leftmost = min(workbook.names[field].first_column for field in fields)
    for column in range(leftmost - 1, max(leftmost - 1 - _LEFT, 0), -1):
        for row in range(top - 1, max(top - 1 - _ABOVE, 0), -1):
            value = workbook.cell(sheet, row, column).value
            if isinstance(value, str) and plain_name(value) == plain_name(names.field.label):
                return column
    return leftmost - 1


def _repeated(cell: RawCell, names: NamedUnits) -> int | None:
    """Which of the names the form's own formula repeats; None for any other cell."""
    if cell.formula is None:
        return None
    short = len(cell.formula) <= _LONGEST_REMEMBERED
    place = _place_once(cell.formula) if short else _own_place(cell.formula)
    if place is None:
        return None
    sheet, column, row = place
    return names.places.get(row) if (sheet or cell.sheet, column) == (names.sheet, names.column) else None


def _own_place(formula: str) -> tuple[str, int, int] | None:
    """Sheet ("" for the formula's own), column and row of the cell that a formula of the form's own kind repeats; None for any
    other formula."""
    own = _OWN.fullmatch(formula.replace(" ", "").replace(";", ","))
    place = _CELL.fullmatch(own["cell"] or own["bare"]) if own else None
    if place is None:
        return None
    column = 0
    for letter in place[2]:
        column = column * 26 + ord(letter) - 64
    return place[1].rstrip("!").strip("'").replace("''", "'"), column, int(place[3])


_place_once = lru_cache(maxsize=4_096)(_own_place)


def shown_name(cell: RawCell) -> str:
    """The name that a cell shows, as it is compared."""
    # Some programs store a 0 where they have not calculated a text; without the formula nobody can tell.
    if cell.formula == UNREAD_FORMULA and cell.kind == "number":
        return ""
    return plain_name(str(cell.value)) if cell.has_value and cell.kind in ("text", "number") else ""
