"""Sheets and strings as nearly every program writes them, read with a handful of patterns in place of a parser.

A sheet part is mostly styled empty cells and, in the live sheets, formulas that nobody reads here; giving an event for each
element to Python takes five times as long as inflating them. The patterns describe exactly what Excel, LibreOffice, WPS,
openpyxl and xlsxwriter write: elements without prefixes, attributes in their usual order, no blanks between cells. A part that
they do not cover from its first byte to its last is not understood (None), and is read by the parsers of `sheet_cells` and
`extent`; so nothing here decides that a workbook is bad. Where a part is understood, both ways give the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cached_property

from perfbatch.model.limits import Limits
from perfbatch.package.addresses import cell_name
from perfbatch.package.extent import SheetExtent
from perfbatch.package.plain_rows import REACH, PlainCell, plain_rows
from perfbatch.package.plain_text import text_of
from perfbatch.package.scanning import remembered, starts_plainly
from perfbatch.package.sheet_cells import SheetFrame, StoredCell, parse_cell, read_sheet_frame
from perfbatch.package.texts import unescaped_text

__all__ = ["PlainSheet", "stored_cell"]

_LONGEST_FRAME = 128 * 1024
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PlainSheet:
    """A sheet part that the patterns cover: its cells by name (`b"C7"`), and what stands around them."""

    def __init__(
        self, cells: dict[bytes, PlainCell], extent: SheetExtent, frame: SheetFrame, strings: int, *, own_texts: bool
    ) -> None:
        self.cells = cells
        self.extent = extent
        self.frame = frame
        self.strings = strings
        """How many shared strings there must be."""
        self.has_own_texts = own_texts
        """Whether texts may stand in its cells themselves, not among the shared ones."""

    @classmethod
    def read(cls, part: bytes, limits: Limits) -> PlainSheet | None:
        """Read a sheet part, None where it is not understood. Raises `SetAside` F03 or F07 for what stands around the cells."""
        cut = _cut(part)
        if cut is None or limits.cells < REACH:
            return None
        body, frame = cut
        cells: dict[bytes, PlainCell] = {}
        held = stored = references = strings = 0
        own_texts = False
        for rows in plain_rows(body):
            if rows is None:
                return None
            held, stored, references = held + len(rows.cells), stored + rows.stored, references + rows.references
            # More than may be held, and cells that stand twice, are the parser's matter.
            if held > limits.held_cells:
                return None
            cells.update(rows.cells)
            strings, own_texts = max(strings, rows.strings), own_texts or rows.has_own_texts
        around = _frame(frame, limits)
        if around is None or len(cells) != held:
            return None
        return cls(cells, SheetExtent(stored, references), around, strings, own_texts=own_texts)

    @cached_property
    def formulas(self) -> frozenset[bytes]:
        """Its formulas as the markup has them, each once."""
        return frozenset([cell.formula for cell in self.cells.values() if cell.formula])

    @cached_property
    def rows(self) -> list[int]:
        """The rows in which a cell of `parsed` stands, from the top; most are told without parsing a cell."""
        rows: set[int] = set()
        for cell in self.cells.values():
            row = int(cell.place.lstrip(_LETTERS))
            if row not in rows and (cell.has_formula or cell.value.isalnum() or stored_cell(cell).has_value):
                rows.add(row)
        return sorted(rows)

    @cached_property
    def parsed(self) -> Mapping[tuple[int, int], StoredCell]:
        """The cells as the parser of `sheet_cells` gives them, by row and column; each made when asked for."""
        return _Parsed(self.cells)


class _Parsed(Mapping[tuple[int, int], StoredCell]):
    def __init__(self, cells: Mapping[bytes, PlainCell]) -> None:
        self._cells = cells

    def __getitem__(self, place: tuple[int, int]) -> StoredCell:
        stored = stored_cell(self._cells[cell_name(*place).encode()])
        if stored.formula is None and not stored.has_value:
            raise KeyError(place)
        return stored

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (place for place in map(parse_cell, map(bytes.decode, self._cells)) if place in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def stored_cell(cell: PlainCell) -> StoredCell:
    """A cell as the parser of `sheet_cells` gives it."""
    kind = cell.type.decode() or "n"
    text = text_of(cell.value)
    has_value = bool(cell.has_value) and (kind in ("str", "inlineStr") or text.strip() != "")
    formula = text_of(cell.formula) if cell.has_formula else None
    style = int(cell.style or b"0")
    if kind == "inlineStr":
        return StoredCell(kind, style, "", formula, has_value, unescaped_text(text))
    return StoredCell(kind, style, text, formula, has_value)


def _cut(part: bytes) -> tuple[bytes, bytes] | None:
    """A sheet's rows, and the sheet without them; None where it cannot be told which is which."""
    begin, end = part.find(b"<sheetData>"), part.rfind(b"</sheetData>")
    if begin < 0 or end < begin or not starts_plainly(part):
        return None
    begin += len(b"<sheetData>")
    if begin + len(part) - end > _LONGEST_FRAME:
        return None
    frame = part[:begin] + part[end:]
    # One pair of sheetData tags: a second one could hold cells that nobody has looked at. Within the rows the patterns see to it.
    return (part[begin:end], frame) if frame.count(b"sheetData") == 2 else None


@remembered
def _frame(frame: bytes, limits: Limits) -> SheetFrame | None:
    """What stands around the cells; None where cells hide there, so that the patterns have not seen them all."""
    around = read_sheet_frame(io.BytesIO(frame), limits)
    return None if around.stored else around
