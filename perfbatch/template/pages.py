"""Printing: A4, as wide as one page, with page breaks between tables and not through them."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from perfbatch.template.plan import SheetPlan

__all__ = ["MARGINS", "page_breaks", "print_scale", "set_up_paper"]

MARGINS = {"left": 0.6, "right": 0.6, "top": 0.75, "bottom": 0.75}
"""Inches."""

_A4 = (8.27, 11.69)
_A4_NUMBER = 9
_POINTS_PER_INCH = 72.0
# Printers and Excel's own rounding take a little more than the sum of the rows.
_SAFETY = 0.97


def set_up_paper(sheet: Worksheet, *, landscape: bool = False, headed: bool = True, counted: bool = True) -> None:
    """A4, as wide as one page, plain; `headed` by the sheet's name, and `counted` among the pages of what is stamped."""
    sheet.set_paper(_A4_NUMBER)
    if landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(**MARGINS)
    sheet.center_horizontally()
    # What is filled in is coloured on the screen; on paper it is plain.
    sheet.print_black_and_white()
    if headed:
        sheet.set_header('&R&"宋体,Regular"&9&A')
    if counted:
        sheet.set_footer('&C&"宋体,Regular"&9第 &P 页')


def print_scale(plan: SheetPlan) -> float:
    """How much a sheet shrinks to fit the width of its page, at most 1."""
    room = (_paper(plan)[0] - MARGINS["left"] - MARGINS["right"]) * _POINTS_PER_INCH
    return min(1.0, room / sum(_column_points(width) for width in plan.widths[: plan.printed_columns]))


def page_breaks(plan: SheetPlan) -> list[int]:
    """Rows before which a page ends: where a sheet asks for it, and before whole blocks that would be torn."""
    room = (_paper(plan)[1] - MARGINS["top"] - MARGINS["bottom"]) * _POINTS_PER_INCH / print_scale(plan) * _SAFETY
    breaks: list[int] = []
    used = plan.height_of(0, plan.blocks[0] - 1) if plan.blocks else 0.0
    for first, last in _parts(plan):
        height = plan.height_of(first, last)
        torn = first not in plan.tearable and used + height > room and first > plan.blocks[0]
        if torn or first in plan.new_pages:
            breaks.append(first)
            used = 0.0
        used = (used + height) % room if used + height > room else used + height
    return breaks


def _parts(plan: SheetPlan) -> Iterator[tuple[int, int]]:
    starts = sorted(set(plan.blocks))
    for position, first in enumerate(starts):
        yield first, (starts[position + 1] if position + 1 < len(starts) else plan.row) - 1


def _paper(plan: SheetPlan) -> tuple[float, float]:
    return (_A4[1], _A4[0]) if plan.landscape else _A4


def _column_points(width: float) -> float:
    """A column of so many digits, in points: 8 pixels a digit and 5 of padding, 96 pixels an inch."""
    return (width * 8 + 5) * _POINTS_PER_INCH / 96
