"""报送情况: with a roster how every department stands and what to tell it; every entry of the inbox and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import moment_text
from perfbatch.roster.model import OFFICE_HEADING
from perfbatch.summary.chase import Standing, chase_list
from perfbatch.summary.marks import excel_table
from perfbatch.summary.sheet import Cell, Marked, Sheet, TableColumn
from perfbatch.summary.styles import WHOLE

__all__ = ["ENTRY_LABELS", "MISSING_LABEL", "write_receipts"]

ENTRY_LABELS: Mapping[str, str] = {"accepted": "已接收", "superseded": "已由新报文件替代", "set_aside": "退回"}
MISSING_LABEL = Standing.MISSING.value

_STYLES: Mapping[Standing, str] = {
    Standing.MISSING: "missing",
    Standing.SENT_BACK: "set_aside",
    Standing.LATE: "warning",
    Standing.REPORTED: "accepted",
}
_NOT_LISTED = "名录中没有该预算编码"


def write_receipts(sheet: Sheet, result: BatchResult) -> None:
    """Write the roster's departments, those to be chased first, then the entries in the order of their paths."""
    rulebook = result.rulebook
    note = "收件文件夹中的每个文件各占一行。"
    if result.roster:
        note = f"先列名录中的{rulebook.entity.noun}，“短信”一栏可直接粘贴发送；后列收件文件夹中的每个文件。"
        if result.deadline is not None:
            note += f"截止日期：{result.deadline:%Y-%m-%d}；以文件的修改时间为送达时间。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}报送情况", note)
    sheet.freeze(top + 1, 1)
    sheet.repeat(top, top)
    if result.roster:
        top = _write_departments(sheet, result, top) + 1
        sheet.text(top, 0, "收件文件", "part")
        top += 1
    _write_entries(sheet, result, top)


def _write_departments(sheet: Sheet, result: BatchResult, top: int) -> int:
    rulebook = result.rulebook
    columns = [
        TableColumn(rulebook.name_label, narrowest=30, widest=60),
        TableColumn(rulebook.key_label, style="centred", narrowest=12),
        TableColumn("状态", style="centred", narrowest=14),
        TableColumn("逾期天数", "whole", "number", WHOLE, narrowest=11),
        TableColumn("送达时间和文件", narrowest=24, widest=48),
        TableColumn("短信", narrowest=40, widest=48),
        TableColumn(OFFICE_HEADING, style="centred", narrowest=11, widest=20),
        TableColumn("联系方式", narrowest=24, widest=24),
    ]
    rows: list[list[Cell]] = [
        [
            chased.department.entity_title,
            chased.department.entity_code,
            Marked(chased.standing.value, _STYLES[chased.standing]),
            chased.days_late,
            "\n".join([*([moment_text(chased.arrived)] if chased.arrived else []), *chased.files]),
            chased.message,
            chased.department.office,
            chased.department.contact,
        ]
        for chased in chase_list(result)
    ]
    return _table(sheet, "Departments", top, columns, rows)


def _write_entries(sheet: Sheet, result: BatchResult, top: int) -> None:
    rulebook = result.rulebook
    columns = [
        TableColumn("文件", narrowest=30, widest=60),
        TableColumn("大小（字节）", "whole", "number", WHOLE, narrowest=15),
        TableColumn("状态", style="centred", narrowest=14),
        TableColumn("代码", style="centred", narrowest=9),
        TableColumn("说明", narrowest=24, widest=48),
        TableColumn("处理办法", narrowest=24, widest=48),
        TableColumn(rulebook.key_label, style="centred", narrowest=11),
        TableColumn(rulebook.name_label, narrowest=24),
    ]
    listed = {department.entity_code for department in result.roster.departments} if result.roster else None
    rows: list[list[Cell]] = [
        [
            entry.path,
            entry.bytes,
            Marked(ENTRY_LABELS.get(entry.status, entry.status), entry.status),
            entry.code,
            entry.message or (_NOT_LISTED if listed is not None and _stranger(entry.entity_code, listed) else ""),
            entry.remedy,
            entry.entity_code,
            entry.entity_title,
        ]
        for entry in sorted(result.entries, key=lambda entry: entry.path)
    ]
    _table(sheet, "Files", top, columns, rows)


def _table(sheet: Sheet, name: str, top: int, columns: Sequence[TableColumn], rows: Sequence[Sequence[Cell]]) -> int:
    """Excel tables, since a sheet can filter no more than one list otherwise; returns the first free row."""
    end = sheet.table(top, columns, rows, filters=False)
    if rows:
        excel_table(sheet, name, top, top + len(rows), [column.title for column in columns])
    return end


def _stranger(entity_code: str, listed: set[str]) -> bool:
    return bool(entity_code) and entity_code not in listed
