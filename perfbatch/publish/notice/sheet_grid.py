"""A sheet part as it stands: where its rows and cells are, which areas are merged, how wide and high things are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from perfbatch.publish.notice.markup import (
    Element,
    NotEditable,
    attributes,
    children,
    local,
    names_of,
    opening,
    plain,
    prefix_of,
    root,
)

__all__ = ["Place", "Row", "SheetGrid", "Spot", "place_of", "style_in"]

Place = tuple[int, int]
"""Row and column of a cell, from 1."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ROWS, _COLUMNS = 1_048_576, 16_384
# Pixels: 255 characters, 409 points.
_WIDEST, _HIGHEST, _USUAL_HEIGHT = 1_790, 546, 20
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,9})["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d{1,7})\s*["']""")
_MERGED = re.compile(rb"""\sref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_HEIGHT = re.compile(rb"""\sht\s*=\s*["']([\d.]{1,20})["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


def place_of(cell: str) -> Place | None:
    """`C7` → (7, 3); None for what is no cell."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    row, column = int(match[2]), _column(match[1].encode())
    return (row, column) if row <= _ROWS and column <= _COLUMNS else None


def style_in(markup: bytes, tag: re.Match[bytes]) -> re.Match[bytes] | None:
    """The style that a cell's opening tag states; group 1 is its number."""
    return _STYLE.search(markup, tag.start(1), tag.end(1))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cell stands, or will.

    `origin` tells how to undo a restyling: `c` the cell has a style, `d` it has none stated, `n` there is no such cell,
    `s` nor anything else in its row, `r` nor its row. `start`, `end`: the bytes that restyling replaces.
    """

    place: Place
    style: int
    origin: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row stands, as `Element` has it."""

    number: int
    start: int
    inside: int
    close: int
    end: int


class SheetGrid:
    """Rows, cells, columns and merged areas of one worksheet part, found without being read into memory."""

    def __init__(self, part: bytes) -> None:
        """Raises `NotEditable` for what is no worksheet."""
        self.markup = plain(part)
        self._root = root(self.markup)
        self.prefix = prefix_of(self._root)
        match = opening(self.prefix + "sheetData").search(self.markup)
        if local(self._root.name) != b"worksheet" or match is None:
            raise NotEditable("not a worksheet")
        if match[1].endswith(b"/"):
            self._data = Element(b"sheetData", match.start(), match.end(), match.end(), match.end())
        else:
            close = self.markup.find(f"</{self.prefix}sheetData".encode(), match.end())
            if close < 0:
                raise NotEditable("the cells do not end")
            self._data = Element(b"sheetData", match.start(), match.end(), close, self.markup.find(b">", close) + 1)

    @cached_property
    def _rows(self) -> list[Row]:
        found: list[Row] = []
        number, closing = 0, f"</{self.prefix}row".encode()
        for match in opening(self.prefix + "row").finditer(self.markup, self._data.inside, self._data.close):
            stated = _ROW_NUMBER.search(match[1])
            following = int(stated[1]) if stated else number + 1
            if following <= number or following > _ROWS:
                raise NotEditable("rows out of order")
            number = following
            if match[1].endswith(b"/"):
                found.append(Row(number, match.start(), match.end(), match.end(), match.end()))
            else:
                close = self.markup.find(closing, match.end(), self._data.close)
                if close < 0:
                    raise NotEditable("a row does not end")
                found.append(Row(number, match.start(), match.end(), close, self.markup.find(b">", close) + 1))
        return found

    @cached_property
    def _row_by_number(self) -> Mapping[int, Row]:
        return {row.number: row for row in self._rows}

    def _cells(self, row: Row) -> Iterator[tuple[int, re.Match[bytes]]]:
        """The cells of a row: column, opening tag."""
        column = 0
        for match in opening(self.prefix + "c").finditer(self.markup, row.inside, row.close):
            stated = _CELL_NAME.search(match[1])
            following = _column(stated[1]) if stated else column + 1
            if following <= column or following > _COLUMNS:
                raise NotEditable("cells out of order")
            column = following
            yield column, match

    def styled(self) -> Iterator[tuple[Place, int]]:
        """Every cell that states a style."""
        for row in self._rows:
            for column, match in self._cells(row):
                style = _STYLE.search(match[1])
                if style is not None:
                    yield (row.number, column), int(style[1])

    def spot(self, place: Place) -> Spot:
        """Where a cell stands, or would."""
        row = self._row_by_number.get(place[0])
        if row is None:
            following = next((one.start for one in self._rows if one.number > place[0]), self._data.close)
            return Spot(place, self._column_style(place[1]), "r", following, following)
        if row.inside == row.end:
            return Spot(place, self._row_style(row, place[1]), "s", row.start, row.end)
        for column, match in self._cells(row):
            if column == place[1]:
                style = style_in(self.markup, match)
                if style is not None:
                    return Spot(place, int(style[1]), "c", style.start(1), style.end(1))
                at = match.end(1) - match[1].endswith(b"/")
                return Spot(place, 0, "d", at, at)
            if column > place[1]:
                return Spot(place, self._row_style(row, place[1]), "n", match.start(), match.start())
        return Spot(place, self._row_style(row, place[1]), "n", row.close, row.close)

    def _row_style(self, row: Row, column: int) -> int:
        given = names_of(self.markup[row.start : row.inside])
        if given.get("customFormat") in ("1", "true") and given.get("s", "").isdecimal():
            return int(given["s"])
        return self._column_style(column)

    def _column_style(self, column: int) -> int:
        for given in self._columns:
            if int(given["min"]) <= column <= int(given["max"]):
                return int(given.get("style", "0"))
        return 0

    @cached_property
    def _columns(self) -> list[dict[str, str]]:
        before = children(self.markup, self._root.inside, self._data.start)
        found: list[dict[str, str]] = []
        for one in before:
            if local(one.name) == b"cols":
                tags = children(self.markup, one.inside, one.close)
                found += [attributes(self.markup[tag.start : tag.inside]) for tag in tags]
        if any(not given.get(key, "0").isdecimal() for given in found for key in ("min", "max", "style")):
            raise NotEditable("columns without numbers")
        return [given for given in found if "min" in given and "max" in given]

    @cached_property
    def _merged(self) -> list[tuple[int, int, int, int]]:
        """Merged areas: first row and column, last row and column."""
        found: list[tuple[int, int, int, int]] = []
        for one in self._tail:
            if local(one.name) == b"mergeCells":
                for left, top, right, bottom in _MERGED.findall(self.markup, one.inside, one.close):
                    found.append((int(top), _column(left), int(bottom), _column(right)))
        return found

    def top_left(self, place: Place) -> Place:
        """The cell that shows what is done to a cell: of a merged area its first."""
        row, column = place
        for top, left, bottom, right in self._merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return place

    @cached_property
    def _tail(self) -> list[Element]:
        """What follows the cells."""
        return children(self.markup, self._data.end, self._root.close)

    @property
    def drawing(self) -> tuple[Element, str] | None:
        """The element that names the drawing of the notes, and the id of its relationship."""
        for one in self._tail:
            if one.name.decode() == self.prefix + "legacyDrawing":
                return one, names_of(self.markup[one.start : one.inside]).get("id", "")
        return None

    def column_width(self, column: int) -> int:
        """Pixels of a column, as near as a note's place needs."""
        for given in self._columns:
            if int(given["min"]) <= column <= int(given["max"]):
                if given.get("hidden") in ("1", "true"):
                    return 0
                try:
                    return min(_WIDEST, round(float(given.get("width", "8.43")) * 7 + 5))
                except (ValueError, OverflowError):
                    return 64
        return 64

    def row_height(self, row: int) -> int:
        """Pixels of a row, as near as a note's place needs."""
        found = self._row_by_number.get(row)
        if found is None:
            return _USUAL_HEIGHT
        if _HIDDEN.search(self.markup, found.start, found.inside):
            return 0
        stated = _HEIGHT.search(self.markup, found.start, found.inside)
        try:
            return min(_HIGHEST, round(float(stated[1]) * 4 / 3)) if stated else _USUAL_HEIGHT
        except ValueError:
            return _USUAL_HEIGHT
