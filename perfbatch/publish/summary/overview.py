"""总览 and 运行记录: the night on one page, and the record of how it came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch import __version__
from perfbatch.findings import Severity
from perfbatch.publish.figures import counts, mean, moment_text, nearest_float, texts
from perfbatch.publish.summary.receipts import ENTRY_LABELS, MISSING_LABEL
from perfbatch.publish.summary.sheet import Cell, Column, Sheet
from perfbatch.publish.summary.styles import AMOUNT, SCORE, WHOLE
from perfbatch.result import BatchResult
from perfbatch.rulebook.model import Rulebook

__all__ = ["district_totals", "write_overview", "write_run_log"]

_ACROSS = 5
_WIDTH = 24


@dataclass(frozen=True, slots=True)
class _Tile:
    """A heading with one figure under it: a plain int, a text, or a live formula with its value."""

    heading: str
    value: int | str
    formula: str = ""
    cached: float | None = None
    number_format: str = WHOLE


def district_totals(rulebook: Rulebook) -> list[str]:
    """The field ids of the totals that are no part of another: one for each table that has a total."""
    return [
        column.id
        for table in rulebook.unit_tables.values()
        for column in table.fields
        if column.parts and column.id not in rulebook.siblings
    ]


def write_overview(
    sheet: Sheet, result: BatchResult, totals: Mapping[str, tuple[str, int]], verified: str | None
) -> None:
    """Write the overview. `totals`: field id → (address of its total, count); `verified`: the range of verified scores."""
    rulebook = result.rulebook
    for column in range(_ACROSS):
        sheet.width(column, _WIDTH)
    title = f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价汇总"
    sheet.merged(0, 0, 0, _ACROSS - 1, title, "centred_title")
    sheet.heights(0, 40)
    run = f"{rulebook.issuer}　　运行编号 {result.run_id}　　运行时间 {moment_text(result.started_at)}"
    sheet.merged(1, 0, 1, _ACROSS - 1, run, "centred_note")
    sheet.heights(1, 20)
    row = 3
    for heading, tiles in (
        ("一、报送情况", _receipts(result)),
        (f"二、全区合计（{rulebook.kinds['amount'].unit}）", _amounts(rulebook, totals)),
        ("三、评价结果", _scores(result, verified)),
        ("四、发现问题", _findings(result)),
    ):
        row = _tiles(sheet, row, heading, tiles) + 1
    sheet.repeat(0, 1)
    sheet.show_first()


def _tiles(sheet: Sheet, row: int, heading: str, tiles: Sequence[_Tile]) -> int:
    sheet.text(row, 0, heading, "part")
    sheet.heights(row, 22)
    row += 1
    for start in range(0, len(tiles), _ACROSS):
        for column, tile in enumerate(tiles[start : start + _ACROSS]):
            sheet.text(row, column, tile.heading, "head")
            if tile.formula:
                cached = "" if tile.cached is None else tile.cached
                sheet.formula(row + 1, column, tile.formula, cached, "big", tile.number_format)
            elif isinstance(tile.value, str):
                sheet.text(row + 1, column, tile.value, "big")
            else:
                sheet.number(row + 1, column, tile.value, "big", tile.number_format)
        sheet.lines(row, 1)
        sheet.heights(row + 1, 28)
        row += 2
    return row


def _receipts(result: BatchResult) -> list[_Tile]:
    files = Counter(entry.status for entry in result.entries)
    received = len(result.departments)
    if result.roster is None:
        sent = [_Tile("应报部门", "未提供名录"), _Tile("已报部门", received)]
    else:
        beyond = received - result.roster.received
        sent = [
            _Tile("应报部门", result.roster.expected),
            _Tile("已报部门", result.roster.received),
            _Tile(f"{MISSING_LABEL}部门", len(result.roster.missing)),
            *([_Tile("名录外部门", beyond)] if beyond > 0 else []),
        ]
    return [*sent, *(_Tile(f"{ENTRY_LABELS[status]}文件", files[status]) for status in ("set_aside", "superseded"))]


def _amounts(rulebook: Rulebook, totals: Mapping[str, tuple[str, int]]) -> list[_Tile]:
    tiles = []
    for field in district_totals(rulebook):
        label = rulebook.field_by_id[field].label
        if field in totals:
            address, count = totals[field]
            tiles.append(_Tile(label, 0, f"={address}", nearest_float(count), AMOUNT))
        else:
            tiles.append(_Tile(label, "—"))
    return tiles


def _scores(result: BatchResult, verified: str | None) -> list[_Tile]:
    grades = Counter(texts(result.departments["grade"]))
    if verified is None:
        average = _Tile("平均核定得分", "—")
    else:
        value = mean(counts(result.departments["verified_total"]))
        average = _Tile("平均核定得分", 0, f'=IFERROR(AVERAGE({verified}),"")', value, SCORE)
    return [average, *(_Tile(f"{grade.name}（个）", grades[grade.name]) for grade in result.rulebook.grades)]


def _findings(result: BatchResult) -> list[_Tile]:
    found = Counter(finding.severity for finding in result.findings)
    departments = {finding.budget_code for finding in result.findings if finding.severity is Severity.ERROR}
    return [
        *(_Tile(f"{severity.label}（条）", found[severity]) for severity in Severity),
        _Tile("有错误的部门（个）", len(departments)),
    ]


def write_run_log(sheet: Sheet, result: BatchResult, outputs: Sequence[str]) -> None:
    """Write the record of the run: when, by which program and rulebook, what came in and what went out."""
    files = Counter(entry.status for entry in result.entries)
    found = Counter(finding.severity for finding in result.findings)
    seconds = (result.finished_at - result.started_at).total_seconds()
    rows: list[Sequence[Cell]] = [
        ["运行编号", result.run_id],
        ["开始时间", moment_text(result.started_at)],
        ["结束时间", moment_text(result.finished_at)],
        ["用时", f"{seconds:.1f} 秒"],
        ["程序版本", f"perfbatch {__version__}"],
        ["规则", f"{result.rulebook.id}　{result.rulebook.title}"],
        ["规则校验值（SHA-256）", result.rulebook_sha256],
        ["收件文件数", str(len(result.entries))],
        *([f"其中：{word}", str(files[status])] for status, word in ENTRY_LABELS.items()),
        ["评价部门数", str(len(result.departments))],
        ["发现问题数", str(len(result.findings))],
        *([f"其中：{severity.label}", str(found[severity])] for severity in Severity),
        *([f"输出文件 {number}", name] for number, name in enumerate(outputs, 1)),
    ]
    top = sheet.title("运行记录", "每次运行的来历：同样的收件和规则得出同样的结果。")
    sheet.table(top, [Column("项目", narrowest=26), Column("内容", narrowest=70, widest=90)], rows, filters=False)
    sheet.freeze(top + 1, 0)
    sheet.repeat(top, top)


def verified_range(sheet: Sheet, rows: tuple[int, int], column: int) -> str:
    """The address of a column's cells from the first to the last row."""
    first, last = rows
    return f"{sheet.address(first, column)}:{xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)}"
