"""指标得分: departments by indicators as a heat map; what is dark is where points are lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from perfbatch.publish.figures import counts, mean, nearest_float, texts
from perfbatch.publish.summary.marks import heat_map
from perfbatch.publish.summary.sheet import Column, Marked, Sheet, display_width
from perfbatch.publish.summary.styles import LOST, PERCENT, SCORE, STATUS_FORMATS, STATUS_SIGNS
from perfbatch.result import STATUS_LABELS, BatchResult
from perfbatch.rulebook.model import Group, Indicator, Rulebook

__all__ = ["Scored", "write_scores"]

_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Scored:
    """Where the heat map stands: indicator id → column, and the rows of the points, the means and the shares."""

    columns: dict[str, int]
    points_row: int
    mean_row: int
    share_row: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of figures: an indicator's, a group's sum over `span`, or the total."""

    column: int
    points: Decimal
    indicator: Indicator | None = None
    group: Group | None = None
    members: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


def write_scores(sheet: Sheet, result: BatchResult) -> Scored:
    """Write the verified score of every department and indicator, with group sums; points, district means and their share of
    the points stand in the frozen rows above the departments."""
    rulebook, frame = result.rulebook, result.departments
    places = _places(rulebook)
    total = places[-1].column
    top = sheet.title(
        f"{rulebook.district}{rulebook.fiscal_year}年度各部门指标核定得分",
        "颜色越深，失分越多（按占分值的比例）。得分后的符号表示来源：",
    )
    for offset, (status, word) in enumerate(STATUS_LABELS.items()):
        sheet.text(1, 8 + 2 * offset, f"{STATUS_SIGNS[status] or '无符号'} {word}", "note")
    points, means, shares = top + 2, top + 3, top + 4
    _headings(sheet, top, rulebook, places)
    for row, word in ((points, "分值"), (means, "全区平均"), (shares, "得分率")):
        sheet.text(row, 0, "", "points")
        sheet.text(row, 1, word, "points")
        sheet.lines(row, 1)
    sheet.freeze(shares + 1, 2)
    sheet.repeat(top, shares)

    first = shares + 1
    last = first + len(frame) - 1
    by_indicator, totals = _by_indicator(result), counts(frame["verified_total"])
    codes, names = texts(frame["budget_code"]), texts(frame["unit_name"])
    code, name = Column("", style="centred"), Column("", narrowest=24)
    figure = Column("", "figure", "number", SCORE)
    for at in range(len(frame)):
        sheet.cell(first + at, 0, code, codes[at])
        sheet.cell(first + at, 1, name, names[at])
    if not len(frame):
        sheet.body(first, [figure] * (total + 1), [])
    for place in places:
        values = _column(sheet, place, first, by_indicator, totals, figure)
        average = mean(values)
        sheet.number(points, place.column, float(place.points), "points", "0.##")
        cells = xl_range(first, place.column, last, place.column)
        if values:
            mean_cell = xl_rowcol_to_cell(means, place.column)
            points_cell = xl_rowcol_to_cell(points, place.column)
            cached = "" if average is None else average
            sheet.formula(means, place.column, f'=IFERROR(AVERAGE({cells}),"")', cached, "points", SCORE)
            share = "" if average is None else average / float(place.points)
            sheet.formula(shares, place.column, f'=IFERROR({mean_cell}/{points_cell},"")', share, "points", PERCENT)
            heat_map(sheet, (first, last), place.column, float(place.points), LOST)
        else:
            sheet.text(means, place.column, "", "points")
            sheet.text(shares, place.column, "", "points")
    heat_map_row = (shares, shares)
    for place in places:
        heat_map(sheet, heat_map_row, place.column, 1.0, LOST)
    if len(frame):
        # The filter's arrows sit on the last row above the departments.
        sheet.filter(shares, 0, last, total)
    return Scored({one.indicator.id: one.column for one in places if one.indicator}, points, means, shares)


def _places(rulebook: Rulebook) -> list[_Place]:
    places: list[_Place] = []
    column = 2
    for group_id, members in groupby(rulebook.indicators, key=lambda indicator: indicator.group):
        group = next(one for one in rulebook.groups if one.id == group_id)
        start, within = column, list(members)
        for indicator in within:
            places.append(_Place(column, indicator.points, indicator=indicator))
            column += 1
        places.append(_Place(column, group.points, None, group, tuple(one.id for one in within), (start, column - 1)))
        column += 1
    places.append(_Place(column, rulebook.total_points))
    return places


def _headings(sheet: Sheet, top: int, rulebook: Rulebook, places: list[_Place]) -> None:
    for index, field in enumerate(("budget_code", "unit_name")):
        sheet.merged(top, index, top + 1, index, rulebook.field_by_id[field].label)
    deepest = 1
    for place in places:
        sheet.width(place.column, _WIDTH)
        if place.indicator:
            sheet.text(top + 1, place.column, place.indicator.name, "head", single_line=True)
            deepest = max(deepest, -(-display_width(place.indicator.name) // (_WIDTH - 1)))
        elif place.group:
            sheet.merged(top, place.span[0], top, place.column, place.group.name)
            sheet.text(top + 1, place.column, f"{place.group.name}小计", "head", single_line=True)
        else:
            sheet.merged(top, place.column, top + 1, place.column, "核定总分")
    sheet.fit(0, 11)
    sheet.fit(1, 24)
    sheet.lines(top, 1)
    sheet.lines(top + 1, deepest)


def _column(
    sheet: Sheet,
    place: _Place,
    first: int,
    by_indicator: dict[str, list[Marked | None]],
    totals: list[int | None],
    figure: Column,
) -> list[int | None]:
    """Write one column of departments; returns its counts."""
    if place.indicator:
        cells = by_indicator[place.indicator.id]
        for at, cell in enumerate(cells):
            sheet.cell(first + at, place.column, figure, cell)
        return [_count(cell) for cell in cells]
    if place.group:
        members = [by_indicator[one] for one in place.members]
        sums: list[int | None] = []
        for at in range(len(totals)):
            filled = [value for cells in members if (value := _count(cells[at])) is not None]
            sums.append(sum(filled) if filled else None)
            cells_of = xl_range(first + at, place.span[0], first + at, place.span[1])
            cached = nearest_float(sum(filled)) if filled else ""
            sheet.formula(
                first + at, place.column, f'=IF(COUNT({cells_of})=0,"",SUM({cells_of}))', cached, "own_number", SCORE
            )
        return sums
    for at, count in enumerate(totals):
        sheet.cell(first + at, place.column, figure, Marked(count, "own_number", SCORE))
    return totals


def _count(cell: Marked | None) -> int | None:
    return cell.value if cell is not None and isinstance(cell.value, int) else None


def _by_indicator(result: BatchResult) -> dict[str, list[Marked | None]]:
    """Indicator id → a cell per department, in the order of the frame."""
    frame = result.scores
    table: dict[str, list[Marked | None]] = {
        indicator.id: [None] * len(result.departments) for indicator in result.rulebook.indicators
    }
    named = zip(frame["department"].tolist(), texts(frame["indicator"]), texts(frame["status"]), strict=True)
    for (department, indicator, status), verified in zip(named, counts(frame["verified"]), strict=True):
        table[indicator][department] = Marked(verified, status, STATUS_FORMATS[status])
    return table
