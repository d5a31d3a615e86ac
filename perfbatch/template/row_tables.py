"""Row tables (指标, 评价人员): as many rows as the form prints, with headings merged at the left."""

from __future__ import annotations

from itertools import groupby

from perfbatch.model.excel import LIST_LIMIT
from perfbatch.rulebook.model import FormField, RowsBlock
from perfbatch.template.plan import Form, InputCell, SheetPlan, Style, Value

__all__ = ["place_row_table", "row_table_widths"]

_HEADING_WIDTH = 11.0
_SIGNATURE_WIDTH = 18.0
_WIDTHS = {"longtext": 30.5, "choice": 12.0, "text": 22.0}
_PLAIN_WIDTH = 16.0
_HEADER_ROW = 27.0
_ROW = 30.0
# A stated height stays: three lines, so that the goals of a usual report are not cut off on paper.
_LONGTEXT_ROW = 48.0
_SIGNATURE_HEADING = "签  字"


def row_table_widths(block: RowsBlock) -> tuple[float, ...]:
    """Columns of a sheet with this table, in digits."""
    heading = (_HEADING_WIDTH,) if _has_headings(block) else ()
    signature = (_SIGNATURE_WIDTH,) if _is_signed(block) else ()
    return (*heading, *[_WIDTHS.get(field.kind, _PLAIN_WIDTH) for field in block.fields], *signature)


def place_row_table(form: Form, plan: SheetPlan, block: RowsBlock) -> None:
    """Lay a table out below what the sheet has; its header is repeated on every printed page."""
    plan.tearable.add(plan.row)
    plan.print_row(block.title, Style.SUBTITLE, _HEADER_ROW)
    header = plan.row
    first = 1 if _has_headings(block) else 0
    plan.need_height(header, _HEADER_ROW)
    for column, field in enumerate(block.fields, start=first):
        left = 0 if column == first else column
        plan.print_cell(plan.area(header, left, header, column), field.label, Style.HEADER)
    signature = first + len(block.fields)
    if _is_signed(block):
        plan.print_cell(plan.area(header, signature, header, signature), _SIGNATURE_HEADING, Style.HEADER)
    top = header + 1
    presets = block.presets
    rows = max(len(presets) + block.blank_rows, form.rows.get(block.id, 0))
    has_long_texts = any(field.kind == "longtext" for field in block.fields)
    height = _LONGTEXT_ROW if has_long_texts else _ROW
    plan.growing |= set(range(top, top + rows)) if has_long_texts else set()
    for row in range(top, top + rows):
        plan.need_height(row, height)
        if _is_signed(block):
            plan.print_cell(plan.area(row, signature, row, signature), None, Style.TEXT)
    if first:
        printed_headings = [preset.heading for preset in block.preset_rows for _ in range(preset.count)]
        _place_headings(plan, top, printed_headings + [""] * (rows - len(presets)))
    for column, field in enumerate(block.fields, start=first):
        printed: list[Value] = [preset.get(field.id) for preset in presets]
        printed += [None] * (rows - len(printed))
        offered = form.offered.get(field.id, ())
        printed = [*offered[:rows], *printed[len(offered) :]]
        plan.put_field(form, field, top, column, [_cell(form, field, value) for value in printed])
    plan.repeat_row = plan.repeat_row or (header, header)
    plan.row = top + rows


def _cell(form: Form, field: FormField, value: Value) -> InputCell:
    checks = tuple(form.rulebook.explainable) if field.id == form.rulebook.roles.explained_check else ()
    if checks and len(",".join(checks)) <= LIST_LIMIT and "choice" in form.rulebook.kinds:
        # A drop-down of the checks that may be explained; one that is too long for Excel is typed.
        return InputCell("choice", value, choices=checks)
    return InputCell(field.kind, value, choices=field.choices)


def _place_headings(plan: SheetPlan, top: int, headings: list[str]) -> None:
    row = top
    for heading, run in groupby(headings):
        last = row + len(list(run)) - 1
        plan.print_cell(plan.area(row, 0, last, 0), heading, Style.HEADING)
        row = last + 1


def _has_headings(block: RowsBlock) -> bool:
    return any(preset.heading for preset in block.preset_rows)


def _is_signed(block: RowsBlock) -> bool:
    """A list of persons has a column to sign by hand on paper; nothing is typed there."""
    return bool(block.fields) and block.fields[0].personal
