"""The list on 校验 of every cell that holds no number where one belongs, or one out of bounds; and of texts longer than their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.template.book import FormBook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import cell_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.continuation import fate_of, long_texts
from perfbatch.template.live.leaves import LIVE_SHEET, Leaf, Leaves

__all__ = [
    "LISTED",
    "ListLooks",
    "ask_for_numbers",
    "place_cells",
    "write_long_texts",
    "write_unreadable",
]

LISTED = 20
"""Cells that are listed; of more the number is told."""

# Columns of the hidden sheet: how many such cells there are down to a row, the field's name and what people call the cell.
_COUNT, _FIELD, _CALLED = "GA", "GB", "GC"
_STEP = 40


class ListLooks(NamedTuple):
    """The looks of a list's heading, of its columns' titles, of its cells and of its links."""

    heading: Format
    title: Format
    plain: Format
    link: Format


def ask_for_numbers(leaves: Leaves) -> None:
    """Have a leaf for every cell in which a number belongs, in the order of the form, whether a rule reads it or not."""
    for field in leaves.layout.rulebook.fields():
        if field.kind in NUMERIC_KINDS:
            leaves.column_of(field.id)


def place_cells(leaves: Leaves) -> Iterator[tuple[int, int, str]]:
    """Row and column of the hidden sheet, from 0, with what stands there."""
    before, begin = "0", 0
    for at, leaf in enumerate(_numbers(leaves)):
        # Counted in steps: neither a chain from cell to cell nor a sum over all that stands above.
        if at % _STEP == 0:
            before, begin = (f"{_COUNT}{leaf.row}" if at else "0"), leaf.row + 1
        yield leaf.row, column_number(_COUNT) - 1, f"={before}+SUM(E{begin}:{leaf.column('E')})"
        yield leaf.row, column_number(_FIELD) - 1, leaf.field.id
        yield leaf.row, column_number(_CALLED) - 1, _called(leaves, leaf)


def _numbers(leaves: Leaves) -> list[Leaf]:
    """They stand together, from the top of the hidden sheet."""
    return [leaf for leaf in leaves.rows() if leaf.field.kind in NUMERIC_KINDS and leaf.field.label]


def _called(leaves: Leaves, leaf: Leaf) -> str:
    column = leaves.column_of(leaf.field.id)
    words = f"{leaf.cell.sheet}：{leaf.field.label}"
    row = leaf.row - column[0].row
    if leaf.field.id in leaves.items.fields:
        indicators = leaves.layout.rulebook.indicators
        return f"{words}（{indicators[row].name}）" if row < len(indicators) else f"{words}（增加的行）"
    return f"{words}（第{row + 1}行）" if len(column) > 1 else words


def _write_titles(sheet: Worksheet, row: int, titles: Sequence[str], looks: ListLooks) -> None:
    for column, title in enumerate(titles):
        sheet.write_string(row, column, title, looks.title)


def write_unreadable(book: FormBook, sheet: Worksheet, top: int, leaves: Leaves, looks: ListLooks) -> int:
    """Write the list below `top`; returns the first free row."""
    rows = _numbers(leaves)
    if not rows:
        return top
    first, last = rows[0].row + 1, rows[-1].row + 1
    counts = f"{LIVE_SHEET}!${_COUNT}${first}:${_COUNT}${last}"
    total = f"{LIVE_SHEET}!${_COUNT}${last}"
    sheet.set_row(top, 26)
    words = f'="不是数值或超出填报范围的单元格："&{total}&" 处"&IF({total}>{LISTED},"（列示前{LISTED}处）","")'
    book.write_formula(sheet, top, 0, words, looks.heading)
    _write_titles(sheet, top + 1, ("序号", "所在栏目", "现填内容"), looks)

    def at(letter: str, number: int) -> str:
        return f"INDEX({LIVE_SHEET}!${letter}${first}:${letter}${last},MATCH({number},{counts},0))"

    for number in range(1, LISTED + 1):
        row, absent = top + 1 + number, f"{total}<{number}"
        book.write_formula(sheet, row, 0, f'=IF({absent},"",{number})', looks.plain)
        leads = f'HYPERLINK("#"&{at(_FIELD, number)},{at(_CALLED, number)})'
        book.write_formula(sheet, row, 1, f'=IF({absent},"",{leads})', looks.link)
        content = at("G", number)
        book.write_formula(
            sheet, row, 2, f'=IF({absent},"",IF(ISERROR({content}),{quoted("错误值")},{content}&""))', looks.plain
        )
    return top + 2 + LISTED


def write_long_texts(book: FormBook, sheet: Worksheet, top: int, layout: Layout, looks: ListLooks) -> int:
    """Write below `top` which texts are longer than their place on paper; returns the first free row."""
    texts = long_texts(layout)
    if not texts:
        return top
    sheet.set_row(top, 26)
    sheet.write_string(top, 0, "文字较长的栏目", looks.heading)
    _write_titles(sheet, top + 1, ("字数", "栏目", "打印提示"), looks)
    for number, text in enumerate(texts):
        row, where = top + 2 + number, text.place.where
        cell = where.reference
        book.write_formula(sheet, row, 0, f'=IF({cell}="","",LEN({cell}))', looks.plain)
        target = f"internal:'{where.sheet}'!{cell_name(where.top, where.left)}"
        sheet.write_url(row, 1, target, looks.link, f"{where.sheet}：{text.place.field.label}")
        book.write_formula(sheet, row, 2, fate_of(number), looks.plain)
    return top + 2 + len(texts)
