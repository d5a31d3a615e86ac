"""What is shown at the input cells themselves: the computed score beside each indicator, and red where a check fails."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from perfbatch.template.book import FormBook
from perfbatch.template.grid import cell_name, column_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.checks import LiveCheck
from perfbatch.template.live.hidden import failing_cells
from perfbatch.template.live.leaves import LIVE_SHEET, Leaves
from perfbatch.template.live.scores import SCORE_COLUMNS, ScoreBlock
from perfbatch.template.plan import Style
from perfbatch.template.styles import BODY_FONT, Styles

__all__ = ["FAILING_LOOK", "RULE_COLOUR", "form_look", "mark_cells", "write_scores_beside"]

FAILING_LOOK = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
RULE_COLOUR = "#7F7F7F"

_SCORE_HEADS = {"ratio_shown": "核算比率", "score_shown": "核算得分", "hint": "提示"}
_SCORE_WIDTHS = (11, 10, 26)


def form_look(workbook: Workbook, **properties: object) -> Format:
    """A format in the form's own font."""
    return workbook.add_format({"font_name": BODY_FONT, "font_size": 10.5, "font_scheme": "none", **properties})


def write_scores_beside(book: FormBook, layout: Layout, leaves: Leaves, scores: ScoreBlock, styles: Styles) -> None:
    """Beyond the form's print area: what the rules make of the figures, and where the self-score differs. Each row shows what
    belongs to the indicator that stands in it, wherever that was printed."""
    if not scores.rows or not leaves.items.fields:
        return
    workbook = book.workbook
    column = layout.where(layout.rulebook.roles.item_self)
    sheet = workbook.get_worksheet_by_name(column.sheet)
    first = max(place.where.right for place in layout.places.values() if place.where.sheet == column.sheet) + 1
    head = styles.printed(Style.HEADER)
    shown = form_look(workbook, border=1, border_color=RULE_COLOUR, align="center", valign="vcenter", text_wrap=True)
    for offset, (text, width) in enumerate(zip(_SCORE_HEADS.values(), _SCORE_WIDTHS, strict=True)):
        sheet.set_column(first + offset, first + offset, width)
        sheet.write_string(column.top - 1, first + offset, text, head)
    letter, failing = column_name(column.left), workbook.add_format(FAILING_LOOK)
    for number, row in enumerate(scores.rows):
        # Rows of objective indicators have them on the blank form, and take them along.
        if not row.indicator.objective:
            continue
        at = column.top + number
        owner = leaves.items.owner_of(f"ROWS({letter}${column.top + 1}:{letter}{at + 1})")
        for offset, name in enumerate(_SCORE_HEADS):
            of_all = SCORE_COLUMNS[name]
            area = f"{LIVE_SHEET}!${of_all}${scores.rows[0].row + 1}:${of_all}${scores.rows[-1].row + 1}"
            cell = f"INDEX({area},{owner})"
            formula = f'=IF({owner}=0,"",IF({cell}="","",{cell}))'
            book.write_formula(sheet, at, first + offset, formula, shown)
        rule = {"type": "formula", "criteria": f'=${cell_name(at, first + 2)}<>""', "format": failing}
        sheet.conditional_format(at, first, at, first + 2, rule)
        sheet.conditional_format(at, column.left, at, column.left, rule)


def mark_cells(book: FormBook, leaves: Leaves, checks: Sequence[LiveCheck]) -> None:
    """Input cells at which a check fails turn red. The count stands on another sheet, which a conditional format reaches
    through a name in every version of Excel."""
    workbook = book.workbook
    red = workbook.add_format(FAILING_LOOK)
    for field_id in dict.fromkeys(check.place.field.id for check in checks):
        where = leaves.layout.where(field_id)
        name = f"_live_{field_id}"
        book.define_name(name, failing_cells(book, leaves, field_id))
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
