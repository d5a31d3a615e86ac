"""Entries of a rulebook beside its form and its indicators: checks, groups, grades; and what is made of several entries together."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from perfbatch.rulebook.form import Entry
from perfbatch.rulebook.marks import BlockId, EachId, Expression, FieldId, GroupId, Identifier, Message

__all__ = ["AdaptableSet", "Check", "Grade", "Group", "Scope"]

Scope = Literal["department", "unit", "item", "target", "row"]
"""Where a check is made: once for a department, in each row of the unit tables, of the scorecard, of the targets table, or of
the table of rows that the check names."""


class Check(Entry):
    """An identity (勾稽关系) or a plausibility rule; `holds` must be true wherever `when` is.

    `each` repeats the check for every field id listed, put in place of the name `each`; `each_table` does so for every
    amount column of the tables named, `each_total` for every total of them (names `total`, `parts`: their sum),
    `each_matrix` for every total of the tables of fixed rows and columns named, down and along (names `total`, `parts`),
    `each_group` for every group listed, put in place of the name `group`, `each_part` for every part of every total (names `total`, `parts`, `part`), `each_against` for every field id with the
    expression it is held against (names `each`, `against`).

    `table` is the table of rows that a check of the scope `row` is made in; its file may say `scope = "row:<table>"`.

    Where one side of a comparison is blank and the other filled, that is said. A 0 on the right asks nothing of a blank
    left side, unless `zero_is_filled`.

    `nature`: balance (基本平衡) must hold; verification (核实性) may stand where the department explains it (出错说明). A check on
    `trial` (试行) is shown and counted nowhere.
    """

    id: str
    code: Annotated[str, Field(pattern=r"^[RC]\d\d$")]
    title: str
    scope: Scope
    severity: Literal["error", "warning", "info"]
    holds: Expression
    when: Expression | None = None
    at: Expression | None = None
    tolerance: Literal["interval", "exact"] = "interval"
    expected: Expression | None = None
    each: tuple[EachId, ...] = ()
    each_table: tuple[BlockId, ...] = ()
    each_total: tuple[BlockId, ...] = ()
    each_part: tuple[BlockId, ...] = ()
    each_against: dict[FieldId, Expression] = Field(default_factory=dict)
    zero_is_filled: bool = False
    nature: Literal["balance", "verification"] = "balance"
    trial: bool = False
    message: Message
    remedy: Message
    table: BlockId | None = None
    each_matrix: tuple[BlockId, ...] = ()
    each_group: tuple[GroupId, ...] = ()

    @property
    def is_repeated(self) -> bool:
        """Whether it stands for one check each of many things."""
        lists = (self.each, self.each_table, self.each_total, self.each_part, self.each_matrix, self.each_group)
        return any(lists) or bool(self.each_against)


class Group(Entry):
    """A level-1 group (一级指标) and the points that its indicators share."""

    id: Identifier
    name: str
    points: Annotated[Decimal, Field(gt=0)]


class AdaptableSet(NamedTuple):
    """Indicators of one 二级指标 whose points a department may re-cut among them, and the points that they share."""

    indicators: tuple[str, ...]
    points: Decimal


class Grade(Entry):
    """评价等次: from `minimum` (in it) up to `below` (not in it); `None` is unbounded."""

    name: str
    minimum: Decimal | None = None
    below: Decimal | None = None
