"""部门一览: one department on one page. What is chosen in the drop-down is looked up in the hidden sheets by formulas that
Excel 2013, WPS and LibreOffice share (INDEX, MATCH, MID, CHOOSE, IF, IFERROR)."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from perfbatch.district.result import STATUS_LABELS
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.ledger import BLANK, Ledger
from perfbatch.summary.marks import heat_map
from perfbatch.summary.scores import ScoreSheet
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.styles import AMOUNT, DARK, LOST, PALE_BLUE, PERCENT, SCORE, WHOLE

__all__ = ["FINDINGS_SHOWN", "write_card"]

FINDINGS_SHOWN = 10
"""Findings on the card; the list has them all."""

_STATUS = ("computed", "self_reported", "not_applicable", "adjusted")
_CHOICE = (2, 2)
_WIDTHS = (17, 12, 17, 12, 17, 12, 2, 24, 7, 8, 8, 9, 9, 10)
_RIGHT = 7
_ROW = 18
_CHART_ROWS = 13


def write_card(sheet: Sheet, rulebook: Rulebook, ledger: Ledger, score_table: tuple[Sheet, ScoreSheet] | None) -> None:
    """Write the card of the first department; every other one is a choice away. `score_table` is the sheet of the indicators' scores,
    None where nothing is scored."""
    for column, width in enumerate(_WIDTHS):
        sheet.width(column, width)
    last = len(_WIDTHS) - 1
    sheet.merged(
        0,
        0,
        0,
        last - 1,
        f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.entity.noun}绩效评价一览",
        "centred_title",
    )
    sheet.way_back(0, last)
    sheet.heights(0, 34)
    sheet.native.fit_to_pages(1, 1)
    if not ledger.size:
        sheet.merged(_CHOICE[0], 0, _CHOICE[0], len(_WIDTHS) - 1, "（无）", "centred")
        return
    card = _Card(sheet, ledger)
    card.choice(rulebook)
    figures_end = card.figures(4, rulebook)
    scores_end = card.scores(4, rulebook, *score_table) if score_table is not None else 4
    if score_table is not None:
        card.compare(figures_end + 1, 5, rulebook)
    end = card.findings(max(figures_end + 1 + _CHART_ROWS, scores_end) + 1)
    sheet.native.print_area(0, 0, end, len(_WIDTHS) - 1)


class _Card:
    """Formulas over the ledger for the department chosen, with the values that they have for the first one."""

    def __init__(self, sheet: Sheet, ledger: Ledger) -> None:
        self._sheet = sheet
        self._ledger = ledger
        self._at = xl_rowcol_to_cell(1, len(_WIDTHS) + 1, row_abs=True, col_abs=True)

    def choice(self, rulebook: Rulebook) -> None:
        """The drop-down, and beside the page the row that it stands for."""
        sheet, row, column = self._sheet, *_CHOICE
        noun = rulebook.entity.noun
        sheet.merged(row, 0, row, column - 1, f"选择{noun}（点右侧下拉）", "head")
        sheet.merged(row, column, row, 5, str(self._value("label")), "choose")
        sheet.heights(row, 26)
        label = rulebook.name_label
        sheet.native.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "list",
                "source": f"={self._range('label')}",
                "input_title": f"选择{noun}",
                "input_message": f"点下拉箭头选择{label}；也可以直接输入后回车。"[:255],
                "error_title": f"没有这个{noun}",
                "error_message": "请从下拉列表中选择。",
            },
        )
        chosen = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        # MATCH takes * ? ~ in a text for wildcards.
        exact = f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({chosen},"~","~~"),"*","~*"),"?","~?")'
        helper = len(_WIDTHS) + 1
        sheet.formula(1, helper, f"=IFERROR(MATCH({exact},{self._range('label')},0),0)", 1, "note")
        sheet.native.set_column(helper, helper, None, None, {"hidden": True})
        sheet.merged(row, _RIGHT, row, len(_WIDTHS) - 1, "", "note")
        self._formula(row, _RIGHT, self._index("file"), f"文件：{self._value('file')}", "note", prefix='"文件："&')

    def figures(self, top: int, rulebook: Rulebook) -> int:
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
                self._sheet.text(top, column, heading, "tile_head")
            else:
                self._look_up(top, column, f"{key}.heading", "tile_head")
            self._look_up(top + 1, column, key, "tile", number_format)
        self._sheet.heights(top + 1, 26)
        row = top + 3
        for table in rulebook.money_tables.values():
            self._sheet.merged(row, 0, row, 5, table.title, "subgroup")
            fields = [field for field in table.fields if field.kind == "amount"]
            for number, field in enumerate(fields):
                at, column = row + 1 + number // 3, number % 3 * 2
                self._sheet.text(at, column, field.label, "text_small", single_line=True)
                self._look_up(at, column + 1, field.id, "number", AMOUNT)
            row += 1 + -(-len(fields) // 3)
        return row

    def compare(self, top: int, first: int, rulebook: Rulebook) -> None:
        """A chart of the department's scores beside the district's means; it follows the drop-down."""
        sheet, last = self._sheet, first + len(rulebook.indicators) - 1
        drawn = sheet.book.native.add_chart({"type": "column"})
        for offset, colour in ((3, DARK), (4, PALE_BLUE)):
            drawn.add_series(
                {
                    "name": [sheet.name, first - 1, _RIGHT + offset],
                    "categories": [sheet.name, first, _RIGHT, last, _RIGHT],
                    "values": [sheet.name, first, _RIGHT + offset, last, _RIGHT + offset],
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
        width = sum(int(characters * 7 + 5) for characters in _WIDTHS[:6])
        drawn.set_size({"width": width, "height": int(_ROW * 4 / 3 * _CHART_ROWS)})
        place = {"object_position": 1, "description": "各指标得分与全区平均"}
        # As high as the rows that it lies over, however few of them hold anything.
        for row in range(top, top + _CHART_ROWS):
            sheet.heights(row, _ROW)
        sheet.native.insert_chart(top, 0, drawn, place)

    def findings(self, top: int) -> int:
        """The first findings, gravest first, and how many there are, over the width of the page. Returns the last row."""
        sheet, count = self._sheet, len(self._ledger.first_listed)
        last_column = len(_WIDTHS) - 1
        sheet.merged(top, 0, top, last_column, "", "subgroup")
        total = self._index("findings")
        tail = f"（列前 {FINDINGS_SHOWN} 条，其余见“问题清单”）"
        formula = f'=IF({self._at}=0,"发现问题","发现问题 "&{total}&" 条"&IF({total}>{FINDINGS_SHOWN},"{tail}",""))'
        sheet.formula(top, 0, formula, f"发现问题 {count} 条{tail if count > FINDINGS_SHOWN else ''}", "subgroup")
        for number in range(FINDINGS_SHOWN):
            row = top + 1 + number
            here = f"AND({self._at}>0,{number}<{total})"
            texts = self._ledger.first_listed[number] if number < count else None
            for column, part, style in (
                (0, 0, "centred"),
                (1, 2, "centred"),
                (3, 3, "finding"),
                (_RIGHT + 1, 4, "finding"),
            ):
                end = {1: 2, 3: _RIGHT, _RIGHT + 1: last_column}.get(column, column)
                sheet.merged(row, column, row, end, "", style)
                cells = self._finding_range(part)
                formula = f'=IF({here},INDEX({cells},{self._index("first")}+{number}),"")'
                sheet.formula(row, column, formula, texts[part] if texts else "", style)
            sheet.heights(row, _ROW)
        return top + FINDINGS_SHOWN

    def scores(self, top: int, rulebook: Rulebook, scores: Sheet, scored: ScoreSheet) -> int:
        """Every indicator: points, self, verified, the district's mean, the gap to it, where the score comes from. Returns
        the last row."""
        sheet, column = self._sheet, _RIGHT
        for offset, heading in enumerate(("指标", "分值", "自评", "得分", "全区平均", "与平均差", "来源")):
            sheet.text(top, column + offset, heading, "head")
        labels = ",".join(f'"{STATUS_LABELS[status]}"' for status in _STATUS)
        statuses = self._value("statuses")
        for number, indicator in enumerate(rulebook.indicators):
            row = top + 1 + number
            sheet.text(row, column, indicator.name, "text_small", single_line=True)
            sheet.number(row, column + 1, float(indicator.points), "centred", "0.##")
            self._look_up(row, column + 2, f"self.{indicator.id}", "number", SCORE)
            self._look_up(row, column + 3, f"verified.{indicator.id}", "own_number", SCORE)
            mean_cell = scores.address(scored.mean_row, scored.columns[indicator.id])
            mean = self._ledger.mean(f"verified.{indicator.id}")
            sheet.formula(row, column + 4, f"={mean_cell}", "" if mean is None else mean, "number", SCORE)
            mine = self._value(f"verified.{indicator.id}")
            gap = "" if mean is None or mine == BLANK else mine - mean
            own, district = xl_rowcol_to_cell(row, column + 3), xl_rowcol_to_cell(row, column + 4)
            sheet.formula(row, column + 5, f'=IFERROR({own}-{district},"")', gap, "number", '"+"0.00;"−"0.00;0.00')
            chosen = f"VALUE(MID({self._index('statuses')},{number + 1},1))"
            code = statuses[number : number + 1]
            status = STATUS_LABELS[_STATUS[int(code) - 1]] if code else ""
            sheet.formula(row, column + 6, f'=IFERROR(CHOOSE({chosen},{labels}),"")', status, "centred")
            heat_map(sheet, (row, row), column + 3, float(indicator.points), LOST)
        row = top + 1 + len(rulebook.indicators)
        sheet.text(row, column, "合计", "total_text")
        sheet.number(row, column + 1, float(rulebook.total_points), "total_text", "0.##")
        self._look_up(row, column + 2, "self_total", "total", SCORE)
        self._look_up(row, column + 3, "verified_total", "total", SCORE)
        mean = self._ledger.mean("verified_total")
        verified = self._range("verified_total")
        sheet.formula(
            row, column + 4, f'=IFERROR(AVERAGE({verified}),"")', "" if mean is None else mean, "total", SCORE
        )
        own, district = xl_rowcol_to_cell(row, column + 3), xl_rowcol_to_cell(row, column + 4)
        mine = self._value("verified_total")
        gap = "" if mean is None or mine == BLANK else mine - mean
        sheet.formula(row, column + 5, f'=IFERROR({own}-{district},"")', gap, "total", '"+"0.00;"−"0.00;0.00')
        share = self._value("computable")
        points = float(rulebook.total_points)
        formula = f'=IFERROR("可核算 "&TEXT({self._index("computable")}/{points:g},"0%"),"")'
        sheet.formula(row, column + 6, formula, f"可核算 {share / points:.0%}", "total_text", PERCENT)
        for number in range(top, row + 1):
            if number != top + 1:
                sheet.heights(number, _ROW)
        return row

    def _range(self, key: str) -> str:
        return self._cells(self._ledger.departments, self._ledger.columns[key], self._ledger.last)

    def _finding_range(self, part: int) -> str:
        return self._cells(self._ledger.findings, part, max(self._ledger.listed, 1))

    @staticmethod
    def _cells(sheet: Sheet, column: int, last: int) -> str:
        name = xl_col_to_name(column)
        return f"'{sheet.name}'!${name}$2:${name}${last + 1}"

    def _index(self, key: str) -> str:
        return f"INDEX({self._range(key)},{self._at})"

    def _value(self, key: str) -> Any:
        return self._ledger.first(key)

    def _look_up(self, row: int, column: int, key: str, style: str, number_format: str = "") -> None:
        self._formula(row, column, self._index(key), self._value(key), style, number_format)

    def _formula(
        self, row: int, column: int, source: str, cached: Any, style: str, number_format: str = "", prefix: str = ""
    ) -> None:
        self._sheet.formula(row, column, f'=IF({self._at}=0,"",{prefix}{source})', cached, style, number_format)
