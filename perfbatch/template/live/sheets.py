"""Writing the live sheets: the hidden whole numbers, 校验, and what the scorecard shows beside each indicator."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL, UNREADABLE
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.template.book import FormBook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, cell_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.checks import CHECK_SHEET, FIRST_VERDICT_COLUMN, CheckTable, LiveCheck, plan_checks
from perfbatch.template.live.leaves import LIVE_SHEET, NONE_COLUMN, STATED_NONE, Leaf, Leaves
from perfbatch.template.live.scores import SCORE_COLUMNS, TOTAL_ROW_LABEL, ScoreBlock
from perfbatch.template.plan import Style
from perfbatch.template.styles import BODY_FONT, Styles

__all__ = ["LivePlan", "plan_live", "write_live"]

_FAILING = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_ASKING = {"bg_color": "#FFEB9C", "font_color": "#7F6000"}
_SOUND = {"font_color": "#2E6B34"}
_RULE = "#7F7F7F"

_VERDICT_COLUMN = "AA"
_FAILING_COLUMN = 5

_CODE_WIDTH, _TITLE_WIDTH, _VERDICT_WIDTH = 9, 44, 13
_SCORE_HEADS = ("核算比率", "核算得分", "提示")
_SCORE_WIDTHS = (11, 10, 26)


@dataclass(frozen=True)
class LivePlan:
    """Everything that is live in a workbook."""

    leaves: Leaves
    scores: ScoreBlock
    tables: list[CheckTable]

    def checks(self) -> list[LiveCheck]:
        """Every verdict, from the top of the sheet."""
        return [check for table in self.tables for line in table.lines for check in line.verdicts]


def plan_live(layout: Layout) -> LivePlan:
    """Compile the rulebook's rules for the cells of a layout."""
    leaves = Leaves(layout)
    scores = ScoreBlock(leaves, layout.rulebook)
    return LivePlan(leaves, scores, plan_checks(leaves, scores, layout.rulebook))


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
    for leaf in plan.leaves.rows():
        book.put(LIVE_SHEET, leaf.row, 0, leaf.field.id)
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
        "非数值 所涉单元格有文字或错误值。点击核对关系可转到所涉单元格。",
        note,
    )
    sheet.set_row(1, 34)
    _write_tally(book, sheet, plan, last)
    link = _format(workbook, border=1, border_color=_RULE, text_wrap=True, valign="vcenter", font_color="#1F4E79")
    code = _format(workbook, border=1, border_color=_RULE, align="center", valign="vcenter")
    verdict = _format(workbook, border=1, border_color=_RULE, align="center", valign="vcenter", shrink=True)
    heading = _format(workbook, bold=True, font_size=12, valign="vcenter")
    for table in plan.tables:
        sheet.write_string(table.row, 0, table.title, heading)
        sheet.set_row(table.row, 26)
        for column, head in enumerate(("编号", "核对关系", *table.columns)):
            sheet.write_string(table.row + 1, column, head, styles.printed(Style.HEADER))
        sheet.set_row(table.row + 1, 32)
        for line in table.lines:
            sheet.write_string(line.row, 0, line.code, code)
            target = line.verdicts[0].place.cell if line.verdicts else None
            if target is not None:
                sheet.write_url(line.row, 1, f"internal:{_link(target)}", link, line.title)
            for check in line.verdicts:
                seen = f"={LIVE_SHEET}!{_VERDICT_COLUMN}{check.live_row + 1}"
                book.write_formula(sheet, line.row, check.shown.left, seen, verdict)
    bottom = plan.tables[-1].lines[-1].row
    area = (2, FIRST_VERDICT_COLUMN, bottom, last)
    first = cell_name(2, FIRST_VERDICT_COLUMN)
    rules = (
        (f"=LEFT({first})={quoted(FAILS)}", _FAILING),
        (f"=LEFT({first},3)={quoted(TAIL + ' ')}", _ASKING),
        (f"={first}={quoted(BLANK)}", _ASKING),
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


def _write_tally(book: FormBook, sheet: Worksheet, plan: LivePlan, last: int) -> None:
    """How many verdicts of each kind there are."""
    workbook = book.workbook
    bottom = plan.tables[-1].lines[-1].row
    area = CellRange(CHECK_SHEET, plan.tables[0].row + 2, FIRST_VERDICT_COLUMN, bottom, last).local
    bold = _format(workbook, bold=True, border=1, border_color=_RULE, valign="vcenter", text_wrap=True)

    def counted(begins: str) -> str:
        # What is followed by a difference begins so; the rest is the whole text, lest a heading be counted.
        pattern = begins + " *" if begins == TAIL else begins + "*" if begins == FAILS else begins
        return f"COUNTIF({area},{quoted(pattern)})"

    formula = (
        f'=IF({counted(FAILS)}=0,"没有不符事项","不符 "&{counted(FAILS)}&" 项")'
        f'&"；未填 "&{counted(BLANK)}&" 项；尾差 "&{counted(TAIL)}&" 项；非数值 "&{counted(UNREADABLE)}&" 项"'
    )
    sheet.merge_range(2, 0, 2, 1, "", bold)
    book.write_formula(sheet, 2, 0, formula, bold)
    sheet.set_row(2, 24)


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
            ratio = f'IF({computed},TEXT({row.seen("n")}/{row.seen("d")},"0.00%"),"")'
        score = f'IF({computed},{row.seen("cents")}/100,IF({state}={quoted("not_applicable")},"不适用","数据不全"))'
        self_score = plan.leaves.figure(layout.rulebook.roles.item_self, number)
        differs = f"AND({computed},{LIVE_SHEET}!{self_score.known}=1,{LIVE_SHEET}!{self_score.num}<>{row.seen('cents')}*10000)"
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
    columns: dict[str, list[Leaf]] = {}
    for check in plan.checks():
        field_id = check.place.field.id
        columns[field_id] = plan.leaves.column_of(field_id)
    for field_id, leaves in columns.items():
        name = f"_live_{field_id}"
        first, last = leaves[0], leaves[-1]
        book.define_name(name, CellRange(LIVE_SHEET, first.row, _FAILING_COLUMN, last.row, _FAILING_COLUMN))
        top = first.cell
        anchor = f"${cell_name(top.top, top.left)[: -len(str(top.top + 1))]}${top.top + 1}"
        sheet = workbook.get_worksheet_by_name(top.sheet)
        sheet.conditional_format(
            top.top,
            top.left,
            last.cell.top,
            top.left,
            {"type": "formula", "criteria": f"=INDEX({name},ROW()-ROW({anchor})+1)>0", "format": red},
        )
