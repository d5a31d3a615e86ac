"""What stands on a sheet, as data: printed cells, input cells, widths, heights. Nothing here knows a spreadsheet library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.rulebook.model import FieldKind, FormField, Rulebook
from perfbatch.template.grid import CellRange
from perfbatch.template.text_fit import text_height

__all__ = ["EntryLook", "FieldPlace", "Form", "InputCell", "Printed", "SheetPlan", "Style", "Value"]

Value = str | int | Decimal | None
"""What a cell of the blank form holds; None is a blank cell."""

ROW_HEIGHT = 21.0
"""Points of a row that nothing asks to be higher."""


class Style(StrEnum):
    """The looks of printed cells."""

    ATTACHMENT = "attachment"
    TITLE = "title"
    COVER_TITLE = "cover_title"
    COVER_LABEL = "cover_label"
    COVER_TEXT = "cover_text"
    COVER_FOOT = "cover_foot"
    SUBTITLE = "subtitle"
    NOTE = "note"
    PARAGRAPH = "paragraph"
    LEGEND = "legend"
    GIVEN_LEGEND = "given_legend"
    HEADER = "header"
    LABEL = "label"
    GROUP = "group"
    HEADING = "heading"
    TEXT = "text"
    LINE = "line"
    CENTRE = "centre"
    POINTS = "points"
    EDITABLE_TEXT = "editable_text"
    INDEX = "index"
    SIGN_FIRST = "sign_first"
    SIGN_MIDDLE = "sign_middle"
    SIGN_LAST = "sign_last"
    CODE_HEADER = "code_header"


class EntryLook(StrEnum):
    """The looks of input cells; number format and alignment come from the kind. A line shrinks to its column."""

    CELL = "cell"
    COVER = "cover"
    LINE = "line"


FONT_SIZES: Mapping[Style, float] = {
    Style.ATTACHMENT: 12,
    Style.TITLE: 18,
    Style.COVER_TITLE: 26,
    Style.COVER_LABEL: 15,
    Style.COVER_TEXT: 15,
    Style.COVER_FOOT: 16,
    Style.SUBTITLE: 12,
    Style.PARAGRAPH: 12,
    Style.NOTE: 10,
    Style.LEGEND: 11,
    Style.GIVEN_LEGEND: 11,
    Style.INDEX: 9,
    Style.CODE_HEADER: 8,
}
"""Points, where they differ from BODY_SIZE."""

BODY_SIZE = 10.5
_PIXEL = 0.75


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed cell (merged where it is more than one); with a formula, `value` is the formula's cached value."""

    where: CellRange
    value: Value
    style: Style
    formula: str = ""


@dataclass(frozen=True, slots=True)
class InputCell:
    """One cell of a field. `kind` and `choices` say what may be typed; `limit` is the column
    of the same row whose figure bounds it above. `given`: filled in by the bureau, and locked for that."""

    kind: FieldKind
    value: Value = None
    locked: bool = False
    choices: tuple[str, ...] = ()
    limit: int | None = None
    formula: str = ""
    given: bool = False
    number_format: str = ""
    """Of what is in it, "" the kind's own."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field stands. `where` is what its defined name refers to: one column, a cell for each of `cells`.

    `merged` is the area that a single cell is drawn over; only its first cell holds the value.
    """

    field: FormField
    where: CellRange
    cells: tuple[InputCell, ...]
    merged: CellRange | None = None
    look: EntryLook = EntryLook.CELL


@dataclass
class SheetPlan:
    """A sheet under construction: rooms append to it from `row` downwards.

    `widths` are in digits, one per column; the first `printed_columns` of them lie inside the print area.
    `blocks` are the first rows of parts that a page break should not tear apart, but for the `tearable` ones (their header
    is printed again); `new_pages` are those that begin a page.
    """

    sheet: str
    widths: tuple[float, ...]
    printed_columns: int
    row: int = 0
    landscape: bool = False
    cover: bool = False
    printed: list[Printed] = field(default_factory=list)
    places: list[FieldPlace] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)
    tearable: set[int] = field(default_factory=set)
    new_pages: set[int] = field(default_factory=set)
    repeat_row: tuple[int, int] | None = None
    freeze: tuple[int, int] | None = None
    hidden_columns: set[int] = field(default_factory=set)
    growing: set[int] = field(default_factory=set)
    """Rows that Excel makes as high as what is typed into them needs, from the height that is stated on."""

    def area(self, top: int, left: int, bottom: int, right: int) -> CellRange:
        """A rectangle on this sheet."""
        return CellRange(self.sheet, top, left, bottom, right)

    def print_cell(self, where: CellRange, value: Value, style: Style, formula: str = "") -> None:
        """Put a printed cell there; a text alone in its rows makes them high enough for it."""
        self.printed.append(Printed(where, value, style, formula))
        if isinstance(value, str) and where.rows == 1:
            self.need_height(where.top, text_height(value, self.width_of(where), FONT_SIZES.get(style, BODY_SIZE)))

    def print_row(self, value: str, style: Style, height: float = 0.0, formula: str = "") -> None:
        """A text over the whole printed width, in a row of its own; with a formula `value` is what it is worth."""
        self.need_height(self.row, height)
        self.print_cell(self.area(self.row, 0, self.row, self.printed_columns - 1), value, style, formula)
        self.row += 1

    def need_height(self, row: int, points: float) -> None:
        """The row is at least so high."""
        self.heights[row] = max(self.heights.get(row, ROW_HEIGHT), points)

    def width_of(self, where: CellRange) -> float:
        """Digits that fit into the columns of an area."""
        return sum(self.widths[where.left : where.right + 1])

    def height_of(self, first: int, last: int) -> float:
        """Points of the rows from `first` to `last`."""
        return sum(self.heights.get(row, ROW_HEIGHT) for row in range(first, last + 1))

    def put_field(
        self,
        form: Form,
        spec: FormField,
        top: int,
        column: int,
        cells: Sequence[InputCell],
        *,
        merged: CellRange | None = None,
        look: EntryLook = EntryLook.CELL,
    ) -> FieldPlace:
        """Put a field's cells one under the other from `top`; a merged area counts as one cell."""
        where = self.area(top, column, top + len(cells) - 1, column)
        place = FieldPlace(spec, where, tuple(cells), merged if merged and merged != where else None, look)
        self.places.append(place)
        self.hold(place)
        form.places[spec.id] = place
        return place

    def hold(self, place: FieldPlace) -> None:
        """Make rows high enough for the long texts that are known to stand in a field's cells."""
        if place.field.kind != "longtext":
            return
        for row, cell in enumerate(place.cells):
            if isinstance(cell.value, str):
                area = place.merged or place.where.cell(row)
                points = text_height(cell.value, self.width_of(area), BODY_SIZE, area.rows)
                for held in range(area.top, area.bottom + 1):
                    # In whole pixels, as it is written.
                    self.need_height(held, min(math.ceil(points / area.rows / _PIXEL) * _PIXEL, MAX_ROW_HEIGHT))


@dataclass
class Form:
    """The form under construction: what every room may ask for. `printed_values` stand in open cells and may be typed over;
    `rows`: id of a table of rows → how many it needs at least; `given` (field id → the values of its cells from the top, None for an open one) are locked; `cover_lines` are printed. `offered`: field id → what the cells
    of a table of rows come with, to be typed over."""

    rulebook: Rulebook
    units: int
    printed_values: Mapping[str, Value]
    given: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    cover_lines: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    places: dict[str, FieldPlace] = field(default_factory=dict)
    offered: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def given_at(self, field_id: str, row: int) -> Value:
        """What the bureau has filled into a field's cell, None where it is open."""
        values = self.given.get(field_id, ())
        return values[row] if row < len(values) else None
