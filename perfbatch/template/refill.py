"""The form refilled: the blank form with what a department typed, for whoever cannot be given its own file back.

The one writer for all of these: a workbook with active content or a damaged part, one of another format, a report in Word.
What was typed stays as it was typed, so that what is said of it makes sense; where it stands now is told cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from perfbatch.model.legible import cell_text
from perfbatch.model.typed import TypedCell, TypedForm
from perfbatch.rulebook.model import EvidenceBlock, RowsBlock, Rulebook, ScorecardBlock
from perfbatch.template.layout import Layout, lay_out
from perfbatch.template.plan import FieldPlace, InputCell, Printed, SheetPlan, Style, Value
from perfbatch.template.refill_order import typed_by_ids
from perfbatch.template.scorecard import NAME_COLUMN
from perfbatch.template.unit_tables import unit_row_count
from perfbatch.template.workbook import form_content

__all__ = ["NotRefillable", "Refilled", "refill"]

_ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"})
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day in a cell has no time zone
_LONGEST_FORMAT = 200
_MOST_ROWS = 2_000


class NotRefillable(Exception):
    """The form has no room for what was typed: more rows than it can be given."""


@dataclass(frozen=True)
class Refilled:
    """A form that was filled anew: its bytes, and (sheet, cell) as it was → (sheet, cell) as it is."""

    content: bytes
    places: Mapping[tuple[str, str], tuple[str, str]]


def refill(rulebook: Rulebook, typed: TypedForm, *, units: int = 0) -> Refilled:
    """Fill the blank form with what was typed, with rows for `units` subordinate units at least; rows of the scorecard and the
    evidence go where their ids are printed, the others as they stood. The same arguments give the same bytes.

    Raises `NotRefillable`."""
    typed = typed_by_ids(rulebook, typed)
    layout = lay_out(rulebook, max(units, _units(rulebook, typed)), row_counts=_rows(rulebook, typed))
    filled = _filled(layout, typed)
    return Refilled(form_content(filled), _places(filled, typed))


def _count(typed: TypedForm, fields: Sequence[str]) -> int:
    rows = max((len(typed.cells.get(name, ())) for name in fields), default=0)
    if rows > _MOST_ROWS:
        raise NotRefillable(f"{rows} rows")
    return rows


def _units(rulebook: Rulebook, typed: TypedForm) -> int:
    columns = [field.id for table in rulebook.unit_tables.values() for field in table.fields]
    return max(0, _count(typed, columns) - unit_row_count(0))


def _rows(rulebook: Rulebook, typed: TypedForm) -> dict[str, int]:
    """Id of a table of rows → the rows that it needs; and whether the scorecard has room for its own."""
    rows: dict[str, int] = {}
    for _, block in rulebook.blocks():
        if isinstance(block, RowsBlock):
            rows[block.id] = _count(typed, [field.id for field in block.fields])
        elif isinstance(block, ScorecardBlock):
            if _count(typed, [field.id for field in block.fields]) > len(rulebook.indicators):
                raise NotRefillable("rows were put into the scorecard")
        elif isinstance(block, EvidenceBlock):
            known = sum(len(indicator.evidence_ids) for indicator in rulebook.indicators)
            if _count(typed, [field.id for field in block.fields]) > known:
                raise NotRefillable("rows were put into the evidence")
    return rows


def _filled(layout: Layout, typed: TypedForm) -> Layout:
    places = {name: _filled_place(place, typed.cells.get(name)) for name, place in layout.places.items()}
    sheets = tuple(_filled_sheet(plan, places, layout, typed) for plan in layout.sheets)
    return replace(layout, sheets=sheets, places=places)


def _filled_place(place: FieldPlace, cells: Sequence[TypedCell] | None) -> FieldPlace:
    """A field with what was typed; one that was not found is as in the blank form, rows that were not there are blank."""
    if cells is None:
        return place
    blank = TypedCell(None)
    return replace(
        place,
        cells=tuple(
            _filled_cell(cell, cells[row] if row < len(cells) else blank) for row, cell in enumerate(place.cells)
        ),
    )


def _filled_cell(cell: InputCell, typed: TypedCell) -> InputCell:
    value = _value(typed.value)
    if cell.formula and (typed.formula or value is None):
        return replace(cell, value=value)
    if typed.formula and value is None:
        # It is nobody's figure, and stands where whoever typed it looks for it.
        value = cell_text(f"={typed.formula}")
    number_format = ""
    if isinstance(value, Decimal) and typed.number_format.isprintable() and len(typed.number_format) < _LONGEST_FORMAT:
        number_format = typed.number_format
    if typed.error and value in _ERRORS:
        return replace(cell, value=value, formula=f"={value}", locked=False)
    same = value == cell.value or (isinstance(cell.value, int) and value == Decimal(cell.value))
    # What differs from the form's own print is the department's to put right.
    return replace(cell, value=value, formula="", locked=cell.locked and same, number_format=number_format)


def _value(typed: object) -> Value:
    if isinstance(typed, bool):
        return "TRUE" if typed else "FALSE"
    if isinstance(typed, str):
        return cell_text(typed) or None
    if isinstance(typed, int | float):
        number = Decimal(repr(typed))
        return number if number.is_finite() else str(typed)
    if isinstance(typed, datetime):
        return _serial(typed)
    if isinstance(typed, date):
        return _serial(datetime(typed.year, typed.month, typed.day))  # noqa: DTZ001
    if isinstance(typed, time):
        return _serial(datetime.combine(_EPOCH.date(), typed))
    return None


def _serial(moment: datetime) -> Decimal:
    past = moment.replace(tzinfo=None) - _EPOCH
    return Decimal(past.days) + Decimal(past.seconds) / 86_400


def _filled_sheet(plan: SheetPlan, places: Mapping[str, FieldPlace], layout: Layout, typed: TypedForm) -> SheetPlan:
    filled = replace(plan, places=[places[place.field.id] for place in plan.places], heights=dict(plan.heights))
    for place in filled.places:
        filled.hold(place)
    named = _names(layout, typed)
    filled.printed = [
        named.get((plan.sheet, printed.where.top, printed.where.left), printed) for printed in plan.printed
    ]
    return filled


def _names(layout: Layout, typed: TypedForm) -> dict[tuple[str, int, int], Printed]:
    """The indicators' names that were changed, by sheet, row and column."""
    place = layout.places.get(layout.rulebook.roles.item_max)
    if place is None or not typed.names:
        return {}
    changed: dict[tuple[str, int, int], Printed] = {}
    for row, (indicator, shown) in enumerate(zip(layout.rulebook.indicators, typed.names, strict=False)):
        name = _value(shown.value)
        if isinstance(name, str) and name != indicator.name:
            top = place.where.top + row
            where = replace(place.where, top=top, bottom=top, left=NAME_COLUMN, right=NAME_COLUMN)
            changed[where.sheet, top, NAME_COLUMN] = Printed(where, name, Style.EDITABLE_TEXT)
    return changed


def _places(layout: Layout, typed: TypedForm) -> dict[tuple[str, str], tuple[str, str]]:
    moved: dict[tuple[str, str], tuple[str, str]] = {}
    for name, cells in typed.cells.items():
        place = layout.places.get(name)
        for row, cell in enumerate(cells if place is not None else ()):
            if place is not None and cell.cell and row < place.where.rows:
                moved[cell.sheet, cell.cell] = (place.where.sheet, place.where.cell(row).local)
    items = layout.places.get(layout.rulebook.roles.item_max)
    for row, shown in enumerate(typed.names):
        if items is not None and shown.cell and row < items.where.rows:
            where = replace(items.where.cell(row), left=NAME_COLUMN, right=NAME_COLUMN)
            moved[shown.sheet, shown.cell] = (where.sheet, where.local)
    return moved
