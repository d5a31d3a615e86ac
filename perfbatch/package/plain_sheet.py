"""Sheets and strings as nearly every program writes them, read with a handful of patterns in place of a parser.

A sheet part is mostly styled empty cells and, in the live sheets, formulas that nobody reads here; giving an event for each
element to Python takes five times as long as inflating them. The patterns describe exactly what Excel, LibreOffice, WPS,
openpyxl and xlsxwriter write: elements without prefixes, attributes in their usual order, no blanks between cells. A part that
they do not cover from its first byte to its last is not understood (None), and is read by the parsers of `sheet_cells` and
`extent`; so nothing here decides that a workbook is bad. Where a part is understood, both ways give the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from perfbatch.model.limits import Limits
from perfbatch.package.addresses import cell_name
from perfbatch.package.extent import SheetExtent
from perfbatch.package.plain_rows import ATTRIBUTES, REACH, RUN, SPACE, PlainCell, plain_rows
from perfbatch.package.plain_text import is_sound, text_of
from perfbatch.package.scanning import remembered, starts_plainly
from perfbatch.package.sheet_cells import SheetFrame, StoredCell, parse_cell, read_sheet_frame
from perfbatch.package.texts import Run, Runs, plainest, unescaped_text

__all__ = ["PlainSheet", "PlainStrings", "stored_cell"]

_STRINGS = re.compile(
    rb"(?:<si>(?:" + RUN + rb"|(?:<r>(?:<rPr>(?:<[A-Za-z]\w*" + ATTRIBUTES + rb" ?/>)*+</rPr>)?" + RUN + rb"</r>)*+)"
    rb"</si>)*+"
)
_PIECES = re.compile(rb"(<rPr>.*?</rPr>)?<t" + SPACE + rb">([^<]*+)</t>", re.DOTALL)
_STRUCK = re.compile(rb'<strike(?: val="([^"]*)")?')
_RAISED = re.compile(rb'<vertAlign val="(?:superscript|subscript)"')
_PRESERVED, _BARE, _ENDS = b'<t xml:space="preserve">', b"<t>", b"</t></si>"
_TABLE = re.compile(rb"<sst" + ATTRIBUTES + rb">\s*")
_LONGEST_FRAME = 128 * 1024
_LONGEST_REMEMBERED, _LONGEST_RICH = 300, 4_000
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


class PlainStrings:
    """The shared strings, cut apart but not yet read."""

    def __init__(self, markup: bytes, pieces: list[bytes], longest: int) -> None:
        self._markup, self._pieces = markup, pieces
        self.longest = longest
        """An upper bound of the characters of each."""

    @classmethod
    def read(cls, part: bytes, limits: Limits) -> PlainStrings | None:
        """Read the shared strings, None where they are not understood or are too many."""
        first, end = part.find(b"<si>"), part.rfind(b"</sst>")
        if first < 0 or end < first or not starts_plainly(part) or part[end + len(b"</sst>") :].strip():
            return None
        head, body = part[:first], part[first:end]
        if _TABLE.fullmatch(head, max(0, head.find(b"<sst"))) is None:
            return None
        if _STRINGS.fullmatch(body) is None or not is_sound(part):
            return None
        pieces = body.split(b"<si>")[1:]
        if len(pieces) > limits.shared_strings:
            return None
        return cls(body, pieces, max(map(len, pieces), default=0))

    def __len__(self) -> int:
        return len(self._pieces)

    def any_like(self, patterns: Mapping[bytes, re.Pattern[bytes]]) -> bool:
        """Whether one of the patterns, each under what it begins with, stands somewhere in their markup."""
        markup = self._markup
        for begin, pattern in patterns.items():
            place = markup.find(begin)
            while place >= 0:
                if pattern.match(markup, place):
                    return True
                place = markup.find(begin, place + 1)
        return False

    def __getitem__(self, index: int) -> Runs:
        """A string by its number."""
        piece = self._pieces[index]
        if len(piece) <= _LONGEST_REMEMBERED:
            return _runs_once(piece)
        return _rich_once(piece) if piece.startswith(b"<r>") and len(piece) <= _LONGEST_RICH else _runs(piece)


def _runs(piece: bytes) -> Runs:
    for begin in (_PRESERVED, _BARE):
        if piece.startswith(begin):
            return unescaped_text(text_of(piece[len(begin) : -len(_ENDS)]))
    return plainest([_run(look, markup) for look, markup in _PIECES.findall(piece) if markup])


# Labels stand in every workbook, accounts of oneself in one.
_runs_once = lru_cache(maxsize=20_000)(_runs)
# So do the form's labels of several looks, whose markup is long for few characters.
_rich_once = lru_cache(maxsize=2_000)(_runs)


def _run(look: bytes, markup: bytes) -> Run:
    text = unescaped_text(text_of(markup))
    if not look:
        return Run(text)
    struck = _STRUCK.search(look)
    is_struck = struck is not None and struck[1] not in (b"0", b"false", b"off")
    return Run(text, is_struck, _RAISED.search(look) is not None)
