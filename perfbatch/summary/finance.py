"""The sheets of figures that the rulebook names: every department with its units folded under it, table by table as the form has them, with live
sums and live checks."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_range, xl_range_abs

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import nearest_float, texts
from perfbatch.rulebook.model import AmountColumn, MoneyTable, Rulebook
from perfbatch.summary.block import RowLooks
from perfbatch.summary.headings import write_headings
from perfbatch.summary.marks import excel_table, highlight_residues
from perfbatch.summary.money_rows import LEVELS, MoneyRows, money_rows
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Counts, Formulas, Look, Values
from perfbatch.summary.styles import AMOUNT, ROUNDING
from perfbatch.summary.sum_checks import residue_of, sum_checks

__all__ = ["amount_columns", "write_finance"]

_LEVEL = 2
# Room for headings and totals below Excel's 1,048,576 rows.
_ROWS = 1_048_000
# With more groups than this LibreOffice takes minutes to open the summary: their time grows with the square of their number.
_MOST_FOLDED = 3_000


def amount_columns(table: MoneyTable) -> list[AmountColumn]:
    """The columns of a table that hold amounts (the name of the unit is not one)."""
    return [column for column in table.fields if column.kind == "amount"]


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
    rows = money_rows(result, fields, result.units)
    folded = len(rows) <= _ROWS
    if not folded:
        rows = money_rows(result, fields, result.units.iloc[:0])
    leveled = any(field.id in rulebook.column_ids for field in fields)
    checks = sum_checks(rulebook, fields, leveled=leveled)
    outlined, noun = len(result.departments) <= _MOST_FOLDED, rulebook.entity.noun
    opening = (
        "点左侧“+”展开下属机构" if outlined else f"{noun}超过 {_MOST_FOLDED:,} 个，下属机构逐行列出，可按“层级”筛选"
    )
    summed = f"{opening}。末行为各{noun}“{rulebook.unit_rows[0]}”行的合计" if leveled else f"末行为各{noun}的合计"
    note = f"{summed}；未填报的栏目留空，不计入合计。核对各列：✓ 为相符，数字为差额；“{ROUNDING}”在四舍五入允许范围内，一并列示，不计为不符。"
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
    residues = [residue_of(check, rows) for check in checks]
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
    strips += [residue.strip(check, rows, first, amounts) for check, residue in zip(checks, residues, strict=True)]
    looks = RowLooks((rows.levels > 0).astype(int).tolist(), (rows.levels > 0).tolist()) if outlined else None
    sheet.block(first, [*columns, *(None for _ in checks)], strips, looks)
    titles = [*leading, *(field.label for field in fields), *(check.title for check in checks)]
    excel_table(sheet, name, heading, last, titles)
    highlight_residues(sheet, (first, last), (amounts + len(fields), amounts + len(fields) + len(checks) - 1))
    broken = [residue.broken for residue in residues]
    return _totals(sheet, (first, last), (amounts, leveled), rulebook, fields, rows, broken)


def _looks(part: str, number_format: str = "") -> list[Look]:
    """How a department's own row looks, and a unit's."""
    return [Look(f"{kind}{part}", number_format) for kind in ("own", "unit")]


def _totals(
    sheet: Sheet,
    area: tuple[int, int],
    leading: tuple[int, bool],
    rulebook: Rulebook,
    fields: Sequence[AmountColumn],
    rows: MoneyRows,
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
