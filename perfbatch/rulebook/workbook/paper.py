"""How the sheets of the workbook form lie on paper: the rows that are filled, in letters that can be read."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

__all__ = ["lay_on_paper"]

_A4, _A3 = 9, 8
# Half-width characters that a page takes across at seven tenths of their size; below that nobody reads them.
_ROOM = {_A4: 210, _A3: 300}


def lay_on_paper(sheet: Worksheet, widths: Sequence[int], rows: int, *, named: int = 0) -> None:
    """Have `rows` filled rows below the heading printed, and none of those that are there to be filled. `widths` are the
    columns', in half-width characters; the first `named` say whose a row is, and stand again on every page across."""
    lead, whole = sum(widths[:named]), sum(widths)
    paper = _A4 if whole <= _ROOM[_A4] else _A3
    room = _ROOM[paper] - lead
    across = 1 if whole <= _ROOM[paper] else -(-(whole - lead) // room)
    sheet.freeze_panes(1, named)
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(0)
    if across > 1 and named:
        sheet.repeat_columns(0, named - 1)
    sheet.print_area(0, 0, max(rows, 1), len(widths) - 1)
    sheet.set_footer("&L&A&C第 &P 页，共 &N 页")
