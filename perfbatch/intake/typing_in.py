"""What a workbook says as it was typed, field by field: for whoever writes the form anew."""

from __future__ import annotations

from perfbatch.intake.formats import open_form
from perfbatch.intake.reader import STAMP_SHEET, read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.submission import Column
from perfbatch.model.typed import TypedCell, TypedForm
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.form import SINGLE
from perfbatch.rulebook.model import Rulebook, ScorecardBlock, SignatureBlock

__all__ = ["read_typed"]


def read_typed(content: bytes, rulebook: Rulebook, name_offset: int, limits: Limits | None = None) -> TypedForm:
    """What was typed into the fields of a workbook that intake has accepted. `name_offset`: how many columns left of its points
    an indicator's name stands. Rows of the unit tables come in the order of their units, as the night has them: the form repeats
    the names of its first table in the others. Raises `SetAside`."""
    workbook = open_form(content, limits or Limits(), rulebook.field_by_id, (STAMP_SHEET,))
    areas = workbook.names
    workbook.claim({name: area for name, area in areas.items() if name in rulebook.field_by_id})
    cells: dict[str, list[TypedCell]] = {}
    names: list[TypedCell] = []
    for _, block in rulebook.blocks():
        if isinstance(block, SignatureBlock):
            continue
        for field in (*block.fields, *([block.total] if isinstance(block, ScorecardBlock) else ())):
            area = areas.get(field.id)
            if area is None:
                continue
            if isinstance(block, SINGLE) or (isinstance(block, ScorecardBlock) and field is block.total):
                read = [workbook.cell(area.sheet, area.first_row, area.first_column)]
            else:
                read = workbook.column(area)
            cells[field.id] = [_typed(cell) for cell in read]
            if field.id == rulebook.roles.item_max and area.first_column > name_offset:
                column = area.first_column - name_offset
                names = [_typed(workbook.cell(area.sheet, cell.row, column)) for cell in read]
    columns = read_submission(content, "", rulebook, limits or Limits()).columns
    for table in rulebook.unit_tables.values():
        for field in table.fields:
            if field.id in cells and field.id in columns:
                cells[field.id] = _by_unit(cells[field.id], columns[field.id])
    return TypedForm(cells, names)


def _by_unit(typed: list[TypedCell], column: Column) -> list[TypedCell]:
    """The cells of a field in the order of the units; a unit without a row in its table is blank there."""
    order = column.cells.split(" ")
    by_cell = {cell.cell: cell for cell in typed}
    if len(order) != len(column.states) or [cell.cell for cell in typed] == order:
        return typed
    ordered = []
    for place, value in zip(order, column.values, strict=True):
        # A unit that only another table names has no cell among the names.
        other = TypedCell(value if isinstance(value, str) else None, sheet=column.sheet if place else "", cell=place)
        ordered.append(by_cell.get(place, other))
    return ordered


def _typed(cell: RawCell) -> TypedCell:
    value = cell.value if cell.kind not in ("blank", "picture") else None
    shown = cell.number_format or "General"
    return TypedCell(value, shown, cell.kind == "error", cell.formula or "", cell.sheet, cell.cell)
