"""报送情况: with a roster how every department stands and what to tell it; every entry of the inbox and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbatch.district.reporting import Standing, Tally
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import moment_text
from perfbatch.model.notices import NOTICE_SHEET, RETURN_NOTICE
from perfbatch.model.submission import InboxEntry
from perfbatch.roster.model import OFFICE_HEADING
from perfbatch.summary.chase import Chased, chase_list
from perfbatch.summary.links import SheetLinks
from perfbatch.summary.marks import excel_table
from perfbatch.summary.sheet import Cell, Marked, Sheet, TableColumn
from perfbatch.summary.strips import Link
from perfbatch.summary.styles import WHOLE

__all__ = ["ENTRY_LABELS", "tally_rows", "write_receipts"]

ENTRY_LABELS: Mapping[str, str] = {"accepted": "已接收", "superseded": "已由新报文件替代", "set_aside": "退回"}

_STYLES: Mapping[Standing, str] = {
    Standing.MISSING: "missing",
    Standing.SENT_BACK: "set_aside",
    Standing.LATE: "warning",
    Standing.REPORTED: "accepted",
}
_NOT_LISTED = "名录中没有该预算编码"
_NOTICE_COLUMN = 8
"""The column of both tables that leads to a notice."""


def write_receipts(sheet: Sheet, result: BatchResult, notices: Mapping[str, str] | None = None) -> None:
    """Write the roster's departments, those to be chased first, then the entries in the order of their paths. `notices`: file of
    the inbox → path of its notice beside the summary."""
    given = _GivenNotices(sheet, result, notices or {})
    rulebook = result.rulebook
    note = "收件文件夹中的每个文件各占一行。"
    if result.tally is not None:
        note = f"先列名录中的{rulebook.entity.noun}，“短信”一栏可直接粘贴发送；后列收件文件夹中的每个文件。"
        if result.deadline is not None:
            note += f"截止日期：{result.deadline:%Y-%m-%d}；送达时间取文件修改时间与首次运行收到时间中较早的。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}报送情况", note)
    if result.tally is not None:
        counted = "，".join(f"{word} {number} 个" for word, number in tally_rows(result.tally, rulebook.entity.noun))
        sheet.text(top, 0, f"{counted}。", "note")
        sheet.heights(top, 18)
        top += 1
    sheet.freeze(top + 1, 1)
    sheet.repeat(top, top)
    if result.tally is not None:
        top = _write_departments(sheet, result, top, given) + 1
        sheet.text(top, 0, "收件文件", "part")
        top += 1
    _write_entries(sheet, result, top, given)


def tally_rows(tally: Tally, noun: str) -> list[tuple[str, int]]:
    """What is counted of the roster's departments, in the words of the summary."""
    return [
        (f"应报{noun}", tally.expected),
        (f"{Standing.REPORTED.value}{noun}", tally.received),
        (f"其中：{Standing.LATE.value}", tally.late),
        (f"{Standing.SENT_BACK.value}{noun}", tally.sent_back),
        (f"{Standing.MISSING.value}{noun}", tally.missing),
    ]


class _GivenNotices:
    """The notices that lead on from the sheet, by the position of their entry."""

    def __init__(self, sheet: Sheet, result: BatchResult, notices: Mapping[str, str]) -> None:
        self._notices = notices
        self._links = SheetLinks(sheet)
        with_notice = [entry for entry in result.entries if entry.path in notices]
        # What came last of a department goes before: a file that was returned is newer than the one that was taken.
        with_notice.sort(key=lambda entry: entry.status == "set_aside")
        self._of_department = {result.senders.of(entry): entry for entry in with_notice}

    def of_department(self, code: str) -> InboxEntry | None:
        """The entry whose notice a department is to be sent first."""
        return self._of_department.get(code)

    def word(self, entry: InboxEntry | None) -> str:
        """What kind of notice there is for an entry; "" for none."""
        if entry is None or entry.path not in self._notices:
            return ""
        return RETURN_NOTICE if entry.status == "set_aside" else NOTICE_SHEET

    def links(self, entries: Sequence[InboxEntry | None]) -> dict[int, dict[int, Link]]:
        """Where the cells of the notices lead, as `Sheet.table` takes it, where a row is an entry."""
        rows = dict[int, Link]()
        for row, entry in enumerate(entries):
            link = self._links.file(self._notices[entry.path]) if entry is not None and self.word(entry) else None
            if link is not None:
                rows[row] = link
        return {_NOTICE_COLUMN: rows}


def _write_departments(sheet: Sheet, result: BatchResult, top: int, given: _GivenNotices) -> int:
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
        TableColumn("通知书", style="centred", narrowest=10),
    ]
    listed = chase_list(result)
    noticed = [given.of_department(chased.reporting.department.entity_code) for chased in listed]
    rows = [_department_row(chased, given.word(entry)) for chased, entry in zip(listed, noticed, strict=True)]
    return _table(sheet, "Departments", top, columns, rows, given.links(noticed))


def _department_row(chased: Chased, notice: str) -> list[Cell]:
    stands, department = chased.reporting, chased.reporting.department
    came = [moment_text(stands.arrived)] if stands.arrived else []
    return [
        department.entity_title,
        department.entity_code,
        Marked(stands.standing.value, _STYLES[stands.standing]),
        stands.days_late,
        "\n".join([*came, *chased.files]),
        chased.message,
        department.office,
        department.contact,
        notice,
    ]


def _write_entries(sheet: Sheet, result: BatchResult, top: int, given: _GivenNotices) -> None:
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
        TableColumn("通知书", style="centred", narrowest=10),
    ]
    entries = sorted(result.entries, key=lambda entry: entry.path)
    listed = {department.entity_code for department in result.roster} if result.roster is not None else None
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
            given.word(entry),
        ]
        for entry in entries
    ]
    _table(sheet, "Files", top, columns, rows, given.links(entries))


def _table(
    sheet: Sheet,
    name: str,
    top: int,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[Cell]],
    links: Mapping[int, Mapping[int, Link]],
) -> int:
    """Excel tables, since a sheet can filter no more than one list otherwise; returns the first free row."""
    end = sheet.table(top, columns, rows, filters=False, links=links)
    if rows:
        excel_table(sheet, name, top, top + len(rows), [column.title for column in columns])
    return end


def _stranger(entity_code: str, listed: set[str]) -> bool:
    return bool(entity_code) and entity_code not in listed
