"""The columns of a table: its cells brought together, and the room that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbatch.model.figures import nearest_float
from perfbatch.model.submission import SCALE
from perfbatch.summary.cells import INDENT, Cell, Marked, TableColumn
from perfbatch.summary.shared_texts import SharedTexts
from perfbatch.summary.strips import NUMBER, TEXT, Link, Look, Strip, Values

__all__ = ["column_values", "needed_width"]


def column_values(column: TableColumn, cells: Sequence[Cell], links: Mapping[int, Link]) -> Values:
    """Cells of a table as a column, each in the column's style or its own."""
    places: dict[tuple[str, str], int] = {(column.style, column.number_format): 0}
    values: list[str | int | None] = []
    codes: list[int] = []
    for cell in cells:
        if isinstance(cell, Marked):
            values.append(cell.value)
            codes.append(places.setdefault((cell.style, cell.number_format or column.number_format), len(places)))
        else:
            values.append(cell)
            codes.append(0)
    for row in links:
        codes[row] = places.setdefault(("link", ""), len(places))
    scale = SCALE if column.kind == "figure" else 1
    return Values(values, [Look(*place) for place in places], codes, scale, links)


def needed_width(column: TableColumn, strip: Strip, texts: SharedTexts) -> int:
    """The width that a column needs for its cells, at most its widest."""
    shown = strip.payload[strip.kinds == TEXT]
    width = texts.widest(shown) + INDENT + 2 if len(shown) else 0
    numbers = strip.payload[strip.kinds == NUMBER]
    if len(numbers):
        for count in (numbers.min(), numbers.max()):
            figure = nearest_float(int(count)) if column.kind == "figure" else int(count)
            width = max(width, len(f"{figure:,.2f}" if column.kind == "figure" else f"{figure:,}") + 3)
    return min(width, column.widest)
