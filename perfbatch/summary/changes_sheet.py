"""本次变化: what tonight has against the last run."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.district.register import FindingRegister
from perfbatch.history.changes import Changes, Move, RecordedDepartment, RecordedFinding
from perfbatch.model.findings import Severity
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.sheet import Cell, Marked, Sheet, TableColumn
from perfbatch.summary.styles import SCORE

__all__ = ["change_word", "write_changes"]

# Enough to work through; the run report and `perfbatch diff` have the rest.
_MOST = 5_000


def write_changes(sheet: Sheet, rulebook: Rulebook, changes: Changes | None) -> None:
    """Write submissions, scores and ranks, findings; a note alone, on a sheet that is hidden, where there is nothing to compare with."""
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}本次变化"
    if changes is None:
        top = sheet.title(title, "本年度没有更早的运行记录，本次为首次运行，没有可以比较的内容。")
    else:
        note = f"与上次运行 {changes.earlier.run_id}（{_moment(changes.earlier.started_at)}）比较。"
        top = sheet.title(title, note + ("两次运行结果相同。" if changes.none else ""))
    sheet.freeze(top, 0)
    sheet.repeat(0, 1)
    for column, width in enumerate((14, 28, 14, 14, 14, 14, 14, 60)):
        sheet.width(column, width)
    if changes is None:
        # Nothing to read is nothing to print: Excel prints no hidden sheet.
        sheet.native.hide()
        return
    leading = [TableColumn(rulebook.key_label, style="centred"), TableColumn(rulebook.name_label)]
    top = _part(
        sheet,
        top,
        f"一、报送变化：新报 {len(changes.new)}　重报 {len(changes.resubmitted)}　撤回 {len(changes.withdrawn)}",
        [*leading, TableColumn("变化", style="centred"), *_blank(4), TableColumn("文件")],
        [
            *(_sent(department, "新报") for department in changes.new),
            *(_sent(move.after, "重报") for move in changes.resubmitted),
            *(_sent(department, "撤回") for department in changes.withdrawn),
        ],
    )
    score = TableColumn("", "figure", "number", SCORE)
    top = _part(
        sheet,
        top,
        f"二、得分和名次变化：{len(changes.moves)} 个{rulebook.entity.noun}",
        [
            *leading,
            TableColumn("上次得分", "figure", "number", SCORE),
            TableColumn("本次得分", score.kind, score.style, SCORE),
            TableColumn("得分变化", "figure", "number", '"▲"0.00;"▼"0.00;"—"'),
            TableColumn("名次", style="centred"),
            TableColumn("名次变化", style="centred"),
            TableColumn("等次"),
        ],
        [_moved(move) for move in sorted(changes.moves, key=_size)],
    )
    register = FindingRegister(rulebook)
    names = {
        department.entity_code: department.entity_title
        for department in (*changes.earlier.departments, *changes.later.departments)
    }
    columns = [
        *leading,
        TableColumn("级别", style="centred"),
        TableColumn("代码", style="centred"),
        TableColumn("工作表", style="centred"),
        TableColumn("单元格", style="centred"),
        TableColumn("栏目"),
        TableColumn("问题说明"),
    ]
    for heading, findings in (("三、新出现的问题", changes.appeared), ("四、已消除的问题", changes.cleared)):
        rows = [_finding_row(finding, names, register) for finding in findings]
        top = _part(sheet, top, f"{heading}：{len(rows)} 条", columns, rows)


def _part(sheet: Sheet, top: int, heading: str, columns: Sequence[TableColumn], rows: Sequence[Sequence[Cell]]) -> int:
    cut = f"（只列前 {_MOST:,} 条）" if len(rows) > _MOST else ""
    sheet.text(top, 0, heading + cut, "part")
    sheet.heights(top, 24)
    return sheet.table(top + 1, columns, rows[:_MOST], filters=False) + 1


def _blank(count: int) -> list[TableColumn]:
    return [TableColumn("", style="centred") for _ in range(count)]


def _sent(department: RecordedDepartment, word: str) -> list[Cell]:
    return [department.entity_code, department.entity_title, word, *[None] * 4, department.file]


def _size(move: Move) -> tuple[int, str]:
    return -abs(move.score_change or 0), move.after.entity_code


def _moved(move: Move) -> list[Cell]:
    before, after = move.before, move.after
    grade = after.grade if before.grade == after.grade else f"{before.grade or '—'} → {after.grade or '—'}"
    ranks = f"{before.rank or '—'} → {after.rank or '—'}"
    totals = (before.verified_total, after.verified_total, move.score_change)
    return [after.entity_code, after.entity_title, *totals, ranks, change_word(move.rank_change), grade]


def change_word(places: int | None) -> str:
    """Places gained or lost as a sign and a number."""
    if not places:
        return "—"
    return f"▲{places}" if places > 0 else f"▼{-places}"


def _finding_row(finding: RecordedFinding, names: dict[str, str], register: FindingRegister) -> list[Cell]:
    severity = Severity(finding.severity)
    marked = Marked(severity.label, severity.value)
    place = (finding.code, finding.sheet, finding.cell, register.label(finding.field))
    return [finding.entity_code, names.get(finding.entity_code, ""), marked, *place, finding.message]


def _moment(instant: str) -> str:
    return instant[:19].replace("T", " ")
