"""What a table of fixed rows and columns must be: its parts name what is there, its formulas are arithmetic, its cells can be filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.expression import ExpressionError, parse
from perfbatch.rulebook.form import MatrixBlock, MatrixColumn, MatrixRow
from perfbatch.rulebook.model import EvidenceBlock, Rulebook, ScorecardBlock
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.tree import Binary, Name, Negative, Node, Number, leaves

__all__ = ["MOST_BESIDE_SCORECARD", "lint_matrix", "own_scores_twice"]

MOST_BESIDE_SCORECARD = 6
"""Columns of such a table for which a sheet with a scorecard has room."""


def lint_matrix(block: MatrixBlock, rulebook: Rulebook) -> Iterator[str]:
    """The faults of one such table."""
    place = f"block {block.id}"
    yield from _room(place, block, rulebook)
    lists: tuple[tuple[str, Sequence[MatrixRow | MatrixColumn]], ...] = (
        ("rows", block.rows),
        ("columns", block.columns),
    )
    ids: dict[str, list[str]] = {}
    for key, entries in lists:
        ids[key] = [entry.id for entry in entries]
        for name, times in Counter(ids[key]).items():
            if times > 1:
                yield placed(f"{place}, {key}", "lint.matrix_twice", name=name, count=times)
        for entry in entries:
            for part in entry.parts:
                yield from _of_matrix(f"{place}, {key}.{entry.id}.parts", part, ids[key])
            if entry.id in _parts_below(entry.id, {each.id: each.parts for each in entries}):
                yield placed(f"{place}, {key}.{entry.id}.parts", "lint.matrix_ring")
    cells = Counter(block.cell_id(row.id, column.id) for row in block.rows for column in block.columns)
    for name, times in cells.items():
        if times > 1 and len({*ids["rows"]}) == len(ids["rows"]) and len({*ids["columns"]}) == len(ids["columns"]):
            yield placed(f"{place}, rows", "lint.matrix_cells", name=name)
    inputs = {column.id: column for column in block.columns if column.is_input}
    figures = [name for name, column in inputs.items() if (column.kind or "score") in NUMERIC_KINDS]
    for column in block.columns:
        at = f"{place}, columns.{column.id}"
        for part in column.parts:
            if part in ids["columns"] and (part not in figures or column.id not in figures):
                yield placed(f"{at}.parts", "lint.matrix_figures", name=part if part not in figures else column.id)
        for name in column.required:
            if column.only and name in ids["rows"] and name not in column.only:
                yield placed(f"{at}.required", "lint.matrix_required", name=name)
        for key, names in (("only", column.only), ("required", column.required)):
            for name in names:
                yield from _of_matrix(f"{at}.{key}", name, ids["rows"])
        if column.formula is not None:
            yield from _formula(f"{at}.formula", column, block, figures)
        if column.is_input and column.kind is None and column.show is None:
            yield placed(f"{at}.kind", "lint.matrix_kind")
        if (column.indicator is None) != (column.show is None):
            yield placed(at, "lint.matrix_show")
        if column.indicator is not None and column.indicator not in rulebook.indicator_by_id:
            yield from _of_matrix(f"{at}.indicator", column.indicator, [*rulebook.indicator_by_id])
        if column.show == "self" and column.kind is not None and column.kind not in NUMERIC_KINDS:
            yield placed(f"{at}.kind", "lint.matrix_figures", name=column.id)
        if column.show == "self" and sum(block.has_cell(row, column) for row in block.rows) != 1:
            yield placed(f"{at}.only", "lint.matrix_self")
    if not block.cells:
        yield placed(place, "lint.no_fields")


def _room(place: str, block: MatrixBlock, rulebook: Rulebook) -> Iterator[str]:
    """Whether its sheet has columns for it: a scorecard's are as wide as a scorecard needs them."""
    section = next(section for section, other in rulebook.blocks() if other is block)
    scored = any(isinstance(other, ScorecardBlock | EvidenceBlock) for other in section.blocks)
    if scored and len(block.columns) > MOST_BESIDE_SCORECARD:
        yield placed(f"{place}, columns", "lint.matrix_room", count=len(block.columns), most=MOST_BESIDE_SCORECARD)


def own_scores_twice(rulebook: Rulebook) -> Iterator[str]:
    """Indicators with two places for the department's own score."""
    owners: dict[str, str] = {}
    for block in rulebook.matrices.values():
        for column in block.columns:
            if column.show == "self" and column.indicator is not None:
                place = f"block {block.id}, columns.{column.id}"
                if column.indicator in owners:
                    yield placed(f"{place}.indicator", "lint.matrix_own", owner=owners[column.indicator])
                owners.setdefault(column.indicator, place)


def _parts_below(name: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """All that a total is made of, down to the last."""
    below: set[str] = set()
    waiting = [*parts.get(name, ())]
    while waiting:
        part = waiting.pop()
        if part not in below:
            below.add(part)
            waiting += parts.get(part, ())
    return below


def _of_matrix(place: str, name: str, known: Sequence[str]) -> Iterator[str]:
    if name not in known:
        yield placed(place, "lint.matrix_name", name=name, remedy=nearest_or(name, known, worded("lint.do.id")))


def _formula(place: str, column: MatrixColumn, block: MatrixBlock, figures: Sequence[str]) -> Iterator[str]:
    """Arithmetic over the figures of a row; each row that shows it has them."""
    try:
        tree = parse(column.formula or "")
    except ExpressionError as error:
        yield placed(f"{place}, column {error.column}", "lint.expression", fault=error.fault, source=column.formula)
        return
    if not _is_arithmetic(tree):
        yield placed(place, "lint.matrix_formula")
    columns = {each.id: each for each in block.columns}
    for name in dict.fromkeys(leaf.id for leaf in leaves(tree) if isinstance(leaf, Name)):
        if name not in columns:
            yield from _of_matrix(place, name, [*columns])
        elif name not in figures:
            yield placed(place, "lint.matrix_figures", name=name)
        else:
            for row in block.rows:
                if block.has_cell(row, column) and not block.has_cell(row, columns[name]):
                    yield placed(place, "lint.matrix_gap", row=row.id, name=name)


def _is_arithmetic(node: Node) -> bool:
    match node:
        case Number() | Name():
            return True
        case Negative(operand):
            return _is_arithmetic(operand)
        case Binary(_, left, right):
            return _is_arithmetic(left) and _is_arithmetic(right)
    return False
