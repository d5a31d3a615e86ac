"""Rows of the unit tables, paired by the names shown: which row of each table is which unit's.

The form has the names once; the other tables repeat them by formula. After rows were inserted in one table, or names typed over
the formulas, the same place in two tables is not the same unit any more. A name cell that still holds the form's own formula
says what the cell says that it repeats, whatever is stored in it; what is typed counts as it is shown. Two units of one name
and rows without a name go by position. A row that no name leads to stays a row of its own, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.grid_workbook import UNREAD_FORMULA
from perfbatch.intake.numerals import fold, is_stated_none, parse_numeral
from perfbatch.intake.reading import Remark
from perfbatch.model.printed_names import PRINTED_NAMES
from perfbatch.model.submission import Column, Fact, State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Rulebook, UnitTableBlock

__all__ = ["PairedRows", "pair_unit_rows"]

# Columns left of a table's figures, and rows above them, in which its heading for the names is looked for.
_LEFT, _ABOVE = 4, 6
_NUMBERED = re.compile(r"^\d+[、.．]")
_SHEET = r"(?:'?[^'!\"(),=<>]+'?!)?"
_CELL = re.compile(rf"({_SHEET})\$?([A-Z]{{1,3}})\$?([1-9]\d{{0,6}})")
_OWN = re.compile(
    rf"IF\((?P<cell>{_SHEET}\$?[A-Z]{{1,3}}\$?[1-9]\d{{0,6}})=\"\",\"\",(?P=cell)\)|(?P<bare>{_SHEET}\$?[A-Z]{{1,3}}\$?[1-9]\d{{0,6}})"
)


class PairedRows(NamedTuple):
    """The columns with every unit in one row, and what is to be said of names and rows, each at a cell."""

    columns: Mapping[str, Column]
    remarks: Sequence[tuple[Remark, Fact]]


@dataclass
class _ShownNames:
    """The names as the table that has them shows them, from the top."""

    field: FormField
    table: UnitTableBlock
    sheet: str
    column: int
    rows: list[int]
    shown: list[str]


@dataclass(frozen=True, slots=True)
class _ShownRow:
    """A row of another table: its number on the sheet, what its name cell shows and repeats, and whether figures stand in it."""

    number: int
    name: str
    repeated: int | None
    used: bool
    cell: RawCell


def pair_unit_rows(workbook: FormWorkbook, rulebook: Rulebook, columns: Mapping[str, Column]) -> PairedRows:
    """Pair the rows of all unit tables. `columns` are the fields as they were read, by position."""
    names = _names(workbook, rulebook, columns)
    if names is None:
        return PairedRows({}, ())
    paired: dict[str, Column] = {}
    remarks: list[tuple[Remark, Fact]] = []
    added: list[tuple[str, RawCell]] = []
    for table in rulebook.unit_tables.values():
        if table.id == names.table.id:
            continue
        placed = {field.id: columns[field.id] for field in table.fields if columns[field.id].cells}
        rows = _table_rows(workbook, names, placed)
        places, lost = _places(rows, names, added)
        remarks.extend(_unpaired(row, place, names) for row, place in lost)
        if [places.get(row.number) for row in rows] != list(range(len(rows))):
            length = len(names.shown) + len(added)
            paired.update({field: _moved(column, places, length) for field, column in placed.items()})
    if added:
        paired[names.field.id] = _extended(columns[names.field.id], added, names)
    remarks.extend(_outside(workbook, names, rulebook, columns))
    return PairedRows(paired, remarks)


def _rows_of(column: Column) -> list[int]:
    return [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in column.cells.split(" ")]


def _names(workbook: FormWorkbook, rulebook: Rulebook, columns: Mapping[str, Column]) -> _ShownNames | None:
    for table in rulebook.unit_tables.values():
        for field in table.fields:
            column = columns.get(field.id)
            area = workbook.names.get(field.id)
            if field.kind == "text" and column is not None and area is not None and column.cells:
                shown = [_plain(str(value or "")) for value in column.values]
                return _ShownNames(field, table, column.sheet, area.first_column, _rows_of(column), shown)
    return None


def _plain(name: str) -> str:
    """A name as it is compared: without blanks, width and the number before it; a stated none is no name."""
    folded = "" if is_stated_none(name) else fold(name).replace(" ", "")
    return _NUMBERED.sub("", folded)


def _table_rows(workbook: FormWorkbook, names: _ShownNames, placed: Mapping[str, Column]) -> list[_ShownRow]:
    """The rows that a table's fields cover, from the top."""
    if not placed:
        return []
    sheet = next(iter(placed.values())).sheet
    used: dict[int, bool] = {}
    for column in placed.values():
        if column.sheet == sheet:
            for number, state in zip(_rows_of(column), column.states, strict=True):
                used[number] = used.get(number, False) or state != State.BLANK
    at = _name_column(workbook, names, sheet, [field for field in placed if placed[field].sheet == sheet], min(used))
    rows = []
    for number in sorted(used):
        cell = workbook.cell(sheet, number, at) if at else RawCell(sheet, "", number, 0, "blank", None)
        repeated = _repeated(cell, names)
        name = names.shown[repeated] if repeated is not None else _shown(cell)
        rows.append(_ShownRow(number, name, repeated, used[number], cell))
    return rows


def _name_column(workbook: FormWorkbook, names: _ShownNames, sheet: str, fields: Sequence[str], top: int) -> int:
    """The column of names, from its heading; without one the column left of the figures; 0 where there is none."""
    leftmost = min(workbook.names[field].first_column for field in fields)
    for column in range(leftmost - 1, max(leftmost - 1 - _LEFT, 0), -1):
        for row in range(top - 1, max(top - 1 - _ABOVE, 0), -1):
            value = workbook.cell(sheet, row, column).value
            if isinstance(value, str) and _plain(value) == _plain(names.field.label):
                return column
    return leftmost - 1


def _repeated(cell: RawCell, names: _ShownNames) -> int | None:
    """The row of the names that the form's own formula repeats; None for any other cell."""
    if cell.formula is None:
        return None
    own = _OWN.fullmatch(cell.formula.replace(" ", "").replace(";", ","))
    place = _CELL.fullmatch(own["cell"] or own["bare"]) if own else None
    if place is None:
        return None
    sheet = place[1].rstrip("!").strip("'").replace("''", "'") or cell.sheet
    number = 0
    for letter in place[2]:
        number = number * 26 + ord(letter) - 64
    row = int(place[3])
    return names.rows.index(row) if (sheet, number) == (names.sheet, names.column) and row in names.rows else None


def _shown(cell: RawCell) -> str:
    # Some programs store a 0 where they have not calculated a text; without the formula nobody can tell.
    if cell.formula == UNREAD_FORMULA and cell.kind == "number":
        return ""
    return _plain(str(cell.value)) if cell.has_value and cell.kind in ("text", "number") else ""


def _places(
    rows: Sequence[_ShownRow], names: _ShownNames, added: list[tuple[str, RawCell]]
) -> tuple[dict[int, int], list[tuple[_ShownRow, int]]]:
    """Row of the sheet → the unit's place, and the rows that no name leads to, each with its own position. Those that hold
    something get a place behind all others (`added`)."""
    free = dict.fromkeys(range(len(names.shown)))
    places: dict[int, int] = {}
    for row in rows:
        if row.used and row.repeated is not None and row.repeated in free:
            places[row.number] = row.repeated
            del free[row.repeated]
    for position, row in enumerate(rows):
        if row.number not in places and row.name and (row.used or row.repeated is None):
            same = next((place for place in free if names.shown[place] == row.name), None)
            if (
                same is None
                and position in free
                and position < len(PRINTED_NAMES)
                and row.name in PRINTED_NAMES[position]
            ):
                same = position
            if same is not None:
                places[row.number] = same
                del free[same]
    for row in rows:
        # An empty row gets the name that its formula repeats only where no row with figures has claimed it.
        if not row.used and row.repeated is not None and row.repeated in free:
            places[row.number] = row.repeated
            del free[row.repeated]
    lost: list[tuple[_ShownRow, int]] = []
    before = -1
    for position, row in enumerate(rows):
        if row.number in places:
            before = places[row.number]
            continue
        if not row.used and row.repeated is not None:
            continue
        if not row.name:
            following = next((place for place in (position, before + 1) if place in free), None)
            if following is not None:
                places[row.number] = before = following
                del free[following]
            if following is not None or not row.used:
                continue
        lost.append((row, position))
        if row.used:
            # Two rows of one name are two units, in the order of the table.
            taken = set(places.values())
            at = next(
                (
                    at
                    for at, (name, _) in enumerate(added)
                    if row.name and name == row.name and len(names.shown) + at not in taken
                ),
                len(added),
            )
            if at == len(added):
                added.append((row.name, row.cell))
            places[row.number] = len(names.shown) + at
    return places, lost


def _unpaired(row: _ShownRow, position: int, names: _ShownNames) -> tuple[Remark, Fact]:
    other = names.shown[position] if position < len(names.shown) else ""
    details = {
        "sheet": row.cell.sheet,
        "row": str(row.number),
        "typed": row.name or "（未填）",
        "table": names.table.title,
        "other": other or "（未填）",
    }
    remark = Remark("C14", details, reported=row.name, expected=other, wording="C14.unit")
    return remark, _fact(names, row.cell, position)


def _fact(names: _ShownNames, cell: RawCell, position: int) -> Fact:
    return Fact(names.field.id, position, State.FILLED, None, 0, cell.sheet, cell.cell)


def _moved(column: Column, places: Mapping[int, int], length: int) -> Column:
    """A field's column with every row in its unit's place; a unit without a row there is blank, without a cell."""
    cells, states = [""] * length, bytearray(length)
    values: list[int | str | date | None] = [None] * length
    steps = [0] * length
    for at, (cell, number) in enumerate(zip(column.cells.split(" "), _rows_of(column), strict=True)):
        place = places.get(number)
        if place is None:
            continue
        cells[place], states[place], values[place] = cell, column.states[at], column.values[at]
        steps[place] = column.steps[at] if column.steps else 0
    return column._replace(
        cells=" ".join(cells), states=bytes(states), values=tuple(values), steps=tuple(steps) if any(steps) else ()
    )


def _extended(column: Column, added: Sequence[tuple[str, RawCell]], names: _ShownNames) -> Column:
    """The names, with those of rows that only other tables have behind them."""
    there = [cell.cell if cell.sheet == names.sheet else "" for _, cell in added]
    return column._replace(
        cells=" ".join([column.cells, *there]),
        states=column.states + bytes(State.FILLED if name else State.BLANK for name, _ in added),
        values=(*column.values, *(name or None for name, _ in added)),
        steps=(*column.steps, *[0] * len(added)) if column.steps else (),
    )


def _outside(
    workbook: FormWorkbook, names: _ShownNames, rulebook: Rulebook, columns: Mapping[str, Column]
) -> Iterator[tuple[Remark, Fact]]:
    """Rows beside the named ones in which figures stand: nobody reads them."""
    tables = [field for table in rulebook.unit_tables.values() for field in table.fields]
    figures = [field.id for field in tables if field.kind == "amount" and columns[field.id].cells]
    for sheet in dict.fromkeys(columns[field].sheet for field in figures):
        here = [field for field in figures if columns[field].sheet == sheet]
        at = {workbook.names[field].first_column for field in here}
        named = {
            row
            for area in workbook.names.values()
            if area.sheet == sheet
            for row in _span(area.first_row, area.last_row)
        }
        words = {_plain(word) for field in tables for word in (field.label, *field.under)}
        for row in workbook.rows(sheet):
            if row in named:
                continue
            name = workbook.cell(sheet, row, max(min(at) - 1, 1))
            cells = [workbook.cell(sheet, row, column) for column in sorted(at)]
            if any(isinstance(cell.value, str) and _plain(cell.value) in words for cell in (name, *cells)):
                continue
            typed = [cell for cell in cells if _is_figure(cell) and cell.cell != name.cell]
            if any(cell.formula is None for cell in typed) or (typed and _shown(name)):
                details = {"row": str(row), "typed": _shown(name) or "（未填名称）"}
                remark = Remark("C14", details, reported=_shown(name), wording="C14.outside")
                yield remark, _fact(names, name if name.row == row else cells[0], 0)


def _span(first: int, last: int) -> range:
    # A name over whole columns claims no row of its own.
    return range(first, last + 1) if last - first < 10_000 else range(0)


def _is_figure(cell: RawCell) -> bool:
    if cell.kind == "number":
        return True
    return cell.kind == "text" and parse_numeral(str(cell.value)) is not None
