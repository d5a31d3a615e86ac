"""What stands in the cells of a table, and the room that it takes."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

__all__ = ["INDENT", "Cell", "Marked", "TableColumn", "display_width", "line_count", "line_room"]

INDENT = 1
"""Half-width characters that a text stands in from the edge of its cell."""


class _Widths(dict[str, int]):
    """Character → half-width characters that it takes; the few thousand that a night uses are asked for once each."""

    def __missing__(self, character: str) -> int:
        self[character] = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return self[character]


_WIDTHS = _Widths()


def display_width(text: str) -> int:
    """The width of the longest line in half-width characters: a CJK character counts 2."""
    if "\n" in text:
        return max(map(display_width, text.split("\n")))
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell's value in a style of its own, and with `number_format` one of its own."""

    value: str | int | None
    style: str
    number_format: str = ""


Cell = str | int | None | Marked


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table. With `kind` figure its ints are counts of 1/SCALE, with whole plain ints; texts are written as
    texts in any column. Widths are in half-width characters; what is wider than `widest` wraps in the style text."""

    title: str
    kind: str = "text"
    style: str = "text"
    number_format: str = ""
    narrowest: int = 6
    widest: int = 40


def line_count(text: str, width: int) -> int:
    """The lines that a text takes in a column: a CJK character that does not fit leaves a gap at the line's end."""
    room = line_room(width)
    return sum(max(1, math.ceil(display_width(line) / room)) for line in text.split("\n"))


def line_room(width: int) -> int:
    """The half-width characters that a line of text has in a column."""
    return max(width - INDENT - 1, 2)
