"""部门一览: one department on one page. What is chosen in the drop-down is looked up in the hidden sheets by formulas that
Excel 2013, WPS and LibreOffice share (INDEX, MATCH, MID, CHOOSE, IF, IFERROR)."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.card_page import CHOICE, RIGHT, WIDTHS, CardPage, LiveSource
from perfbatch.summary.ledger import Ledger
from perfbatch.summary.scores import ScoreSheet
from perfbatch.summary.sheet import Sheet

__all__ = ["card_heading", "write_card"]


def card_heading(sheet: Sheet, rulebook: Rulebook) -> None:
    """The widths and the title of a page."""
    for column, width in enumerate(WIDTHS):
        sheet.width(column, width)
    last = len(WIDTHS) - 1
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.entity.noun}绩效评价一览"
    sheet.merged(0, 0, 0, last - 1, title, "centred_title")
    sheet.way_back(0, last)
    sheet.heights(0, 34)
    sheet.native.fit_to_pages(1, 1)


def write_card(sheet: Sheet, rulebook: Rulebook, ledger: Ledger, score_table: tuple[Sheet, ScoreSheet] | None) -> None:
    """Write the card of the first department; every other one is a choice away. `score_table` is the sheet of the indicators' scores,
    None where nothing is scored."""
    card_heading(sheet, rulebook)
    if not ledger.figures.size:
        sheet.merged(CHOICE[0], 0, CHOICE[0], len(WIDTHS) - 1, "（无）", "centred")
        return
    page = CardPage(sheet, rulebook, ledger.figures, live=LiveSource(ledger, score_table))
    _choice(page, rulebook)
    page.write()


def _choice(page: CardPage, rulebook: Rulebook) -> None:
    """The drop-down, and beside the page the row that it stands for."""
    sheet, row, column = page.sheet, *CHOICE
    noun = rulebook.entity.noun
    sheet.merged(row, 0, row, column - 1, f"选择{noun}（点右侧下拉）", "head")
    sheet.merged(row, column, row, 5, str(page.value("label")), "choose")
    sheet.heights(row, 26)
    label = rulebook.name_label
    sheet.native.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "list",
            "source": f"={page.range_of('label')}",
            "input_title": f"选择{noun}",
            "input_message": f"点下拉箭头选择{label}；也可以直接输入后回车。"[:255],
            "error_title": f"没有这个{noun}",
            "error_message": "请从下拉列表中选择。",
        },
    )
    chosen = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    # MATCH takes * ? ~ in a text for wildcards.
    exact = f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({chosen},"~","~~"),"*","~*"),"?","~?")'
    helper = len(WIDTHS) + 1
    sheet.formula(1, helper, f"=IFERROR(MATCH({exact},{page.range_of('label')},0),0)", 1, "note")
    sheet.native.set_column(helper, helper, None, None, {"hidden": True})
    sheet.merged(row, RIGHT, row, len(WIDTHS) - 1, "", "note")
    page.chosen(row, RIGHT, page.index("file"), f"文件：{page.value('file')}", "note", prefix='"文件："&')
