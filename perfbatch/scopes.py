"""What names mean in each scope: frames → the columns that expressions are evaluated over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.frames import Frames
from perfbatch.intake.submission import SCALE, State
from perfbatch.rulebook.columns import Texts, Truth
from perfbatch.rulebook.model import Grade, Rulebook
from perfbatch.rulebook.quantity import Bools, Ints, Quantity, constant

__all__ = ["DepartmentScope", "FrameScope", "ItemScope", "UnitScope"]


@dataclass
class FrameScope:
    """The columns of one frame under their field ids. Enough for the scope `target`."""

    frame: pd.DataFrame
    rulebook: Rulebook
    _cache: dict[str, Quantity | Texts] = field(default_factory=dict, repr=False)

    @property
    def length(self) -> int:
        """Rows of the frame."""
        return len(self.frame)

    def name(self, name: str) -> Quantity | Texts | Truth:
        """A field's column."""
        if name not in self._cache:
            self._cache[name] = _column(self.frame, name)
        return self._cache[name]

    def member(self, owner: str, field: str) -> Quantity | Texts:
        """A field of another record."""
        raise KeyError(f"{owner}.{field}")

    def total(self, collection: str, field: str) -> Quantity:
        """A sum over rows that belong to each row of this frame."""
        raise KeyError(f"sum({collection}.{field})")

    def points(self, indicator: str) -> Quantity:
        """An indicator's computed score."""
        raise KeyError(f"points({indicator})")

    def part(self, name: str) -> Quantity:
        """A part of a total, blank counting as 0 where a sibling is filled."""
        own = self._number(name)
        beside = np.zeros(self.length, bool)
        tainted = own.tainted
        for sibling in self.rulebook.siblings[name]:
            column = self._number(sibling)
            beside = beside | column.known
            tainted = tainted | (column.tainted & ~own.known)
        return Quantity(np.where(own.known, own.num, 0), own.den, own.slack, own.known | beside, tainted)

    def grade(self, score: Quantity) -> Texts:
        """The grade's name for each score."""
        names = np.full(self.length, None, dtype=object)
        for one in self.rulebook.grades:
            names[_inside(score, one)] = one.name
        return Texts(names, score.known, score.tainted)

    def _number(self, name: str) -> Quantity:
        column = self.name(name)
        if not isinstance(column, Quantity):
            raise TypeError(f"{name} is not a number")
        return column


@dataclass
class UnitScope(FrameScope):
    """Rows of the unit tables; `summary.x` is the 汇总 row of the same department."""

    def member(self, owner: str, field: str) -> Quantity | Texts:
        """`summary.x`."""
        if owner != "summary":
            return super().member(owner, field)
        own = self._number(field)
        department, row = self.frame["department"].to_numpy(), self.frame["row"].to_numpy()
        places = np.flatnonzero(row == 0)
        first = np.zeros(int(department.max(initial=-1)) + 1, dtype=np.int64)
        first[department[places]] = places
        at = first[department]
        return Quantity(own.num[at], own.den, own.slack[at], own.known[at], own.tainted[at])


@dataclass
class ItemScope(FrameScope):
    """Rows of the scorecard, with what the targets table says of their indicator."""

    frames: Frames | None = None

    def name(self, name: str) -> Quantity | Texts | Truth:
        """A field's column, `has_target_types`, or `targets_answered`."""
        if name not in ("has_target_types", "targets_answered"):
            return super().name(name)
        types = {one.id: one.target_types for one in self.rulebook.indicators}
        named = [types.get(indicator, ()) for indicator in self.frame["indicator"]]
        sure, no = np.ones(self.length, bool), np.zeros(self.length, bool)
        if name == "has_target_types":
            return Truth(np.array([bool(one) for one in named], dtype=bool), sure, no)
        assert self.frames is not None
        targets = self.frames.targets
        said = (targets["indicator_target.state"] == State.FILLED) | (targets["indicator_actual.state"] == State.FILLED)
        answered = targets[said].groupby(["department", "indicator_type"], dropna=False).size().to_dict()
        counts = [
            sum(answered.get((department, one), 0) for one in kinds)
            for department, kinds in zip(self.frame["department"], named, strict=True)
        ]
        return Quantity(np.array(counts, dtype=np.int64), 1, np.zeros(self.length, np.int64), sure, no)


@dataclass
class DepartmentScope(FrameScope):
    """A row per department, with its units, its scorecard, last year's figures and the bureau's own."""

    frames: Frames | None = None
    prior: pd.DataFrame | None = None
    roster: pd.DataFrame | None = None
    computed: Mapping[str, Quantity] = field(default_factory=dict)

    def name(self, name: str) -> Quantity | Texts | Truth:
        """A field's column, or the rulebook's total of points."""
        if name == "total_points":
            return constant(Fraction(self.rulebook.total_points), self.length)
        return super().name(name)

    def member(self, owner: str, field: str) -> Quantity | Texts:
        """`prior.x`, `roster.x`, a group's points, an indicator's item_max or item_self_score."""
        if owner in ("prior", "roster"):
            record = self.prior if owner == "prior" else self.roster
            if record is None or field not in record:
                return _unknown(self.length)
            return _column(record, field)
        for group in self.rulebook.groups:
            if group.id == owner:
                return constant(Fraction(group.points), self.length)
        return self._items(field, np.array(self._frames.items["indicator"] == owner, dtype=bool))

    def total(self, collection: str, field: str) -> Quantity:
        """`sum(units.x)` without the 汇总 row; `sum(items.x)` or of a group's rows."""
        if collection == "units":
            units = self._frames.units
            return self._sum(units, field, np.asarray(units["row"] > 0))
        items = self._frames.items
        if collection == "items":
            return self._items(field, np.ones(len(items), bool))
        members = {one.id for one in self.rulebook.indicators if one.group == collection}
        return self._items(field, np.asarray(items["indicator"].isin(members), dtype=bool))

    def points(self, indicator: str) -> Quantity:
        """The computed score, unknown where it could not be computed."""
        return self.computed[indicator]

    @property
    def _frames(self) -> Frames:
        assert self.frames is not None
        return self.frames

    def _items(self, field: str, chosen: Bools) -> Quantity:
        return self._sum(self._frames.items, field, chosen)

    def _sum(self, rows: pd.DataFrame, field: str, chosen: Bools) -> Quantity:
        column = _column(rows, field)
        if not isinstance(column, Quantity):
            raise TypeError(f"{field} is not a number")
        department = rows["department"].to_numpy()

        def added(values: Ints, only: Bools) -> Ints:
            sums = np.zeros(self.length, dtype=np.int64)
            np.add.at(sums, department[only], values[only])
            return sums

        known, tainted = chosen & column.known, chosen & column.tainted
        ones = np.ones(len(rows), dtype=np.int64)
        return Quantity(
            added(column.num, known),
            column.den,
            added(column.slack, known),
            added(ones, known) > 0,
            added(ones, tainted) > 0,
        )


def _unknown(length: int) -> Quantity:
    zero, no = np.zeros(length, np.int64), np.zeros(length, bool)
    return Quantity(zero, SCALE, zero, no, no)


def _column(frame: pd.DataFrame, name: str) -> Quantity | Texts:
    values = frame[name]
    state = f"{name}.state"
    if state in frame:
        states: Any = frame[state].to_numpy()
        known, tainted = states == State.FILLED, states == State.UNREADABLE
    else:
        known, tainted = values.notna().to_numpy(), np.zeros(len(frame), bool)
    if not pd.api.types.is_integer_dtype(values.dtype):
        # pandas has turned None into its own missing value.
        nothing = np.full(len(frame), None, dtype=object)
        return Texts(np.where(known, values.to_numpy(dtype=object), nothing), known, tainted)
    steps = f"{name}.step"
    slack = frame[steps].to_numpy() if steps in frame else np.zeros(len(frame), np.int64)
    return Quantity(values.to_numpy(dtype=np.int64, na_value=0), SCALE, slack, known, tainted)


def _inside(score: Quantity, grade: Grade) -> Bools:
    """Whether the exact score lies in a grade's half-open band."""
    inside = score.known
    for bound, is_minimum in ((grade.minimum, True), (grade.below, False)):
        if bound is not None:
            limit = Fraction(bound)
            gap = score.num * limit.denominator - limit.numerator * score.den
            inside = inside & ((gap >= 0) if is_minimum else (gap < 0))
    return np.asarray(inside, dtype=bool)
