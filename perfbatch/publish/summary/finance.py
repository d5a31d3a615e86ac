"""收支汇总 and 三公与资产: the 汇总 row of every department, table by table as the form has them, with live totals."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch.publish.figures import counts, nearest_float, texts
from perfbatch.publish.summary.sheet import Column, Sheet, display_width
from perfbatch.result import BatchResult
from perfbatch.rulebook.model import AmountColumn, Rulebook, UnitTableBlock

__all__ = ["amount_columns", "write_finance"]

_NARROWEST = 13


def amount_columns(table: UnitTableBlock) -> list[AmountColumn]:
    """The columns of a table that hold amounts (the name of the unit is not one)."""
    return [column for column in table.fields if column.kind == "amount"]


def write_finance(
    sheet: Sheet, result: BatchResult, title: str, tables: Sequence[UnitTableBlock]
) -> dict[str, tuple[str, int]]:
    """Write tables side by side, a row per department and a SUM row under them.

    Returns field id → (address of its total, the total's exact count); empty where there are no departments.
    """
    rulebook, frame = result.rulebook, result.departments
    fields = [field for table in tables for field in amount_columns(table)]
    label = rulebook.field_by_id
    columns = [
        Column(label["budget_code"].label, style="centred", narrowest=11),
        Column(label["unit_name"].label, narrowest=24),
        *(
            Column(field.label, "figure", "number", rulebook.kind_of(field).number_format, narrowest=_NARROWEST)
            for field in fields
        ),
    ]
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度{title}",
        f"各部门“{rulebook.unit_rows[0]}”行；末行为合计。未填报的栏目留空，不计入合计。",
    )
    last_heading = _headings(sheet, top, rulebook, tables)
    sheet.freeze(last_heading + 1, 2)
    sheet.repeat(top, last_heading)

    amounts = [counts(frame[field.id]) for field in fields]
    rows = list(zip(texts(frame["budget_code"]), texts(frame["unit_name"]), *amounts, strict=True))
    first = last_heading + 1
    sheet.body(first, columns, rows)
    for index, column in enumerate(columns):
        sheet.fit(index, column.narrowest)
    if not rows:
        return {}
    last = last_heading + len(rows)
    sheet.filter(last_heading, 0, last, len(columns) - 1)
    sheet.merged(last + 1, 0, last + 1, 1, "合计", "total_text")
    totals: dict[str, tuple[str, int]] = {}
    for index, (field, amount) in enumerate(zip(fields, amounts, strict=True), 2):
        total = sum(value for value in amount if value is not None)
        cells = f"{xl_rowcol_to_cell(first, index)}:{xl_rowcol_to_cell(last, index)}"
        number_format = rulebook.kind_of(field).number_format
        sheet.formula(last + 1, index, f"=SUM({cells})", nearest_float(total), "total", number_format)
        sheet.fit(index, len(f"{nearest_float(total):,.2f}") + 4)
        totals[field.id] = (sheet.address(last + 1, index), total)
    return totals


def _headings(sheet: Sheet, top: int, rulebook: Rulebook, tables: Sequence[UnitTableBlock]) -> int:
    """The form's own headings: a table's title, the levels of 其中, the labels; returns their last row."""
    paths = [[(table.title, *field.under, field.label) for field in amount_columns(table)] for table in tables]
    depth = max((len(path) for table in paths for path in table), default=1)
    for index, field in enumerate(("budget_code", "unit_name")):
        sheet.merged(top, index, top + depth - 1, index, rulebook.field_by_id[field].label)
    column = 2
    for table in paths:
        _level(sheet, top, top + depth - 1, column, table)
        column += len(table)
    for offset in range(depth):
        sheet.lines(top + offset, 1 if offset < depth - 1 else 2)
    return top + depth - 1


def _level(sheet: Sheet, row: int, last_row: int, column: int, paths: Sequence[tuple[str, ...]]) -> None:
    """Write one level of merged headings, and the levels below it."""
    at = 0
    while at < len(paths):
        path = paths[at]
        if len(path) == 1:
            sheet.merged(row, column + at, last_row, column + at, path[0])
            sheet.fit(column + at, min(_NARROWEST * 2, display_width(path[0]) // 2 + 5))
            at += 1
            continue
        end = at
        while end < len(paths) and len(paths[end]) > 1 and paths[end][0] == path[0]:
            end += 1
        sheet.merged(row, column + at, row, column + end - 1, path[0])
        _level(sheet, row + 1, last_row, column + at, [one[1:] for one in paths[at:end]])
        at = end
