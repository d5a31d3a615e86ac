"""The content of an OpenDocument spreadsheet, from the events of its part: sheets laid out cell by cell, and defined names.

Rows and cells that stand for many are written out only where they hold something, and never past the limits.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbatch.intake.open_document_styles import DocumentStyles
from perfbatch.intake.open_document_text import ParagraphReader
from perfbatch.model.excel import LAST_COLUMN, LAST_ROW
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.active import BOOK_LINKS, DDE_LINKS, active_formula
from perfbatch.package.addresses import Area, Place, place_of
from perfbatch.package.sheet_cells import StoredCell

__all__ = ["ContentReader", "LaidOutSheet"]

# What holds tables or texts that are no cells of a sheet: earlier contents, drawings, other documents' tables.
_LEFT_OUT = frozenset(
    {"tracked-changes", "dde-links", "shapes", "forms", "content-validations", "annotation", "scenario", "detective"}
)
_ADDRESS = re.compile(
    r"\$?(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^.'\[\]#:]+))\.(?P<first>\$?[A-Z]{1,3}\$?\d{1,7})"
    r"(?::(?:\$?(?:'(?P<other_quoted>(?:[^']|'')+)'|(?P<other_plain>[^.'\[\]#:]+)))?\.?(?P<last>\$?[A-Z]{1,3}\$?\d{1,7}))?"
)
_DURATION = re.compile(r"(-?)PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,12})?)S)?")
# One of these stands in every formula that reaches out of its workbook.
_SUSPECT = (
    "FILE:",
    "HTTP",
    "|",
    "#",
    "WEB",
    "XML",
    "URL",
    "LINK",
    "RTD",
    "CALL",
    "REGISTER",
    "EXEC",
    "SQL",
    "IMAGE",
    "DDE",
)
_ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"})
_NUMBERS = ("float", "currency", "percentage")


@dataclass
class LaidOutSheet:
    """A sheet: its cells, their merged areas (top, left, bottom, right), and what a cell's `style` is the number of: a style's
    name, and whether the cell calls itself a percentage."""

    cells: dict[Place, StoredCell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    styles: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class _Cell:
    """A cell that is being read, at its first column."""

    column: int
    repeated: int
    attributes: Mapping[str, str]


class ContentReader:
    """Collects sheets and names (name, of one sheet, area, of another workbook) from the events of the content part."""

    def __init__(self, styles: DocumentStyles, limits: Limits) -> None:
        self.sheets: dict[str, LaidOutSheet] = {}
        self.names: list[tuple[str, bool, Area | None, bool]] = []
        self.active: list[str] = []
        self._styles, self._limits = styles, limits
        self._in_styles = self._in_sheets = False
        self._skipped = 0
        self._sheet: LaidOutSheet | None = None
        self._sheet_name = ""
        self._style_numbers: dict[tuple[str, bool], int] = {}
        self._columns: list[int] = []
        self._column_styles: list[str] = []
        self._next_column = 1
        self._row, self._rows, self._row_style = 1, 1, ""
        self._in_row: list[tuple[int, StoredCell]] = []
        self._merged_in_row: list[tuple[int, int, int]] = []
        self._cell: _Cell | None = None
        self._paragraphs = ParagraphReader(styles)
        self._stored = self._merges = 0

    # ---- events

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._skipped or element in _LEFT_OUT:
            self._leave_out(element)
        elif element == "automatic-styles":
            self._in_styles = True
        elif self._in_styles:
            self._styles.start(element, attributes)
        elif element == "spreadsheet":
            self._in_sheets = True
        elif self._in_sheets:
            self._in_spreadsheet(element, attributes)

    def _leave_out(self, element: str) -> None:
        if element == "dde-links":
            self.active.append(DDE_LINKS)
        self._skipped += 1

    def _in_spreadsheet(self, element: str, attributes: Mapping[str, str]) -> None:
        if self._cell is not None:
            if element == "table":
                # A table within a cell: other programs do not show it there.
                raise SetAside("F03")
            self._skipped += self._paragraphs.start(element, attributes)
        elif element == "table":
            self._begin_sheet(attributes)
        elif element in ("named-range", "named-expression"):
            self._name(attributes)
        elif element == "table-source":
            self.active.append(BOOK_LINKS)
        elif self._sheet is None:
            return
        elif element == "table-column":
            repeated = _repeated(attributes.get("number-columns-repeated"))
            self._columns.append(self._next_column)
            self._column_styles.append(attributes.get("default-cell-style-name", ""))
            self._next_column += repeated
            if len(self._columns) > LAST_COLUMN:
                raise SetAside("F03")
        elif element == "table-row":
            self._rows = _repeated(attributes.get("number-rows-repeated"))
            self._row_style, self._next_column = attributes.get("default-cell-style-name", ""), 1
            self._in_row, self._merged_in_row = [], []
        elif element in ("table-cell", "covered-table-cell"):
            self._cell = _Cell(self._next_column, _repeated(attributes.get("number-columns-repeated")), attributes)
            self._next_column += self._cell.repeated
            self._paragraphs.begin()

    def text(self, piece: str) -> None:
        """Characters between tags."""
        if self._skipped:
            return
        if self._in_styles:
            self._styles.text(piece)
        elif self._cell is not None:
            self._paragraphs.text(piece)

    def end(self, element: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
        elif element == "automatic-styles":
            self._in_styles = False
        elif self._in_styles:
            self._styles.end(element)
        elif element in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif self._cell is not None:
            self._paragraphs.end(element)
        elif element == "table-row" and self._sheet is not None:
            self._end_row(self._sheet)
        elif element == "table":
            self._sheet = None

    # ---- what is made of them

    def _begin_sheet(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("name", "")
        if self._sheet is not None or not name or name in self.sheets:
            raise SetAside("F03")
        self._sheet, self._sheet_name = LaidOutSheet(), name
        self.sheets[name] = self._sheet
        if len(self.sheets) > self._limits.sheets:
            raise SetAside("F07", f"{len(self.sheets)} 张工作表，上限 {self._limits.sheets}")
        self._style_numbers = {}
        self._columns, self._column_styles = [], []
        self._row, self._next_column = 1, 1

    def _name(self, attributes: Mapping[str, str]) -> None:
        if len(self.names) >= self._limits.names:
            raise SetAside("F07", f"超过 {self._limits.names} 个名称")
        address = attributes.get("cell-range-address") or attributes.get("expression", "").removeprefix("of:=").strip(
            "[]"
        )
        local = self._sheet is not None
        elsewhere = "#" in address.partition("#REF!")[0] and "file:" in address
        self.names.append((attributes.get("name", "").casefold(), local, _area(address), elsewhere))
        self._tell_active(address)

    def _tell_active(self, formula: str) -> None:
        folded = formula.upper()
        if not any(mark in folded for mark in _SUSPECT):
            return
        word = BOOK_LINKS if re.search(r"'(?:file|https?):", formula) else active_formula(formula.replace(";", ","))
        if word and word not in self.active:
            self.active.append(word)

    def _end_cell(self, cell: _Cell) -> None:
        attributes = cell.attributes
        rows, columns = (_repeated(attributes.get(f"number-{what}-spanned")) for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self._merged_in_row.append((cell.column, rows, columns))
        stored = self._value(attributes, cell.column)
        if stored is None:
            return
        self._stored += cell.repeated * self._rows
        if self._stored > self._limits.held_cells:
            raise SetAside("F07", f"到工作表“{self._sheet_name}”为止单元格超过 {self._limits.held_cells} 个")
        if cell.column + cell.repeated - 1 > LAST_COLUMN:
            raise SetAside("F03")
        self._in_row.extend((cell.column + step, stored) for step in range(cell.repeated))

    def _end_row(self, sheet: LaidOutSheet) -> None:
        if (self._in_row or self._merged_in_row) and self._row + self._rows - 1 > LAST_ROW:
            raise SetAside("F03")
        for row in range(self._row, self._row + self._rows) if self._in_row else ():
            sheet.cells.update(((row, column), cell) for column, cell in self._in_row)
        self._merges += len(self._merged_in_row) * self._rows
        if self._merges > self._limits.merges:
            raise SetAside("F07", f"合并单元格超过 {self._limits.merges} 处")
        for row in range(self._row, self._row + self._rows) if self._merged_in_row else ():
            sheet.merged.extend(
                (row, column, row + rows - 1, column + columns - 1) for column, rows, columns in self._merged_in_row
            )
        self._row += self._rows

    def _value(self, attributes: Mapping[str, str], column: int) -> StoredCell | None:
        """What a cell stores, None for a blank one."""
        kind, formula = attributes.get("value-type", ""), attributes.get("formula")
        runs, text = self._paragraphs.runs, self._paragraphs.words
        if formula is not None:
            self._tell_active(formula)
            formula = formula.partition("=")[2] or formula
        if not kind and not text:
            return None if formula is None else StoredCell("n", self._style(attributes, column), "", formula, False)
        style = self._style(attributes, column, percentage=kind == "percentage")
        if kind == "error" or (formula is not None and kind == "string" and text in _ERRORS):
            return StoredCell("e", style, text if text in _ERRORS else "#VALUE!", formula, True)
        if kind in _NUMBERS:
            return StoredCell("n", style, attributes.get("value", ""), formula, True)
        if kind == "boolean":
            return StoredCell("b", style, attributes.get("boolean-value", ""), formula, True)
        if kind == "date":
            return StoredCell("d", style, attributes.get("date-value", ""), formula, True)
        if kind == "time":
            return StoredCell("n", style, _days(attributes.get("time-value", "")), formula, True)
        if not text and attributes.get("string-value"):
            runs = attributes["string-value"]
        if not text and not runs:
            return None
        return StoredCell("inlineStr", style, "", formula, True, runs)

    def _style(self, attributes: Mapping[str, str], column: int, *, percentage: bool = False) -> int:
        """The number of a cell's style; its own, else its row's, else its column's."""
        name = attributes.get("style-name") or self._row_style
        if not name and self._columns and self._columns[0] <= column:
            name = self._column_styles[bisect_right(self._columns, column) - 1]
        key = (name, percentage)
        if key not in self._style_numbers and self._sheet is not None:
            self._style_numbers[key] = len(self._sheet.styles)
            self._sheet.styles.append(key)
        return self._style_numbers[key]


def _repeated(text: str | None) -> int:
    """How often an element stands for itself. Raises `SetAside` F03 for what is no number of rows or columns."""
    if text is None:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and 0 < int(text) <= LAST_ROW):
        raise SetAside("F03")
    return int(text)


def _days(duration: str) -> str:
    """`PT10H30M00S` as a share of a day. Raises `SetAside` F03 for what is no duration."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise SetAside("F03")
    seconds = int(match[2] or 0) * 3600 + int(match[3] or 0) * 60 + float(match[4] or 0)
    return f"{match[1]}{seconds / 86_400!r}"


def _area(address: str) -> Area | None:
    """`$收支情况.$C$5:.$C$16` → its area; None for what is no block of cells of one sheet of this workbook."""
    match = _ADDRESS.fullmatch(address.strip())
    if match is None:
        return None
    sheet = match["plain"] or match["quoted"].replace("''", "'")
    other = match["other_plain"] or (match["other_quoted"] or "").replace("''", "'") or sheet
    first = place_of(match["first"])
    last = place_of(match["last"]) if match["last"] else first
    if first is None or last is None or other != sheet:
        return None
    rows, columns = sorted((first[0], last[0])), sorted((first[1], last[1]))
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])
