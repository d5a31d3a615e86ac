"""What a table of fixed rows and columns must be: its parts name what is there, its formulas are arithmetic, its cells can be filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.expression import ExpressionError, parse
from perfbatch.rulebook.form import MatrixBlock, MatrixColumn, MatrixRow
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.tree import Binary, Name, Negative, Node, Number, leaves

__all__ = ["lint_matrix"]


def lint_matrix(block: MatrixBlock, rulebook: Rulebook) -> Iterator[str]:
    """The faults of one such table."""
    place = f"block {block.id}"
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
    for column in block.columns:
        at = f"{place}, columns.{column.id}"
        for key, names in (("only", column.only), ("required", column.required)):
            for name in names:
                yield from _of_matrix(f"{at}.{key}", name, ids["rows"])
        if column.formula is not None:
            yield from _formula(f"{at}.formula", column.formula, ids["columns"])
        if column.is_input and column.kind is None and column.show is None:
            yield placed(f"{at}.kind", "lint.matrix_kind")
        if (column.indicator is None) != (column.show is None):
            yield placed(at, "lint.matrix_show")
        if column.indicator is not None and column.indicator not in rulebook.indicator_by_id:
            yield from _of_matrix(f"{at}.indicator", column.indicator, [*rulebook.indicator_by_id])
        if column.show == "self" and sum(block.has_cell(row, column) for row in block.rows) != 1:
            yield placed(f"{at}.only", "lint.matrix_self")
    if not block.cells:
        yield placed(place, "lint.no_fields")


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


def _formula(place: str, source: str, columns: Sequence[str]) -> Iterator[str]:
    """Arithmetic over the columns of a row."""
    try:
        tree = parse(source)
    except ExpressionError as error:
        yield placed(f"{place}, column {error.column}", "lint.expression", fault=error.fault, source=source)
        return
    if not _is_arithmetic(tree):
        yield placed(place, "lint.matrix_formula")
    for leaf in leaves(tree):
        if isinstance(leaf, Name):
            yield from _of_matrix(place, leaf.id, columns)


def _is_arithmetic(node: Node) -> bool:
    match node:
        case Number() | Name():
            return True
        case Negative(operand):
            return _is_arithmetic(operand)
        case Binary(_, left, right):
            return _is_arithmetic(left) and _is_arithmetic(right)
    return False
