"""What names mean in one row of the workbook: the mirror of `perfbatch.district.scopes` in cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.formula_terms import (
    NO,
    YES,
    Condition,
    Figure,
    Term,
    Words,
    all_of,
    constant_figure,
    count,
    gather,
    none_of,
    plus,
    quoted,
    some,
    times,
)
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.template.live.days import serial_of
from perfbatch.template.live.leaves import Leaves

__all__ = ["BeyondCells", "CellScope", "DepartmentCells", "ItemCells", "Undecidable", "UnitCells"]


class Undecidable(Exception):
    """A single workbook cannot decide this: it takes last year's figures or the bureau's own."""


@dataclass
class CellScope:
    """One row of a table (0 for what stands once). Enough for the rows of a table."""

    leaves: Leaves
    rulebook: Rulebook
    row: int = 0

    def name(self, name: str) -> Term:
        """A field's cell in this row."""
        return self.leaves.term(name, self.row)

    def member(self, owner: str, field: str) -> Term:
        """A field of another record."""
        raise Undecidable(f"{owner}.{field}")

    def total(self, collection: str, field: str) -> Figure:
        """A sum over rows."""
        raise Undecidable(f"sum({collection}.{field})")

    def points(self, indicator: str) -> Figure:
        """An indicator's computed score."""
        raise Undecidable(f"points({indicator})")

    def part(self, name: str) -> Figure:
        """A part of a total, blank counting as 0 where a sibling is filled."""
        own = self._figure(name)
        beside = [self._figure(sibling) for sibling in self.rulebook.siblings[name]]
        theirs = gather(*(sibling.tainted for sibling in beside))
        tainted = gather(own.tainted, times(theirs, count(none_of(some(own.known)))))
        return Figure(own.num, own.den, own.slack, gather(*(sibling.known for sibling in beside)), tainted)

    def days_late(self, name: str) -> Figure:
        """The days that a date lies past the deadline, 0 up to it."""
        deadline = self.rulebook.deadline
        assert deadline is not None
        serial = self.leaves.day(name, self.row)
        filled = self.leaves.term(name, self.row).known
        days = f"MAX(0,{serial}-{serial_of(deadline)})"
        return Figure(days, 1, NO, count(f"{serial}>0"), times(filled, count(f"{serial}=0")))

    def grade(self, score: Figure) -> Words:
        """The grade's name for a score."""
        formula = quoted("")
        for grade in sorted(self.rulebook.grades, key=lambda grade: (grade.minimum is not None, grade.minimum or 0)):
            if grade.minimum is None:
                formula = quoted(grade.name)
                continue
            bound = Fraction(grade.minimum)
            reached = f"{times(score.num, bound.denominator)}>={times(str(bound.numerator), score.den)}"
            formula = f"IF({reached},{quoted(grade.name)},{formula})"
        return Words(formula, score.known, score.tainted)

    def adds_up(self, indicator: Indicator) -> str:
        """Whether the points of the set that shares an indicator's come to the set's."""
        adaptable = next(
            adaptable for adaptable in self.rulebook.adaptable_sets if indicator.id in adaptable.indicators
        )
        rows = [row for row, member in enumerate(self.rulebook.indicators) if member.id in adaptable.indicators]
        number = self.leaves.items.set_number(indicator.id)
        total = self.leaves.items_total(self.rulebook.roles.item_max, rows, "set", number)
        equal = f"{total.num}={int(adaptable.points * SCALE)}"
        return some(self.leaves.once(count(all_of(some(total.known), none_of(some(total.tainted)), equal))))

    def _figure(self, name: str) -> Figure:
        term = self.name(name)
        if not isinstance(term, Figure):
            raise TypeError(f"{name} is not a number")
        return term


@dataclass
class UnitCells(CellScope):
    """A row of the unit tables."""

    def member(self, owner: str, field: str) -> Term:
        """`summary.x`: the 汇总 row."""
        if owner != "summary":
            return super().member(owner, field)
        return self.leaves.summary(field)


@dataclass
class ItemCells(CellScope):
    """A row of the scorecard."""

    @property
    def indicator(self) -> Indicator:
        """The indicator of the row."""
        return self.rulebook.indicators[self.row]

    def name(self, name: str) -> Term:
        """A field's cell, or what the targets table says of the row's indicator."""
        kinds = self.indicator.target_types
        if name == "has_target_types":
            return Condition("TRUE" if kinds else "FALSE", YES, NO)
        if name in ("fixed_points", "item_points"):
            return self._points(name)
        if name == "targets_answered":
            return Figure(self._answered(kinds), 1, NO, YES, NO)
        return super().name(name)

    def _points(self, name: str) -> Figure:
        """The rulebook's points where they are fixed; else as typed, or the rulebook's where the set does not add up."""
        ruled = str(int(self.indicator.points * SCALE))
        if not self.indicator.editable:
            return Figure(ruled, SCALE, NO, YES, NO)
        if name == "fixed_points":
            return Figure(NO, SCALE, NO, NO, NO)
        own, sound = self._figure(self.rulebook.roles.item_max), self.adds_up(self.indicator)
        return Figure(
            f"IF({sound},{own.num},{ruled})",
            SCALE,
            NO,
            f"IF({sound},{own.known},1)",
            f"IF({sound},{own.tainted},0)",
        )

    def _answered(self, kinds: tuple[str, ...]) -> str:
        """How many rows of those types have a target or an actual."""
        roles = self.rulebook.roles
        types, targets, actuals = (
            self.leaves.column_of(name) for name in (roles.target_type, roles.target, roles.target_actual)
        )
        typed = f"{types[0].column('B')}:{types[-1].column('B')}"
        answered = "+".join(f"({leaves[0].column('D')}:{leaves[-1].column('D')}>0)" for leaves in (targets, actuals))
        matches = "+".join(f"({typed}={quoted(kind)})" for kind in kinds)
        return f"SUMPRODUCT(({matches})*(({answered})>0))" if kinds else NO


@dataclass
class BeyondCells(CellScope):
    """A row of the scorecard beyond one for each indicator: a part that was split off inside its set."""

    def name(self, name: str) -> Term:
        """A field's cell; its points are those typed. Of its indicator nothing is known."""
        if name in ("has_target_types", "targets_answered"):
            return Condition("FALSE", YES, NO) if name == "has_target_types" else Figure(NO, 1, NO, NO, NO)
        if name == "fixed_points":
            return Figure(NO, SCALE, NO, NO, NO)
        return super().name(self.rulebook.roles.item_max if name == "item_points" else name)


class RowTotals(Protocol):
    """The rows of a table that are indicators of their own."""

    def total(self, indicator: str, field: str) -> Figure:
        """The sum of a column over the rows of an indicator."""


@dataclass
class DepartmentCells(CellScope):
    """The department's single cells and its 汇总 row; `derived` has what the score block works out."""

    derived: Mapping[str, Figure] | None = None
    rows: Mapping[str, RowTotals] = field(default_factory=dict)
    """Indicator id → the rows that it is made of."""

    def name(self, name: str) -> Term:
        """A field's cell, the rulebook's total of points, or a derived total."""
        if name == "total_points":
            return constant_figure(Fraction(self.rulebook.total_points))
        if self.derived is not None and name in self.derived:
            return self.derived[name]
        if name in ("self_total", "verified_total"):
            raise Undecidable(name)
        return super().name(name)

    def member(self, owner: str, field: str) -> Term:
        """A group's points, or a score of one indicator's row."""
        for group in self.rulebook.groups:
            if group.id == owner:
                return constant_figure(Fraction(group.points))
        for row, indicator in enumerate(self.rulebook.indicators):
            if indicator.id == owner:
                return self._score(row, field)
        return super().member(owner, field)

    def total(self, collection: str, field: str) -> Figure:
        """`sum(units.x)` without the 汇总 row; `sum(items.x)` or of a group's rows."""
        if collection in self.rulebook.row_tables:
            return self.leaves.total(field, list(range(len(self.leaves.column_of(field)))))
        if collection == "units":
            return self.leaves.total(field, list(range(1, len(self.leaves.column_of(field)))))
        indicators = enumerate(self.rulebook.indicators)
        rows = [row for row, indicator in indicators if collection in ("items", indicator.group)]
        if self.rulebook.scorecard is None:
            return self._scores(rows, field)
        number = 0 if collection == "items" else self.leaves.items.group_number(collection)
        field = self.rulebook.score_places.column(field)
        if field != self.rulebook.roles.item_max:
            return self.leaves.items_total(field, rows, "group", number)
        # Points that the standard fixes count as the rulebook has them.
        fixed = [row for row in rows if not self.rulebook.indicators[row].editable]
        stated = self.leaves.items_total(field, [row for row in rows if row not in fixed], "points", number)
        cells = [(self.leaves.figure(field, row), int(self.rulebook.indicators[row].points * SCALE)) for row in fixed]
        return Figure(
            plus(stated.num, *(f"{points}*{cell.known}" for cell, points in cells)),
            SCALE,
            NO,
            gather(stated.known, *(cell.known for cell, _ in cells)),
            gather(stated.tainted, *(cell.tainted for cell, _ in cells)),
        )

    def _score(self, row: int, field: str) -> Term:
        """The points of an indicator, or the department's own score of it."""
        column, indicator = self.rulebook.score_places.column(field), self.rulebook.indicators[row]
        if self.rulebook.scorecard is not None:
            return self.leaves.term(column, row)
        if indicator.id in self.rows:
            return self.rows[indicator.id].total(indicator.id, self.rulebook.score_places.field(indicator.id, column))
        if column != self.rulebook.roles.item_max:
            return self.leaves.own_score(row)
        return constant_figure(Fraction(indicator.points))

    def _scores(self, rows: Sequence[int], field: str) -> Figure:
        """The sum over indicators whose scores stand in cells of their own."""
        scores = [score for row in rows if isinstance(score := self._score(row, field), Figure)]
        if not scores:
            return Figure(NO, SCALE, NO, NO, NO)
        return Figure(
            plus(*(f"{score.num}*{SCALE // int(score.den)}" if score.den != SCALE else score.num for score in scores)),
            SCALE,
            NO,
            gather(*(score.known for score in scores)),
            gather(*(score.tainted for score in scores)),
        )

    def points(self, indicator: str) -> Figure:
        """The computed score."""
        if self.derived is None:
            return super().points(indicator)
        return self.derived[f"points.{indicator}"]
