"""A submission: everything that one workbook states, each fact with the sheet and cell it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from perfbatch.model.findings import Finding

__all__ = ["SCALE", "Column", "Explanation", "Fact", "FactPlace", "Facts", "InboxEntry", "State", "Submission"]

SCALE = 1_000_000
"""Numbers are held as int counts of 1/SCALE of the field's unit: for 万元 that is 0.01 元."""


class State(IntEnum):
    """Four states of a cell that are never mixed up; a zero is FILLED."""

    BLANK = 0
    FILLED = 1
    STATED_NONE = 2
    UNREADABLE = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """What one input cell says.

    `row` is the cell's position in its column (0 for a single cell). `value` is an int count of 1/SCALE of the unit for
    the kinds amount, count, area, score, percent, year (90 % is 90 × SCALE), a `date` for dates, else a text; None unless
    the state is FILLED. `step` is the rounding step in the same counts, 0 where the figure is exact.
    """

    field: str
    row: int
    state: State
    value: int | str | date | None
    step: int
    sheet: str
    cell: str


class FactPlace(NamedTuple):
    """Where a fact stands, without what it says."""

    field: str
    row: int
    sheet: str
    cell: str


class Column(NamedTuple):
    """What the cells of one field say, from the top: the facts of the field, held together.

    `cells` are the names of its cells with a space between; `states` has a byte for each `State`; `values` and `steps` as in
    `Fact`, `steps` is () where all are 0. `sheet` and `cells` are "" for the one UNREADABLE fact of a field that is lost.
    """

    sheet: str
    cells: str
    states: bytes
    values: tuple[int | str | date | None, ...]
    steps: tuple[int, ...] = ()

    def fact(self, field: str, row: int) -> Fact:
        """The fact of one row, from 0."""
        step = self.steps[row] if self.steps else 0
        cell = self.cells.split(" ")[row]
        return Fact(field, row, State(self.states[row]), self.values[row], step, self.sheet, cell)


class Facts(Mapping[str, tuple[Fact, ...]]):
    """Field id → its facts, made of the field's column when asked for."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    def __getitem__(self, field: str) -> tuple[Fact, ...]:
        column = self._columns[field]
        return tuple(column.fact(field, row) for row in range(len(column.states)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a department says of a check that does not hold: `check` as it was chosen or typed, `place` where it means, "" for
    wherever; `sheet` and `cell` are where it stands."""

    check: str
    place: str
    text: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One department's workbook, read. `columns` has every field of the form, each with a fact per row of its column."""

    file: str
    entity_code: str
    entity_title: str
    columns: Mapping[str, Column]
    findings: tuple[Finding, ...]
    explanations: tuple[Explanation, ...] = ()

    @property
    def facts(self) -> Facts:
        """The same, fact by fact."""
        return Facts(self.columns)


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """What became of one entry of the inbox; `status` is accepted, superseded or set_aside, `code` an F-code or "".
    `rulebook` is the id of the one whose form it is, "" where nobody could tell."""

    path: str
    bytes: int
    sha256: str
    modified_ns: int
    status: str
    code: str = ""
    message: str = ""
    remedy: str = ""
    entity_code: str = ""
    entity_title: str = ""
    rulebook: str = ""
