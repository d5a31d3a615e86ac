"""A sheet part: styles of single cells changed, blank cells put in where the sheet has none, the drawing of its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from perfbatch.intake.sheet_cells import cell_name
from perfbatch.publish.notice.markup import (
    Edits,
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

__all__ = ["Place", "SheetPart", "Spot", "place_of"]

Place = tuple[int, int]
"""Row and column of a cell, from 1."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ROWS, _COLUMNS = 1_048_576, 16_384
# Pixels: 255 characters, 409 points.
_WIDEST, _HIGHEST = 1_790, 546
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,9})["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d{1,7})\s*["']""")
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
# ECMA-376 part 1, 18.3.1.99: what follows legacyDrawing in a worksheet.
_AFTER_DRAWING = frozenset(
    (
        b"legacyDrawingHF",
        b"drawingHF",
        b"picture",
        b"oleObjects",
        b"controls",
        b"webPublishItems",
        b"tableParts",
        b"extLst",
    )
)


def place_of(cell: str) -> Place | None:
    """`C7` → (7, 3); None for what is no cell."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    row, column = int(match[2]), _column(match[1].encode())
    return (row, column) if row <= _ROWS and column <= _COLUMNS else None


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
class _Row:
    number: int
    start: int
    inside: int
    close: int
    end: int


class SheetPart:
    """One worksheet part."""

    def __init__(self, part: bytes) -> None:
        """Raises `NotEditable` for what is no worksheet."""
        self._load(plain(part))

    def _load(self, markup: bytes) -> None:
        self.markup = markup
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
    def _rows(self) -> list[_Row]:
        found: list[_Row] = []
        number, closing = 0, f"</{self.prefix}row".encode()
        for match in opening(self.prefix + "row").finditer(self.markup, self._data.inside, self._data.close):
            stated = _ROW_NUMBER.search(match[1])
            following = int(stated[1]) if stated else number + 1
            if following <= number or following > _ROWS:
                raise NotEditable("rows out of order")
            number = following
            if match[1].endswith(b"/"):
                found.append(_Row(number, match.start(), match.end(), match.end(), match.end()))
            else:
                close = self.markup.find(closing, match.end(), self._data.close)
                if close < 0:
                    raise NotEditable("a row does not end")
                found.append(_Row(number, match.start(), match.end(), close, self.markup.find(b">", close) + 1))
        return found

    @cached_property
    def _row_by_number(self) -> Mapping[int, _Row]:
        return {row.number: row for row in self._rows}

    def _cells(self, row: _Row) -> Iterator[tuple[int, re.Match[bytes]]]:
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
        default = self._row_style(row, place[1])
        if row.inside == row.end:
            return Spot(place, default, "s", row.start, row.end)
        for column, match in self._cells(row):
            if column == place[1]:
                style = _STYLE.search(self.markup, match.start(1), match.end(1))
                if style is not None:
                    return Spot(place, int(style[1]), "c", style.start(1), style.end(1))
                return Spot(place, 0, "d", match.start(1), match.start(1))
            if column > place[1]:
                return Spot(place, default, "n", match.start(), match.start())
        return Spot(place, default, "n", row.close, row.close)

    def _row_style(self, row: _Row, column: int) -> int:
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

    def restyle(self, styles: Iterable[tuple[Spot, int]]) -> None:
        """Give cells a style; cells and rows that are not there are put in, in order."""
        edits, p = Edits(), self.prefix
        blank_rows: dict[int, list[tuple[Spot, int]]] = {}
        for spot, style in sorted(styles, key=lambda one: one[0].place):
            if spot.origin == "c":
                edits.replace(spot.start, spot.end, b"%d" % style)
            elif spot.origin == "d":
                edits.insert(spot.start, b' s="%d"' % style)
            elif spot.origin == "n":
                edits.insert(spot.start, self._blank(spot.place, style))
            else:
                blank_rows.setdefault(spot.place[0], []).append((spot, style))
        for number, cells in sorted(blank_rows.items()):
            inner = b"".join(self._blank(spot.place, style) for spot, style in cells)
            first = cells[0][0]
            if first.origin == "s":
                tag = self.markup[first.start : first.end - 2]
                edits.replace(first.start, first.end, tag + f">{inner.decode()}</{p}row>".encode())
            else:
                edits.insert(first.start, f'<{p}row r="{number}">{inner.decode()}</{p}row>'.encode())
        if self._data.empty and any(spot_cells[0][0].origin == "r" for spot_cells in blank_rows.values()):
            raise NotEditable("a sheet without cells")
        self._apply(edits)

    def _blank(self, place: Place, style: int) -> bytes:
        return f'<{self.prefix}c r="{cell_name(*place)}" s="{style}"/>'.encode()

    def restore(self, styles: Iterable[tuple[Place, str, int]]) -> None:
        """Undo restylings: place, the origin that it had, the style that it had.

        A cell that was put in goes again, unless it has been filled since."""
        edits = Edits()
        gone: dict[int, int] = {}
        kept_rows: dict[int, str] = {}
        for place, origin, style in sorted(styles):
            row = self._row_by_number.get(place[0])
            match = None if row is None else next((one for at, one in self._cells(row) if at == place[1]), None)
            stated = None if match is None else _STYLE.search(self.markup, match.start(1), match.end(1))
            if row is None or match is None or stated is None:
                continue
            if origin in "nsr" and match[1].endswith(b"/"):
                gone[row.number] = gone.get(row.number, 0) + 1
                kept_rows[row.number] = origin
                edits.replace(match.start(), match.end(), b"")
            elif origin == "d" and style == 0:
                edits.replace(stated.start(), stated.end(), b"")
            else:
                edits.replace(stated.start(1), stated.end(1), b"%d" % style)
        emptied = [
            row
            for number, count in gone.items()
            if kept_rows[number] != "n" and sum(1 for _ in self._cells(row := self._row_by_number[number])) == count
        ]
        if emptied:
            self._without_rows(edits, emptied, kept_rows)
        else:
            self._apply(edits)

    def _without_rows(self, edits: Edits, emptied: list[_Row], origins: Mapping[int, str]) -> None:
        """Empty rows go, or close themselves, as they were before a cell was put into them."""
        self._apply(edits)
        for number in sorted((row.number for row in emptied), reverse=True):
            row = self._row_by_number[number]
            again = Edits()
            tag = self.markup[row.start : row.inside]
            bare = len(names_of(tag)) == 1
            again.replace(row.start, row.end, b"" if origins[number] == "r" and bare else tag[:-1] + b"/>")
            self._apply(again)

    def _apply(self, edits: Edits) -> None:
        if edits:
            self.__dict__.pop("_rows", None)
            self.__dict__.pop("_row_by_number", None)
            self._load(edits.applied(self.markup))

    @cached_property
    def merged(self) -> Mapping[Place, Place]:
        """First row and column of a merged area → last row and column."""
        found: dict[Place, Place] = {}
        for match in opening(self.prefix + "mergeCell").finditer(self.markup, self._data.end):
            first, _, last = names_of(match[0]).get("ref", "").partition(":")
            start, end = place_of(first), place_of(last or first)
            if start is not None and end is not None:
                found[start] = end
        return found

    def top_left(self, place: Place) -> Place:
        """The cell that shows what is done to a cell: of a merged area its first."""
        for start, end in self.merged.items():
            if start[0] <= place[0] <= end[0] and start[1] <= place[1] <= end[1]:
                return start
        return place

    @property
    def drawing(self) -> tuple[Element, str] | None:
        """The element that names the drawing of the notes, and the id of its relationship."""
        for one in children(self.markup, self._data.end, self._root.close):
            if one.name.decode() == self.prefix + "legacyDrawing":
                return one, names_of(self.markup[one.start : one.inside]).get("id", "")
        return None

    def add_drawing(self, relation: str, namespace: str) -> None:
        """Name the drawing of the notes, at the place that the schema has for it."""
        at = self._root.close
        for one in children(self.markup, self._data.end, self._root.close):
            inner = local(one.name)
            if inner == b"AlternateContent":
                # It stands for what it holds, in either of two forms.
                held = self.markup[one.inside : one.close]
                if not any(b"<" + self.prefix.encode() + name in held for name in _AFTER_DRAWING):
                    continue
            elif inner not in _AFTER_DRAWING:
                continue
            at = one.start
            break
        edits = Edits()
        edits.insert(at, f'<{self.prefix}legacyDrawing xmlns:r="{namespace}" r:id="{relation}"/>'.encode())
        self._apply(edits)

    def remove_drawing(self) -> None:
        """Take the drawing of the notes away."""
        found = self.drawing
        if found is not None:
            edits = Edits()
            edits.replace(found[0].start, found[0].end, b"")
            self._apply(edits)

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
        given = {} if found is None else names_of(self.markup[found.start : found.inside])
        if given.get("hidden") in ("1", "true"):
            return 0
        try:
            return min(_HIGHEST, round(float(given.get("ht", "15")) * 4 / 3))
        except (ValueError, OverflowError):
            return 20
