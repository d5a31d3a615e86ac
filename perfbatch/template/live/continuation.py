"""续页: what is longer than its box on the form, in full, a line a row, so that nothing is cut on the page that is stamped.

Excel fits no merged cell to its text and no row goes beyond 409 points. The texts that do not fit are joined into one on the hidden
sheet, each behind its title; beside it stands where each line begins and where it would be full; 续页 shows the lines. A formula
hides no row, so the print area is one: it ends with the last line, and as long as there is none it is a hidden row. LibreOffice takes
no formula for a print area and prints the sheet whole.
"""

from __future__ import annotations

from typing import NamedTuple

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.template.book import FormBook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, cell_name, column_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.leaves import LIVE_SHEET
from perfbatch.template.pages import set_up_paper
from perfbatch.template.plan import BODY_SIZE, FieldPlace, Printed, SheetPlan, Style
from perfbatch.template.styles import BODY_FONT, RULE, Styles
from perfbatch.template.text_fit import room_for, text_height

__all__ = ["CONTINUATION_SHEET", "LINES", "LongText", "fate_of", "long_texts", "write_continuation"]

CONTINUATION_SHEET = "续页"

LINES = 240
"""Lines that it has, on five pages: so many, and not more, are printed empty where a program ignores the computed print area."""

_WIDE = 40
"""Full-width characters of a line."""
# One column alone is not shrunk to the page by LibreOffice, whose digits may be wider than Excel's.
_WIDTH, _LINE = 74.0, 14.25
_HEAD = 2
"""Rows above the lines: title and department."""
_LONGEST_JOINED = 32_000
"""Excel's cells end at 32,767 characters."""

_TAKEN, _LONG, _ENDS = "HA", "HB", "HC"
"""Columns of the hidden sheet, a row for each place: its title and text where it is too long, whether it is, and where it ends
in the joined text."""
_BEGINS, _FULL, _JOINED = "HD", "HE", "HF"
"""Where each line begins, where it would be full; and the joined text, with what the lines ask for below it."""
_TEXT, _BYTES, _CLOSING, _CLOSING_LAST, _USED = (f"${_JOINED}${row}" for row in range(1, 6))
_AFTER_LAST = f"${_BEGINS}${LINES + 1}"

# They stand at the end of a line, not at the beginning of the next, and so does a line break.
_CLOSING_SIGNS = "，。；：、！？）》”"
_NOTE = "（全文见续页）"
_BREAK = "CHAR(10)"


class LongText(NamedTuple):
    """A place for a long text: `across` full-width characters a line, `room` by which it holds what is surely seen whole."""

    place: FieldPlace
    across: int
    room: int

    def longer(self, cell: str) -> str:
        """The condition that what stands in `cell` may not be seen whole."""
        breaks = f'(LEN({cell})-LEN(SUBSTITUTE({cell},{_BREAK},"")))'
        return f"LEN({cell})+{self.across - 2}*{breaks}>{self.room}"


def long_texts(layout: Layout) -> list[LongText]:
    """The fields with one cell for a long text, of a height that typing does not change."""
    plans = {plan.sheet: plan for plan in layout.sheets}
    return [
        _measured(plans[place.where.sheet], place)
        for place in layout.places.values()
        if place.field.kind == "longtext" and place.where.rows == 1
    ]


def _measured(plan: SheetPlan, place: FieldPlace) -> LongText:
    """Every line break may leave all of a line but a character blank: a text that passes is seen whole, whatever its lines."""
    area = place.merged or place.where
    width, height = plan.width_of(area), plan.height_of(area.top, area.bottom)
    across = room_for(width, text_height("", width, BODY_SIZE), BODY_SIZE)
    room = room_for(width, height, BODY_SIZE) - across + 1
    known = place.cells[0].value
    if isinstance(known, str):
        needed = text_height(known, width, BODY_SIZE, area.rows)
        if needed <= height and needed < MAX_ROW_HEIGHT * area.rows:
            # Its rows were made as high as it needs.
            room = max(room, len(known) + (across - 2) * known.count("\n"))
    return LongText(place, across, room)


def fate_of(row: int) -> str:
    """What a place's text, the `row`-th from 0, came to, for a person: it is short (""), on 续页, or too long for that as well."""
    taken, long, ends = (f"{LIVE_SHEET}!{letter}{row + 1}" for letter in (_TAKEN, _LONG, _ENDS))
    whole = f'AND({taken}<>"",{ends}<{LIVE_SHEET}!{_AFTER_LAST})'
    return f'=IF({long}=0,"",IF({whole},{quoted("全文见续页")},{quoted("续页放不下")}))'


def write_continuation(book: FormBook, layout: Layout, styles: Styles) -> None:
    """Add the sheet behind those that are there, where the form has a place for it, and a note at the label of each place."""
    texts = long_texts(layout)
    if not texts:
        return
    _put_texts(book, texts)
    _put_lines(book)
    _write_lines(book, layout, styles)
    for text in texts:
        _note_at_label(book, layout, text)


def _put_texts(book: FormBook, texts: list[LongText]) -> None:
    for row, text in enumerate(texts):
        cell, number = text.place.where.reference, row + 1
        title = quoted(f"【{text.place.where.sheet}：{text.place.field.label}】")
        before = f"{_ENDS}{row}" if row else "0"
        fits = f"{_LONG}{number}*({before}+LEN({cell})<{_LONGEST_JOINED})"
        # A cell may hold the carriage returns of another program.
        whole = f'{title}&{_BREAK}&SUBSTITUTE({cell},CHAR(13),"")&{_BREAK}&{_BREAK}'
        _put(book, row, _TAKEN, f'=IF({fits},{whole},"")')
        _put(book, row, _LONG, f"=IFERROR(N({text.longer(cell)}),0)")
        _put(book, row, _ENDS, f"={before}+LEN({_TAKEN}{number})")
    _put(book, 0, _JOINED, "=" + "&".join(f"{_TAKEN}{row + 1}" for row in range(len(texts))))


def _put_lines(book: FormBook) -> None:
    """Letters and digits take half a character's width. LENB says how many there are, but not in every language of Excel."""
    _put(book, 1, _JOINED, '=N(LENB("中")=2)')
    _put(book, 2, _JOINED, f"={quoted(_CLOSING_SIGNS)}&{_BREAK}")
    _put(book, 3, _JOINED, "=" + "&".join(f"{quoted(sign)}&{_BREAK}" for sign in _CLOSING_SIGNS))
    begins = f"${_BEGINS}$1:${_BEGINS}${LINES + 1}"
    _put(book, 4, _JOINED, f'=COUNTIF({begins},"<="&LEN({_TEXT}))')
    _put(book, 0, _BEGINS, 1)
    for row in range(LINES):
        begin, full = f"{_BEGINS}{row + 1}", f"{_FULL}{row + 1}"
        halves = f"{_BYTES}*({2 * _WIDE}-LENB(MID({_TEXT},{begin},{_WIDE})))"
        _put(book, row, _FULL, f"={begin}+{_WIDE}+INT({halves}/2)")
        held = f"ISNUMBER(FIND(MID({_TEXT},{full},1),{_CLOSING}))+ISNUMBER(FIND(MID({_TEXT},{full},2),{_CLOSING_LAST}))"
        _put(book, row + 1, _BEGINS, f"=IFERROR(MIN(FIND({_BREAK},{_TEXT},{begin})+1,{full}+{held}),{begin})")


def _put(book: FormBook, row: int, letters: str, content: str | float) -> None:
    book.put(LIVE_SHEET, row, column_number(letters) - 1, content)


def _write_lines(book: FormBook, layout: Layout, styles: Styles) -> None:
    workbook = book.workbook
    sheet = workbook.add_worksheet(CONTINUATION_SHEET)
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_default_row(_LINE)
    sheet.set_row(0, 30)
    # No letter is lost where a line is a little too wide after all.
    line = workbook.add_format(
        {"font_name": BODY_FONT, "font_size": BODY_SIZE, "font_scheme": "none", "valign": "vcenter", "shrink": True}
    )
    # The title is there only if a text is: where the sheet is printed without need, its pages are empty.
    used = f"{LIVE_SHEET}!{_USED}"
    titled = f'=IF({used}=0,"",{quoted(f"{layout.rulebook.title}续页")})'
    book.write_formula(sheet, 0, 0, titled, styles.printed(Style.TITLE))
    name = layout.places.get(layout.rulebook.entity.name)
    if name is not None:
        whose, cell = quoted(f"{name.field.label}："), name.where.reference
        book.write_formula(sheet, 1, 0, f'=IF({used}=0,"",{whose}&{cell})', line)
    text, begins = f"{LIVE_SHEET}!{_TEXT}", f"{LIVE_SHEET}!{_BEGINS}"
    # From the top: each line is worked out from the one above, which is known by then.
    for number in range(1, LINES + 1):
        piece = f"MID({text},{begins}{number},{begins}{number + 1}-{begins}{number})"
        book.write_formula(sheet, _HEAD + number - 1, 0, f'=SUBSTITUTE({piece},{_BREAK},"")', line)
    more = quoted("（续页已满，其余文字没有印出，请精简或另附页。）")
    book.write_formula(sheet, _HEAD + LINES, 0, f'=IF({used}>{LINES},{more},"")', line)
    first = cell_name(_HEAD, 0)
    heading = {"type": "formula", "criteria": f'=AND(LEFT({first})="【",RIGHT({first})="】")'}
    bold = workbook.add_format({"bold": True, "bottom": 1, "bottom_color": RULE})
    sheet.conditional_format(_HEAD, 0, _HEAD + LINES - 1, 0, {**heading, "format": bold})
    sheet.set_row(_HEAD + LINES + 1, None, None, {"hidden": True})
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    set_up_paper(sheet)
    _bound_print(book)


def _bound_print(book: FormBook) -> None:
    column = CellRange(CONTINUATION_SHEET, 0, 0, _HEAD + LINES, 0)
    nothing = CellRange(CONTINUATION_SHEET, _HEAD + LINES + 1, 0, _HEAD + LINES + 1, 0).reference
    used = f"{LIVE_SHEET}!{_USED}"
    area = f"{column.cell(0).reference}:INDEX({column.reference},{used}+{_HEAD})"
    # Under the name that Excel itself looks for; xlsxwriter has ranges alone for it.
    book.workbook.define_name(f"'{CONTINUATION_SHEET}'!_xlnm.Print_Area", f"=IF({used}=0,{nothing},{area})")


def _note_at_label(book: FormBook, layout: Layout, text: LongText) -> None:
    """By a number format: the label itself stays as it is, for whoever reads the workbook by it."""
    (plan,) = (plan for plan in layout.sheets if plan.sheet == text.place.where.sheet)
    label = next((printed.where for printed in plan.printed if _labels(printed, text.place)), None)
    if label is None:
        return
    where = text.place.where
    cell = f"${column_name(where.left)}${where.top + 1}"
    noted = book.workbook.add_format({"num_format": f'@"{_NOTE}"'})
    rule = {"type": "formula", "criteria": f"={text.longer(cell)}", "format": noted}
    book.workbook.get_worksheet_by_name(plan.sheet).conditional_format(
        label.top, label.left, label.top, label.left, rule
    )


def _labels(printed: Printed, place: FieldPlace) -> bool:
    """Whether it is the field's label, left of its cell or right above."""
    label, cell = printed.where, place.where
    beside = label.top == cell.top and label.right < cell.left
    return printed.value == place.field.label and (beside or label.bottom == cell.top - 1)
