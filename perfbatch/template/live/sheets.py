"""Writing the live sheets: the hidden whole numbers, 校验, and what the scorecard shows beside each indicator."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL, UNREADABLE
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.template.book import FormBook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, cell_name, column_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.checks import (
    APART,
    CHECK_SHEET,
    FIRST_VERDICT_COLUMN,
    UNCHECKED,
    CheckTable,
    InsertedRows,
    LiveCheck,
    plan_checks,
)
from perfbatch.template.live.leaves import LIVE_SHEET, NONE_COLUMN, OVER_COLUMN, STATED_NONE, Leaves
from perfbatch.template.live.scores import SCORE_COLUMNS, TOTAL_ROW_LABEL, ScoreBlock
from perfbatch.template.live.unit_names import UnitNames
from perfbatch.template.plan import InputCell, Style
from perfbatch.template.styles import BODY_FONT, Styles

__all__ = ["LivePlan", "plan_live", "write_live"]

_FAILING = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_ASKING = {"bg_color": "#FFEB9C", "font_color": "#7F6000"}
_SOUND = {"font_color": "#2E6B34"}
_RULE = "#7F7F7F"

_VERDICT_COLUMN = "AA"
_FAILING_COLUMN, _CONTENT_COLUMN = 5, 6

_CODE_WIDTH, _TITLE_WIDTH, _VERDICT_WIDTH = 9, 44, 13
_SCORE_HEADS = ("核算比率", "核算得分", "提示")
_SCORE_WIDTHS = (11, 10, 26)


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
    kinds_of_target = layout.places[layout.rulebook.roles.target_type].cells
    where = tuple(place.where for place in layout.places.values())
    return _compiled(_FormShape(id(layout.rulebook), where, tuple(kinds_of_target), layout))


@dataclass(frozen=True)
class _FormShape:
    """What the live sheets follow from. Layouts are kept with it, so that an id stands for one rulebook."""

    rulebook: int
    where: tuple[CellRange, ...]
    kinds_of_target: tuple[InputCell, ...]
    layout: Layout = field(compare=False)


# Forms of a district differ by the number of units alone, so a few are enough to be kept.
@lru_cache(maxsize=4)
def _compiled(shape: _FormShape) -> LivePlan:
    layout = shape.layout
    leaves = Leaves(layout)
    scores = ScoreBlock(leaves, layout.rulebook)
    names = UnitNames(leaves, layout.rulebook)
    return LivePlan(leaves, scores, plan_checks(leaves, scores, layout.rulebook, names), names)


def write_live(book: FormBook, layout: Layout, styles: Styles) -> None:
    """Add the live sheets to a workbook whose other sheets are written."""
    plan = plan_live(layout)
    _write_checks(book, plan, styles)
    _write_scores_beside(book, layout, plan, styles)
    _write_hidden(book, plan)
    _mark_cells(book, plan)


def _write_hidden(book: FormBook, plan: LivePlan) -> None:
    sheet = book.workbook.add_worksheet(LIVE_SHEET)
    sheet.very_hidden()
    sheet.protect("")
    failing: dict[int, list[str]] = {}
    for check in plan.checks():
        verdict = f"{_VERDICT_COLUMN}{check.live_row + 1}"
        book.put(LIVE_SHEET, check.live_row, _number(_VERDICT_COLUMN), check.formula)
        failing.setdefault(check.place.row, []).append(f"N(LEFT({verdict})={quoted(FAILS)})")
    for name, where in plan.names.where().items():
        book.define_name(name, where)
    for at, column, formula in plan.names.cells():
        book.put(LIVE_SHEET, at, column, formula)
    for at, formula in enumerate(plan.leaves.over_formulas()):
        book.put(LIVE_SHEET, at, _number(OVER_COLUMN), formula)
    for leaf in plan.leaves.rows():
        book.put(LIVE_SHEET, leaf.row, 0, leaf.field.id)
        book.put(LIVE_SHEET, leaf.row, _CONTENT_COLUMN, leaf.content)
        for column, formula in enumerate(plan.leaves.formulas(leaf), start=1):
            book.put(LIVE_SHEET, leaf.row, column, formula)
        if leaf.row in failing:
            book.put(LIVE_SHEET, leaf.row, _FAILING_COLUMN, "=" + "+".join(failing[leaf.row]))
    for number, word in enumerate(STATED_NONE):
        book.put(LIVE_SHEET, number, _number(NONE_COLUMN), word)
    for name, letter in SCORE_COLUMNS.items():
        book.put(LIVE_SHEET, 0, _number(letter), name)
        for row in plan.scores.rows:
            if name == "indicator":
                book.put(LIVE_SHEET, row.row, _number(letter), row.indicator.id)
            elif name in row.formulas:
                book.put(LIVE_SHEET, row.row, _number(letter), row.formulas[name])
    total = plan.scores.total_row
    book.put(LIVE_SHEET, total, _number(SCORE_COLUMNS["indicator"]), TOTAL_ROW_LABEL)
    book.put(LIVE_SHEET, total, _number(SCORE_COLUMNS["verified"]), plan.scores.total_formula())


def _number(letters: str) -> int:
    """A column's number, from 0."""
    return column_number(letters) - 1


def _format(workbook: Workbook, **properties: object) -> Format:
    return workbook.add_format({"font_name": BODY_FONT, "font_size": 10.5, "font_scheme": "none", **properties})


def _write_checks(book: FormBook, plan: LivePlan, styles: Styles) -> None:
    workbook = book.workbook
    sheet = workbook.add_worksheet(CHECK_SHEET)
    width = max(len(table.columns) for table in plan.tables)
    sheet.set_column(0, 0, _CODE_WIDTH)
    sheet.set_column(1, 1, _TITLE_WIDTH)
    sheet.set_column(FIRST_VERDICT_COLUMN, FIRST_VERDICT_COLUMN + width - 1, _VERDICT_WIDTH)
    last = FIRST_VERDICT_COLUMN + max(width - 1, 0)
    sheet.merge_range(0, 0, 0, last, "填报校验", styles.printed(Style.TITLE))
    sheet.set_row(0, 30)
    note = _format(workbook, text_wrap=True, valign="vcenter")
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
    _write_tally(book, sheet, plan)
    link = _format(workbook, border=1, border_color=_RULE, text_wrap=True, valign="vcenter", font_color="#1F4E79")
    code = _format(workbook, border=1, border_color=_RULE, align="center", valign="vcenter", shrink=True)
    verdict = _format(workbook, border=1, border_color=_RULE, align="center", valign="vcenter", shrink=True)
    heading = _format(workbook, bold=True, font_size=12, valign="vcenter")
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
                seen = f"={LIVE_SHEET}!{_VERDICT_COLUMN}{check.live_row + 1}"
                if check.shown is not None:
                    book.write_formula(sheet, line.row, check.shown.left, seen, verdict)
            for rows in line.inserted:
                book.write_formula(sheet, line.row, rows.shown.left, _together(rows), verdict)
    bottom = plan.tables[-1].lines[-1].row
    area = (2, FIRST_VERDICT_COLUMN, bottom, last)
    first = cell_name(2, FIRST_VERDICT_COLUMN)
    rules = (
        (f"=LEFT({first})={quoted(FAILS)}", _FAILING),
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
    sheet.set_footer('&C&"宋体,Regular"&9第 &P 页  共 &N 页')
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    sheet.ignore_errors({"formula_differs": "A1:XFD1048576"})


def _write_tally(book: FormBook, sheet: Worksheet, plan: LivePlan) -> None:
    """How many verdicts of each kind there are."""
    workbook = book.workbook
    area = _verdicts([check.live_row for check in plan.checks()])
    bold = _format(workbook, bold=True, border=1, border_color=_RULE, valign="vcenter", text_wrap=True)

    def counted(begins: str) -> str:
        # Verdicts with a difference behind them are counted by their beginning, the others by the whole text: a heading may begin alike.
        pattern = begins + " *" if begins == TAIL else begins + "*" if begins == FAILS else begins
        return f"COUNTIF({area},{quoted(pattern)})"

    over = f"SUM({LIVE_SHEET}!${OVER_COLUMN}$1:${OVER_COLUMN}${len(plan.leaves.growing_tables)})"
    formula = (
        f'=IF({counted(FAILS)}=0,"没有不符事项","不符 "&{counted(FAILS)}&" 项")'
        f'&"；未填 "&{counted(BLANK)}&" 项；尾差 "&{counted(TAIL)}&" 项；非数值 "&{counted(UNREADABLE)}&" 项"'
        f'&IF({counted(APART)}=0,"","；行名不一致 "&{counted(APART)}&" 项")'
        f'&IF({over}=0,"","；增加的行过多，超出部分未核，由财政部门核对")'
    )
    sheet.merge_range(2, 0, 2, 1, "", bold)
    book.write_formula(sheet, 2, 0, formula, bold)
    sheet.set_row(2, 24)


def _verdicts(live_rows: list[int]) -> str:
    """The verdicts on the hidden sheet, of rows that stand together there."""
    first, last = min(live_rows) + 1, max(live_rows) + 1
    return f"{LIVE_SHEET}!${_VERDICT_COLUMN}${first}:${_VERDICT_COLUMN}${last}"


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


def _write_scores_beside(book: FormBook, layout: Layout, plan: LivePlan, styles: Styles) -> None:
    """Beyond the form's print area: what the rules make of the figures, and where the self-score differs."""
    workbook = book.workbook
    column = layout.where(layout.rulebook.roles.item_self)
    sheet = workbook.get_worksheet_by_name(column.sheet)
    first = max(place.where.right for place in layout.places.values() if place.where.sheet == column.sheet) + 1
    head = styles.printed(Style.HEADER)
    shown = _format(workbook, border=1, border_color=_RULE, align="center", valign="vcenter", text_wrap=True)
    for offset, (text, width) in enumerate(zip(_SCORE_HEADS, _SCORE_WIDTHS, strict=True)):
        sheet.set_column(first + offset, first + offset, width)
        sheet.write_string(column.top - 1, first + offset, text, head)
    for number, row in enumerate(plan.scores.rows):
        if not row.indicator.objective:
            continue
        at = column.top + number
        state = row.seen("state")
        computed = f"{state}={quoted('computed')}"
        ratio = quoted("")
        if row.indicator.ratio is not None:
            divided = f"AND({computed},{row.seen('d')}<>0)"
            ratio = f'IF({divided},TEXT({row.seen("n")}/{row.seen("d")},"0.00%"),"")'
        score = f'IF({computed},{row.seen("cents")}/100,IF({state}={quoted("not_applicable")},"不适用","数据不全"))'
        self_score = plan.leaves.figure(layout.rulebook.roles.item_self, number)
        differs = f"AND({computed},{LIVE_SHEET}!{self_score.known}=1,INT(({LIVE_SHEET}!{self_score.num}+5000)/10000)<>{row.seen('cents')})"
        book.write_formula(sheet, at, first, f"={ratio}", shown)
        book.write_formula(sheet, at, first + 1, f"={score}", shown)
        book.write_formula(sheet, at, first + 2, f'=IF({differs},"✗ 自评与核算不符","")', shown)
        flag = f"${cell_name(at, first + 2)[: -len(str(at + 1))]}${at + 1}"
        sheet.conditional_format(
            at,
            first,
            at,
            first + 2,
            {"type": "formula", "criteria": f'={flag}<>""', "format": workbook.add_format(_FAILING)},
        )
        sheet.conditional_format(
            at,
            column.left,
            at,
            column.left,
            {"type": "formula", "criteria": f'={flag}<>""', "format": workbook.add_format(_FAILING)},
        )


def _mark_cells(book: FormBook, plan: LivePlan) -> None:
    """Input cells at which a check fails turn red. The count stands on another sheet, which a conditional format reaches
    through a name in every version of Excel."""
    workbook = book.workbook
    red = workbook.add_format(_FAILING)
    for field_id in dict.fromkeys(check.place.field.id for check in plan.checks()):
        leaves, where = plan.leaves.column_of(field_id), plan.leaves.layout.where(field_id)
        name = f"_live_{field_id}"
        first, last = leaves[0], leaves[-1]
        book.define_name(name, CellRange(LIVE_SHEET, first.row, _FAILING_COLUMN, last.row, _FAILING_COLUMN))
        letter = column_name(where.left)
        # Counted from the field's first cell, wherever that is by then.
        row = f"ROWS({letter}${where.top + 1}:{letter}{where.top + 1})"
        sheet = workbook.get_worksheet_by_name(where.sheet)
        sheet.conditional_format(
            where.top,
            where.left,
            where.bottom,
            where.left,
            {"type": "formula", "criteria": f"=INDEX({name},{row})>0", "format": red},
        )
