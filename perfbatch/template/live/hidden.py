"""Writing the hidden sheet: leaves, rows, scores and verdicts, each in its columns."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.rulebook.formula import FAILS
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.template.book import FormBook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, column_name
from perfbatch.template.live.checks import LiveCheck
from perfbatch.template.live.leaves import (
    LIVE_SHEET,
    NONE_COLUMN,
    ONCE_COLUMN,
    OVER_COLUMN,
    STATED_NONE,
    Leaves,
)
from perfbatch.template.live.scores import SCORE_COLUMNS, TOTAL_ROW_LABEL, ScoreBlock
from perfbatch.template.live.unit_names import UnitNames
from perfbatch.template.live.unreadable import place_cells

__all__ = ["PLACE_COLUMN", "VERDICT_COLUMN", "failing_cells", "write_hidden"]

VERDICT_COLUMN = "AA"
PLACE_COLUMN = "DZ"
"""The name of the input cells that each verdict is about, for links."""
_FAILING_COLUMN, _CONTENT_COLUMN = 5, 6


def write_hidden(
    book: FormBook, leaves: Leaves, scores: ScoreBlock, names: UnitNames, checks: Sequence[LiveCheck]
) -> None:
    """Add the sheet, very hidden, and define the names that it reads by."""
    sheet = book.workbook.add_worksheet(LIVE_SHEET)
    sheet.very_hidden()
    sheet.protect("")
    failing: dict[int, list[str]] = {}
    for check in checks:
        verdict = f"{VERDICT_COLUMN}{check.live_row + 1}"
        book.put(LIVE_SHEET, check.live_row, _number(VERDICT_COLUMN), check.formula)
        book.put(LIVE_SHEET, check.live_row, _number(PLACE_COLUMN), check.place.field.id)
        failing.setdefault(check.place.row, []).append(f"N(LEFT({verdict})={quoted(FAILS)})")
    for name, where in {**names.where(), **leaves.items.where()}.items():
        book.define_name(name, where)
    for at, column, content in (
        *names.cells(),
        *leaves.items.cells(),
        *leaves.evidence.cells(),
        *(cell for block in scores.row_blocks for cell in block.cells()),
        *place_cells(leaves),
    ):
        book.put(LIVE_SHEET, at, column, content)
    _write_leaves(book, leaves, failing)
    listed = {OVER_COLUMN: leaves.over_formulas(), ONCE_COLUMN: leaves.once_formulas(), NONE_COLUMN: STATED_NONE}
    for letter, contents in listed.items():
        for at, content in enumerate(contents):
            book.put(LIVE_SHEET, at, _number(letter), content)
    _write_scores(book, scores)


def failing_cells(book: FormBook, leaves: Leaves, field_id: str) -> CellRange:
    """The cells of the hidden sheet that count how many checks fail at each cell of a field, in the order of its cells; those of
    the scorecard are sorted out here."""
    column = leaves.column_of(field_id)
    first, last = column[0].row, column[-1].row
    if field_id not in leaves.items.fields:
        return CellRange(LIVE_SHEET, first, _FAILING_COLUMN, last, _FAILING_COLUMN)
    letter = column_name(_FAILING_COLUMN)
    marks = leaves.items.marks_column(field_id) - 1
    for row in range(leaves.items.looked_through):
        of_row = leaves.items.by_row(f"${letter}${first + 1}", f"${letter}${last + 1}", row)
        book.put(LIVE_SHEET, row + 1, marks, f"={of_row}")
    return CellRange(LIVE_SHEET, 1, marks, leaves.items.looked_through, marks)


def _write_leaves(book: FormBook, leaves: Leaves, failing: dict[int, list[str]]) -> None:
    headed = ""
    for leaf in leaves.rows():
        if leaf.field.id != headed:
            headed = leaf.field.id
            book.put(LIVE_SHEET, leaf.row, 0, headed)
        book.put(LIVE_SHEET, leaf.row, _CONTENT_COLUMN, leaf.content)
        for column, formula in enumerate(leaves.formulas(leaf), start=1):
            book.put(LIVE_SHEET, leaf.row, column, formula)
        if leaf.row in failing:
            book.put(LIVE_SHEET, leaf.row, _FAILING_COLUMN, "=" + "+".join(failing[leaf.row]))


def _write_scores(book: FormBook, scores: ScoreBlock) -> None:
    if not scores.rows:
        return
    for name, letter in SCORE_COLUMNS.items():
        book.put(LIVE_SHEET, 0, _number(letter), name)
        for row in scores.rows:
            if name == "indicator":
                book.put(LIVE_SHEET, row.row, _number(letter), row.indicator.id)
            elif name in row.formulas:
                book.put(LIVE_SHEET, row.row, _number(letter), row.formulas[name])
    book.put(LIVE_SHEET, scores.total_row, _number(SCORE_COLUMNS["indicator"]), TOTAL_ROW_LABEL)
    for name, formula in scores.total_formulas().items():
        book.put(LIVE_SHEET, scores.total_row, _number(SCORE_COLUMNS[name]), formula)


def _number(letters: str) -> int:
    """A column's number, from 0."""
    return column_number(letters) - 1
