"""Rows of the unit tables under their names: where a row of one table bears another name than that row of another.

A row inserted into one table alone shifts the names below it against those of the other tables; what is paired across them then
speaks of two units. Two names are told apart where both stand there and differ, or where the one that stands alone stands
elsewhere in the other table.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from perfbatch.rulebook.model import Rulebook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, column_name
from perfbatch.template.live.leaves import Leaf, Leaves
from perfbatch.template.unit_tables import entity_field

__all__ = ["UnitNames"]

_FIRST_COLUMN = column_number("AE") - 1


class UnitNames:
    """The names of the unit tables, and the flags on the hidden sheet that say where two tables part: a column for every
    pair of tables that a check pairs, a row for every row of the tables."""

    def __init__(self, leaves: Leaves, rulebook: Rulebook) -> None:
        self._leaves = leaves
        self._own = entity_field(rulebook)
        self._tables = list(rulebook.unit_tables)
        self._figures = {
            table: next(field.id for field in block.fields if field != self._own)
            for table, block in rulebook.unit_tables.items()
            if any(field != self._own for field in block.fields)
        }
        self._with_names = next(
            (table for table, block in rulebook.unit_tables.items() if self._own in block.fields), None
        )
        self._pairs: dict[tuple[str, str], int] = {}

    def where(self) -> dict[str, CellRange]:
        """Private name → the column of names that a table repeats."""
        return {_name(table): self._column(table) for table in self._figures if table != self._with_names}

    def apart(self, tables: set[str], row: int) -> str:
        """A count that is more than 0 where the tables' names of a row differ; "" for a single table."""
        if self._with_names is None:
            return ""
        used = [table for table in self._tables if table in tables]
        flags = []
        for pair in combinations(used, 2):
            column = self._pairs.setdefault(pair, _FIRST_COLUMN + len(self._pairs))
            flags.append(f"{column_name(column)}{row + 2}")
        return "+".join(flags)

    def flags(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and formula of every flag that was asked for."""
        for (first, second), column in self._pairs.items():
            ours, theirs = self._leaves_of(first), self._leaves_of(second)
            for number, (own, other) in enumerate(zip(ours, theirs, strict=True)):
                yield number + 1, column, _flag(own.column("B"), other.column("B"), _block(ours), _block(theirs))

    def _leaves_of(self, table: str) -> list[Leaf]:
        if table == self._with_names and self._own is not None:
            return self._leaves.column_of(self._own.id)
        return self._leaves.names_of(_name(table), self._column(table))

    def _column(self, table: str) -> CellRange:
        figures = self._leaves.layout.where(self._figures[table])
        return CellRange(figures.sheet, figures.top, figures.left - 1, figures.bottom, figures.left - 1)


def _name(table: str) -> str:
    return f"_live_names_{table}"


def _block(leaves: list[Leaf]) -> str:
    return f"B${leaves[0].row + 1}:B${leaves[-1].row + 1}"


def _flag(own: str, other: str, ours: str, theirs: str) -> str:
    elsewhere = f'IF({own}<>"",SUMPRODUCT(N({theirs}={own})),SUMPRODUCT(N({ours}={other})))'
    both = f'AND({own}<>"",{other}<>"")'
    return f"=IF(EXACT({own},{other}),0,IF({both},1,N({elsewhere}>0)))"
