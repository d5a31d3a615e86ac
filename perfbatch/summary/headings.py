"""Headings over amounts as the form prints them: a table's title, the levels of 其中, and the row of labels under them."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.rulebook.model import MoneyTable, Rulebook
from perfbatch.summary.sheet import Sheet, display_width

__all__ = ["write_headings"]

_WIDEST = 14
_ARROW = 3


def write_headings(
    sheet: Sheet,
    top: int,
    rulebook: Rulebook,
    tables: Sequence[MoneyTable],
    leading: Sequence[str],
    trailing: Sequence[str],
) -> int:
    """Write the levels from row `top` on; returns the row of labels, one in every column, that an Excel table can take as its
    headings. `leading` stand before the tables, `trailing` (checks) after them."""
    paths = [[(table.title, *field.under) for field in table.fields if field.kind == "amount"] for table in tables]
    labels = [field.label for table in tables for field in table.fields if field.kind == "amount"]
    depth = max((len(path) for table in paths for path in table), default=1)
    row = top + depth
    sheet.merged(top, 0, row - 1, len(leading) - 1, f"单位：{rulebook.money_unit}", "head")
    column = len(leading)
    for table in paths:
        for level in range(depth):
            _level(sheet, top + level, column, [path[: level + 1] if level < len(path) else () for path in table])
        column += len(table)
    if trailing:
        sheet.merged(top, column, row - 1, column + len(trailing) - 1, "核对（差额）", "head")
    for index, title in enumerate([*leading, *labels, *trailing]):
        sheet.text(row, index, title, "head", single_line=True)
        sheet.fit(index, min(_WIDEST, display_width(title) // 2 + 2 + _ARROW))
    for level in range(depth):
        sheet.lines(top + level, 1)
    sheet.lines(row, max(-(-display_width(title) // (_WIDEST - _ARROW - 1)) for title in (*labels, *trailing)))
    return row


def _level(sheet: Sheet, row: int, column: int, paths: Sequence[tuple[str, ...]]) -> None:
    """Write one level: neighbours under the same heading share a cell."""
    at = 0
    while at < len(paths):
        end = at + 1
        while end < len(paths) and paths[end] == paths[at]:
            end += 1
        sheet.merged(row, column + at, row, column + end - 1, paths[at][-1] if paths[at] else "")
        at = end
