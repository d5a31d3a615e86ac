"""The sheets of figures that the rulebook names: every department with its units folded under it, table by table as the form has them, with live
sums and live checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import Array, arrays, nearest_float, texts
from perfbatch.rulebook.model import AmountColumn, MoneyTable, Rulebook
from perfbatch.summary.block import RowLooks
from perfbatch.summary.headings import write_headings
from perfbatch.summary.marks import excel_table, highlight_nonzero
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Counts, Formulas, Look, Values
from perfbatch.summary.styles import AMOUNT, DIFFERENCE

__all__ = ["LEVELS", "amount_columns", "write_finance"]

LEVELS = ("部门汇总", "局机关", "二级机构")
_LEVEL = 2
# Room for headings and totals below Excel's 1,048,576 rows.
_ROWS = 1_048_000
# With more groups than this LibreOffice takes minutes to open the summary: their time grows with the square of their number.
_MOST_FOLDED = 3_000


def amount_columns(table: MoneyTable) -> list[AmountColumn]:
    """The columns of a table that hold amounts (the name of the unit is not one)."""
    return [column for column in table.fields if column.kind == "amount"]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the table as columns: departments (level 0), each with its units below it. `owners` are positions in the
    departments' frame, `counts` and `filled` a column per amount."""

    owners: Array
    levels: Array
    names: Sequence[str]
    counts: Sequence[Array]
    filled: Sequence[Array]

    def __len__(self) -> int:
        return len(self.owners)


@dataclass(frozen=True, slots=True)
class _Check:
    """A check column, by positions among the amounts: a total against its parts in the same row, or, without parts, a department against its units."""

    title: str
    total: int
    parts: tuple[int, ...] = ()


def write_finance(
    sheet: Sheet, result: BatchResult, title: str, tables: Sequence[MoneyTable], name: str
) -> dict[str, tuple[str, int]]:
    """Write tables side by side: a row per department, where the form has units folded under it, a SUM row over the departments'
    own rows.

    `name` is the Excel table's. Returns field id → (address of its total, the total's exact count); empty where there are no
    departments.
    """
    rulebook = result.rulebook
    fields = [field for table in tables for field in amount_columns(table)]
    rows = _rows(result, fields, result.units)
    folded = len(rows) <= _ROWS
    if not folded:
        rows = _rows(result, fields, result.units.iloc[:0])
    leveled = any(field.id in rulebook.column_ids for field in fields)
    checks = _checks(rulebook, fields, leveled=leveled)
    outlined, noun = len(result.departments) <= _MOST_FOLDED, rulebook.entity.noun
    opening = (
        "点左侧“+”展开下属机构" if outlined else f"{noun}超过 {_MOST_FOLDED:,} 个，下属机构逐行列出，可按“层级”筛选"
    )
    summed = f"{opening}。末行为各{noun}“{rulebook.unit_rows[0]}”行的合计" if leveled else f"末行为各{noun}的合计"
    note = f"{summed}；未填报的栏目留空，不计入合计。核对各列：✓ 为相符，数字为差额（尾差一并列示）。"
    if not folded:
        note += f"机构行超过工作表的行数上限，本表只列{noun}。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{title}", note)
    leading = [rulebook.key_label, rulebook.name_label, *(["层级"] if leveled else [])]
    amounts = len(leading)
    heading = write_headings(sheet, top, rulebook, tables, leading, [check.title for check in checks])
    sheet.wide_paper()
    sheet.freeze(heading + 1, amounts)
    sheet.repeat(top, heading)
    columns = [TableColumn("", narrowest=width) for width in (11, 26, 10)[:amounts]]
    columns += [
        TableColumn("", "figure", number_format=rulebook.kind_of(field).number_format, narrowest=12) for field in fields
    ]
    for index, column in enumerate(columns):
        sheet.fit(index, column.narrowest)
    first = heading + 1
    if not len(rows):
        sheet.nothing(first, len(columns) + len(checks))
        return {}
    last = heading + len(rows)
    differences = [_difference(check, rows) for check in checks]
    codes = texts(result.departments["entity_code"])
    strips: list[Values | Counts | Formulas] = [
        Values([codes[at] for at in rows.owners.tolist()], _looks("_centred"), rows.levels > 0),
        Values(rows.names, _looks(""), rows.levels > 0),
    ]
    if leveled:
        strips.append(Values([LEVELS[level] for level in rows.levels.tolist()], _looks("_centred"), rows.levels > 0))
    strips += [
        Counts(counts, filled, _looks("_number", column.number_format), rows.levels > 0)
        for counts, filled, column in zip(rows.counts, rows.filled, columns[amounts:], strict=True)
    ]
    strips += [
        Formulas(_formula(check, rows, first, amounts), *difference, [Look("check", DIFFERENCE)])
        for check, difference in zip(checks, differences, strict=True)
    ]
    looks = RowLooks((rows.levels > 0).astype(int).tolist(), (rows.levels > 0).tolist()) if outlined else None
    sheet.block(first, [*columns, *(None for _ in checks)], strips, looks)
    titles = [*leading, *(field.label for field in fields), *(check.title for check in checks)]
    excel_table(sheet, name, heading, last, titles)
    highlight_nonzero(sheet, (first, last), (amounts + len(fields), amounts + len(fields) + len(checks) - 1))
    broken = [int((counts[filled] != 0).sum()) for counts, filled in differences]
    return _totals(sheet, (first, last), (amounts, leveled), rulebook, fields, rows, broken)


def _looks(part: str, number_format: str = "") -> list[Look]:
    """How a department's own row looks, and a unit's."""
    return [Look(f"{kind}{part}", number_format) for kind in ("own", "unit")]


def _rows(result: BatchResult, fields: Sequence[AmountColumn], units: pd.DataFrame) -> _Rows:
    frame = result.departments
    size = len(frame)
    owners, levels = np.arange(size), np.zeros(size, np.int64)
    names = texts(frame["entity_title"])
    amounts = [arrays(frame[field.id]) for field in fields]
    if len(units):
        none = np.zeros(len(units), np.int64), np.zeros(len(units), np.bool_)
        own = [arrays(units[field.id]) if field.id in units else none for field in fields]
        named, row = texts(units[result.rulebook.roles.sub_unit]), units["row"].to_numpy(dtype="int64")
        # A unit without a name and without a figure is a row that nobody filled.
        shown = (row != 0) & (np.array([bool(name) for name in named]) | np.any([filled for _, filled in own], axis=0))
        level = np.where(row == 1, 1, 2)
        names += [
            name or LEVELS[at]
            for name, at, is_shown in zip(named, level.tolist(), shown.tolist(), strict=True)
            if is_shown
        ]
        owners = np.concatenate([owners, units["department"].to_numpy(dtype="int64")[shown]])
        levels = np.concatenate([levels, level[shown]])
        amounts = [
            (np.concatenate([counts, more[shown]]), np.concatenate([filled, given[shown]]))
            for (counts, filled), (more, given) in zip(amounts, own, strict=True)
        ]
    order = np.argsort(owners, kind="stable")
    return _Rows(
        owners[order],
        levels[order],
        [names[at] for at in order.tolist()],
        [counts[order] for counts, _ in amounts],
        [filled[order] for _, filled in amounts],
    )


def _checks(rulebook: Rulebook, fields: Sequence[AmountColumn], *, leveled: bool) -> list[_Check]:
    at = {field.id: index for index, field in enumerate(fields)}
    checks = [
        _Check(f"核对：{field.label}", at[field.id], tuple(at[part] for part in field.parts if part in at))
        for field in fields
        if field.parts
    ]
    whole = [field for field in fields if leveled and field.parts and field.id not in rulebook.siblings]
    return checks + [_Check(f"汇总−机构：{field.label}", at[field.id]) for field in whole]


def _difference(check: _Check, rows: _Rows) -> tuple[Array, Array]:
    """What is left over in each row, and where that can be told: a total and a part of it are filled."""
    total, filled = rows.counts[check.total], rows.filled[check.total]
    if check.parts:
        comparable = filled & np.any([rows.filled[part] for part in check.parts], axis=0)
        return total - np.sum([rows.counts[part] for part in check.parts], axis=0), comparable
    heads, unit = rows.levels == 0, rows.levels > 0
    sums, given = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    head = np.flatnonzero(heads)[rows.owners]
    np.add.at(sums, head[unit], total[unit])
    np.logical_or.at(given, head[unit], filled[unit])
    return total - sums, heads & filled & given


def _formula(check: _Check, rows: _Rows, first: int, amounts: int) -> str | list[str]:
    """A check's formula: one for all rows, or one for each department that has units. `amounts` is the column of the first
    amount."""
    total = xl_col_to_name(amounts + check.total)
    if check.parts:
        return _left_over(
            f"{total}{{row}}", ",".join(f"{xl_col_to_name(amounts + part)}{{row}}" for part in check.parts)
        )
    heads = np.flatnonzero(rows.levels == 0).tolist()
    formulas = [""] * len(rows)
    for head, end in pairwise([*heads, len(rows)]):
        if end > head + 1:
            units = xl_range(first + head + 1, amounts + check.total, first + end - 1, amounts + check.total)
            formulas[head] = _left_over(f"{total}{first + head + 1}", units)
    return formulas


def _left_over(total: str, parts: str) -> str:
    return f'=IF(OR({total}="",COUNT({parts})=0),"",ROUND({total}-SUM({parts}),6))'


def _totals(
    sheet: Sheet,
    area: tuple[int, int],
    leading: tuple[int, bool],
    rulebook: Rulebook,
    fields: Sequence[AmountColumn],
    rows: _Rows,
    broken: Sequence[int],
) -> dict[str, tuple[str, int]]:
    first, last = area
    below, (amounts, leveled) = last + 1, leading
    sheet.merged(below, 0, below, amounts - 1, "全区合计", "total_text")
    levels = xl_range_abs(first, _LEVEL, last, _LEVEL)
    totals: dict[str, tuple[str, int]] = {}
    for index, field in enumerate(fields, amounts):
        total = sum(rows.counts[index - amounts][rows.levels == 0].tolist())
        cells = xl_range(first, index, last, index)
        formula = f'=SUMIF({levels},"{LEVELS[0]}",{cells})' if leveled else f"=SUM({cells})"
        sheet.formula(
            below, index, formula, nearest_float(total), "total", rulebook.kind_of(field).number_format or AMOUNT
        )
        sheet.fit(index, len(f"{nearest_float(total):,.2f}") + 4)
        totals[field.id] = (sheet.address(below, index), total)
    for index, number in enumerate(broken, amounts + len(fields)):
        cells = xl_range(first, index, last, index)
        formula = f'=COUNTIF({cells},">0")+COUNTIF({cells},"<0")'
        sheet.formula(below, index, formula, number, "total", '0"处不符";;"✓"')
    return totals
