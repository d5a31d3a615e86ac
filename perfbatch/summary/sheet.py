"""Sheets as this package writes them: text stays text, columns get the width of what stands in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW, MAX_ROW_HEIGHT
from perfbatch.model.legible import cell_text
from perfbatch.package.addresses import cell_name, quoted_sheet
from perfbatch.summary.block import Block, RowLooks, line_points
from perfbatch.summary.block_sheet import SheetAdditions
from perfbatch.summary.book_parts import BookParts
from perfbatch.summary.cells import INDENT, Cell, Marked, TableColumn, display_width, line_count
from perfbatch.summary.columns import column_values, needed_width
from perfbatch.summary.strips import (
    Counts,
    Formulas,
    Link,
    Look,
    Palette,
    Rich,
    Strip,
    Values,
)
from perfbatch.summary.styles import STYLES
from perfbatch.summary.urls import url_of

__all__ = ["Cell", "Marked", "Sheet", "TableColumn", "display_width"]

_A4, _A3 = 9, 8
# A title of 16 points is so many times as wide as the text of a column.
_TITLE_SCALE = 1.65
_DEFAULT_WIDTH = 8
# The arrow of a filter covers about three characters of a heading.
_ARROW = 3
_NO_ERRORS = ("number_stored_as_text", "formula_differs", "formula_range", "calculated_column")
_EVERYWHERE = f"A1:{cell_name(LAST_ROW, LAST_COLUMN)}"


class Sheet:
    """A sheet; rows and columns count from 0. Widths are set by `finish`, from what was written."""

    def __init__(self, book: BookParts, sheet: Any, name: str) -> None:
        self.name = name
        self.book = book
        self._book = book
        self._sheet = sheet
        self._widths: dict[int, int] = {}
        self._fixed: dict[int, int] = {}
        self._breaks: list[int] = []
        self._heights: dict[int, float] = {}
        self._wrapped: dict[int, list[tuple[int, str]]] = {}
        self._blocks: list[Block] = []
        self._tables: dict[str, tuple[str, str]] = {}
        self._title = ""
        self._back: Sheet | None = None
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.set_footer("&L&A&C第 &P 页，共 &N 页")
        # Codes are texts of digits and checks differ from row to row on purpose: no green triangles for that.
        sheet.ignore_errors(dict.fromkeys(_NO_ERRORS, _EVERYWHERE))

    def text(self, row: int, column: int, value: str, style: str = "text", *, single_line: bool = False) -> None:
        """Write a text, whatever it looks like. A `single_line` has no part in the height of its row."""
        shown = cell_text(value)
        form = self._book.format(style)
        if shown and "text_wrap" in STYLES[style] and not single_line:
            self._wrapped.setdefault(row, []).append((column, shown))
        if shown:
            self._written(self._string(row, column, shown, form), row)
        else:
            self._written(self._sheet.write_blank(row, column, None, form), row)

    def number(self, row: int, column: int, value: float, style: str = "number", number_format: str = "") -> None:
        """Write a number."""
        self._written(self._sheet.write_number(row, column, value, self._book.format(style, number_format)), row)

    def formula(
        self, row: int, column: int, formula: str, cached: float | str, style: str = "total", number_format: str = ""
    ) -> None:
        """Write a live formula with the value that it has now: readers that do not calculate see `cached`."""
        form = self._book.format(style, number_format)
        self._written(self._sheet.write_formula(row, column, formula, form, cached), row)

    def _string(self, row: int, column: int, shown: str, form: Any) -> int:
        if shown.startswith("<r>") and shown.endswith("</r>"):
            # xlsxwriter takes such a text for the markup of a rich one, and writes it as it is.
            return int(self._sheet.write_rich_string(row, column, shown[:1], form, shown[1:], form))
        return int(self._sheet.write_string(row, column, shown, form))

    @staticmethod
    def _written(code: int, row: int) -> None:
        # xlsxwriter does not raise where it writes nothing: it returns a code.
        if code != 0:
            raise OSError(f"row {row + 1} does not fit into a sheet (xlsxwriter code {code})")

    def put(
        self, row: int, column: int, value: str | float | tuple[str, float | str] | None, look: Look | Rich
    ) -> None:
        """Write a cell of a block as it is: a text that a cell can hold, a number, a formula with the value it has."""
        if isinstance(look, Rich):
            self.rich(row, column, look)
            return
        form = self._book.format(*look)
        match value:
            case None:
                code = self._sheet.write_blank(row, column, None, form)
            case str():
                code = self._string(row, column, value, form)
            case (formula, cached):
                code = self._sheet.write_formula(row, column, formula, form, cached)
            case _:
                code = self._sheet.write_number(row, column, value, form)
        self._written(code, row)

    def rich(self, row: int, column: int, text: Rich) -> None:
        """Write a text of several colours."""
        runs = [part for colour, run in text.runs for part in (self._book.run(colour, text.size), run)]
        self._written(self._sheet.write_rich_string(row, column, *runs, self._book.format(text.style)), row)

    def merged(self, row: int, column: int, last_row: int, last_column: int, value: str, style: str = "head") -> None:
        """Write a text over a block of cells; a block of one cell is a plain cell."""
        if (row, column) != (last_row, last_column):
            self._sheet.merge_range(row, column, last_row, last_column, "", self._book.format(style))
        # A merged heading has more room than its first column: its writer sets the heights of its rows.
        self.text(row, column, value, style, single_line=True)

    def title(self, value: str, note: str = "") -> int:
        """The title in row 0 and a note in row 1; returns the first free row."""
        self._title = value
        self.text(0, 0, value, "title")
        self.heights(0, 28)
        self.text(1, 0, note, "note")
        self.heights(1, 18)
        return 2

    @property
    def native(self) -> Any:
        """The xlsxwriter worksheet, for what is particular to one sheet: charts, tables, conditional formats."""
        return self._sheet

    def heights(self, row: int, points: float) -> None:
        """Fix a row's height."""
        self._heights[row] = points

    def lines(self, row: int, count: int) -> None:
        """Fix a row's height to so many lines of text."""
        self.heights(row, line_points(count))

    def width(self, column: int, characters: int) -> None:
        """Fix a column's width."""
        self._fixed[column] = characters

    def fit(self, column: int, characters: int) -> None:
        """Make a column at least so wide."""
        self._widths[column] = max(self._widths.get(column, 0), characters)

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns left of a cell in view."""
        self._sheet.freeze_panes(row, column)

    def repeat(self, first_row: int, last_row: int) -> None:
        """Print these rows on every page."""
        self._sheet.repeat_rows(first_row, last_row)

    def filter(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Put filter arrows on a row of headings over the rows below it."""
        self._sheet.autofilter(row, column, last_row, last_column)

    def wide_paper(self) -> None:
        """Print on A3: so many columns would be too small to read on A4."""
        self._sheet.set_paper(_A3)

    def lead_back(self, to: Sheet) -> None:
        """Have this sheet lead back to the head of another one: behind its title, or where its writer says (`way_back`)."""
        self._back = to

    def way_back(self, row: int, column: int) -> None:
        """Write the link that leads back, where there is one."""
        if self._back is not None:
            text = f"返回{self._back.name}"
            self.text(row, column, text, "link", single_line=True)
            self.link(row, column, Link("", self._back.address(0, 0).replace("$", "")), text, Look("link"))

    def show_first(self) -> None:
        """Open the workbook on this sheet."""
        self._sheet.activate()

    def page_break(self, row: int) -> None:
        """Start a printed page at a row."""
        self._breaks.append(row)
        self._sheet.set_h_pagebreaks(self._breaks)

    def address(self, row: int, column: int) -> str:
        """A cell's absolute address for a formula on another sheet."""
        return f"{quoted_sheet(self.name)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"

    def excel_table(self, name: str, top: int, last: int, headings: Sequence[Mapping[str, object]]) -> None:
        """Make the rows from the headings at `top` to `last` an Excel table of its own look."""
        columns = len(headings) - 1
        # xlsxwriter keeps every cell of a table in memory: it is told of the first row only where a block writes the others.
        written = top + 1 if self._book.spliced else last
        self._sheet.add_table(
            top,
            0,
            written,
            columns,
            {"name": name, "columns": headings, "style": None, "banded_rows": False, "autofilter": True},
        )
        if written < last:
            self._tables[name] = (xl_range(top, 0, written, columns), xl_range(top, 0, last, columns))

    def table(
        self,
        top: int,
        columns: Sequence[TableColumn],
        rows: Sequence[Sequence[Cell]],
        *,
        filters: bool = True,
        looks: RowLooks | None = None,
        links: Mapping[int, Mapping[int, Link]] | None = None,
    ) -> int:
        """Write headings at `top` and the rows below; returns the first free row. An empty table says so. `links`: column →
        row of the table → where the cell leads; its text is shown as a link."""
        own = links or {}
        strips = [
            column_values(column, cells, own.get(index, {}))
            for index, (column, cells) in enumerate(zip(columns, zip(*rows, strict=True), strict=False))
        ]
        return self.columns(top, columns, strips, filters=filters, looks=looks)

    def columns(
        self,
        top: int,
        columns: Sequence[TableColumn],
        strips: Sequence[Values | Counts | Formulas],
        *,
        filters: bool = True,
        looks: RowLooks | None = None,
    ) -> int:
        """As `table`, with the cells column by column; none where there are no rows."""
        for index, column in enumerate(columns):
            self.text(top, index, column.title, "head")
        rows = self.block(top + 1, columns, strips, looks) if strips else 0
        if not rows:
            self.nothing(top + 1, len(columns))
        for index, column in enumerate(columns):
            # A heading may break once, so that it does not widen a column of short figures.
            title = display_width(column.title)
            arrow = _ARROW if filters else 0
            self.fit(index, min(column.widest, max(column.narrowest, math.ceil(title / 2) + INDENT + 1 + arrow)))
        if filters and rows:
            self.filter(top, 0, top + rows, len(columns) - 1)
        return top + 1 + max(rows, 1)

    def nothing(self, top: int, columns: int) -> None:
        """Say over a number of columns that a table is empty."""
        self.merged(top, 0, top, columns - 1, "（无）", "centred")

    def block(
        self,
        top: int,
        columns: Sequence[TableColumn | None],
        strips: Sequence[Values | Counts | Formulas],
        looks: RowLooks | None = None,
    ) -> int:
        """Write rows from `top` on, given as columns of one length; returns how many there are. Where there is a column, the
        sheet's column is widened for what stands in it."""
        palette, texts = Palette(), self._book.texts
        made = [strip.strip(texts, palette) for strip in strips]
        rows = len(made[0].marks)
        if top + rows > LAST_ROW:
            raise OSError(f"row {top + rows} does not fit into a sheet")
        if not rows:
            return 0
        block = Block(top, rows, made, palette, looks or RowLooks())
        self._blocks.append(block)
        if not self._book.spliced:
            block.draw(self, texts.shown)
        for index, (column, strip) in enumerate(zip(columns, made, strict=True)):
            if column is not None and isinstance(strip, Strip):
                self.fit(index, needed_width(column, strip, texts))
        return rows

    def link(self, row: int, column: int, link: Link, text: str, look: Look | Rich) -> None:
        """Make a cell that is written already lead somewhere."""
        self._sheet.write_url(row, column, url_of(link, text), self._book.format(look.style))

    def finish(self) -> SheetAdditions:
        """Set the widths of the columns, and the heights of rows whose text wraps in them: Excel would find them when
        the workbook is opened, LibreOffice and a printer driver would not. Returns what is still to be put into the sheet."""
        widths = {**self._widths, **self._fixed}
        for column, width in sorted(widths.items()):
            if width:
                self._sheet.set_column(column, column, width)
        if self._title:
            self.way_back(0, self._beside_title(widths))
        for row, cells in self._wrapped.items():
            if row not in self._heights:
                self.lines(row, max(line_count(text, widths.get(column, 0)) for column, text in cells))
        for row, points in sorted(self._heights.items()):
            self._sheet.set_row(row, min(points, MAX_ROW_HEIGHT))
        if any(block.deepest for block in self._blocks):
            # The button stands beside the row that heads the group, above what it folds.
            self._sheet.outline_settings(symbols_below=False)
        added = SheetAdditions(tables=self._tables)
        for block in self._blocks:
            heights = block.heights(widths, self._book.texts)
            if self._book.spliced:
                block.specimens(self)
                added.blocks.append((block, heights))
            else:
                block.draw_rows(self, heights)
        return added

    def _beside_title(self, widths: Mapping[int, int]) -> int:
        """The first column that the title does not reach into: it is in view when the sheet opens."""
        reach, column = display_width(self._title) * _TITLE_SCALE, 0
        while reach > 0:
            reach -= widths.get(column, 0) or _DEFAULT_WIDTH
            column += 1
        return column
