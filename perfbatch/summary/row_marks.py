"""What Excel draws beside the figures of a row: icons that rank them, and a line of small columns (sparkline).

Icons are grey and blue, and differ in shape: nothing is told by red and green.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbatch.rulebook.model import Grade
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.styles import BLUE, ORANGE

__all__ = ["grade_bars", "known_quarters", "profiles", "signed_arrows", "ten_fold_tint"]

_BY_COUNT = {3: "3_arrows_gray", 4: "4_ratings", 5: "5_ratings"}
"""The icons that so many grades are told apart by."""

_SMALLEST = 0.000001
_HEADROOM = 1.25


def grade_bars(sheet: Sheet, rows: tuple[int, int], column: int, grades: Sequence[Grade]) -> None:
    """Beside each score as many bars as its grade is high; a form with more or fewer grades than there are icons has none."""
    minima = sorted((float(grade.minimum or 0) for grade in grades), reverse=True)
    if len(minima) in _BY_COUNT:
        bounds = [{"criteria": ">=", "type": "number", "value": minimum} for minimum in minima[:-1]]
        _icons(sheet, rows, column, _BY_COUNT[len(minima)], bounds)


def signed_arrows(sheet: Sheet, rows: tuple[int, int], column: int) -> None:
    """An arrow up beside what is more than 0, down beside what is less."""
    # LibreOffice takes "more than" for "at least": the smallest figure that a cell shows stands for it.
    bounds = [{"criteria": ">=", "type": "number", "value": value} for value in (_SMALLEST, 0)]
    _icons(sheet, rows, column, "3_arrows_gray", bounds)


def known_quarters(sheet: Sheet, rows: tuple[int, int], column: int) -> None:
    """A disc beside each share, filled by as many quarters."""
    bounds = [{"criteria": ">=", "type": "number", "value": share} for share in (1, 0.75, 0.5, 0.25)]
    # The set's first icon is the full black disc, its last the empty one.
    _icons(sheet, rows, column, "5_quarters", bounds)


def ten_fold_tint(sheet: Sheet, rows: tuple[int, int], column: int) -> None:
    """Set apart the changes to ten times as much or more, and to a tenth or less, as shares of what was."""
    tint = sheet.book.native.add_format({"bg_color": "#FBE9DD", "font_color": ORANGE, "bold": True})
    # A change that cannot be told is an empty text, which compares as larger than any number.
    for rule in ({"criteria": "between", "minimum": 9, "maximum": 1e15}, {"criteria": "<=", "value": -0.9}):
        area = (rows[0], column, rows[1], column)
        sheet.native.conditional_format(*area, {"type": "cell", "format": tint, **rule})


def profiles(sheet: Sheet, first: int, column: int, ranges: Sequence[str]) -> None:
    """A line of small columns in each row from `first` on, drawn from cells that hold shares of 1."""
    options = {
        "location": [xl_rowcol_to_cell(first + at, column) for at in range(len(ranges))],
        "range": list(ranges),
        "type": "column",
        "min": 0,
        # Room above the highest: without it the columns of one row run into those of the next.
        "max": _HEADROOM,
        "series_color": BLUE,
        "show_hidden": True,
    }
    sheet.native.add_sparkline(first, column, options)


def _icons(
    sheet: Sheet, rows: tuple[int, int], column: int, style: str, bounds: Sequence[Mapping[str, object]]
) -> None:
    rule = {"type": "icon_set", "icon_style": style, "icons": list(bounds)}
    sheet.native.conditional_format(rows[0], column, rows[1], column, rule)
