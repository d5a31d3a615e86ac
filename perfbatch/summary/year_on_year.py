"""同比变化: every entity's score and main totals beside last year's; what moved ten times over is set apart and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xlsxwriter.utility import xl_col_to_name, xl_range

from perfbatch.district.result import BatchResult
from perfbatch.history.last_year import LastYear
from perfbatch.model.figures import Array, texts
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.summary.row_marks import signed_arrows, ten_fold_tint
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Counts, Formulas, Look, Values
from perfbatch.summary.styles import SCORE
from perfbatch.summary.year_changes import TEN_FOLD, Change, Pair, change_of

__all__ = ["SHEET", "YearOnYear", "write_year_on_year"]

SHEET = "同比变化"

_LEADING = 2
_PERCENT = '+0.0%;"−"0.0%;0.0%'
_POINTS = '+0.00;"−"0.00;0.00'
_COUNT = '0;;"—"'
_NONE = "上年无数据"


@dataclass(frozen=True, slots=True)
class YearOnYear:
    """Where the number of ten-fold moves stands, and what it is."""

    sheet: Sheet
    address: str
    ten_fold: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Columns under one heading, this year's and last year's figures first and the change third, from `column` on."""

    title: str
    column: int
    pair: Pair
    change: Change
    number_format: str
    grades: tuple[Sequence[str | None], Sequence[str | None]] | None = None

    @property
    def width(self) -> int:
        return 5 if self.grades else 3


def write_year_on_year(sheet: Sheet, result: BatchResult, last_year: LastYear) -> YearOnYear:
    """Write a row an entity, those first of which a total moved ten times over, and a last row for all that both years have."""
    rulebook, frame = result.rulebook, result.departments
    codes, names, noun = texts(frame["entity_code"]), texts(frame["entity_title"]), rulebook.entity.noun
    parts = _parts(result, last_year, codes)
    money = [part for part in parts if part.grades is None]
    moved = np.sum([part.change.ten_fold for part in money], axis=0) if money else np.zeros(len(codes), np.int64)
    order = sorted(range(len(codes)), key=lambda at: (-int(moved[at]), codes[at]))
    gone = len(last_year.entities - {*codes})
    note = (
        f"上年数为历史记录中{last_year.fiscal_year}年度最后报送的数据；上年为 0 或未填的不计算增减。"
        f"{TEN_FOLD}：本年数为上年的 10 倍及以上，或十分之一及以下，请核实是否单位填错。"
    )
    if gone:
        note += f"上年有数据而本年未报的{noun} {gone} 个，不在表中。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}{SHEET}", note)
    headings = _headings(sheet, top, result, parts, last_year.fiscal_year)
    first, last = top + 2, top + 1 + len(order)
    sheet.wide_paper()
    sheet.freeze(first, _LEADING)
    sheet.repeat(top, top + 1)
    if not order:
        sheet.nothing(first, len(headings))
        return YearOnYear(sheet, "", 0)
    places = np.array(order)
    known = last_year.entities
    strips: list[Values | Counts | Formulas] = [
        Values([codes[at] for at in order], [Look("centred")]),
        Values([names[at] for at in order], [Look("text")]),
        *(strip for part in parts for strip in _strips(part, places)),
        Formulas(_counted(money), moved[places] * SCALE, np.ones(len(order), np.bool_), [Look("centred", _COUNT)]),
        Values([None if codes[at] in known else _NONE for at in order], [Look("centred")]),
    ]
    sheet.block(first, headings, strips)
    sheet.filter(top + 1, 0, last, len(headings) - 1)
    for part in parts:
        (signed_arrows if part.grades else ten_fold_tint)(sheet, (first, last), part.column + 2)
    _totals(sheet, (first, last), parts)
    column = len(headings) - 2
    sheet.formula(
        last + 1, column, f"=SUM({xl_range(first, column, last, column)})", int(moved.sum()), "total_text", _COUNT
    )
    sheet.text(last + 1, column + 1, "", "total_text")
    return YearOnYear(sheet, sheet.address(last + 1, column), int(moved.sum()))


def _parts(result: BatchResult, last_year: LastYear, codes: Sequence[str]) -> list[_Part]:
    rulebook, frame = result.rulebook, result.departments
    parts: list[_Part] = []
    if rulebook.is_scored:
        scores = [last_year.scores.get(code) for code in codes]
        pair = Pair.of(frame["verified_total"], [score.verified_total if score else None for score in scores])
        grades = texts(frame["grade"]), [(score.grade or None) if score else None for score in scores]
        parts.append(_Part(f"{result.verified_word}得分", _LEADING, pair, pair.difference(), SCORE, grades))
    for name in main_totals(rulebook):
        field = rulebook.field_by_id[name]
        pair = Pair.of(frame[name], [last_year.figures.get(code, {}).get(name) for code in codes])
        column = parts[-1].column + parts[-1].width if parts else _LEADING
        unit = rulebook.kind_of(field).unit
        title = f"{field.label}（{unit}）" if unit else field.label
        parts.append(_Part(title, column, pair, change_of(pair), rulebook.kind_of(field).number_format))
    return parts


def _headings(
    sheet: Sheet, top: int, result: BatchResult, parts: Sequence[_Part], last_year: int
) -> list[TableColumn | None]:
    """Write both rows of headings; returns the columns."""
    rulebook, year = result.rulebook, result.rulebook.fiscal_year
    columns: list[TableColumn | None] = [TableColumn("", narrowest=11), TableColumn("", narrowest=26)]
    titles = [rulebook.key_label, rulebook.name_label]
    for index, title in enumerate(titles):
        sheet.merged(top, index, top + 1, index, title)
    for part in parts:
        sheet.merged(top, part.column, top, part.column + part.width - 1, part.title)
        below = [f"{year}年", f"{last_year}年", "增减" if part.grades else "增减%"]
        below += [f"{year}年等次", f"{last_year}年等次"] if part.grades else []
        for offset, title in enumerate(below):
            sheet.text(top + 1, part.column + offset, title, "head")
            sheet.fit(part.column + offset, 12)
            figure = TableColumn("", "figure", number_format=part.number_format, widest=20)
            columns.append(figure if offset < 2 else None)
    for title, width in ((f"{TEN_FOLD}（项）", 12), ("说明", 14)):
        sheet.merged(top, len(columns), top + 1, len(columns), title)
        sheet.fit(len(columns), width)
        columns.append(None)
    for index, width in enumerate((12, 26)):
        sheet.fit(index, width)
    sheet.lines(top, 1)
    sheet.lines(top + 1, 1)
    return columns


def _strips(part: _Part, places: Array) -> list[Values | Counts | Formulas]:
    now, then = (xl_col_to_name(part.column + offset) for offset in (0, 1))
    look = [Look("number", part.number_format)]
    strips: list[Values | Counts | Formulas] = [
        Counts(counts[places], filled[places], look) for counts, filled in (part.pair.now, part.pair.then)
    ]
    if part.grades:
        formula = f'=IF(OR({now}{{row}}="",{then}{{row}}=""),"",ROUND({now}{{row}}-{then}{{row}},6))'
    else:
        formula = (
            f'=IF(OR({now}{{row}}="",{then}{{row}}=""),"",'
            f'IF({then}{{row}}<=0,"",ROUND({now}{{row}}/{then}{{row}}-1,6)))'
        )
    own = Look("number", _POINTS if part.grades else _PERCENT)
    strips.append(Formulas(formula, part.change.counts[places], part.change.filled[places], [own]))
    for grades in part.grades or ():
        strips.append(Values([grades[at] for at in places.tolist()], [Look("centred")]))
    return strips


def _counted(money: Sequence[_Part]) -> str:
    """How many totals of a row moved ten times over: to ten times is nine times more, to a tenth is nine tenths less."""
    cells = [f"{xl_col_to_name(part.column + 2)}{{row}}" for part in money]
    return "=" + ("+".join(f'COUNTIF({cell},">=9")+COUNTIF({cell},"<=-0.9")' for cell in cells) or "0")


def _totals(sheet: Sheet, area: tuple[int, int], parts: Sequence[_Part]) -> None:
    """The last row: of what both years have, the mean score and the sums."""
    first, last = area
    below = last + 1
    sheet.merged(below, 0, below, _LEADING - 1, "两年均有数据的合计（得分为平均）", "total_text")
    for part in parts:
        cells = [xl_range(first, part.column + offset, last, part.column + offset) for offset in range(3)]
        # Each year's figures where the other year's cell is not empty.
        sums = [f'SUMIF({cells[1]},"<>",{cells[0]})', f'SUMIF({cells[0]},"<>",{cells[1]})']
        both = part.pair.both
        count = int(both.sum())
        values = [sum(counts[both].tolist()) / SCALE for counts, _ in (part.pair.now, part.pair.then)]
        if part.grades:
            sums = [f'IFERROR({total}/COUNT({cells[2]}),"")' for total in sums]
            values = [value / count for value in values] if count else []
        for offset, formula in enumerate(sums):
            cached = values[offset] if values else ""
            sheet.formula(below, part.column + offset, f"={formula}", cached, "total", part.number_format)
        now, then = (f"{xl_col_to_name(part.column + offset)}{below + 1}" for offset in (0, 1))
        if part.grades:
            change, cached = f'IFERROR({now}-{then},"")', values[0] - values[1] if values else ""
            sheet.merged(below, part.column + 3, below, part.column + 4, "", "total_text")
        else:
            change, cached = f'IFERROR({now}/{then}-1,"")', values[0] / values[1] - 1 if values[1] else ""
        sheet.formula(below, part.column + 2, f"={change}", cached, "total", _POINTS if part.grades else _PERCENT)
