"""What names mean in each scope: frames → the columns that expressions are evaluated over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from perfbatch.district.frame_scope import FrameScope, frame_column
from perfbatch.district.frames import Frames
from perfbatch.district.quantities import ItemRows, row_sum, unit_sum
from perfbatch.model.submission import SCALE, State
from perfbatch.rulebook.columns import Texts, Truth
from perfbatch.rulebook.model import AdaptableSet
from perfbatch.rulebook.quantity import Bools, Ints, Quantity, constant

__all__ = ["DepartmentScope", "FrameScope", "ItemScope", "UnitScope", "adds_up"]


@dataclass
class _ScopeOverItems(FrameScope):
    """A scope that looks at the scorecard's rows, too."""

    frames: Frames | None = None

    @cached_property
    def item_rows(self) -> ItemRows:
        """The scorecard's rows by department and indicator."""
        assert self.frames is not None
        return ItemRows(self.frames, self.rulebook)


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
        return own.at(at)


@dataclass
class ItemScope(_ScopeOverItems):
    """Rows of the scorecard, with what the targets table says of their indicator."""

    def name(self, name: str) -> Quantity | Texts | Truth:
        """A field's column, `has_target_types`, `targets_answered`, `fixed_points` or `item_points`."""
        if name == "fixed_points":
            return self._fixed_points
        if name == "item_points":
            return self._item_points
        if name not in ("has_target_types", "targets_answered"):
            return super().name(name)
        sure, no = np.ones(self.length, bool), np.zeros(self.length, bool)
        # Rows that belong to no indicator have the index one past the last: it gets the empty entry.
        kinds = [*(indicator.target_types for indicator in self.rulebook.indicators), ()]
        if name == "has_target_types":
            return Truth(np.array([bool(types) for types in kinds])[self.item_rows.indicators], sure, no)
        answered = self._answered()
        counts = np.zeros(self.length, dtype=np.int64)
        department = self.frame["department"].to_numpy()
        for at, named in enumerate(kinds):
            if named:
                places = np.flatnonzero(self.item_rows.indicators == at)
                counts[places] = np.sum([answered[type_] for type_ in named], axis=0)[department[places]]
        return Quantity(counts, 1, np.zeros(self.length, np.int64), sure, no)

    @cached_property
    def _fixed_points(self) -> Quantity:
        """The rulebook's points, in the rows of indicators whose points the standard fixes; nothing is said of a row of none."""
        points = [0 if indicator.editable else int(indicator.points * SCALE) for indicator in self.rulebook.indicators]
        num = np.array([*points, 0], dtype=np.int64)[self.item_rows.indicators]
        none = self.item_rows.indicators == len(points)
        return Quantity(num, SCALE, np.zeros(self.length, np.int64), num > 0, none)

    @cached_property
    def _item_points(self) -> Quantity:
        """The points that count in each row: fixed ones as the rulebook has them, the others as typed where their set adds up;
        where it does not, the rulebook's too, but for rows that were split off and have none."""
        typed, fixed = self._number(self.rulebook.roles.item_max), self._fixed_points
        department = self.frame["department"].to_numpy()
        num, known = np.where(fixed.known, fixed.num, typed.num), fixed.known | typed.known
        tainted = fixed.tainted | (typed.tainted & ~fixed.known)
        at = {indicator.id: number for number, indicator in enumerate(self.rulebook.indicators)}
        split = self.frame["split"].to_numpy(dtype=bool)
        for adaptable in self.rulebook.adaptable_sets:
            broken = ~adds_up(self.item_rows, adaptable)[department] & ~split
            for name in adaptable.indicators:
                rows = broken & (self.item_rows.indicators == at[name])
                num = np.where(rows, int(self.rulebook.indicator_by_id[name].points * SCALE), num)
                known, tainted = known | rows, tainted & ~rows
        return Quantity(num, SCALE, np.zeros(self.length, np.int64), known, tainted)

    def _answered(self) -> Mapping[str, Ints]:
        """Type of target → how many targets of that type each department has answered."""
        assert self.frames is not None
        targets = self.frames.tables.get(self.rulebook.roles.targets)
        if targets is None:
            return {}
        answered = np.zeros(len(targets), bool)
        roles = self.rulebook.roles
        for name in (roles.target, roles.target_actual):
            answered |= targets[f"{name}.state"].to_numpy() == State.FILLED
        types = pd.Index(sorted({type_ for indicator in self.rulebook.indicators for type_ in indicator.target_types}))
        kind = types.get_indexer(pd.Index(targets[roles.target_type]))
        department = targets["department"].to_numpy()
        return {
            type_: np.bincount(department[answered & (kind == at)], minlength=len(self.frames.departments))
            for at, type_ in enumerate(types)
        }


@dataclass
class DepartmentScope(_ScopeOverItems):
    """A row per department, with its units, its scorecard, last year's figures and the bureau's own."""

    prior: pd.DataFrame | None = None
    roster: pd.DataFrame | None = None
    computed: Mapping[str, Quantity] = field(default_factory=dict)
    _unit_sums: dict[str, Quantity] = field(default_factory=dict, repr=False)

    def name(self, name: str) -> Quantity | Texts | Truth:
        """A field's column, or the rulebook's total of points."""
        if name == "total_points":
            return constant(Fraction(self.rulebook.total_points), self.length)
        return super().name(name)

    def member(self, owner: str, field: str) -> Quantity | Texts:
        """`prior.x`, `roster.x`, a group's points, an indicator's points or own score."""
        if owner in ("prior", "roster"):
            record = self.prior if owner == "prior" else self.roster
            if record is None or field not in record:
                return _unknown(self.length)
            return frame_column(record, field)
        for group in self.rulebook.groups:
            if group.id == owner:
                return constant(Fraction(group.points), self.length)
        return self.item_rows.total(owner, self.rulebook.score_places.column(field))

    def total(self, collection: str, field: str) -> Quantity:
        """`sum(units.x)` without the 汇总 row; `sum(items.x)` or of a group's rows."""
        assert self.frames is not None
        if collection in self.frames.tables:
            return row_sum(self.frames, collection, field)
        if collection != "units":
            return self.item_rows.total(collection, self.rulebook.score_places.column(field))
        if field not in self._unit_sums:
            self._unit_sums[field] = unit_sum(self.frames, field)
        return self._unit_sums[field]

    def points(self, indicator: str) -> Quantity:
        """The computed score, unknown where it could not be computed."""
        return self.computed[indicator]


def adds_up(item_rows: ItemRows, adaptable: AdaptableSet) -> Bools:
    """Per department whether the points that a set's rows state come to the set's."""
    stated = item_rows.shared(adaptable.indicators, item_rows.points)
    whole: Bools = stated.usable & np.asarray(stated.num == int(adaptable.points * SCALE), dtype=bool)
    return whole


def _unknown(length: int) -> Quantity:
    zero, no = np.zeros(length, np.int64), np.zeros(length, bool)
    return Quantity(zero, SCALE, zero, no, no)
