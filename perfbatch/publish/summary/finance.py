"""收支汇总 and 三公与资产: every department with its units folded under it, table by table as the form has them, with live
sums and live checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from perfbatch.publish.figures import counts, nearest_float, texts
from perfbatch.publish.summary.headings import write_headings
from perfbatch.publish.summary.marks import excel_table, highlight_nonzero
from perfbatch.publish.summary.sheet import Cell, Column, Marked, Sheet
from perfbatch.publish.summary.styles import AMOUNT, DIFFERENCE
from perfbatch.result import BatchResult
from perfbatch.rulebook.model import AmountColumn, Rulebook, UnitTableBlock

__all__ = ["LEVELS", "amount_columns", "write_finance"]

LEVELS = ("部门汇总", "局机关", "二级机构")
_LEVEL, _FIRST = 2, 3
# Room for headings and totals below Excel's 1,048,576 rows.
_ROWS = 1_048_000


def amount_columns(table: UnitTableBlock) -> list[AmountColumn]:
    """The columns of a table that hold amounts (the name of the unit is not one)."""
    return [column for column in table.fields if column.kind == "amount"]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: a department (level 0) or one of its units."""

    level: int
    code: str
    name: str
    amounts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    """A check column: a total against its parts in the same row, or, without parts, a department against its units."""

    title: str
    total: int
    parts: tuple[int, ...] = ()


def write_finance(
    sheet: Sheet, result: BatchResult, title: str, tables: Sequence[UnitTableBlock], name: str
) -> dict[str, tuple[str, int]]:
    """Write tables side by side: a row per department, its units folded under it, a SUM row over the departments' own rows.

    `name` is the Excel table's. Returns field id → (address of its total, the total's exact count); empty where there are no
    departments.
    """
    rulebook = result.rulebook
    fields = [field for table in tables for field in amount_columns(table)]
    rows = _rows(result, fields)
    folded = len(rows) <= _ROWS
    if not folded:
        rows = [row for row in rows if row.level == 0]
    checks = _checks(rulebook, fields)
    note = (
        f"点左侧“+”展开下属机构。末行为各部门“{rulebook.unit_rows[0]}”行的合计；未填报的栏目留空，不计入合计。"
        "核对各列：✓ 为相符，数字为差额（尾差也照列）。"
    )
    if not folded:
        note += "机构行超过工作表的行数上限，本表只列部门。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{title}", note)
    label = rulebook.field_by_id
    leading = [label["budget_code"].label, label["unit_name"].label, "层级"]
    heading = write_headings(sheet, top, rulebook, tables, leading, [check.title for check in checks])
    sheet.freeze(heading + 1, _FIRST)
    sheet.repeat(top, heading)
    columns = [Column("", narrowest=11), Column("", narrowest=26), Column("", narrowest=10)]
    columns += [
        Column("", "figure", number_format=rulebook.kind_of(field).number_format, narrowest=12) for field in fields
    ]
    for index, column in enumerate(columns):
        sheet.fit(index, column.narrowest)
    first = heading + 1
    if not rows:
        sheet.body(first, [*columns, *(Column("") for _ in checks)], [])
        return {}
    last = heading + len(rows)
    _write_rows(sheet, first, columns, rows)
    broken = _write_checks(sheet, first, rows, checks, _FIRST + len(fields))
    titles = [*leading, *(field.label for field in fields), *(check.title for check in checks)]
    excel_table(sheet, name, heading, last, titles)
    highlight_nonzero(sheet, (first, last), (_FIRST + len(fields), _FIRST + len(fields) + len(checks) - 1))
    return _totals(sheet, (first, last), rulebook, fields, rows, broken)


def _rows(result: BatchResult, fields: Sequence[AmountColumn]) -> list[_Row]:
    frame = result.departments
    codes, names = texts(frame["budget_code"]), texts(frame["unit_name"])
    amounts = [counts(frame[field.id]) for field in fields]
    units = _units(result.units, fields)
    rows = []
    for at, code in enumerate(codes):
        rows.append(_Row(0, code, names[at], tuple(column[at] for column in amounts)))
        rows += [_Row(level, code, name, own) for level, name, own in units.get(at, ())]
    return rows


def _units(frame: pd.DataFrame, fields: Sequence[AmountColumn]) -> Mapping[int, list[tuple[int, str, tuple[Any, ...]]]]:
    """Department → its units in order: (1 局机关 or 2 subordinate, name, amounts)."""
    if frame.empty:
        return {}
    found: dict[int, list[tuple[int, str, tuple[Any, ...]]]] = {}
    amounts = [counts(frame[field.id]) if field.id in frame else [None] * len(frame) for field in fields]
    names = texts(frame["entity_name"])
    for at, (department, row) in enumerate(zip(frame["department"].tolist(), frame["row"].tolist(), strict=True)):
        own = tuple(column[at] for column in amounts)
        if row == 0 or (all(value is None for value in own) and not names[at]):
            continue
        level = 1 if row == 1 else 2
        found.setdefault(int(department), []).append((level, names[at] or LEVELS[level], own))
    return found


def _checks(rulebook: Rulebook, fields: Sequence[AmountColumn]) -> list[_Check]:
    at = {field.id: _FIRST + index for index, field in enumerate(fields)}
    checks = [
        _Check(f"核对：{field.label}", at[field.id], tuple(at[part] for part in field.parts if part in at))
        for field in fields
        if field.parts
    ]
    whole = [field for field in fields if field.parts and field.id not in rulebook.siblings]
    return checks + [_Check(f"汇总−机构：{field.label}", at[field.id]) for field in whole]


def _write_rows(sheet: Sheet, first: int, columns: Sequence[Column], rows: Sequence[_Row]) -> None:
    for offset, row in enumerate(rows):
        at = first + offset
        kind = "own" if row.level == 0 else "unit"
        cells: list[Cell] = [
            Marked(row.code, f"{kind}_centred"),
            Marked(row.name, kind),
            Marked(LEVELS[row.level], f"{kind}_centred"),
            *(Marked(amount, f"{kind}_number") for amount in row.amounts),
        ]
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            sheet.cell(at, index, column, cell)
        if row.level > 0:
            sheet.outline(at, 1, hidden=True)


def _write_checks(sheet: Sheet, first: int, rows: Sequence[_Row], checks: Sequence[_Check], column: int) -> list[int]:
    """Write the check columns; returns how many differences each has."""
    broken = [0] * len(checks)
    heads = [offset for offset, row in enumerate(rows) if row.level == 0] + [len(rows)]
    ends = dict(pairwise(heads))
    for offset, row in enumerate(rows):
        for index, check in enumerate(checks, column):
            total = row.amounts[check.total - _FIRST]
            at = xl_rowcol_to_cell(first + offset, check.total)
            if check.parts:
                parts = [row.amounts[part - _FIRST] for part in check.parts]
                cells = ",".join(xl_rowcol_to_cell(first + offset, part) for part in check.parts)
            elif row.level == 0 and ends[offset] > offset + 1:
                parts = [rows[unit].amounts[check.total - _FIRST] for unit in range(offset + 1, ends[offset])]
                cells = xl_range(first + offset + 1, check.total, first + ends[offset] - 1, check.total)
            else:
                sheet.text(first + offset, index, "", "check")
                continue
            filled = [part for part in parts if part is not None]
            cached = "" if total is None or not filled else nearest_float(total - sum(filled))
            broken[index - column] += cached not in ("", 0.0)
            formula = f'=IF(OR({at}="",COUNT({cells})=0),"",ROUND({at}-SUM({cells}),6))'
            sheet.formula(first + offset, index, formula, cached, "check", DIFFERENCE)
    return broken


def _totals(
    sheet: Sheet,
    area: tuple[int, int],
    rulebook: Rulebook,
    fields: Sequence[AmountColumn],
    rows: Sequence[_Row],
    broken: Sequence[int],
) -> dict[str, tuple[str, int]]:
    first, last = area
    below = last + 1
    sheet.merged(below, 0, below, _LEVEL, "全区合计", "total_text")
    levels = xl_range_abs(first, _LEVEL, last, _LEVEL)
    totals: dict[str, tuple[str, int]] = {}
    for index, field in enumerate(fields, _FIRST):
        total = sum(row.amounts[index - _FIRST] or 0 for row in rows if row.level == 0)
        cells = xl_range(first, index, last, index)
        formula = f'=SUMIF({levels},"{LEVELS[0]}",{cells})'
        sheet.formula(
            below, index, formula, nearest_float(total), "total", rulebook.kind_of(field).number_format or AMOUNT
        )
        sheet.fit(index, len(f"{nearest_float(total):,.2f}") + 4)
        totals[field.id] = (sheet.address(below, index), total)
    for index, number in enumerate(broken, _FIRST + len(fields)):
        cells = xl_range(first, index, last, index)
        formula = f'=COUNTIF({cells},">0")+COUNTIF({cells},"<0")'
        sheet.formula(below, index, formula, number, "total", '0"处不符";;"✓"')
    return totals
