"""指标得分: departments by indicators, each score in the look of its status."""

from __future__ import annotations

from itertools import groupby

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch.publish.figures import counts, mean, texts
from perfbatch.publish.summary.sheet import Column, Marked, Sheet, display_width
from perfbatch.publish.summary.styles import SCORE
from perfbatch.result import STATUS_LABELS, BatchResult

__all__ = ["write_scores"]

_WIDTH = 9


def write_scores(sheet: Sheet, result: BatchResult) -> None:
    """Write the verified score of every department and indicator, the points under the headings and the means below."""
    rulebook, frame = result.rulebook, result.departments
    indicators = rulebook.indicators
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度各部门指标核定得分",
        "得分的字体和底色表示来源，图例：",
    )
    for offset, (status, word) in enumerate(STATUS_LABELS.items(), 2):
        sheet.text(1, offset, word, status)
    headings, points = top + 1, top + 2
    total = 2 + len(indicators)
    for index, field in enumerate(("budget_code", "unit_name")):
        sheet.merged(top, index, headings, index, rulebook.field_by_id[field].label)
        sheet.text(points, index, "" if index == 0 else "分值", "points")
    column = 2
    for group_id, members in groupby(indicators, key=lambda indicator: indicator.group):
        span = len(list(members))
        name = next(group.name for group in rulebook.groups if group.id == group_id)
        sheet.merged(top, column, top, column + span - 1, name)
        column += span
    deepest = 1
    for index, indicator in enumerate(indicators, 2):
        sheet.text(headings, index, indicator.name, "head")
        sheet.number(points, index, float(indicator.points), "points", "0.##")
        sheet.width(index, _WIDTH)
        deepest = max(deepest, -(-display_width(indicator.name) // (_WIDTH - 2)))
    sheet.merged(top, total, headings, total, "核定总分")
    sheet.number(points, total, float(rulebook.total_points), "points", "0.##")
    sheet.width(total, _WIDTH)
    sheet.lines(top, 1)
    sheet.lines(headings, deepest)
    sheet.lines(points, 1)
    sheet.freeze(points + 1, 2)
    sheet.repeat(top, points)

    label = rulebook.field_by_id
    score = Column("", "figure", "number", SCORE)
    columns = [
        Column(label["budget_code"].label, style="centred"),
        Column(label["unit_name"].label),
        *([score] * (len(indicators) + 1)),
    ]
    sheet.fit(0, 11)
    sheet.fit(1, 24)
    by_indicator = _by_indicator(result)
    totals = counts(frame["verified_total"])
    codes, names = texts(frame["budget_code"]), texts(frame["unit_name"])
    rows = [
        [codes[at], names[at], *(by_indicator[indicator.id][at] for indicator in indicators), totals[at]]
        for at in range(len(frame))
    ]
    first = points + 1
    sheet.body(first, columns, rows)
    if not rows:
        return
    last = points + len(rows)
    # The filter's arrows sit on the row of points: it is the last row above the departments.
    sheet.filter(points, 0, last, total)
    sheet.merged(last + 1, 0, last + 1, 1, "平均分", "total_text")
    for index in range(2, total + 1):
        verified = [totals[at] if index == total else _count(rows[at][index]) for at in range(len(rows))]
        cells = f"{xl_rowcol_to_cell(first, index)}:{xl_rowcol_to_cell(last, index)}"
        average = mean(verified)
        sheet.formula(
            last + 1, index, f'=IFERROR(AVERAGE({cells}),"")', "" if average is None else average, "total", SCORE
        )


def _count(cell: object) -> int | None:
    value = cell.value if isinstance(cell, Marked) else None
    return value if isinstance(value, int) else None


def _by_indicator(result: BatchResult) -> dict[str, list[Marked | None]]:
    """Indicator id → a cell per department, in the order of the frame."""
    frame = result.scores
    table: dict[str, list[Marked | None]] = {
        indicator.id: [None] * len(result.departments) for indicator in result.rulebook.indicators
    }
    named = zip(frame["department"].tolist(), texts(frame["indicator"]), texts(frame["status"]), strict=True)
    for (department, indicator, status), verified in zip(named, counts(frame["verified"]), strict=True):
        table[indicator][department] = Marked(verified, status)
    return table
