"""Unit tables (收支情况): a row per unit under merged headers, 汇总 first, then 局机关, then the subordinate units."""

from __future__ import annotations

from perfbatch.rulebook.model import AmountColumn, FormField, Rulebook, UnitTableBlock
from perfbatch.template.plan import EntryLook, Form, InputCell, SheetPlan, Style, Value

__all__ = ["entity_field", "place_unit_table", "unit_row_count", "unit_table_widths"]

_INDEX_WIDTH = 14.0
_NAME_WIDTH = 26.0
_AMOUNT_WIDTH = 11.5
_HEADER_ROW = 24.0
_ROW = 24.0
_INDEX_HEADING = "序号"
_OWN_ROWS = ("汇总", "本级")


def unit_row_count(units: int) -> int:
    """Rows of every unit table: 汇总, 局机关 and the subordinate units."""
    return len(_OWN_ROWS) + units


def entity_field(rulebook: Rulebook) -> FormField | None:
    """The column of unit names; the form has it once, the other tables repeat it."""
    columns = (field for table in rulebook.unit_tables.values() for field in table.fields)
    return next((field for field in columns if field.kind == "text"), None)


def unit_table_widths(tables: list[UnitTableBlock]) -> tuple[float, ...]:
    """Columns of a sheet with these tables, in digits: number, name, then as many figures as the widest has."""
    figures = max(sum(1 for field in table.fields if field.kind != "text") for table in tables)
    return (_INDEX_WIDTH, _NAME_WIDTH, *[_AMOUNT_WIDTH] * figures)


def place_unit_table(form: Form, plan: SheetPlan, block: UnitTableBlock) -> None:
    """Lay a table out below what the sheet has."""
    names = entity_field(form.rulebook)
    figures = [field for field in block.fields if field != names]
    last = 1 + len(figures)
    plan.need_height(plan.row, 27.0)
    plan.print_cell(plan.area(plan.row, 0, plan.row, last), block.title, Style.SUBTITLE)
    plan.row += 1
    depth = max((len(field.under) + 1 for field in figures), default=1)
    _place_headers(plan, names, figures, depth)
    plan.row += depth
    rows = unit_row_count(form.units)
    for row in range(rows):
        plan.need_height(plan.row + row, _ROW)
        plan.print_cell(plan.area(plan.row + row, 0, plan.row + row, 0), _row_label(form, row), Style.INDEX)
    if names is not None and names in block.fields:
        printed: list[Value] = [*form.rulebook.unit_rows[: len(_OWN_ROWS)], *[None] * form.units]
        cells = [_cell(form, names, row, value) for row, value in enumerate(printed)]
        plan.put_field(form, names, plan.row, 1, cells, look=EntryLook.LINE)
    elif names is not None:
        _repeat_names(form, plan, names, rows)
    for column, field in enumerate(figures, start=2):
        plan.put_field(form, field, plan.row, column, [_cell(form, field, row, None) for row in range(rows)])
    # The names stay in view; several tables share the sheet, so no header could.
    plan.freeze = (0, 2)
    plan.row += rows


def _cell(form: Form, field: FormField, row: int, printed: Value) -> InputCell:
    given = form.given_at(field.id, row)
    if given is not None:
        return InputCell(field.kind, given, locked=True, choices=field.choices, given=True)
    return InputCell(field.kind, printed, choices=field.choices)


def _place_headers(plan: SheetPlan, names: FormField | None, figures: list[AmountColumn], depth: int) -> None:
    """Headers on the same path merge sideways, a column's own label merges down to the first row of figures."""
    top, bottom = plan.row, plan.row + depth - 1
    for row in range(top, bottom + 1):
        plan.need_height(row, _HEADER_ROW)
    plan.print_cell(plan.area(top, 0, bottom, 0), _INDEX_HEADING, Style.HEADER)
    plan.print_cell(plan.area(top, 1, bottom, 1), names.label if names else "", Style.HEADER)
    for level in range(depth):
        start = 0
        while start < len(figures):
            under = figures[start].under
            end = start + 1
            if level < len(under):
                while end < len(figures) and figures[end].under[: level + 1] == under[: level + 1]:
                    end += 1
                plan.print_cell(plan.area(top + level, 2 + start, top + level, 1 + end), under[level], Style.HEADER)
            elif level == len(under):
                where = plan.area(top + level, 2 + start, bottom, 2 + start)
                plan.print_cell(where, figures[start].label, Style.HEADER)
            start = end


def _row_label(form: Form, row: int) -> str:
    """汇总 and 局机关 have their names printed; a subordinate unit's row shows which one it is meant for."""
    if row < len(_OWN_ROWS):
        return _OWN_ROWS[row]
    return form.rulebook.unit_rows[2].format(n=row, k=row - 1)


def _repeat_names(form: Form, plan: SheetPlan, names: FormField, rows: int) -> None:
    source = form.places.get(names.id)
    for row in range(rows):
        where = plan.area(plan.row + row, 1, plan.row + row, 1)
        if source is None:
            plan.print_cell(where, _row_label(form, row), Style.LINE)
            continue
        cell = source.where.cell(row)
        address = cell.local if cell.sheet == plan.sheet else cell.reference
        printed = source.cells[row].value
        plan.print_cell(where, "" if printed is None else printed, Style.LINE, f'=IF({address}="","",{address})')
