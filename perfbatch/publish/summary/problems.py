"""问题清单: every finding with its place, what was found, what was expected, and what to do."""

from __future__ import annotations

from perfbatch.publish.figures import count_of, texts
from perfbatch.publish.register import FindingRegister, finding_order
from perfbatch.publish.summary.sheet import Cell, Column, Marked, Sheet
from perfbatch.publish.summary.styles import AMOUNT
from perfbatch.result import BatchResult

__all__ = ["write_problems"]

_NUMERIC = frozenset({"amount", "area", "count", "score", "percent"})
# A float holds 15 digits: a longer number is shown as the text that it is.
_DIGITS = 15


def write_problems(sheet: Sheet, result: BatchResult) -> None:
    """Write all findings, gravest first, then by department and code."""
    rulebook = result.rulebook
    label = {field.id: field.label for field in rulebook.fields()}
    columns = [
        Column("级别", style="centred", narrowest=8),
        Column("代码", style="centred", narrowest=8),
        Column("检查项目", narrowest=14, widest=26),
        Column(label["budget_code"], style="centred", narrowest=11),
        Column(label["unit_name"], narrowest=16, widest=26),
        Column("文件", narrowest=12, widest=26),
        Column("工作表", style="centred", narrowest=9),
        Column("单元格", style="centred", narrowest=9),
        Column("栏目", narrowest=12, widest=22),
        Column("填报数", "figure", "number", AMOUNT, narrowest=10, widest=18),
        Column("应为", "figure", "number", AMOUNT, narrowest=10, widest=18),
        Column("差额", "figure", "number", AMOUNT, narrowest=10, widest=18),
        Column("问题说明", narrowest=24, widest=48),
        Column("处理办法", narrowest=24, widest=40),
    ]
    register = FindingRegister(rulebook)
    names = dict(zip(texts(result.departments["budget_code"]), texts(result.departments["unit_name"]), strict=True))
    rows: list[list[Cell]] = [
        [
            Marked(finding.severity.label, finding.severity.value),
            finding.code,
            register.title(finding),
            finding.budget_code,
            names.get(finding.budget_code, ""),
            finding.file,
            finding.sheet,
            finding.cell,
            register.label(finding.field),
            *(
                _figure(text, finding.field, result)
                for text in (finding.reported, finding.expected, finding.difference)
            ),
            finding.message,
            finding.remedy,
        ]
        for finding in sorted(result.findings, key=finding_order)
    ]
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价问题清单",
        "错误须改正后重新报送；提醒请核实；说明供参考。",
    )
    sheet.table(top, columns, rows)
    sheet.freeze(top + 1, 2)
    sheet.repeat(top, top)


def _figure(text: str, field: str, result: BatchResult) -> Cell:
    """What a finding reports: a number where its field holds numbers, so that the column sorts; else the text."""
    known = result.rulebook.field_by_id.get(field)
    count = count_of(text) if known is not None and known.kind in _NUMERIC else None
    if count is None or sum(one.isdigit() for one in text) > _DIGITS:
        return Marked(text, "text") if text else None
    return count
