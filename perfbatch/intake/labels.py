"""What stands beside a field's cells: whose label it is, and which unit the heading states.

Labels are the form's own words; a department may change them. What is not a label of the form says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from perfbatch.intake.numerals import canonical_unit, fold, money_exponent
from perfbatch.package.addresses import Area
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.form import MatrixColumn, MatrixRow
from perfbatch.rulebook.model import CardBlock, FormField, MatrixBlock, Rulebook, SignatureBlock

__all__ = [
    "Beside",
    "FormLabels",
    "ShownCells",
    "bare_label",
    "beside",
    "beside_in_matrix",
    "heading_unit",
    "stated_unit",
    "title_unit",
]

_UNIT = re.compile(r"\((?:单位:?)?([^()]{1,5})\):?$|单位:([^()\s,。;]{1,4})")
# How far from its cell a label may stand, and the title of a table above its headings.
_LEFT, _ABOVE, _TITLE_ABOVE = 6, 3, 6
_LONGEST = 200


class ShownCells(Protocol):
    """Whatever gives cells: an open workbook, or what notes down which of its cells were asked for."""

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell, as `FormWorkbook.cell` gives it."""
        ...


class Beside(NamedTuple):
    """The text beside a cell, folded, and the fields of the form whose label it is."""

    text: str
    fields: frozenset[str]


class FormLabels:
    """The labels of a form. A cell of a table of fixed rows and columns has none of its own: `matrix_of` has its table."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.matrix_of = {name: matrix for matrix in rulebook.matrices.values() for name in matrix.cells}
        fields: dict[str, set[str]] = {}
        for field in rulebook.fields():
            if field.id not in self.matrix_of:
                fields.setdefault(bare_label(field.label), set()).add(field.id)
        self._fields = {label: frozenset(ids) for label, ids in fields.items()}
        self.label_of = {field.id: field.label for field in rulebook.fields()}

    def fields_of(self, text: str) -> frozenset[str]:
        """The fields whose label a text is, but for blanks, a colon and a unit behind it."""
        return self._fields.get(bare_label(text), frozenset()) if len(text) <= _LONGEST else frozenset()

    def after_label(self, text: str, field: FormField) -> str:
        """What a text says beside the form's labels: nothing where it is one, what follows where it begins with the field's
        own, else all of it."""
        if self.fields_of(text) or (field.id in self.matrix_of and self._is_side(text, field.id)):
            return ""
        folded, label = fold(text), fold(field.label)
        return folded.removeprefix(label).lstrip(": ") if folded.startswith(label) else text

    def _is_side(self, text: str, name: str) -> bool:
        """Whether a text is the label of the row or of the column that a cell is in."""
        cell = self.matrix_of[name].cells[name]
        return len(text) <= _LONGEST and bare_label(text) in map(bare_label, (cell.row.label, cell.column.label))


@lru_cache(maxsize=4_096)
def bare_label(text: str) -> str:
    """A label without blanks, a colon and the unit behind it."""
    words = fold(text).replace(" ", "").rstrip(":")
    stated = _UNIT.search(words)
    if stated is not None and stated[1] is not None and canonical_unit(stated[1]) is not None:
        words = words[: stated.start()]
    return words


def beside(workbook: ShownCells, labels: FormLabels, area: Area, *, single: bool) -> Beside:
    """What stands beside a field: left of a single cell, else above it; above a column."""
    sheet, row, column = area.sheet, area.first_row, area.first_column
    places = [(row, column - steps) for steps in range(1, _LEFT + 1)] if single else []
    places += [(row - steps, column) for steps in range(1, _ABOVE + 1)]
    for at_row, at_column in places:
        if at_row < 1 or at_column < 1:
            continue
        cell = workbook.cell(sheet, at_row, at_column)
        if isinstance(cell.value, str) and cell.value.strip():
            return Beside(cell.value, labels.fields_of(cell.value))
        if cell.value is not None:
            break
    return Beside("", frozenset())


def beside_in_matrix(
    workbook: ShownCells, matrix: MatrixBlock, name: str, area: Area, inputs: Container[tuple[int, int]]
) -> Beside:
    """What stands beside a cell of a table of fixed rows and columns: the heading above it, and whose cell heading and label of
    the row make it together. A side that is no label of the table says nothing. `inputs`: row and column of the table's own
    cells; a text in one of them is an answer."""
    own = matrix.cells[name]
    left = [(area.first_row, column) for column in range(area.first_column - 1, 0, -1)]
    top = max(area.first_row - len(matrix.rows) - _TITLE_ABOVE, 1)
    above = [(row, area.first_column) for row in range(area.first_row - 1, top - 1, -1)]
    rows = _labelled(_texts(workbook, area.sheet, left, inputs), matrix.rows)[1]
    heading, columns = _labelled(_texts(workbook, area.sheet, above, inputs), matrix.columns)
    if not rows and not columns:
        return Beside(heading, frozenset())
    cells = (matrix.cell_id(row, column) for row in rows or [own.row.id] for column in columns or [own.column.id])
    return Beside(heading, frozenset(cell for cell in cells if cell in matrix.cells))


def _texts(
    workbook: ShownCells, sheet: str, places: Sequence[tuple[int, int]], inputs: Container[tuple[int, int]]
) -> Iterator[str]:
    for row, column in places:
        cell = workbook.cell(sheet, row, column)
        text = cell.value
        if isinstance(text, str) and text.strip() and len(text) <= _LONGEST and (cell.row, cell.column) not in inputs:
            yield text


def _labelled(texts: Iterator[str], entries: Sequence[MatrixRow | MatrixColumn]) -> tuple[str, list[str]]:
    """The first of the texts that is a label of the entries, and the entries whose it is; else the first text, and none."""
    first = ""
    for text in texts:
        named = [entry.id for entry in entries if bare_label(entry.label) == bare_label(text)]
        if named:
            return text, named
        first = first or text
    return first, []


@lru_cache(maxsize=4_096)
def stated_unit(text: str) -> str:
    """The unit that a heading states in brackets at its end or behind 单位, in its one spelling; "" for none."""
    stated = _UNIT.search(fold(text).replace(" ", "")) if len(text) <= _LONGEST else None
    return canonical_unit(stated[1] or stated[2]) or "" if stated is not None else ""


def title_unit(workbook: ShownCells, area: Area, label: str, block_title: str, *, single: bool) -> str:
    """The unit that the title over a block states; `area` is the block's first field, `label` what stands beside it, `single` in
    a card. "" where the form's own title states none."""
    own = stated_unit(block_title)
    if not own:
        return ""
    for steps in range(1, 2 if single else _TITLE_ABOVE + 1):
        if area.first_row - steps < 1:
            break
        cell = workbook.cell(area.sheet, area.first_row - steps, 1 if single else area.first_column)
        if isinstance(cell.value, str):
            unit = stated_unit(cell.value) if cell.value != label else ""
            if unit:
                return unit
        elif cell.value is not None:
            break
    return own


def heading_unit(label: str, title: str, own: str) -> str:
    """The unit that a field's headings state instead of its own canonical one, "" where they agree or say nothing of the kind.

    The label beside the cell wins over the title above the table."""
    stated = stated_unit(label) or title
    alike = (money_exponent(stated) is None) == (money_exponent(own) is None)
    return stated if stated and stated != own and alike else ""


def blocks_with_titles(rulebook: Rulebook) -> list[tuple[str, bool, tuple[str, ...]]]:
    """Title, whether it is a card, and the ids of the fields of every block that has inputs."""
    return [
        (block.title, isinstance(block, CardBlock), tuple(field.id for field in block.fields))
        for _, block in rulebook.blocks()
        if not isinstance(block, SignatureBlock)
    ]
