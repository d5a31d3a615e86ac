"""Rows inserted into filled forms by LibreOffice itself: in all unit tables, in one of them, blank ones, among the targets; in the
scorecard and the evidence list, where rows are sorted and exchanged as well."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from perfbatch.rulebook.model import Rulebook
from perfbatch.template import Layout
from perfbatch.template.grid import CellRange, cell_name
from tests.calc_session import Session

__all__ = ["inserting"]

_NAMES = 1
"""Columns left of a table's first figure where its names stand."""


def inserting(number: int, source: Path, target: Path, layout: Layout, rulebook: Rulebook) -> Session:
    """Open, insert and fill rows, save: one workbook's session, the same for the same number."""
    return Session(source, [*_steps(random.Random(number), layout, rulebook), ["save", str(target)]])


def _steps(chance: random.Random, layout: Layout, rulebook: Rulebook) -> Iterator[list[Any]]:
    tables = list(rulebook.unit_tables)
    chosen = tables if chance.random() < 0.6 else [chance.choice(tables)]
    rows = layout.where("entity_name").rows
    at, count = chance.randint(1, rows - 1), chance.randint(1, 2)
    where = {table: _where(table, layout, rulebook) for table in tables}
    # From the bottom, so that what stands above is still where the blank form has it.
    for table in reversed(chosen):
        yield ["insert_rows", where[table].sheet, where[table].top + at + 1, count]
    blank = chance.random() < 0.2
    for above, table in enumerate(chosen):
        for extra in range(count):
            row = where[table].top + at + extra + above * count
            if not blank:
                yield from _unit(chance, table, row, f"新设{extra + 1}站", where[table], rulebook)
    if chance.random() < 0.5:
        targets = layout.where("indicator_target")
        yield ["insert_rows", targets.sheet, targets.top + 4, 1]
        for field, stated in (("indicator_type", "数量指标"), ("indicator_target", "3家"), ("indicator_actual", None)):
            place = layout.where(field)
            text = stated or chance.choice([None, "已完成", "完成3家"])
            yield ["type", place.sheet, cell_name(targets.top + 3, place.left), text]
    yield from _evidence(chance, layout)
    yield from _scorecard(chance, layout, rulebook)


def _evidence(chance: random.Random, layout: Layout) -> Iterator[list[Any]]:
    """The list stands below the scorecard, so its rows are put in first."""
    answers = layout.where("evidence_answer")
    if chance.random() < 0.4:
        yield ["insert_rows", answers.sheet, answers.top + 1 + chance.randint(1, answers.rows - 1), 1]


def _scorecard(chance: random.Random, layout: Layout, rulebook: Rulebook) -> Iterator[list[Any]]:
    points = layout.where("item_max")
    name, self_score, reason, identity = points.left - 2, points.left + 1, points.left + 2, layout.where("item_id").left
    subgroups = [indicator.subgroup for indicator in rulebook.indicators]
    kind = chance.choice(["exchanged", "sorted", "sorted with ids", "nothing"])
    at = chance.choice([row for row in range(len(subgroups) - 1) if subgroups[row] == subgroups[row + 1]])
    first, last = subgroups.index(subgroups[at]), len(subgroups) - 1 - subgroups[::-1].index(subgroups[at])
    if kind == "exchanged":
        for row, shown in ((at, at + 1), (at + 1, at)):
            indicator = rulebook.indicators[shown]
            texts = (
                (name, indicator.name),
                (points.left, float(indicator.points)),
                (self_score, chance.choice([0.5, 1, 2])),
            )
            for column, value in texts:
                yield ["type", points.sheet, cell_name(points.top + row, column), value]
    elif kind.startswith("sorted"):
        right = identity if kind == "sorted with ids" else reason
        block = f"{cell_name(points.top + first, name)}:{cell_name(points.top + last, right)}"
        yield ["sort", points.sheet, block, self_score - name, chance.random() < 0.5]
    for _ in range(chance.randint(0, 2)):
        at = chance.randint(1, len(subgroups) - 1)
        row = points.top + at
        yield ["insert_rows", points.sheet, row + 1, 1]
        if chance.random() < 0.8:
            named = chance.choice([f"新增指标{at}", "其他", None, rulebook.indicators[at].name])
            yield ["type", points.sheet, cell_name(row, name), named]
            yield ["type", points.sheet, cell_name(row, points.left), chance.choice([None, 1, 2])]
            yield ["type", points.sheet, cell_name(row, self_score), chance.choice([None, 0, 1, 2.5])]


def _unit(
    chance: random.Random, table: str, row: int, name: str, where: CellRange, rulebook: Rulebook
) -> Iterator[list[Any]]:
    figures = [field for field in rulebook.unit_tables[table].fields if field.kind == "amount"]
    has_names = len(figures) < len(rulebook.unit_tables[table].fields)
    named = name if has_names else chance.choice([None, name, name, name, "别的站"])
    yield ["type", where.sheet, cell_name(row, where.left - _NAMES), named]
    for column in range(len(figures)):
        value = chance.choice([None, 0, 1.5, 2.25, 10, chance.randint(0, 3000) / 100, "约10"])
        yield ["type", where.sheet, cell_name(row, where.left + column), value]


def _where(table: str, layout: Layout, rulebook: Rulebook) -> CellRange:
    return layout.where(next(field.id for field in rulebook.unit_tables[table].fields if field.kind == "amount"))
