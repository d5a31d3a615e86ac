"""The raw cells of a sheet part: what kind of value each holds, its formula, its style; and the merged areas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import Place, cell_name, column_letters, place_of
from perfbatch.package.archive import Package
from perfbatch.package.extent import SheetExtent, scan_part
from perfbatch.package.scanning import Source, scan
from perfbatch.package.texts import Runs, RunsReader

__all__ = [
    "SheetCells",
    "SheetFrame",
    "StoredCell",
    "covered_cells",
    "parse_cell",
    "read_sheet_cells",
    "read_sheet_frame",
    "shift_formula",
]

# Text in quotes and sheet names in apostrophes stay as they are; a reference does not touch a letter, digit or bracket.
_SHIFTED = re.compile(
    r"\"[^\"]*\"|'[^']*'|(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})(?![A-Za-z0-9_.(!])",
)


@dataclass(frozen=True, slots=True)
class StoredCell:
    """A cell that holds a value or a formula.

    `type` is the file's own letter: n, s, str, inlineStr, b, e, d. `text` is the stored value as written: for s the number of
    the shared string, for inlineStr nothing, whose text is `runs`. `formula` has no leading `=`; `{…}` marks an array
    formula. `has_value`: a value is stored (a formula that nobody calculated has none). `rich`: the value stands for
    something that the cell's own value does not say (a picture, a record).
    """

    type: str
    style: int
    text: str
    formula: str | None
    has_value: bool
    runs: Runs = ""
    rich: bool = False


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells of one sheet by (row, column), both from 1, and its merged areas: covered cell → top-left cell.

    `extent` counts what is stored, styled empty cells too."""

    cells: Mapping[tuple[int, int], StoredCell]
    merged: Mapping[tuple[int, int], tuple[int, int]]
    extent: SheetExtent = field(default=SheetExtent(0, 0))


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """What stands around a sheet's rows: merged areas as in `SheetCells`, and the number of cells `stored` out of place."""

    covered: Mapping[tuple[int, int], tuple[int, int]]
    stored: int


def parse_cell(name: str) -> Place:
    """`C7` → (7, 3). Raises `SetAside` F03 for what is no cell of a sheet."""
    place = None if "$" in name else place_of(name)
    if place is None:
        raise SetAside("F03")
    return place


def shift_formula(formula: str, rows: int, columns: int) -> str:
    """A shared formula as it stands `rows` below and `columns` right of its master; `#REF!` where it leaves the sheet."""

    def moved(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[0]
        row, column = parse_cell(match[2] + match[4])
        row, column = row + (0 if match[3] else rows), column + (0 if match[1] else columns)
        if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
            return "#REF!"
        return f"{match[1]}{column_letters(column)}{match[3]}{row}"

    return _SHIFTED.sub(moved, formula)


class _SheetReader:
    """Collects cells from the events of a sheet part."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.cells: dict[tuple[int, int], StoredCell] = {}
        self.last_row = self.last_column = 0
        self.merged: list[tuple[int, int, int, int]] = []
        self.stored = self.references = self._links = self._in_row = 0
        self._shared: dict[str, tuple[int, int, str]] = {}
        self._row = self._column = 0
        self._type, self._style, self._rich = "n", 0, False
        self._runs = RunsReader()
        self._formula: Mapping[str, str] | None = None
        self._has_value = self._inline = self._inside_inline = self._listening = False
        self._text: list[str] = []
        self._value = self._formula_text = ""

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            self.stored += 1
            reference = attributes.get("r")
            if reference is None:
                self._column += 1
            else:
                self._row, self._column = parse_cell(reference)
                # A cell in another row than the one around it: readers disagree on where it stands.
                if self._in_row not in (0, self._row):
                    raise SetAside("F03")
            if self._column > LAST_COLUMN:
                raise SetAside("F03")
            if self.stored > self._limits.stored_cells:
                place = cell_name(self._row, self._column)
                raise SetAside("F07", f"到 {place} 为止单元格超过 {self._limits.stored_cells} 个")
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() and len(style) < 9 else 0
            self._rich = "vm" in attributes
            self._formula, self._has_value, self._inline = None, False, False
            self._value = self._formula_text = ""
        elif self._inside_inline:
            self._runs.start(element, attributes)
        elif element == "row":
            number = attributes.get("r", str(self._row + 1))
            if not (number.isascii() and number.isdecimal() and len(number) < 8 and 1 <= int(number) <= LAST_ROW):
                raise SetAside("F03")
            self._row = self._in_row = int(number)
            self._column = 0
        elif element == "v":
            self._listening, self._text, self._has_value = True, [], True
        elif element == "f":
            self._listening, self._text, self._formula = True, [], attributes
        elif element == "is":
            self._inline = self._inside_inline = True
            self._runs.begin()
        elif element == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = parse_cell(first), parse_cell(last or first)
            self.merged.append((top, left, bottom, right))
            if len(self.merged) > self._limits.merges:
                raise SetAside("F07", f"合并单元格超过 {self._limits.merges} 处")
        elif element == "hyperlink":
            self._links += 1
            if self._links > self._limits.hyperlinks:
                raise SetAside("F07", f"超链接超过 {self._limits.hyperlinks} 个")

    def text(self, piece: str) -> None:
        if self._listening:
            self._text.append(piece)
        elif self._inside_inline:
            self._runs.text(piece)

    def end(self, element: str) -> None:
        if self._inside_inline:
            self._inside_inline = element != "is"
            self._runs.end(element)
        elif element == "v":
            self._value, self._listening = "".join(self._text), False
        elif element == "f":
            self._formula_text, self._listening = "".join(self._text), False
        elif element == "c":
            self._keep()

    def _keep(self) -> None:
        # An empty <v/> is what some writers leave for a formula not yet calculated; only a formula's text can be empty.
        has_value = self._inline or (self._has_value and (self._type == "str" or self._value.strip() != ""))
        formula = self._formula_of()
        if self._type == "s":
            self.references += 1
        if formula is None and not has_value:
            return
        # What stands in an element of its own is a text, whatever the cell says of itself, and the other way round.
        kind = "inlineStr" if self._inline else "str" if self._type == "inlineStr" else self._type
        text = "" if self._inline else self._value
        if kind == "s" and has_value:
            text = text.strip()
            if not (text.isascii() and text.isdecimal() and len(text) < 10):
                # A text that is nowhere: readers disagree on what stands there.
                raise SetAside("F03")
        if (self._row, self._column) in self.cells:
            raise SetAside("F03")
        runs = self._runs.runs if self._inline else ""
        self.cells[self._row, self._column] = StoredCell(kind, self._style, text, formula, has_value, runs, self._rich)
        self.last_row = max(self.last_row, self._row)
        self.last_column = max(self.last_column, self._column)
        if len(self.cells) > self._limits.held_cells:
            place = cell_name(self._row, self._column)
            raise SetAside("F07", f"到 {place} 为止单元格超过 {self._limits.held_cells} 个")

    def _formula_of(self) -> str | None:
        if self._formula is None:
            return None
        kind, text = self._formula.get("t", "normal"), self._formula_text
        if kind == "shared":
            key = self._formula.get("si", "")
            if text:
                self._shared[key] = (self._row, self._column, text)
            elif key in self._shared:
                row, column, master = self._shared[key]
                return shift_formula(master, self._row - row, self._column - column)
        return "{" + text + "}" if kind in ("array", "dataTable") else text


def read_sheet_cells(package: Package, part: str, limits: Limits) -> SheetCells:
    """Read a sheet part. Raises `SetAside`: F03 missing or damaged, F07 more cells than the limits."""
    reader = _SheetReader(limits)
    scan_part(package, part, limits, reader.start, reader.end, reader.text)
    extent = SheetExtent(reader.stored, reader.references, reader.last_row, reader.last_column)
    return SheetCells(reader.cells, covered_cells(reader.merged, limits), extent)


def read_sheet_frame(source: Source, limits: Limits) -> SheetFrame:
    """Read a sheet without its rows. Raises `SetAside` as `read_sheet_cells` does."""
    reader = _SheetReader(limits)
    scan(source, reader.start, reader.end, reader.text, limits)
    return SheetFrame(covered_cells(reader.merged, limits), reader.stored)


def covered_cells(
    merged: Sequence[tuple[int, int, int, int]], limits: Limits
) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Merged areas (top, left, bottom, right) as covered cell → top-left cell. Raises `SetAside` F07 for too many of them."""
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in merged:
        # Only what lies around cells in use matters; a merge may claim the whole sheet.
        if (bottom - top + 1) * (right - left + 1) + len(covered) > limits.held_cells:
            raise SetAside("F07", f"合并单元格超过 {limits.held_cells} 个")
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    covered[row, column] = (top, left)
    return covered
