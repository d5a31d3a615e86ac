"""Where cells are: letters of columns, names of cells, references to blocks of them. Rows and columns count from 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW

__all__ = ["Area", "Place", "cell_name", "column_letters", "column_number", "parse_area", "place_of", "quoted_sheet"]

Place = tuple[int, int]
"""Row and column of a cell."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)
_AREA = re.compile(
    r"=?(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!\[\]:,\s()\"]+))!(?P<first>[$A-Z0-9]+)(?::(?P<last>[$A-Z0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells on one sheet; both ends belong to it."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int


@lru_cache(maxsize=1_024)
def column_letters(column: int) -> str:
    """3 → `C`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1_024)
def column_number(letters: str | bytes) -> int:
    """`C` → 3, 0 for no letters."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number


def cell_name(row: int, column: int) -> str:
    """(7, 3) → `C7`."""
    return f"{column_letters(column)}{row}"


def place_of(cell: str) -> Place | None:
    """`C7` or `$C$7` → (7, 3); None for what is no cell of a sheet."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def parse_area(text: str) -> Area | None:
    """`'收支情况'!$C$7:$C$18` or `封面!$B$4` → its area; None for unions, whole columns, other workbooks, `#REF!`, formulas."""
    match = _AREA.fullmatch(text.strip())
    if match is None:
        return None
    sheet = match["plain"] or match["quoted"].replace("''", "'")
    first = place_of(match["first"])
    last = place_of(match["last"]) if match["last"] else first
    if "[" in sheet or first is None or last is None:
        return None
    rows, columns = sorted((first[0], last[0])), sorted((first[1], last[1]))
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])


def quoted_sheet(name: str) -> str:
    """A sheet's name as references have it: in apostrophes, those in it doubled."""
    return "'" + name.replace("'", "''") + "'"
