"""Workbooks and sheets as this package writes them: text stays text, columns get the width of what stands in them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch.publish.figures import nearest_float
from perfbatch.publish.legible import cell_text
from perfbatch.publish.summary.cells import INDENT, Cell, Column, Marked, display_width, line_count
from perfbatch.publish.summary.styles import BASE_FONT, STYLES

__all__ = ["Book", "Cell", "Column", "Marked", "Sheet", "display_width"]

_A4 = 9
_LINE_POINTS = 14.5
# The arrow of a filter covers about three characters of a heading.
_ARROW = 3
# Excel's own limit.
_HIGHEST_ROW = 409.0


class Book:
    """An xlsxwriter workbook; the same content gives the same bytes. Leaving the `with` block writes the file."""

    def __init__(self, path: Path, title: str, created: datetime, issuer: str = "") -> None:
        """`created` is what the file's properties say in place of the clock; with an `issuer` every printed page is headed
        by it and the date. Raises `OSError` on leaving."""
        self._path, self._content = path, io.BytesIO()
        # Written in one go at the end: a full disk is then one clear error, and leaves no open archive to fail once more.
        self._book: Any = xlsxwriter.Workbook(
            self._content,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                # No files in the system's folder for temporary ones: a killed run would leave them there.
                "in_memory": True,
                "default_format_properties": dict(BASE_FONT),
            },
        )
        moment = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": cell_text(title), "author": "perfbatch", "created": moment})
        self._head = _page_head(issuer, title, f"{created:%Y-%m-%d}") if issuer else ""
        self._formats: dict[tuple[str, str], Any] = {}
        self._sheets: list[Sheet] = []

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        for sheet in self._sheets:
            sheet.finish()
        self._book.close()
        self._path.write_bytes(self._content.getvalue())

    def add(self, name: str) -> Sheet:
        """Add a sheet at the end."""
        sheet = Sheet(self, self._book.add_worksheet(name), name)
        if self._head:
            sheet.native.set_header(self._head)
        self._sheets.append(sheet)
        return sheet

    @property
    def native(self) -> Any:
        """The xlsxwriter workbook, for what is particular to one sheet: charts, tables."""
        return self._book

    def rich(self, **properties: object) -> Any:
        """A format for a run of text inside a cell, made once."""
        key = (repr(sorted(properties.items())), "")
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**BASE_FONT, **properties})
        return self._formats[key]

    def format(self, style: str, number_format: str = "") -> Any:
        """The format of a style, made once."""
        key = (style, number_format)
        if key not in self._formats:
            number = {"num_format": number_format} if number_format else {}
            self._formats[key] = self._book.add_format({**BASE_FONT, **STYLES[style], **number})
        return self._formats[key]


class Sheet:
    """A sheet; rows and columns count from 0. Widths are set by `finish`, from what was written."""

    def __init__(self, book: Book, sheet: Any, name: str) -> None:
        self.name = name
        self.book = book
        self._book = book
        self._outlines: dict[int, dict[str, object]] = {}
        self._sheet = sheet
        self._widths: dict[int, int] = {}
        self._fixed: dict[int, int] = {}
        self._breaks: list[int] = []
        self._heights: dict[int, float] = {}
        self._wrapped: dict[int, list[tuple[int, str]]] = {}
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.set_footer("&L&A&C第 &P 页，共 &N 页")

    def text(self, row: int, column: int, value: str, style: str = "text", *, single_line: bool = False) -> None:
        """Write a text, whatever it looks like. A `single_line` has no part in the height of its row."""
        shown = cell_text(value)
        form = self._book.format(style)
        if shown and "text_wrap" in STYLES[style] and not single_line:
            self._wrapped.setdefault(row, []).append((column, shown))
        if shown:
            self._written(self._sheet.write_string(row, column, shown, form), row)
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

    @staticmethod
    def _written(code: int, row: int) -> None:
        # xlsxwriter tells by a code alone that it has written nothing.
        if code != 0:
            raise OSError(f"row {row + 1} does not fit into a sheet (xlsxwriter code {code})")

    def merged(self, row: int, column: int, last_row: int, last_column: int, value: str, style: str = "head") -> None:
        """Write a text over a block of cells; a block of one cell is a plain cell."""
        if (row, column) != (last_row, last_column):
            self._sheet.merge_range(row, column, last_row, last_column, "", self._book.format(style))
        # A merged heading has more room than its first column: its writer sets the heights of its rows.
        self.text(row, column, value, style, single_line=True)

    def title(self, value: str, note: str = "") -> int:
        """The title in row 0 and a note in row 1; returns the first free row."""
        self.text(0, 0, value, "title")
        self.heights(0, 28)
        self.text(1, 0, note, "note")
        self.heights(1, 18)
        return 2

    @property
    def native(self) -> Any:
        """The xlsxwriter worksheet, for what is particular to one sheet: charts, tables, conditional formats."""
        return self._sheet

    def outline(self, row: int, level: int, *, hidden: bool = False) -> None:
        """Put a row at an outline level (0 to 7). The row that heads hidden ones is not marked as collapsed: Excel does
        without, and LibreOffice would fold what stands above that row."""
        self._outlines[row] = {"level": level, "hidden": hidden}

    def heights(self, row: int, points: float) -> None:
        """Fix a row's height."""
        self._heights[row] = points

    def lines(self, row: int, count: int) -> None:
        """Fix a row's height to so many lines of text."""
        self.heights(row, count * _LINE_POINTS + 5)

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

    def show_first(self) -> None:
        """Open the workbook on this sheet."""
        self._sheet.activate()

    def page_break(self, row: int) -> None:
        """Start a printed page at a row."""
        self._breaks.append(row)
        self._sheet.set_h_pagebreaks(self._breaks)

    def address(self, row: int, column: int) -> str:
        """A cell's absolute address for a formula on another sheet."""
        quoted = self.name.replace("'", "''")
        return f"'{quoted}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"

    def table(
        self, top: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, filters: bool = True
    ) -> int:
        """Write headings at `top` and the rows below; returns the first free row. An empty table says so."""
        for index, column in enumerate(columns):
            self.text(top, index, column.title, "head")
        self.body(top + 1, columns, rows)
        for index, column in enumerate(columns):
            # A heading may break once, so that it does not widen a column of short figures.
            title = display_width(column.title)
            arrow = _ARROW if filters else 0
            self.fit(index, min(column.widest, max(column.narrowest, math.ceil(title / 2) + INDENT + 1 + arrow)))
        if filters and rows:
            self.filter(top, 0, top + len(rows), len(columns) - 1)
        return top + 1 + max(len(rows), 1)

    def body(self, top: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows of cells from `top` on."""
        if not rows:
            self.merged(top, 0, top, len(columns) - 1, "（无）", "centred")
        for offset, row in enumerate(rows):
            for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
                self.cell(top + offset, index, column, cell)

    def cell(self, row: int, index: int, column: Column, cell: Cell) -> None:
        """Write one cell of a table and widen its column for it."""
        style, value = (cell.style, cell.value) if isinstance(cell, Marked) else (column.style, cell)
        number_format = (cell.number_format if isinstance(cell, Marked) else "") or column.number_format
        if value is None:
            self.text(row, index, "", style)
        elif isinstance(value, str):
            self.text(row, index, value, style)
            # Long values are measured by their head: nothing wider than `widest` matters.
            self.fit(index, min(column.widest, display_width(cell_text(value[:400])) + INDENT + 2))
        else:
            figure = nearest_float(value) if column.kind == "figure" else value
            self.number(row, index, figure, style, number_format)
            self.fit(index, min(column.widest, len(f"{figure:,.2f}" if column.kind == "figure" else f"{figure:,}") + 3))

    def finish(self) -> None:
        """Set the widths of the columns, and the heights of rows whose text wraps in them: Excel would find them when
        the workbook is opened, LibreOffice and a printer driver would not."""
        widths = {**self._widths, **self._fixed}
        for column, width in sorted(widths.items()):
            if width:
                self._sheet.set_column(column, column, width)
        for row, cells in self._wrapped.items():
            if row not in self._heights:
                self.lines(row, max(line_count(text, widths.get(column, 0)) for column, text in cells))
        for row in sorted(self._heights.keys() | self._outlines.keys()):
            points = self._heights.get(row)
            height = None if points is None else min(points, _HIGHEST_ROW)
            self._sheet.set_row(row, height, None, self._outlines.get(row, {}))
        if self._outlines:
            # The button stands beside the row that heads the group, above what it folds.
            self._sheet.outline_settings(symbols_below=False)


def _page_head(issuer: str, title: str, date: str) -> str:
    """A printed page's head: the bureau left, the title in the middle, the date right. Excel takes 255 characters."""
    parts = (text.replace("&", "&&")[:60] for text in (issuer, title, date))
    return "".join(
        f"&{side}&9{text}" if not text[:1].isdigit() else f"&{side}&9 {text}"
        for side, text in zip("LCR", parts, strict=True)
    )
