"""Rows inserted into filled forms by LibreOffice itself: in all unit tables, in one of them, blank ones, among the targets."""

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
        for field, said in (("indicator_type", "数量指标"), ("indicator_target", "3家"), ("indicator_actual", None)):
            place = layout.where(field)
            text = said or chance.choice([None, "已完成", "完成3家"])
            yield ["type", place.sheet, cell_name(targets.top + 3, place.left), text]


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
