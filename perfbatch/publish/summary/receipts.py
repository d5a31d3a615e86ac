"""报送情况: every entry of the inbox and what became of it, and who has not sent anything."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.publish.summary.sheet import Cell, Column, Marked, Sheet
from perfbatch.publish.summary.styles import WHOLE
from perfbatch.result import BatchResult

__all__ = ["ENTRY_LABELS", "MISSING_LABEL", "write_receipts"]

ENTRY_LABELS: Mapping[str, str] = {"accepted": "已接收", "superseded": "已被替代", "set_aside": "退回"}
MISSING_LABEL = "未报"


def write_receipts(sheet: Sheet, result: BatchResult) -> None:
    """Write the entries in the order of their paths, then the roster's departments that sent nothing."""
    rulebook = result.rulebook
    columns = [
        Column("文件", narrowest=30, widest=60),
        Column("大小（字节）", "whole", "number", WHOLE, narrowest=12),
        Column("状态", style="centred", narrowest=11),
        Column("代码", style="centred", narrowest=8),
        Column("说明", narrowest=24, widest=48),
        Column("处理办法", narrowest=24, widest=48),
        Column(rulebook.field_by_id["budget_code"].label, style="centred", narrowest=11),
        Column(rulebook.field_by_id["unit_name"].label, narrowest=24),
    ]
    rows: list[list[Cell]] = [
        [
            entry.path,
            entry.bytes,
            Marked(ENTRY_LABELS.get(entry.status, entry.status), entry.status),
            entry.code,
            entry.message,
            entry.remedy,
            entry.budget_code,
            entry.unit_name,
        ]
        for entry in sorted(result.entries, key=lambda entry: entry.path)
    ]
    for budget_code, unit_name in result.roster.missing if result.roster else ():
        rows.append(
            ["", None, Marked(MISSING_LABEL, "missing"), "", "名录中有，未收到报送", "", budget_code, unit_name]
        )
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价报送情况",
        "收件文件夹中的每个文件各占一行；有部门名录时，未报送的部门列在最后。",
    )
    sheet.table(top, columns, rows)
    sheet.freeze(top + 1, 1)
    sheet.repeat(top, top)
