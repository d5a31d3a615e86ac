"""Places of a sheet and the areas they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Area(NamedTuple):
    """First and last column and row, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Area) -> bool:
        """Whether the two have a cell in common."""
        apart = self.right < other.left or other.right < self.left or self.bottom < other.top or other.bottom < self.top
        return not apart


def place(reference: str) -> tuple[int, int] | None:
    """Column and row of `B7` or `$B$7`, or None where that is no cell of a sheet."""
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", reference)
    if match is None:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    row = int(match.group(2))
    return (column, row) if column <= LAST_COLUMN and row <= LAST_ROW else None


def area(reference: str) -> Area | None:
    """The area of `A1:B2` or of one cell; None where that is none, or its ends are the wrong way round."""
    first, _, last = reference.partition(":")
    start, end = place(first), place(last or first)
    if start is None or end is None or start[0] > end[0] or start[1] > end[1]:
        return None
    return Area(*start, *end)


def letters(column: int) -> str:
    """The letters of a column counted from 1."""
    written = ""
    while column:
        column, rest = divmod(column - 1, 26)
        written = chr(65 + rest) + written
    return written


def overlapping(references: Iterable[str]) -> Iterator[str]:
    """Each reference that meets one further up a sheet (sorted by its first row)."""
    areas = sorted(
        ((spot, reference) for reference in references if (spot := area(reference))), key=lambda pair: pair[0].top
    )
    open_areas: list[Area] = []
    for current, reference in areas:
        open_areas = [open_area for open_area in open_areas if open_area.bottom >= current.top]
        if any(open_area.meets(current) for open_area in open_areas):
            yield reference
        open_areas.append(current)
