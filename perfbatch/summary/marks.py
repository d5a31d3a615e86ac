"""What Excel draws over figures: tables with filters, heat maps, bars in cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfbatch.model.legible import cell_text
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.strips import Look, Rich
from perfbatch.summary.styles import ORANGE, ROUNDING, ROUNDING_COLOUR

__all__ = ["excel_table", "heat_map", "highlight_residues", "stacked_bar", "unique_headings"]

_BLOCK = "█"
_BLOCKS = 20
_SIZE = 7


def unique_headings(titles: Iterable[str]) -> list[str]:
    """Headings as an Excel table wants them: none blank, no two alike (it does not tell cases apart), one line each."""
    seen: set[str] = set()
    unique = []
    for title in titles:
        name = " ".join(cell_text(title).split()) or "栏"
        number, candidate = 2, name
        while candidate.casefold() in seen:
            number, candidate = number + 1, f"{name}（{number}）"
        seen.add(candidate.casefold())
        unique.append(candidate)
    return unique


def excel_table(sheet: Sheet, name: str, top: int, last: int, titles: Sequence[str]) -> None:
    """Make the rows from the headings at `top` to `last` an Excel table of its own look; at least one row of cells.

    The heading cells are written anew: Excel repairs a file whose headings are not what the table says.
    """
    head = sheet.book.format("head")
    columns = [{"header": title, "header_format": head} for title in unique_headings(titles)]
    sheet.excel_table(name, top, last, columns)


def heat_map(sheet: Sheet, rows: tuple[int, int], column: int, most: float, lost: str) -> None:
    """Tint a column of points by their share of `most`: white is all of them, the darkest none."""
    sheet.native.conditional_format(
        rows[0],
        column,
        rows[1],
        column,
        {
            "type": "2_color_scale",
            "min_type": "num",
            "max_type": "num",
            "min_value": 0,
            "max_value": most,
            "min_color": lost,
            "max_color": "#FFFFFF",
        },
    )


def highlight_residues(sheet: Sheet, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """Tint what is left over in a check column: what rounding accounts for is set apart, and is no alarm."""
    rounding = sheet.book.native.add_format({"font_color": ROUNDING_COLOUR, "italic": True, "bg_color": "#EEF3FA"})
    sheet.native.conditional_format(
        *(rows[0], columns[0], rows[1], columns[1]),
        {"type": "text", "criteria": "begins with", "value": ROUNDING, "format": rounding},
    )
    tint = sheet.book.native.add_format({"bg_color": "#FBE9DD", "font_color": ORANGE, "bold": True})
    area = (rows[0], columns[0], rows[1], columns[1])
    # A blank check cell is an empty text, which compares as larger than any number: only numbers are looked at.
    for criteria, value in (("<", 0), ("between", None)):
        rule = {"type": "cell", "criteria": criteria, "value": value, "format": tint}
        if criteria == "between":
            rule |= {"minimum": 0.000001, "maximum": 1e15}
        sheet.native.conditional_format(*area, rule)


def stacked_bar(shares: Mapping[str, float], most: float) -> tuple[str | None, Look | Rich]:
    """A bar in one cell, as its text and its look, a run of blocks per colour: colour → points, of `most` in all. The blocks
    of all runs together are the rounded sum, so that the bar's length never depends on how the points are split."""
    runs: list[tuple[str, str]] = []
    so_far, drawn = 0.0, 0
    for colour, points in shares.items():
        so_far += points
        upto = max(drawn, min(_BLOCKS, int(so_far / most * _BLOCKS + 0.5)))
        if upto > drawn:
            runs.append((colour, _BLOCK * (upto - drawn)))
        drawn = upto
    if len(runs) > 1:
        return None, Rich("bar", _SIZE, tuple(runs))
    # A text of one run is no rich text to Excel.
    colour = next((colour for colour, points in shares.items() if points > 0), "") if runs else ""
    return (runs[0][1] if runs else None), Look("bar", colour=colour)
