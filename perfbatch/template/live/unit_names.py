"""Rows of the unit tables under their names: where a row of one table bears another name than that row of another.

A row inserted into one table alone shifts the names below it against those of the other tables; what is paired across them then
speaks of two units. Rows without a name belong together as long as nothing above them parts and the tables are of one length:
below that only the formula in the cell would say whose they are, and the sheet cannot ask it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from perfbatch.model.printed_names import PRINTED_NAMES
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, column_name
from perfbatch.template.live.leaves import Leaf, Leaves, none_words
from perfbatch.template.live.shown_names import even, without_number
from perfbatch.template.unit_tables import entity_field

__all__ = ["UnitNames"]

_FIRST_COLUMN = column_number("AE") - 1
# Columns of a table: its names evened out, as they are compared, how many cells of a row are filled. Of a pair of tables: where
# they part, and where that matters.
_EVEN, _PLAIN, _USED, _PER_TABLE = 0, 1, 2, 3
_PARTED, _FLAG, _PER_PAIR = 0, 1, 2


class UnitNames:
    """The names of the unit tables, and the flags on the hidden sheet that say where two tables part: for every pair of tables
    that a check pairs, a row for every row of the tables."""

    def __init__(self, leaves: Leaves, rulebook: Rulebook) -> None:
        self._leaves = leaves
        self._own = entity_field(rulebook)
        self._tables = list(rulebook.unit_tables)
        self._fields = {
            table: [field.id for field in block.fields if field != self._own]
            for table, block in rulebook.unit_tables.items()
            if any(field != self._own for field in block.fields)
        }
        self._with_names = next(
            (table for table, block in rulebook.unit_tables.items() if self._own in block.fields), None
        )
        self._pairs: list[tuple[str, str]] = []

    def where(self) -> dict[str, CellRange]:
        """Private name → the column of names that a table repeats."""
        return {_name(table): self._names_of(table) for table in self._fields if table != self._with_names}

    def apart(self, tables: set[str], row: int) -> str:
        """A count that is more than 0 where the tables' names of a row differ; "" for a single table."""
        if self._with_names is None:
            return ""
        flags = []
        for pair in combinations([table for table in self._tables if table in tables], 2):
            if pair not in self._pairs:
                self._pairs.append(pair)
            flags.append(f"{self._of_pair(pair, _FLAG)}{row + 2}")
        return "+".join(flags)

    def cells(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and formula of every flag that was asked for, and of what it is worked out from."""
        for table in dict.fromkeys(table for pair in self._pairs for table in pair):
            for row, letter, formula in self._shown(table):
                yield row, column_number(letter) - 1, formula
        for pair in self._pairs:
            for row, letter, formula in self._parting(pair):
                yield row, column_number(letter) - 1, formula

    def _shown(self, table: str) -> Iterator[tuple[int, str, str]]:
        """Per row of a table its name evened out and as it is compared, and how many of its cells are filled."""
        figures = [self._leaves.column_of(field) for field in self._fields[table]]
        for at, leaf in enumerate(self._leaves_of(table)):
            evened = f"{self._of_table(table, _EVEN)}{at + 2}"
            name = without_number(evened, none_words())
            if at < len(PRINTED_NAMES):
                known = ",".join(f"{name}={quoted(word)}" for word in PRINTED_NAMES[at])
                name = f"IF(OR({known}),{quoted(PRINTED_NAMES[at][0])},{name})"
            yield at + 1, self._of_table(table, _EVEN), f"={even(leaf.column('B'))}"
            yield at + 1, self._of_table(table, _PLAIN), f"={name}"
            filled = "+".join(f"{column[at].column(letter)}" for column in figures for letter in "DE")
            yield at + 1, self._of_table(table, _USED), f"={filled}"

    def _parting(self, pair: tuple[str, str]) -> Iterator[tuple[int, str, str]]:
        """Per row whether two tables part there, and whether anything stands in it; first whether they are of one length."""
        first, second = pair
        parted, flag = self._of_pair(pair, _PARTED), self._of_pair(pair, _FLAG)
        yield 0, parted, f"=N(ROWS({self._fields[first][0]})<>ROWS({self._fields[second][0]}))"
        for row in range(2, len(self._leaves_of(first)) + 2):
            own, other = (f"{self._of_table(table, _PLAIN)}{row}" for table in pair)
            used = "+".join(f"{self._of_table(table, _USED)}{row}" for table in pair)
            nameless = f"N(SUM({parted}$1:{parted}{row - 1})>0)"
            yield row - 1, parted, f'=IF(EXACT({own},{other}),IF({own}="",{nameless},0),1)'
            yield row - 1, flag, f"={parted}{row}*({used})"

    def _of_table(self, table: str, which: int) -> str:
        return column_name(_FIRST_COLUMN + _PER_TABLE * self._tables.index(table) + which)

    def _of_pair(self, pair: tuple[str, str], which: int) -> str:
        first = _FIRST_COLUMN + _PER_TABLE * len(self._tables)
        return column_name(first + _PER_PAIR * self._pairs.index(pair) + which)

    def _leaves_of(self, table: str) -> list[Leaf]:
        if table == self._with_names and self._own is not None:
            return self._leaves.column_of(self._own.id)
        return self._leaves.names_of(_name(table), self._names_of(table))

    def _names_of(self, table: str) -> CellRange:
        figures = self._leaves.layout.where(self._fields[table][0])
        return CellRange(figures.sheet, figures.top, figures.left - 1, figures.bottom, figures.left - 1)


def _name(table: str) -> str:
    return f"_live_names_{table}"
