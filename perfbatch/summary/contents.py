"""How the sheets of the summary hang together: the contents on 总览, the way back to it, colours of the tabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from perfbatch.summary.links import SheetLinks
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.styles import BLUE, DARK, GREY, ORANGE

__all__ = ["bind", "spans", "write_contents"]

_ROW_HEIGHT = 18


def bind(overview: Sheet, results: Sequence[Sheet], work: Sequence[Sheet], reference: Sequence[Sheet]) -> list[Sheet]:
    """Colour the tabs by what the sheets are for and give each the way back; returns them in the order of the contents.

    `results` say how departments stand, `work` what is to be done, `reference` how it came about.
    """
    overview.native.set_tab_color(DARK)
    for sheets, colour in ((results, BLUE), (work, ORANGE), (reference, GREY)):
        for sheet in sheets:
            sheet.native.set_tab_color(colour)
            sheet.lead_back(overview)
    return [*results, *work, *reference]


def write_contents(sheet: Sheet, row: int, columns: int, listed: Sequence[Sheet]) -> None:
    """One line of links over the width of the page, a sheet each."""
    links = SheetLinks(sheet)
    for target, (first, last) in zip(listed, spans(columns, len(listed)), strict=True):
        sheet.merged(row, first, row, last, target.name, "link")
        links.within(row, first, target.name, target, 0)
    sheet.heights(row, _ROW_HEIGHT)


def spans(columns: int, parts: int) -> Iterator[tuple[int, int]]:
    """The first and the last column of each of so many parts of a page, as nearly of one width as columns allow."""
    edges = (number * columns // parts for number in range(parts + 1))
    return ((first, end - 1) for first, end in pairwise(edges))
