"""The rows of a sheet part as nearly every program writes them: read with patterns, and remembered.

What a row's markup says hangs on nothing else: shared strings stand in it by their numbers and styles by theirs, and what those are
is each workbook's own, resolved there (`raw_cell`). So a row that was seen before, in whichever workbook, is not read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from perfbatch.package.plain_text import is_sound

__all__ = ["ATTRIBUTES", "REACH", "RUN", "SPACE", "PlainCell", "PlainRows", "RememberedRows", "plain_rows"]

ATTRIBUTES = rb'(?: [A-Za-z][\w:]*="[^"<>&]*+")*+'
SPACE = rb'(?: xml:space="preserve")?'
RUN = rb"<t" + SPACE + rb"(?: ?/>|>[^<]*+</t>)"
# Cells to DZ9999: what lies farther out is the parsers' matter, limits of rows and columns with it.
REACH = 130 * 9_999
_HEAD = rb'(?: s="\d{1,8}")?(?: t="(?:n|s|str|inlineStr|b|e)")?'
_NAMES = re.compile(rb" ([\w:]+)=")
_FORMULA = rb"<f" + ATTRIBUTES + rb"(?: ?/>|>[^<]*+</f>)"
_VALUE = rb"<v(?: ?/>|>[^<]*+</v>)|<is>" + RUN + rb"</is>"
_ROW = re.compile(
    rb'<row( r="([1-9]\d{0,3})"' + ATTRIBUTES + rb")(?: ?/>|>"
    rb'(?:<c r="(?:[A-Z]|[A-D][A-Z])\2"' + _HEAD + rb"(?: ?/>|>(?:" + _FORMULA + rb")?(?:" + _VALUE + rb")?</c>))*+"
    rb"</row>)"
)
_CELLS = re.compile(
    rb'<c r="([A-Z]+\d+)"(?: s="(\d+)")?(?: t="([A-Za-z]+)")?>'
    rb"(?:(<f)([^<>]*?)(?: ?/>|>([^<]*+)</f>))?(?:(<v|<is><t)" + SPACE + rb"(?: ?/>|>([^<]*+)</[vt]>)(?:</is>)?)?</c>"
)
_END = b"</row>"
# Bytes of markup that each of the two generations of remembered rows may have; a row is some 700 bytes and holds few cells.
_MOST_MARKUP, _LONGEST = 2_000_000, 4_000


class PlainCell(NamedTuple):
    """A cell that holds something, as its markup has it: the groups of `_CELLS`; b"" where a group is not there.

    `has_formula` and `has_value` hold the beginning of their element."""

    place: bytes
    style: bytes
    type: bytes
    has_formula: bytes
    formula_attributes: bytes
    formula: bytes
    has_value: bytes
    value: bytes


_plain_cell = partial(tuple.__new__, PlainCell)


class PlainRows(NamedTuple):
    """What a stretch of whole rows says: its cells that hold something by name, how many cells it has in all and how many of them
    refer to shared strings, how many of those there must be, and whether texts may stand in its cells themselves."""

    cells: Mapping[bytes, PlainCell]
    stored: int
    references: int
    strings: int
    has_own_texts: bool


def plain_rows(body: bytes) -> Iterator[PlainRows | None]:
    """The rows between the tags of sheetData, from the top, in stretches; None for one that the patterns do not cover."""
    position = 0
    while (end := body.find(_END, position)) >= 0:
        end += len(_END)
        yield _remembered(body[position:end])
        position = end
    # Rows without cells, in the short form.
    if position < len(body):
        yield _remembered(body[position:])


class RememberedRows:
    """Rows by their markup, in two generations: when the younger is full it becomes the elder, and what is asked for again goes
    over into the younger. So rows that stand in every workbook stay and those of one workbook go."""

    def __init__(self, most_markup: int = _MOST_MARKUP) -> None:
        self._most = most_markup
        self._young: dict[bytes, PlainRows | None] = {}
        self._old: dict[bytes, PlainRows | None] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def __call__(self, markup: bytes) -> PlainRows | None:
        """What the rows say; None where the patterns do not cover them."""
        if markup in self._young:
            return self._young[markup]
        rows = self._old[markup] if markup in self._old else _read(markup)
        if len(markup) <= _LONGEST:
            if self._bytes + len(markup) > self._most:
                self._old, self._young, self._bytes = self._young, {}, 0
            self._young[markup] = rows
            self._bytes += len(markup)
        return rows


_remembered = RememberedRows()


def _read(markup: bytes) -> PlainRows | None:
    if not _all_rows(markup) or not is_sound(markup):
        return None
    written = [cell for cell in map(_plain_cell, _CELLS.findall(markup)) if cell.has_formula or cell.has_value]
    cells = {cell.place: cell for cell in written}
    if len(cells) != len(written):
        return None
    strings = 0
    for cell in written:
        # Shared formulas and arrays reach beyond their cell.
        attributes = cell.formula_attributes
        if attributes and (b" t=" in attributes or not _distinct(attributes)):
            return None
        if (cell.type == b"inlineStr") != (cell.has_value == b"<is><t"):
            return None
        # A shared text is named by its number; anything else is damage, which the parser names.
        if cell.type == b"s":
            if not cell.value.isdigit() or len(cell.value) > 9:
                return None
            strings = max(strings, int(cell.value) + 1)
    return PlainRows(cells, markup.count(b"<c "), markup.count(b' t="s"'), strings, b"inlineStr" in markup)


def _all_rows(body: bytes) -> bool:
    position = 0
    while position < len(body):
        row = _ROW.match(body, position)
        if row is None or not _distinct(row[1]):
            return False
        position = row.end()
    return True


@lru_cache(maxsize=4_096)
def _distinct(attributes: bytes) -> bool:
    """Whether no attribute stands twice: parsers refuse the element, and readers that do not would differ."""
    names = _NAMES.findall(attributes)
    return len(names) == len(set(names))
