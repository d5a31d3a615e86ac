"""A submission: everything that one workbook states, each fact with the sheet and cell it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from perfbatch.findings import Finding

__all__ = ["SCALE", "Fact", "InboxEntry", "State", "Submission"]

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


@dataclass(frozen=True, slots=True)
class Submission:
    """One department's workbook, read. `facts` has every field of the form, each with a fact per row of its column."""

    file: str
    budget_code: str
    unit_name: str
    facts: Mapping[str, tuple[Fact, ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """What became of one entry of the inbox; `status` is accepted, superseded or set_aside, `code` an F-code or ""."""

    path: str
    bytes: int
    sha256: str
    modified_ns: int
    status: str
    code: str = ""
    message: str = ""
    remedy: str = ""
    budget_code: str = ""
    unit_name: str = ""
