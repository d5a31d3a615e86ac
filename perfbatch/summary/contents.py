"""How the sheets of the summary hang together: the contents on 总览, the way back to it, colours of the tabs, paper."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.summary.links import SheetLinks
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.styles import BLUE, DARK, GREY, ORANGE

__all__ = ["bind", "write_contents"]

_ROW_HEIGHT = 18


def bind(
    overview: Sheet, results: Sequence[Sheet], money: Sequence[Sheet], work: Sequence[Sheet], reference: Sequence[Sheet]
) -> list[Sheet]:
    """Colour the tabs by what the sheets are for and give each the way back; returns them in the order of the contents.

    `results` say how departments stand, `money` what they declared, `work` what is to be done, `reference` how it came about.
    """
    overview.native.set_tab_color(DARK)
    for sheets, colour in ((results, BLUE), (money, BLUE), (work, ORANGE), (reference, GREY)):
        for sheet in sheets:
            sheet.native.set_tab_color(colour)
            sheet.lead_back(overview)
    return [*results, *money, *work, *reference]


def write_contents(sheet: Sheet, row: int, columns: int, listed: Sequence[Sheet]) -> None:
    """One line of links over the width of the page, a sheet each."""
    links = SheetLinks(sheet)
    edges = [number * columns // len(listed) for number in range(len(listed) + 1)]
    for target, first, end in zip(listed, edges, edges[1:], strict=False):
        sheet.merged(row, first, row, end - 1, target.name, "link")
        links.within(row, first, target.name, target, 0)
    sheet.heights(row, _ROW_HEIGHT)
