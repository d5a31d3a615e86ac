"""Rows of the unit tables, paired by the names shown: which row of each table is which unit's.

The form has the names once; the other tables repeat them by formula. After rows were inserted in one table, or names typed over
the formulas, the same place in two tables is not the same unit any more. A name cell that still holds the form's own formula
says what the cell says that it repeats, whatever is stored in it; what is typed counts as it is shown. Two units of one name
and rows without a name go by position. A row that no name leads to stays a row of its own, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.numerals import parse_numeral
from perfbatch.intake.reading import Remark
from perfbatch.intake.unit_names import (
    NameCell,
    NamedUnits,
    name_cells,
    on_first_sheet,
    plain_name,
    rows_of,
    shown_name,
    unit_names,
)
from perfbatch.model.printed_names import PRINTED_NAMES
from perfbatch.model.submission import Column, Fact, State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import Rulebook

__all__ = ["PairedRows", "pair_unit_rows"]


class PairedRows(NamedTuple):
    """The columns with every unit in one row, and what is to be said of names and rows, each at a cell."""

    columns: Mapping[str, Column]
    remarks: Sequence[tuple[Remark, Fact]]


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
    names = unit_names(workbook, rulebook, columns)
    if names is None:
        return PairedRows({}, ())
    paired: dict[str, Column] = {}
    remarks: list[tuple[Remark, Fact]] = []
    added: list[tuple[str, RawCell]] = []
    for table in rulebook.unit_tables.values():
        if table.id == names.table.id:
            continue
        placed = {field.id: columns[field.id] for field in table.fields if columns[field.id].cells}
        cells = name_cells(workbook, names, placed)
        if [cell.repeated for cell in cells] == list(range(len(cells))):
            # As in nearly every workbook, the names stand as the form repeats them.
            continue
        rows = _table_rows(cells, names, placed)
        places, lost = _places(rows, names, added)
        remarks.extend(_unpaired(row, place, names) for row, place in lost)
        if [places.get(row.number) for row in rows] != list(range(len(rows))):
            length = len(names.shown) + len(added)
            paired.update({field: _moved(column, places, length) for field, column in placed.items()})
    if added:
        paired[names.field.id] = _extended(columns[names.field.id], added, names)
    remarks.extend(_outside(workbook, names, rulebook, columns))
    return PairedRows(paired, remarks)


def _table_rows(cells: Sequence[NameCell], names: NamedUnits, placed: Mapping[str, Column]) -> list[_ShownRow]:
    """The rows that a table's fields cover, from the top."""
    used = {
        number
        for column in on_first_sheet(placed).values()
        for number, state in zip(rows_of(column.cells), column.states, strict=True)
        if state != State.BLANK
    }
    return [
        _ShownRow(
            number,
            names.shown[repeated] if repeated is not None else shown_name(cell),
            repeated,
            number in used,
            cell,
        )
        for number, repeated, cell in cells
    ]


def _places(
    rows: Sequence[_ShownRow], names: NamedUnits, added: list[tuple[str, RawCell]]
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


def _unpaired(row: _ShownRow, position: int, names: NamedUnits) -> tuple[Remark, Fact]:
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


def _fact(names: NamedUnits, cell: RawCell, position: int) -> Fact:
    return Fact(names.field.id, position, State.FILLED, None, 0, cell.sheet, cell.cell)


def _moved(column: Column, places: Mapping[int, int], length: int) -> Column:
    """A field's column with every row in its unit's place; a unit without a row there is blank, without a cell."""
    cells, states = [""] * length, bytearray(length)
    values: list[int | str | date | None] = [None] * length
    steps = [0] * length
    for at, (cell, number) in enumerate(zip(column.cells.split(" "), rows_of(column.cells), strict=True)):
        place = places.get(number)
        if place is None:
            continue
        cells[place], states[place], values[place] = cell, column.states[at], column.values[at]
        steps[place] = column.steps[at] if column.steps else 0
    return column._replace(
        cells=" ".join(cells), states=bytes(states), values=tuple(values), steps=tuple(steps) if any(steps) else ()
    )


def _extended(column: Column, added: Sequence[tuple[str, RawCell]], names: NamedUnits) -> Column:
    """The names, with those of rows that only other tables have behind them."""
    there = [cell.cell if cell.sheet == names.sheet else "" for _, cell in added]
    return column._replace(
        cells=" ".join([column.cells, *there]),
        states=column.states + bytes(State.FILLED if name else State.BLANK for name, _ in added),
        values=(*column.values, *(name or None for name, _ in added)),
        steps=(*column.steps, *[0] * len(added)) if column.steps else (),
    )


def _outside(
    workbook: FormWorkbook, names: NamedUnits, rulebook: Rulebook, columns: Mapping[str, Column]
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
        words = {plain_name(word) for field in tables for word in (field.label, *field.under)}
        for row in workbook.rows(sheet):
            if row in named:
                continue
            name = workbook.cell(sheet, row, max(min(at) - 1, 1))
            cells = [workbook.cell(sheet, row, column) for column in sorted(at)]
            if any(isinstance(cell.value, str) and plain_name(cell.value) in words for cell in (name, *cells)):
                continue
            typed = [cell for cell in cells if _is_figure(cell) and cell.cell != name.cell]
            if any(cell.formula is None for cell in typed) or (typed and shown_name(name)):
                details = {"row": str(row), "typed": shown_name(name) or "（未填名称）"}
                remark = Remark("C14", details, reported=shown_name(name), wording="C14.outside")
                yield remark, _fact(names, name if name.row == row else cells[0], 0)


def _span(first: int, last: int) -> range:
    # A name over whole columns claims no row of its own.
    return range(first, last + 1) if last - first < 10_000 else range(0)


def _is_figure(cell: RawCell) -> bool:
    if cell.kind == "number":
        return True
    return cell.kind == "text" and parse_numeral(str(cell.value)) is not None
