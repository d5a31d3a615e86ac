"""A block of a sheet: neighbouring rows held as columns, for the sheets that have a row per department or finding.

xlsxwriter keeps an object a cell and asks about every one of them anew when it writes. A block is written in one of two
ways, with the same cells: by xlsxwriter's public calls (`draw`), or (`specimens`, `markup`) by having xlsxwriter draw each
look once, in the block's own place, and putting the rows there when the package is written (`splice`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Protocol

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.summary.shared_texts import SharedTexts
from perfbatch.summary.strips import TEXT, FormulaStrip, Link, Look, Palette, Rich, Strip
from perfbatch.summary.styles import STYLES

__all__ = ["Block", "RowLooks", "line_points"]

"""Points; Excel's own limit."""

_LINE_POINTS = 14.5
# Cells that are made, compressed and forgotten together.
_CHUNK = 16_384


def line_points(lines: int) -> float:
    """The height of a row with so many lines of text, in points."""
    return lines * _LINE_POINTS + 5


class Canvas(Protocol):
    """The sheet that a block is drawn on."""

    @property
    def native(self) -> Any:
        """The xlsxwriter worksheet."""

    def put(
        self, row: int, column: int, value: str | float | tuple[str, float | str] | None, look: Look | Rich
    ) -> None:
        """Write a cell."""

    def link(self, row: int, column: int, link: Link, text: str, look: Look | Rich) -> None:
        """Make a cell that is written already lead somewhere."""


@dataclass(frozen=True, slots=True)
class RowLooks:
    """What is particular to rows of a block, each by the row's place in it: `levels` of the outline (0 to 7), whether
    `hidden`, fixed `heights` in points. A row that is not named is as its texts make it."""

    levels: Sequence[int] = ()
    hidden: Sequence[bool] = ()
    heights: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows from `top` on, over the columns from 0 on; at least one of each."""

    top: int
    rows: int
    strips: Sequence[Strip | FormulaStrip]
    palette: Palette
    looks: RowLooks

    @property
    def last(self) -> int:
        """The last row."""
        return self.top + self.rows - 1

    @property
    def drawn(self) -> int:
        """The last row with specimens."""
        return self.top + (len(self.palette.looks) - 1) // len(self.strips)

    @property
    def deepest(self) -> int:
        """The deepest level of the outline."""
        return max(self.looks.levels, default=0)

    def heights(self, widths: Mapping[int, int], texts: SharedTexts) -> list[float | None]:
        """The rows' heights in points, fixed or as texts wrap in columns of these widths; None for Excel's own."""
        lines = np.zeros(self.rows, np.int64)
        wraps = np.array(["text_wrap" in STYLES[look.style] for look in self.palette.looks])
        for column, strip in enumerate(self.strips):
            if isinstance(strip, Strip):
                wrapped = (strip.kinds == TEXT) & wraps[strip.marks]
                counted = texts.lines(strip.payload[wrapped], widths.get(column, 0))
                lines[wrapped] = np.maximum(lines[wrapped], counted)
        # Rows of one height share one float.
        points = [min(line_points(count), MAX_ROW_HEIGHT) if count else None for count in range(int(lines.max()) + 1)]
        row_heights = [points[count] for count in lines.tolist()]
        for row, height in self.looks.heights.items():
            row_heights[row] = min(height, MAX_ROW_HEIGHT)
        return row_heights

    def draw(self, sheet: Canvas, texts: Sequence[str]) -> None:
        """Write every cell by a public call."""
        for column, strip in enumerate(self.strips):
            for at in range(self.rows):
                row, look = self.top + at, self.palette.looks[int(strip.marks[at])]
                if isinstance(strip, FormulaStrip):
                    sheet.put(row, column, strip.cell(at, row), look)
                else:
                    sheet.put(row, column, strip.value(at, texts), look)
                    if at in strip.links:
                        sheet.link(row, column, strip.links[at], texts[int(strip.payload[at])], look)

    def draw_rows(self, sheet: Canvas, heights: Sequence[float | None]) -> None:
        """Set every row's height and outline by public calls."""
        outline = zip(heights, self._levels, self._hidden, self._collapsed, strict=True)
        for at, (height, level, hidden, collapsed) in enumerate(outline):
            if height is not None or level or hidden or collapsed:
                options = {"level": level, "hidden": hidden, "collapsed": collapsed}
                sheet.native.set_row(self.top + at, height, None, options)

    def specimens(self, sheet: Canvas) -> None:
        """Have every look drawn once inside the block, row by row from its first cell on: there are never more looks than
        cells. xlsxwriter goes through all rows down to the last that it knows, so it is told of no others."""
        width = len(self.strips)
        for mark, look in enumerate(self.palette.looks):
            sheet.put(self.top + mark // width, mark % width, None, look)
        if self.deepest:
            sheet.native.set_row(self.top, None, None, {"level": self.deepest})

    def places(self) -> Iterator[tuple[str, Look | Rich]]:
        """Where each look of the palette is drawn."""
        for mark, look in enumerate(self.palette.looks):
            row, column = divmod(mark, len(self.strips))
            yield f"{xl_col_to_name(column)}{self.top + row + 1}", look

    def strings(self) -> int:
        """How many cells hold a text, beyond the specimens of rich ones."""
        rich = np.array([isinstance(look, Rich) for look in self.palette.looks])
        texts = sum(
            int(((strip.kinds == TEXT) | rich[strip.marks]).sum()) for strip in self.strips if isinstance(strip, Strip)
        )
        return texts - int(rich.sum())

    def markup(self, attributes: Sequence[str], base: int, heights: Sequence[float | None]) -> Iterator[str]:
        """The rows as they stand in the sheet's part, some thousand at a time. `attributes`: mark → what follows the address
        of a cell; `base`: the place of the first text among the package's strings."""
        names = [xl_col_to_name(column) for column in range(len(self.strips))]
        openings = [f'<c r="{name}' for name in names]
        levels, hidden, collapsed = self._levels, self._hidden, self._collapsed
        row_looks: dict[tuple[float | None, int, bool, bool], str] = {}
        step = max(1, _CHUNK // len(names))
        for start in range(0, self.rows, step):
            stop = min(start + step, self.rows)
            parts: list[Any] = [repeat('<row r="')]
            rows = slice(start, stop)
            own = list(zip(heights[rows], levels[rows], hidden[rows], collapsed[rows], strict=True))
            for look in set(own) - row_looks.keys():
                row_looks[look] = f'"{_row_attributes(*look)}>{openings[0]}'
            parts.append(map(row_looks.__getitem__, own))
            for strip, opening in zip(self.strips, [*openings[1:], "</row>"], strict=True):
                parts += strip.fragments(start, stop, attributes, base, opening)
            # Parts of a row differ between rows by the number alone, so a row is its parts joined by its number.
            numbers = map(str, range(self.top + start + 1, self.top + stop + 1))
            yield "".join(map(str.join, numbers, zip(*parts, strict=False)))

    def links(self) -> Iterator[tuple[str, Link, int]]:
        """The linked cells in the order of rows: address, link, place of the text that is shown."""
        columns = [
            (xl_col_to_name(column), strip)
            for column, strip in enumerate(self.strips)
            if isinstance(strip, Strip) and strip.links
        ]
        for at in sorted(set().union(*(strip.links for _, strip in columns))):
            for name, strip in columns:
                if at in strip.links:
                    yield f"{name}{self.top + at + 1}", strip.links[at], int(strip.payload[at])

    @property
    def _levels(self) -> Sequence[int]:
        return self.looks.levels or [0] * self.rows

    @property
    def _hidden(self) -> Sequence[bool]:
        return self.looks.hidden or [False] * self.rows

    @property
    def _collapsed(self) -> Sequence[bool]:
        """Whether the group below a row is folded: Excel draws its "+" on no other row."""
        levels, hidden = self._levels, self._hidden
        below = zip(levels, levels[1:], hidden[1:], strict=False)
        return [*(deeper > level and folded for level, deeper, folded in below), False]


def _row_attributes(height: float | None, level: int, hidden: bool, collapsed: bool) -> str:
    """As xlsxwriter writes them: heights in steps of a pixel."""
    shown = "" if height is None else f' ht="{int(height * 4.0 / 3.0 + 0.5) * 0.75:.16g}"'
    return (
        shown
        + (' hidden="1"' if hidden else "")
        + (' customHeight="1"' if shown else "")
        + (f' outlineLevel="{level}"' if level else "")
        + (' collapsed="1"' if collapsed else "")
    )
