"""A sheet part as it stands: where its rows and cells are, which areas are merged, how wide and high things are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW
from perfbatch.package.addresses import Place, cell_name, column_number
from perfbatch.package.editing import (
    Element,
    NotEditable,
    children,
    local,
    names_of,
    opening,
    plain,
    prefix_of,
    root,
)
from perfbatch.package.sheet_frame import (
    USUAL_WIDTH,
    Columns,
    columns_in,
    merged_in,
    place_of_drawing,
    side_by_side,
)

__all__ = ["Row", "SheetGrid", "Spot", "style_in"]

# Pixels: 409 points.
_HIGHEST, _USUAL_HEIGHT = 546, 20
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,9})["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d{1,7})\s*["']""")
_HEIGHT = re.compile(rb"""\sht\s*=\s*["']([\d.]{1,20})["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
# What every office program writes; the name is missing where a tag begins otherwise.
_ROW_START = re.compile(rb'<row(?: r="(\d{1,7})")?')
_CELL_START = re.compile(rb'<c(?: r="([A-Z]{1,3})\d{1,7}")?')
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


def style_in(markup: bytes, tag: re.Match[bytes]) -> re.Match[bytes] | None:
    """The style that a cell's opening tag states; group 1 is its number."""
    return _STYLE.search(markup, tag.start(1), tag.end(1))


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
        self._heights: dict[int, int] = {}
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
        rows: list[Row] = []
        number, closing = 0, f"</{self.prefix}row".encode()
        for match in opening(self.prefix + "row").finditer(self.markup, self._data.inside, self._data.close):
            stated = _ROW_NUMBER.search(match[1])
            following = int(stated[1]) if stated else number + 1
            if following <= number or following > LAST_ROW:
                raise NotEditable("rows out of order")
            number = following
            if match[1].endswith(b"/"):
                rows.append(Row(number, match.start(), match.end(), match.end(), match.end()))
            else:
                close = self.markup.find(closing, match.end(), self._data.close)
                if close < 0:
                    raise NotEditable("a row does not end")
                rows.append(Row(number, match.start(), match.end(), close, self.markup.find(b">", close) + 1))
        return rows

    @cached_property
    def _starts(self) -> Mapping[int, int]:
        """Number of a row → where it begins, in order."""
        seen = None if self.prefix else _row_starts(self.markup, self._data.inside, self._data.close)
        return seen if seen is not None else self._all_starts

    @property
    def _all_starts(self) -> Mapping[int, int]:
        return {row.number: row.start for row in self._rows}

    def _row_tag(self, number: int) -> re.Match[bytes] | None:
        """The opening tag of a row."""
        start = self._starts.get(number)
        if start is None:
            return None
        tag = opening(self.prefix + "row").match(self.markup, start, self._data.close)
        if tag is None:
            # Another element whose name begins with `row`.
            self._starts = self._all_starts
            return self._row_tag(number)
        return tag

    def _row(self, number: int) -> Row | None:
        """One row. Raises `NotEditable` where it does not end."""
        tag = self._row_tag(number)
        if tag is None:
            return None
        if tag[1].endswith(b"/"):
            return Row(number, tag.start(), tag.end(), tag.end(), tag.end())
        close = self.markup.find(f"</{self.prefix}row".encode(), tag.end(), self._data.close)
        if close < 0:
            raise NotEditable("a row does not end")
        return Row(number, tag.start(), tag.end(), close, self.markup.find(b">", close) + 1)

    def _cells(self, row: Row) -> Iterator[tuple[int, re.Match[bytes]]]:
        """The cells of a row: column, opening tag."""
        column = 0
        for match in opening(self.prefix + "c").finditer(self.markup, row.inside, row.close):
            stated = _CELL_NAME.search(match[1])
            following = column_number(stated[1]) if stated else column + 1
            if following <= column or following > LAST_COLUMN:
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
        row = self._row(place[0])
        if row is None:
            following = next((at for number, at in self._starts.items() if number > place[0]), self._data.close)
            return Spot(place, self._column_style(place[1]), "r", following, following)
        if row.inside == row.end:
            return Spot(place, self._row_style(row, place[1]), "s", row.start, row.end)
        seen = None if self.prefix else _cell_at(self.markup, row, place)
        for column, match in self._cells(row) if seen is None else [(place[1], seen)]:
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
        return next((columns.style for columns in self._columns if columns.first <= column <= columns.last), 0)

    @cached_property
    def _columns(self) -> Sequence[Columns]:
        before = children(self.markup, self._root.inside, self._data.start)
        return [
            columns
            for element in before
            if local(element.name) == b"cols"
            for columns in columns_in(self.markup[element.start : element.end])
        ]

    @cached_property
    def _merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Merged areas: first row and column, last row and column."""
        return merged_in(*self._behind)

    def top_left(self, place: Place) -> Place:
        """The cell that shows what is done to a cell: of a merged area its first."""
        row, column = place
        for top, left, bottom, right in self._merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return place

    @cached_property
    def _behind(self) -> tuple[bytes, int]:
        """The part from the end of the cells, and where in that the root ends."""
        return self.markup[self._data.end :], self._root.close - self._data.end

    @cached_property
    def drawing(self) -> tuple[Element, str] | None:
        """The element that names the drawing of the notes, and the id of its relationship."""
        beside = next(
            (
                element
                for element in side_by_side(*self._behind)
                if element.name.decode() == self.prefix + "legacyDrawing"
            ),
            None,
        )
        if beside is None:
            return None
        drawing = beside.moved(self._data.end)
        return drawing, names_of(self.markup[drawing.start : drawing.inside]).get("id", "")

    @property
    def place_of_drawing(self) -> int:
        """Where the schema has the element that names the drawing of the notes."""
        return self._data.end + place_of_drawing(*self._behind, self.prefix)

    def column_width(self, column: int) -> int:
        """Pixels of a column, as near as a note's place needs."""
        return next(
            (columns.pixels for columns in self._columns if columns.first <= column <= columns.last), USUAL_WIDTH
        )

    def row_height(self, row: int) -> int:
        """Pixels of a row, as near as a note's place needs."""
        if row not in self._heights:
            self._heights[row] = self._row_height(row)
        return self._heights[row]

    def _row_height(self, row: int) -> int:
        tag = self._row_tag(row)
        if tag is None:
            return _USUAL_HEIGHT
        if _HIDDEN.search(tag[1]):
            return 0
        stated = _HEIGHT.search(tag[1])
        try:
            return min(_HIGHEST, round(float(stated[1]) * 4 / 3)) if stated else _USUAL_HEIGHT
        except ValueError:
            return _USUAL_HEIGHT


def _row_starts(markup: bytes, start: int, end: int) -> dict[int, int] | None:
    """Number of a row → where it begins, if every row begins with its number, they are in order and end; else None."""
    starts: dict[int, int] = {}
    last = 0
    for match in _ROW_START.finditer(markup, start, end):
        number = int(match[1] or 0)
        if not last < number <= LAST_ROW:
            return None
        starts[number] = match.start()
        last = number
    return starts if markup.rfind(b"</row", start, end) > starts.get(last, start) else None


def _cell_at(markup: bytes, row: Row, place: Place) -> re.Match[bytes] | None:
    """The opening tag of a cell, if it and those before it begin with their names and they are in order; else None."""
    at = markup.find(b'<c r="%s"' % cell_name(*place).encode(), row.inside, row.close)
    if at < 0:
        return None
    last = 0
    for letters in _CELL_START.findall(markup, row.inside, at):
        column = column_number(letters)
        if column <= last:
            return None
        last = column
    return opening("c").match(markup, at, row.close) if last < place[1] <= LAST_COLUMN else None
