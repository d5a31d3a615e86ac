"""得分排名: departments by verified score, with what the score rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from perfbatch.findings import Severity
from perfbatch.publish.figures import counts, nearest_float, texts
from perfbatch.publish.summary.links import SheetLinks
from perfbatch.publish.summary.marks import excel_table, stacked_bar
from perfbatch.publish.summary.sheet import Cell, Column, Sheet
from perfbatch.publish.summary.styles import SCORE, STATUS_COLOURS, WHOLE
from perfbatch.result import STATUS_LABELS, BatchResult

__all__ = ["VERIFIED_COLUMN", "Ranked", "ranking_order", "write_ranking"]

VERIFIED_COLUMN = 4
"""The column of the verified score, for formulas elsewhere."""

TABLE_NAME = "Ranking"
_COUNTED = (Severity.ERROR, Severity.WARNING)
_BAR, _POINTS = 7, 8
_LINKS = _POINTS + len(STATUS_LABELS) + len(_COUNTED)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the ranking stands: its first and last row, and the departments' positions in the frame from top to bottom."""

    first: int
    last: int
    order: tuple[int, ...]


def ranking_order(result: BatchResult) -> list[int]:
    """Positions of the departments by rank, then code. A department without a rank has no score: it comes last."""
    ranks, codes = counts(result.departments["rank"]), texts(result.departments["budget_code"])
    return sorted(range(len(codes)), key=lambda at: (ranks[at] is None, ranks[at] or 0, codes[at]))


def write_ranking(
    sheet: Sheet, result: BatchResult, problems: Sheet, heads: Mapping[str, int], notices: Mapping[str, str]
) -> Ranked | None:
    """Write the ranking; returns where it stands, None where there are no departments.

    `heads`: file → the row of its department in `problems`; `notices`: file of a submission → path of its notice beside the summary.
    """
    label = {field.id: field.label for field in result.rulebook.fields()}
    columns = [
        Column("名次", "whole", "centred", narrowest=7),
        Column(label["budget_code"], style="centred", narrowest=11),
        Column(label["unit_name"], narrowest=24),
        Column("自评得分", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("核定得分", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("自评−核定", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("等次", style="centred", narrowest=8),
        Column("分值构成", style="bar", narrowest=27),
        *(
            Column(f"{word}（分）", "figure", "number", SCORE, narrowest=11, widest=12)
            for word in STATUS_LABELS.values()
        ),
        *(Column(f"{severity.label}数", "whole", "number", WHOLE, narrowest=8) for severity in _COUNTED),
        Column("问题", style="centred", narrowest=8),
        Column("通知书", style="centred", narrowest=9),
    ]
    rows = _rows(result)
    first, *_, last = STATUS_LABELS.values()
    top = sheet.title(
        f"{result.rulebook.district}{result.rulebook.fiscal_year}年度部门整体支出绩效评价得分排名",
        f"按核定得分排列，得分相同的名次并列。“{first}”至“{last}”各列把总分值按得分的来源分开；构成条由深到浅：",
    )
    _legend(sheet)
    sheet.table(top, columns, rows, filters=False)
    sheet.freeze(top + 1, 3)
    sheet.repeat(top, top)
    if not rows:
        return None
    ranked = Ranked(top + 1, top + len(rows), tuple(ranking_order(result)))
    _draw(sheet, result, ranked)
    _link(sheet, result, ranked, problems, heads, notices)
    excel_table(sheet, TABLE_NAME, top, ranked.last, [column.title for column in columns])
    return ranked


def _legend(sheet: Sheet) -> None:
    for offset, (status, colour) in enumerate(STATUS_COLOURS.items()):
        block = sheet.book.rich(font_color=colour)
        word = sheet.book.rich(font_color="#595959")
        sheet.native.write_rich_string(1, _POINTS + offset, block, "██", word, STATUS_LABELS[status])


def _rows(result: BatchResult) -> list[list[Cell]]:
    frame = result.departments
    found = Counter((finding.file, finding.severity) for finding in result.findings)
    own, verified = counts(frame["self_total"]), counts(frame["verified_total"])
    ranks, codes, names, files, grades = (
        counts(frame["rank"]),
        texts(frame["budget_code"]),
        texts(frame["unit_name"]),
        texts(frame["file"]),
        texts(frame["grade"]),
    )
    points = [counts(frame[f"points.{status}"]) for status in STATUS_LABELS]
    rows: list[list[Cell]] = []
    for at in ranking_order(result):
        mine, theirs = own[at], verified[at]
        difference = None if mine is None or theirs is None else mine - theirs
        shown = (ranks[at], codes[at], names[at], mine, theirs, difference, grades[at], None)
        rows.append(
            [
                *shown,
                *(column[at] for column in points),
                *(found[files[at], severity] for severity in _COUNTED),
                None,
                None,
            ]
        )
    return rows


def _draw(sheet: Sheet, result: BatchResult, ranked: Ranked) -> None:
    frame, most = result.departments, float(result.rulebook.total_points)
    points = {status: counts(frame[f"points.{status}"]) for status in STATUS_LABELS}
    for row, at in enumerate(ranked.order, ranked.first):
        shares = {colour: nearest_float(points[status][at] or 0) for status, colour in STATUS_COLOURS.items()}
        stacked_bar(sheet, row, _BAR, shares, most)


def _link(
    sheet: Sheet,
    result: BatchResult,
    ranked: Ranked,
    problems: Sheet,
    heads: Mapping[str, int],
    notices: Mapping[str, str],
) -> None:
    files = texts(result.departments["file"])
    links = SheetLinks(sheet)
    for row, at in enumerate(ranked.order, ranked.first):
        if files[at] in heads:
            links.within(row, _LINKS, "查看", problems, heads[files[at]])
        if files[at] in notices:
            links.to_file(row, _LINKS + 1, "打开", notices[files[at]])
