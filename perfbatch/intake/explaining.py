"""What a department explains: in the form's own table, and beside the findings of a notice that it sends back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from perfbatch.intake.formats import FormWorkbook
from perfbatch.model.notices import CHECK_HEADING, EXPLANATION_HEADING, NOTICE_SHEET, PLACE_HEADING
from perfbatch.model.submission import Column, Explanation
from perfbatch.package.addresses import cell_name
from perfbatch.rulebook.model import Rulebook

__all__ = ["explanations_in"]

_HEADING_ROWS, _COLUMNS, _ROWS = 12, 20, 2_000


def explanations_in(
    workbook: FormWorkbook, rulebook: Rulebook, columns: Mapping[str, Column]
) -> tuple[Explanation, ...]:
    """Every explanation, those of the form's table first. A row without a check or without words is one too, if not both."""
    return (*_of_form(rulebook, columns), *_of_notice(workbook))


def _of_form(rulebook: Rulebook, columns: Mapping[str, Column]) -> Iterator[Explanation]:
    block, roles = rulebook.explanation_block, rulebook.roles
    if block is None:
        return
    parts = [columns.get(name) for name in (roles.explained_check, roles.explained_place, roles.explanation)]
    values = [part.values if part is not None else () for part in parts]
    for row, (check, place, text) in enumerate(zip_longest(*values)):
        if check or text:
            at = next(part for part in parts if part is not None and row < len(part.values))
            cells = at.cells.split(" ")
            yield Explanation(
                str(check or ""), str(place or ""), str(text or ""), at.sheet, cells[row] if row < len(cells) else ""
            )


def _of_notice(workbook: FormWorkbook) -> Iterator[Explanation]:
    """A notice's lines that were explained; one that was answered on the form too says the same twice, which does no harm."""
    if NOTICE_SHEET not in workbook.sheets:
        return

    def text(row: int, column: int) -> str:
        value = workbook.cell(NOTICE_SHEET, row, column).value
        return "" if value is None else str(value).strip()

    for heading_row in range(1, _HEADING_ROWS + 1):
        headings = {text(heading_row, column): column for column in range(1, _COLUMNS + 1)}
        if EXPLANATION_HEADING in headings and CHECK_HEADING in headings:
            break
    else:
        return
    explained, checked, placed = (headings.get(name, 0) for name in (EXPLANATION_HEADING, CHECK_HEADING, PLACE_HEADING))
    for row in range(heading_row + 1, heading_row + _ROWS):
        check = text(row, checked)
        if not check:
            return
        words = text(row, explained)
        if words:
            place = text(row, placed) if placed else ""
            yield Explanation(check, place, words, NOTICE_SHEET, cell_name(row, explained))
