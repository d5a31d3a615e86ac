"""One department on one page: scores and amounts on the left, every indicator on the right, what was found below. Either live,
for whoever is chosen, or one department's as it is."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from perfbatch.district.result import STATUS_LABELS
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.card_figures import CardFigures
from perfbatch.summary.ledger import Ledger
from perfbatch.summary.marks import heat_map
from perfbatch.summary.scores import ScoreSheet
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.styles import AMOUNT, DARK, LOST, PALE_BLUE, PERCENT, SCORE, WHOLE

__all__ = ["CHOICE", "FINDINGS_SHOWN", "RIGHT", "WIDTHS", "CardPage", "LiveSource"]

FINDINGS_SHOWN = 10
"""Findings on the card; the list has them all."""

CHOICE = (2, 2)
"""Where the department's name stands."""

WIDTHS = (17, 12, 17, 12, 17, 12, 2, 24, 7, 8, 8, 9, 9, 10)
RIGHT = 7
_STATUS = ("computed", "self_reported", "not_applicable", "adjusted")
_ROW = 18
_CHART_ROWS = 13


@dataclass(frozen=True, slots=True)
class LiveSource:
    """What a live card looks its figures up in: the ledger and the sheet of the indicators' scores, where there is one."""

    ledger: Ledger
    scores: tuple[Sheet, ScoreSheet] | None


class CardPage:
    """The page of the department at a place; with a `live` source, formulas that have its figures now and others when another one
    is chosen."""

    def __init__(
        self, sheet: Sheet, rulebook: Rulebook, figures: CardFigures, at: int = 0, live: LiveSource | None = None
    ) -> None:
        self.sheet = sheet
        self.figures = figures
        self._rulebook = rulebook
        self._place = at
        self._live = live
        self.at = xl_rowcol_to_cell(1, len(WIDTHS) + 1, row_abs=True, col_abs=True)
        """The cell beside the page that says which department is chosen."""

    def write(self) -> None:
        """Everything below the department's name."""
        figures_end = self.amounts(4)
        scores_end = 4
        if self._rulebook.is_scored:
            scores_end = self.scores(4)
            self.compare(figures_end + 1, 5)
        end = self.findings(max(figures_end + 1 + _CHART_ROWS, scores_end) + 1)
        self.sheet.native.print_area(0, 0, end, len(WIDTHS) - 1)

    def amounts(self, top: int) -> int:
        """Scores, grade and rank, the one heading that is not everybody's looked up; then every amount of the unit tables. Returns the first free row."""
        tiles = (
            ("自评得分", "self_total", SCORE),
            ("", "verified_total", SCORE),
            ("等次", "grade", ""),
            ("名次", "rank", WHOLE),
            ("错误", "error", WHOLE),
            ("提醒", "warning", WHOLE),
        )
        for column, (heading, key, number_format) in enumerate(tiles):
            if heading:
                self.sheet.text(top, column, heading, "tile_head")
            else:
                self._look_up(top, column, f"{key}.heading", "tile_head")
            self._look_up(top + 1, column, key, "tile", number_format)
        self.sheet.heights(top + 1, 26)
        row = top + 3
        for table in self._rulebook.money_tables.values():
            self.sheet.merged(row, 0, row, 5, table.title, "subgroup")
            fields = [field for field in table.fields if field.kind == "amount"]
            for number, field in enumerate(fields):
                at, column = row + 1 + number // 3, number % 3 * 2
                self.sheet.text(at, column, field.label, "text_small", single_line=True)
                self._look_up(at, column + 1, field.id, "number", AMOUNT)
            row += 1 + -(-len(fields) // 3)
        return row

    def compare(self, top: int, first: int) -> None:
        """A chart of the department's scores beside the district's means; it follows the drop-down."""
        sheet, last = self.sheet, first + len(self._rulebook.indicators) - 1
        drawn = sheet.book.native.add_chart({"type": "column"})
        for offset, colour in ((3, DARK), (4, PALE_BLUE)):
            drawn.add_series(
                {
                    "name": [sheet.name, first - 1, RIGHT + offset],
                    "categories": [sheet.name, first, RIGHT, last, RIGHT],
                    "values": [sheet.name, first, RIGHT + offset, last, RIGHT + offset],
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        font = {"name": "宋体", "size": 8}
        drawn.set_title({"name": "各指标得分与全区平均", "name_font": {"name": "黑体", "size": 10, "bold": False}})
        drawn.set_x_axis({"num_font": {**font, "size": 7, "rotation": -60}, "interval_unit": 1})
        drawn.set_y_axis(
            {"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}, "min": 0}
        )
        drawn.set_legend({"position": "top", "font": font})
        drawn.set_chartarea({"border": {"color": "#BFBFBF"}})
        width = sum(int(characters * 7 + 5) for characters in WIDTHS[:6])
        drawn.set_size({"width": width, "height": int(_ROW * 4 / 3 * _CHART_ROWS)})
        place = {"object_position": 1, "description": "各指标得分与全区平均"}
        # As high as the rows that it lies over, however few of them hold anything.
        for row in range(top, top + _CHART_ROWS):
            sheet.heights(row, _ROW)
        sheet.native.insert_chart(top, 0, drawn, place)

    def findings(self, top: int) -> int:
        """The first findings, gravest first, and how many there are, over the width of the page. Returns the last row."""
        sheet, listed = self.sheet, self.figures.findings_of(self._place)
        count = len(listed)
        last_column = len(WIDTHS) - 1
        sheet.merged(top, 0, top, last_column, "", "subgroup")
        total = self.index("findings")
        tail = f"（列前 {FINDINGS_SHOWN} 条，其余见“问题清单”）"
        formula = f'=IF({self.at}=0,"发现问题","发现问题 "&{total}&" 条"&IF({total}>{FINDINGS_SHOWN},"{tail}",""))'
        self._cell(top, 0, formula, f"发现问题 {count} 条{tail if count > FINDINGS_SHOWN else ''}", "subgroup")
        # A page that stays as it is has no rows for findings of others.
        shown = FINDINGS_SHOWN if self._live else min(count, FINDINGS_SHOWN)
        for number in range(shown):
            row = top + 1 + number
            here = f"AND({self.at}>0,{number}<{total})"
            texts = listed[number] if number < count else None
            for column, part, style in (
                (0, 0, "centred"),
                (1, 2, "centred"),
                (3, 3, "finding"),
                (RIGHT + 1, 4, "finding"),
            ):
                end = {1: 2, 3: RIGHT, RIGHT + 1: last_column}.get(column, column)
                sheet.merged(row, column, row, end, "", style)
                cells = self._finding_range(part)
                formula = f'=IF({here},INDEX({cells},{self.index("first")}+{number}),"")'
                self._cell(row, column, formula, texts[part] if texts else "", style)
            sheet.heights(row, _ROW)
        return top + shown

    def scores(self, top: int) -> int:
        """Every indicator: points, self, verified, the district's mean, the gap to it, where the score comes from. Returns
        the last row."""
        sheet, rulebook, column = self.sheet, self._rulebook, RIGHT
        for offset, heading in enumerate(("指标", "分值", "自评", "得分", "全区平均", "与平均差", "来源")):
            sheet.text(top, column + offset, heading, "head")
        labels = ",".join(f'"{STATUS_LABELS[status]}"' for status in _STATUS)
        statuses = str(self.value("statuses"))
        for number, indicator in enumerate(rulebook.indicators):
            row = top + 1 + number
            sheet.text(row, column, indicator.name, "text_small", single_line=True)
            sheet.number(row, column + 1, float(indicator.points), "centred", "0.##")
            self._look_up(row, column + 2, f"self.{indicator.id}", "number", SCORE)
            self._look_up(row, column + 3, f"verified.{indicator.id}", "own_number", SCORE)
            mean = self.figures.mean(f"verified.{indicator.id}")
            district_mean = "" if mean is None else mean
            self._cell(row, column + 4, f"={self._mean_cell(indicator.id)}", district_mean, "number", SCORE)
            mine = self.value(f"verified.{indicator.id}")
            gap = "" if mean is None or isinstance(mine, str) else mine - mean
            own, district = xl_rowcol_to_cell(row, column + 3), xl_rowcol_to_cell(row, column + 4)
            self._cell(row, column + 5, f'=IFERROR({own}-{district},"")', gap, "number", '"+"0.00;"−"0.00;0.00')
            chosen = f"VALUE(MID({self.index('statuses')},{number + 1},1))"
            code = statuses[number : number + 1]
            status = STATUS_LABELS[_STATUS[int(code) - 1]] if code else ""
            self._cell(row, column + 6, f'=IFERROR(CHOOSE({chosen},{labels}),"")', status, "centred")
            heat_map(sheet, (row, row), column + 3, float(indicator.points), LOST)
        row = top + 1 + len(rulebook.indicators)
        sheet.text(row, column, "合计", "total_text")
        sheet.number(row, column + 1, float(rulebook.total_points), "total_text", "0.##")
        self._look_up(row, column + 2, "self_total", "total", SCORE)
        self._look_up(row, column + 3, "verified_total", "total", SCORE)
        mean = self.figures.mean("verified_total")
        verified = self.range_of("verified_total")
        self._cell(row, column + 4, f'=IFERROR(AVERAGE({verified}),"")', "" if mean is None else mean, "total", SCORE)
        own, district = xl_rowcol_to_cell(row, column + 3), xl_rowcol_to_cell(row, column + 4)
        mine = self.value("verified_total")
        gap = "" if mean is None or isinstance(mine, str) else mine - mean
        self._cell(row, column + 5, f'=IFERROR({own}-{district},"")', gap, "total", '"+"0.00;"−"0.00;0.00')
        share = float(self.value("computable"))
        points = float(rulebook.total_points)
        formula = f'=IFERROR("可核算 "&TEXT({self.index("computable")}/{points:g},"0%"),"")'
        self._cell(row, column + 6, formula, f"可核算 {share / points:.0%}", "total_text", PERCENT)
        for number in range(top, row + 1):
            if number != top + 1:
                sheet.heights(number, _ROW)
        return row

    def _mean_cell(self, indicator: str) -> str:
        if self._live is None or self._live.scores is None:
            return ""
        sheet, scored = self._live.scores
        return sheet.address(scored.mean_row, scored.columns[indicator])

    def range_of(self, key: str) -> str:
        """The cells of a figure of all departments."""
        return (
            self._cells(self._live.ledger.departments, self.figures.columns[key], self.figures.size)
            if self._live
            else ""
        )

    def _finding_range(self, part: int) -> str:
        return self._cells(self._live.ledger.findings, part, max(self.figures.listed, 1)) if self._live else ""

    @staticmethod
    def _cells(sheet: Sheet, column: int, last: int) -> str:
        name = xl_col_to_name(column)
        return f"'{sheet.name}'!${name}$2:${name}${last + 1}"

    def index(self, key: str) -> str:
        """The formula of a figure of the department chosen."""
        return f"INDEX({self.range_of(key)},{self.at})" if self._live else ""

    def value(self, key: str) -> str | float:
        """A figure of this department."""
        return self.figures.value(key, self._place)

    def _look_up(self, row: int, column: int, key: str, style: str, number_format: str = "") -> None:
        self.chosen(row, column, self.index(key), self.value(key), style, number_format)

    def chosen(
        self,
        row: int,
        column: int,
        source: str,
        value: str | float,
        style: str,
        number_format: str = "",
        prefix: str = "",
    ) -> None:
        """A cell that is empty as long as nobody is chosen."""
        self._cell(row, column, f'=IF({self.at}=0,"",{prefix}{source})', value, style, number_format)

    def _cell(
        self, row: int, column: int, formula: str, value: str | float, style: str, number_format: str = ""
    ) -> None:
        """A live formula with its value, or the value alone."""
        if self._live:
            self.sheet.formula(row, column, formula, value, style, number_format)
        elif isinstance(value, str):
            self.sheet.text(row, column, value, style, single_line=True)
        else:
            self.sheet.number(row, column, value, style, number_format)
