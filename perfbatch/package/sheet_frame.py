"""What stands around the cells of a sheet part: its columns, merged areas, and the place of the drawing of its notes.

Departments' sheets are alike here to the byte, so that each is looked into once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbatch.package.addresses import column_number
from perfbatch.package.editing import Element, NotEditable, attributes, children, local
from perfbatch.package.scanning import remembered

__all__ = ["USUAL_WIDTH", "Columns", "columns_in", "merged_in", "place_of_drawing", "side_by_side"]

# Pixels: 255 characters.
_WIDEST = 1_790
USUAL_WIDTH = 64
"""Pixels of a column of which nothing is said."""
_MERGED = re.compile(rb"""\sref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
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


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns that look alike: first and last from 1, style of their blank cells, pixels of each."""

    first: int
    last: int
    style: int
    pixels: int


@remembered
def columns_in(element: bytes) -> Sequence[Columns]:
    """What a `cols` element says. Raises `NotEditable` for columns without numbers."""
    outer = children(element, 0, len(element))[0]
    given = [attributes(element[tag.start : tag.inside]) for tag in children(element, outer.inside, outer.close)]
    if any(not column.get(key, "0").isdecimal() for column in given for key in ("min", "max", "style")):
        raise NotEditable("columns without numbers")
    return [
        Columns(int(column["min"]), int(column["max"]), int(column.get("style", "0")), _pixels(column))
        for column in given
        if "min" in column and "max" in column
    ]


def _pixels(column: Mapping[str, str]) -> int:
    if column.get("hidden") in ("1", "true"):
        return 0
    try:
        return min(_WIDEST, round(float(column.get("width", "8.43")) * 7 + 5))
    except (ValueError, OverflowError):
        return USUAL_WIDTH


@remembered
def side_by_side(tail: bytes, end: int) -> Sequence[Element]:
    """The elements behind the cells, by their places in what follows the cells; `end`: where the root ends in it."""
    return tuple(children(tail, 0, end))


@remembered
def place_of_drawing(tail: bytes, end: int, prefix: str) -> int:
    """Where, in what follows the cells, the schema has the element that names the drawing of the notes."""
    for element in side_by_side(tail, end):
        inner = local(element.name)
        if inner == b"AlternateContent":
            # It counts as what is inside: one of its alternatives is the element, in the form that a program understands.
            held = tail[element.inside : element.close]
            if any(b"<" + prefix.encode() + name in held for name in _AFTER_DRAWING):
                return element.start
        elif inner in _AFTER_DRAWING:
            return element.start
    return end


@remembered
def merged_in(tail: bytes, end: int) -> Sequence[tuple[int, int, int, int]]:
    """Merged areas: first row and column, last row and column."""
    return [
        (int(top), column_number(left), int(bottom), column_number(right))
        for element in side_by_side(tail, end)
        if local(element.name) == b"mergeCells"
        for left, top, right, bottom in _MERGED.findall(tail, element.inside, element.close)
    ]
