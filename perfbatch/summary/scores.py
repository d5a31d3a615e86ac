"""指标得分: departments by indicators as a heat map; what is dark is where points are lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.district.score_matrix import STATUSES, ScoreMatrix
from perfbatch.model.figures import arrays, texts
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Group, Indicator, Rulebook
from perfbatch.summary.marks import excel_table, heat_map
from perfbatch.summary.sheet import Sheet, TableColumn, display_width
from perfbatch.summary.strips import Counts, Formulas, Look, Values
from perfbatch.summary.styles import LOST, PERCENT, SCORE, STATUS_FORMATS, STATUS_SIGNS

__all__ = ["ScoreSheet", "write_scores"]

TABLE_NAME = "Scores"
_WIDTH = 7


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Where the heat map stands: indicator id → column, and the row of the means."""

    columns: dict[str, int]
    mean_row: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of figures: an indicator's, a group's sum over `span`, or the total."""

    column: int
    points: Decimal
    indicator: Indicator | None = None
    group: Group | None = None
    members: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


def write_scores(sheet: Sheet, result: BatchResult, matrix: ScoreMatrix) -> ScoreSheet:
    """Write the verified score of every department and indicator, with group sums; points, district means and their share of
    the points stand in the frozen rows above the headings: those are an Excel table's, and stand right above its rows."""
    rulebook, frame = result.rulebook, result.departments
    places = _places(rulebook)
    total = places[-1].column
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度各{rulebook.entity.noun}指标{result.verified_word}得分",
        "颜色越深，失分越多（按占分值的比例）。得分后的符号表示来源：",
    )
    for offset, (status, word) in enumerate(STATUS_LABELS.items()):
        sheet.text(1, 8 + 2 * offset, f"{STATUS_SIGNS[status] or '无符号'} {word}", "note")
    points, means, shares = top, top + 1, top + 2
    heading = _headings(sheet, shares + 1, rulebook, places, result.verified_word)
    for row, word in ((points, "分值"), (means, "全区平均"), (shares, "得分率")):
        sheet.text(row, 0, "", "points")
        sheet.text(row, 1, word, "points")
        sheet.lines(row, 1)
    sheet.wide_paper()
    sheet.freeze(heading + 1, 2)
    sheet.repeat(top, heading)

    first = heading + 1
    last = first + len(frame) - 1
    figures = _figures(matrix, places, arrays(frame["verified_total"]))
    if len(frame):
        sheet.block(
            first,
            [TableColumn(""), TableColumn("", narrowest=24), *(None for _ in places)],
            [
                Values(texts(frame["entity_code"]), [Look("centred")]),
                Values(texts(frame["entity_title"]), [Look("text")]),
                *(_strip(place, figure, matrix) for place, figure in zip(places, figures, strict=True)),
            ],
        )
    else:
        sheet.nothing(first, total + 1)
    for place, (counts, filled) in zip(places, figures, strict=True):
        sheet.number(points, place.column, float(place.points), "points", "0.##")
        cells = xl_range(first, place.column, last, place.column)
        if len(frame):
            average = int(counts[filled].sum()) / (int(filled.sum()) * SCALE) if filled.any() else None
            mean_cell = xl_rowcol_to_cell(means, place.column)
            points_cell = xl_rowcol_to_cell(points, place.column)
            cached = "" if average is None else average
            sheet.formula(means, place.column, f'=IFERROR(AVERAGE({cells}),"")', cached, "points", SCORE)
            share = "" if average is None or not place.points else average / float(place.points)
            sheet.formula(shares, place.column, f'=IFERROR({mean_cell}/{points_cell},"")', share, "points", PERCENT)
            heat_map(sheet, (first, last), place.column, float(place.points), LOST)
        else:
            sheet.text(means, place.column, "", "points")
            sheet.text(shares, place.column, "", "points")
    for place in places:
        heat_map(sheet, (shares, shares), place.column, 1.0, LOST)
    if len(frame):
        excel_table(sheet, TABLE_NAME, heading, last, _titles(rulebook, places, result.verified_word))
    return ScoreSheet({place.indicator.id: place.column for place in places if place.indicator}, means)


def _places(rulebook: Rulebook) -> list[_Place]:
    places: list[_Place] = []
    column = 2
    for group_id, members in groupby(rulebook.indicators, key=lambda indicator: indicator.group):
        group = next(level_one for level_one in rulebook.groups if level_one.id == group_id)
        start, within = column, list(members)
        for indicator in within:
            places.append(_Place(column, indicator.points, indicator=indicator))
            column += 1
        places.append(
            _Place(column, group.points, None, group, tuple(member.id for member in within), (start, column - 1))
        )
        column += 1
    places.append(_Place(column, rulebook.total_points))
    return places


def _titles(rulebook: Rulebook, places: list[_Place], word: str) -> list[str]:
    return [
        rulebook.key_label,
        rulebook.name_label,
        *(
            place.indicator.name if place.indicator else f"{place.group.name}小计" if place.group else f"{word}总分"
            for place in places
        ),
    ]


def _headings(sheet: Sheet, top: int, rulebook: Rulebook, places: list[_Place], word: str) -> int:
    """Write the groups in a row and the columns' titles in the next; returns that one."""
    row, total = top + 1, places[-1].column
    sheet.merged(top, 0, top, 1, "单位：分")
    sheet.text(top, total, "", "head")
    for place in places:
        sheet.width(place.column, _WIDTH)
        if place.group:
            sheet.merged(top, place.span[0], top, place.column, place.group.name)
    titles = _titles(rulebook, places, word)
    for column, title in enumerate(titles):
        sheet.text(row, column, title, "head", single_line=True)
    sheet.fit(0, 12)
    sheet.fit(1, 24)
    sheet.lines(top, 1)
    # The filter's arrow covers the end of the last line.
    sheet.lines(row, max(-(-display_width(title) // (_WIDTH - 1)) for title in titles[2:]) + 1)
    return row


CountsAndFilled = tuple[Any, Any]
"""Counts and where they are filled."""


def _figures(matrix: ScoreMatrix, places: list[_Place], totals: CountsAndFilled) -> list[CountsAndFilled]:
    """What stands in each place, department by department; a group without a score has no sum."""
    counts, filled = matrix.verified
    columns: list[CountsAndFilled] = []
    for place in places:
        names = place.members or ([place.indicator.id] if place.indicator else [])
        rows = [matrix.indicators.index(name) for name in names]
        columns.append((counts[rows].sum(axis=0), filled[rows].any(axis=0)) if rows else totals)
    return columns


def _strip(place: _Place, figure: CountsAndFilled, matrix: ScoreMatrix) -> Counts | Formulas:
    counts, filled = figure
    if place.indicator:
        statuses = matrix.statuses[matrix.indicators.index(place.indicator.id)]
        looks = [Look("number", SCORE), *(Look(status, STATUS_FORMATS[status]) for status in STATUSES)]
        return Counts(counts, filled, looks, statuses + 1)
    if place.group:
        first, last = (f"{xl_col_to_name(column)}{{row}}" for column in place.span)
        formula = f'=IF(COUNT({first}:{last})=0,"",SUM({first}:{last}))'
        return Formulas(formula, counts, filled, [Look("own_number", SCORE)])
    return Counts(counts, filled, [Look("own_number", SCORE)])
