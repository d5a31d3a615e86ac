"""The VML drawing behind a sheet's notes: a box per note, in the form that Excel 97 left behind and all programs read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW
from perfbatch.package.addresses import Place
from perfbatch.package.editing import Edits, NotEditable
from perfbatch.package.sheet_part import SheetPart

__all__ = ["NoteDrawing", "block_of", "empty_drawing"]

_SHAPE = re.compile(rb"<v:shape(?=[\s>])[^>]*>.*?</v:shape\s*>", re.DOTALL)
_PLACE = re.compile(rb"<x:(Row|Column)>\s*(\d{1,7})\s*</x:")
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_ID = re.compile(rb"""\sid\s*=\s*["']_x0000_s(\d{1,8})["']""")
_BLOCKS = re.compile(rb"""<o:idmap[^>]*\sdata\s*=\s*["']([\d,\s]+)["']""")
# Shape numbers come in blocks of this many; a sheet's drawing has one block or more of its own.
_BLOCK = 1024
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:5pt;'
    'width:{width}pt;height:{height}pt;z-index:{id};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_WIDTH = 280
_LINE = 17
_CHARACTERS = 21


def empty_drawing(block: int) -> bytes:
    """A drawing without boxes, for shape numbers of one block."""
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>{_TYPE}</xml>'
    ).encode()


def block_of(part: bytes) -> int:
    """The highest block of shape numbers that a drawing claims, 0 where it claims none."""
    claimed = [
        int(number) for match in _BLOCKS.finditer(part) for number in match[1].split(b",") if number.strip().isdigit()
    ]
    return max(claimed, default=0)


class NoteDrawing:
    """One VML part; it need not be XML, so it is only searched for what Office puts there."""

    def __init__(self, part: bytes) -> None:
        self.markup = part

    def add(self, notes: Mapping[Place, str], sheet: SheetPart) -> None:
        """Add a hidden box for each note. Raises `NotEditable` for a drawing in unknown form."""
        end = self.markup.rfind(b"</xml>")
        if end < 0 or any(b"xmlns:" + prefix + b"=" not in self.markup for prefix in (b"v", b"o", b"x")):
            raise NotEditable("a drawing in unknown form")
        pieces = [] if b'id="_x0000_t202"' in self.markup else [_TYPE]
        taken = [int(number) for number in _ID.findall(self.markup)]
        number = max([*taken, block_of(self.markup) * _BLOCK])
        for place, note in sorted(notes.items()):
            number += 1
            lines = sum(1 + (len(line) - 1) // _CHARACTERS if line else 1 for line in note.split("\n"))
            height = min(420, (lines + 3) * _LINE)
            pieces.append(
                _BOX.format(
                    id=number,
                    width=_WIDTH * 3 // 4,
                    height=height * 3 // 4,
                    anchor=_anchor(place, height, sheet),
                    row=place[0] - 1,
                    column=place[1] - 1,
                )
            )
        self.markup = self.markup[:end] + "".join(pieces).encode() + self.markup[end:]

    def remove(self, places: frozenset[Place]) -> None:
        """Take the boxes of these cells' notes away."""
        edits = Edits()
        for match in _SHAPE.finditer(self.markup):
            where = {field[1]: int(field[2]) + 1 for field in _PLACE.finditer(match[0])}
            if _NOTE.search(match[0]) and (where.get(b"Row"), where.get(b"Column")) in places:
                edits.replace(match.start(), match.end(), b"")
        self.markup = edits.applied(self.markup)

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn any more."""
        return re.search(rb"<v:(?!shapetype|stroke|path)[a-z]", self.markup) is None


def _anchor(place: Place, height: int, sheet: SheetPart) -> str:
    """Where the box stands: right of its cell, from the row above; in columns and rows with the pixels into them."""
    left, into_left = place[1], 15
    right, into_right = _walk(left, into_left + _WIDTH, sheet.column_width, LAST_COLUMN)
    top, into_top = max(place[0] - 2, 0), 10
    bottom, into_bottom = _walk(top, into_top + height, sheet.row_height, LAST_ROW)
    return f"{left}, {into_left}, {top}, {into_top}, {right}, {into_right}, {bottom}, {into_bottom}"


def _walk(position: int, pixels: int, size: Callable[[int], int], last: int) -> tuple[int, int]:
    """The position, from 0, that many pixels on from the start of another, and the pixels into it."""
    while position < last - 1 and pixels >= (step := size(position + 1)):
        pixels -= step
        position += 1
    return position, pixels
