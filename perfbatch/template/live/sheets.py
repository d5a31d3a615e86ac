"""Writing the live sheets: the hidden whole numbers, 校验, and what the scorecard shows beside each indicator."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from xlsxwriter.worksheet import Worksheet

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL, UNREADABLE
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.template.book import FormBook
from perfbatch.template.grid import CellRange, cell_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.beside import FAILING_LOOK, RULE_COLOUR, form_look, mark_cells, write_scores_beside
from perfbatch.template.live.checks import (
    APART,
    CHECK_SHEET,
    FIRST_TABLE_ROW,
    FIRST_VERDICT_COLUMN,
    UNCHECKED,
    CheckTable,
    InsertedRows,
    LiveCheck,
    plan_checks,
)
from perfbatch.template.live.hidden import PLACE_COLUMN, VERDICT_COLUMN, write_hidden
from perfbatch.template.live.leaves import LIVE_SHEET, OVER_COLUMN, Leaves
from perfbatch.template.live.scores import ScoreBlock
from perfbatch.template.live.unit_names import UnitNames
from perfbatch.template.live.unreadable import ListLooks, ask_for_numbers, write_long_texts, write_unreadable
from perfbatch.template.plan import Style
from perfbatch.template.styles import Styles

__all__ = ["LivePlan", "plan_live", "write_live"]

_ASKING = {"bg_color": "#FFEB9C", "font_color": "#7F6000"}
_SOUND = {"font_color": "#2E6B34"}

_CODE_WIDTH, _TITLE_WIDTH, _VERDICT_WIDTH = 9, 44, 13


@dataclass(frozen=True)
class LivePlan:
    """Everything that is live in a workbook."""

    leaves: Leaves
    scores: ScoreBlock
    tables: list[CheckTable]
    names: UnitNames

    def checks(self) -> list[LiveCheck]:
        """Every verdict, from the top of the sheet, those of rows to come among them."""
        lines = [line for table in self.tables for line in table.lines]
        return [
            check
            for line in lines
            for group in (line.verdicts, *(inserted.verdicts for inserted in line.inserted))
            for check in group
        ]


def plan_live(layout: Layout) -> LivePlan:
    """Compile the rulebook's rules for the cells of a layout."""
    where = tuple(place.where for place in layout.places.values())
    return _compiled(_FormShape(id(layout.rulebook), where, layout))


@dataclass(frozen=True)
class _FormShape:
    """What the live sheets follow from. Layouts are kept with it, so that an id stands for one rulebook."""

    rulebook: int
    where: tuple[CellRange, ...]
    layout: Layout = field(compare=False)


# Forms of a district differ by the number of units alone, so a few are enough to be kept.
@lru_cache(maxsize=4)
def _compiled(shape: _FormShape) -> LivePlan:
    layout = shape.layout
    leaves = Leaves(layout)
    ask_for_numbers(leaves)
    scores = ScoreBlock(leaves, layout.rulebook)
    names = UnitNames(leaves, layout.rulebook)
    return LivePlan(leaves, scores, plan_checks(leaves, scores, layout.rulebook, names), names)


def write_live(book: FormBook, layout: Layout, styles: Styles) -> None:
    """Add the live sheets to a workbook whose other sheets are written."""
    plan = plan_live(layout)
    _write_checks(book, layout, plan, styles)
    write_scores_beside(book, layout, plan.leaves, plan.scores, styles)
    write_hidden(book, plan.leaves, plan.scores, plan.names, plan.checks())
    mark_cells(book, plan.leaves, plan.checks())


def _write_checks(book: FormBook, layout: Layout, plan: LivePlan, styles: Styles) -> None:
    workbook = book.workbook
    sheet = workbook.add_worksheet(CHECK_SHEET)
    width = max((len(table.columns) for table in plan.tables), default=1)
    sheet.set_column(0, 0, _CODE_WIDTH)
    sheet.set_column(1, 1, _TITLE_WIDTH)
    sheet.set_column(FIRST_VERDICT_COLUMN, FIRST_VERDICT_COLUMN + width - 1, _VERDICT_WIDTH)
    last = FIRST_VERDICT_COLUMN + max(width - 1, 0)
    sheet.merge_range(0, 0, 0, last, "填报校验", styles.printed(Style.TITLE))
    sheet.set_row(0, 30)
    note = form_look(workbook, text_wrap=True, valign="vcenter")
    sheet.merge_range(1, 0, 1, last, "", note)
    sheet.write_string(
        1,
        0,
        "本表随填报自动更新，无须填写。✓ 相符；✗ 不符（后附差额）；尾差 在四舍五入允许范围内；未填 一方空白，无法核对；"
        "非数值 所涉单元格有文字或错误值；行名不一致 各表同一行的机构名称不同，不能核对；未核 增加的行过多，报送后核对。"
        "点击核对关系可转到所涉单元格。",
        note,
    )
    sheet.set_row(1, 48)
    _write_tally(book, sheet, plan, width)
    link = form_look(
        workbook, border=1, border_color=RULE_COLOUR, text_wrap=True, valign="vcenter", font_color="#1F4E79"
    )
    code = form_look(workbook, border=1, border_color=RULE_COLOUR, align="center", valign="vcenter", shrink=True)
    verdict = form_look(workbook, border=1, border_color=RULE_COLOUR, align="center", valign="vcenter", shrink=True)
    heading = form_look(workbook, bold=True, font_size=12, valign="vcenter")
    for table in plan.tables:
        sheet.write_string(table.row, 0, table.title, heading)
        sheet.set_row(table.row, 26)
        for column, head in enumerate(("编号", "核对关系", *table.columns)):
            named = table.named.get(column - FIRST_VERDICT_COLUMN)
            if named is None:
                sheet.write_string(table.row + 1, column, head, styles.printed(Style.HEADER))
            else:
                typed = f"{LIVE_SHEET}!{named}"
                formula = f'=IF({typed}="",{quoted(head)},{typed})'
                book.write_formula(sheet, table.row + 1, column, formula, styles.printed(Style.HEADER))
        sheet.set_row(table.row + 1, 32)
        for line in table.lines:
            sheet.write_string(line.row, 0, line.code, code)
            if line.verdicts:
                sheet.write_url(line.row, 1, f"internal:{_link(line.verdicts[0].place.cell)}", link, line.title)
            else:
                sheet.write_string(line.row, 1, line.title, code)
            for check in line.verdicts:
                seen = f"={LIVE_SHEET}!{VERDICT_COLUMN}{check.live_row + 1}"
                if check.shown is not None:
                    book.write_formula(sheet, line.row, check.shown.left, seen, verdict)
            for rows in line.inserted:
                book.write_formula(sheet, line.row, rows.shown.left, _together(rows), verdict)
    bottom = plan.tables[-1].lines[-1].row if plan.tables else FIRST_TABLE_ROW
    looks = ListLooks(heading, styles.printed(Style.HEADER), verdict, link)
    free = write_unreadable(book, sheet, bottom + 2, plan.leaves, looks)
    write_long_texts(book, sheet, free + 1, layout, looks)
    area = (3, FIRST_VERDICT_COLUMN, bottom, last)
    first = cell_name(3, FIRST_VERDICT_COLUMN)
    rules = (
        (f"=LEFT({first})={quoted(FAILS)}", FAILING_LOOK),
        (f"=LEFT({first},3)={quoted(TAIL + ' ')}", _ASKING),
        (f"={first}={quoted(BLANK)}", _ASKING),
        (f"={first}={quoted(APART)}", _ASKING),
        (f"={first}={quoted(UNCHECKED)}", _ASKING),
        (f"={first}={quoted(UNREADABLE)}", _ASKING),
        (f"={first}={quoted(HOLDS)}", _SOUND),
    )
    for criteria, look in rules:
        sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": workbook.add_format(look)})
    sheet.freeze_panes(4, FIRST_VERDICT_COLUMN)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    sheet.ignore_errors({"formula_differs": "A1:XFD1048576"})


def _write_tally(book: FormBook, sheet: Worksheet, plan: LivePlan, width: int) -> None:
    """How many verdicts of each kind there are, in red where any check fails, and the way to the first; `width`: columns of
    verdicts."""
    workbook = book.workbook
    live_rows = [check.live_row for check in plan.checks()]
    area = _verdicts(live_rows or [0])
    bold = form_look(workbook, bold=True, border=1, border_color=RULE_COLOUR, valign="vcenter", text_wrap=True)

    def counted(begins: str) -> str:
        # Verdicts with a difference behind them are counted by their beginning, the others by the whole text: a heading may begin alike.
        pattern = begins + " *" if begins == TAIL else begins + "*" if begins == FAILS else begins
        return f"COUNTIF({area},{quoted(pattern)})"

    tables = max(len(plan.leaves.growing_tables), 1)
    over = f"SUM({LIVE_SHEET}!${OVER_COLUMN}$1:${OVER_COLUMN}${tables})"
    formula = (
        f'=IF({counted(FAILS)}=0,"没有不符事项","不符 "&{counted(FAILS)}&" 项")'
        f'&"；未填 "&{counted(BLANK)}&" 项；尾差 "&{counted(TAIL)}&" 项；非数值 "&{counted(UNREADABLE)}&" 项"'
        f'&IF({counted(APART)}=0,"","；行名不一致 "&{counted(APART)}&" 项")'
        f'&IF({over}=0,"","；增加的行过多，超出部分未核，由财政部门核对")'
    )
    sheet.merge_range(2, 0, 2, 1, "", bold)
    book.write_formula(sheet, 2, 0, formula, bold)
    red = {
        "type": "formula",
        "criteria": f"=LEFT($A$3,2)={quoted('不符')}",
        "format": workbook.add_format(FAILING_LOOK),
    }
    sheet.conditional_format(2, 0, 2, 1, red)
    _write_way_to_the_first(book, sheet, live_rows, FIRST_VERDICT_COLUMN + width - 1)
    sheet.set_row(2, 24)


def _write_way_to_the_first(book: FormBook, sheet: Worksheet, live_rows: list[int], last: int) -> None:
    """A link to what is wrong first: a check that fails, else a cell that is no number."""
    link = form_look(book.workbook, font_color="#1F4E79", underline=1, valign="vcenter")
    area, places = _verdicts(live_rows or [0]), _verdicts(live_rows or [0], PLACE_COLUMN)
    formula = quoted("")
    for pattern, words in ((UNREADABLE, "转到第一处非数值"), (f"{FAILS}*", "转到第一处不符")):
        place = f"INDEX({places},MATCH({quoted(pattern)},{area},0))"
        leads = f'HYPERLINK("#"&{place},{quoted(words)})'
        formula = f"IF(COUNTIF({area},{quoted(pattern)})=0,{formula},{leads})"
    if last > FIRST_VERDICT_COLUMN:
        sheet.merge_range(2, FIRST_VERDICT_COLUMN, 2, last, "", link)
    book.write_formula(sheet, 2, FIRST_VERDICT_COLUMN, f"={formula}", link)


def _verdicts(live_rows: list[int], column: str = VERDICT_COLUMN) -> str:
    """The verdicts on the hidden sheet, or another column beside them, of rows that stand together there."""
    first, last = min(live_rows) + 1, max(live_rows) + 1
    return f"{LIVE_SHEET}!${column}${first}:${column}${last}"


def _together(rows: InsertedRows) -> str:
    """One word for the verdicts of the rows that were inserted: the gravest, and how often."""
    area = _verdicts([check.live_row for check in rows.verdicts])
    word = quoted("")
    for verdict in (HOLDS, TAIL, BLANK, UNREADABLE, APART):
        pattern = verdict + "*" if verdict == TAIL else verdict
        shown = quoted(verdict)
        word = f"IF(COUNTIF({area},{quoted(pattern)})>0,{shown},{word})"
    failing = f"COUNTIF({area},{quoted(FAILS + '*')})"
    over = f"IF({LIVE_SHEET}!{rows.over}>0,{quoted(UNCHECKED)},{word})"
    return f'=IF({failing}>0,{quoted(FAILS + " ")}&{failing}&"处",{over})'


def _link(cell: CellRange) -> str:
    quoted_sheet = cell.sheet.replace("'", "''")
    return f"'{quoted_sheet}'!{cell_name(cell.top, cell.left)}"
