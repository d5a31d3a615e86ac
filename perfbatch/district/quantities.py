"""Frames → columns of exact quantities, and their sums per department: over the unit rows, over the scorecard's rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perfbatch.district.frame_scope import number_column
from perfbatch.district.frames import Frames
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, Ints, Quantity

__all__ = ["ItemRows", "row_sum", "unit_sum"]


def unit_sum(frames: Frames, field: str) -> Quantity:
    """A column of the unit tables, a row per department: the sum of its rows without the 汇总 row."""
    return _summed(frames.units, field, frames.units["row"].to_numpy() > 0, len(frames.departments))


def row_sum(frames: Frames, table: str, field: str) -> Quantity:
    """A column of a table of rows, a row per department: the sum of its rows."""
    rows = frames.tables[table]
    return _summed(rows, field, np.ones(len(rows), bool), len(frames.departments))


def _summed(frame: pd.DataFrame, field: str, listed: Bools, length: int) -> Quantity:
    """The sums of a column's listed rows, by department."""
    column = number_column(frame, field)
    department = frame["department"].to_numpy()
    known = listed & column.known

    def added(values: Ints) -> Ints:
        sums = np.zeros(length, dtype=np.int64)
        np.add.at(sums, department[known], values[known])
        return sums

    def any_of(rows: Bools) -> Bools:
        return np.bincount(department[rows], minlength=length) > 0

    return Quantity(added(column.num), column.den, added(column.slack), any_of(known), any_of(listed & column.tainted))


class ItemRows:
    """The scorecard's rows by department and indicator, sorted out once for all indicators."""

    def __init__(self, frames: Frames, rulebook: Rulebook) -> None:
        self._frame = frames.items
        self._rulebook = rulebook
        self._departments = len(frames.departments)
        names = pd.Index([indicator.id for indicator in rulebook.indicators])
        known = names.get_indexer(pd.Index(self._frame["indicator"]))
        # Rows of no indicator fall into a column of their own, behind the last.
        self.indicators: NDArray[np.int64] = np.where(known < 0, len(names), known)
        self._of = self._frame["department"].to_numpy()
        self._sums: dict[str, Quantity] = {}
        self.points = rulebook.roles.item_max
        """The field of the points that each row is worth."""

    def first(self, owner: str) -> Ints:
        """Per department the first row that belongs to an indicator or a group; where there is none, that which the blank form has
        for it."""
        rows = np.full(self._departments, self._rulebook.score_places.first_row(owner), dtype=np.int64)
        chosen = self._chosen(owner)
        # Of a group only its adaptable rows can be the ones that do not add up.
        chosen = [at for at in chosen if self._rulebook.indicators[at].editable] or chosen
        places = np.flatnonzero(np.isin(self.indicators, chosen))
        departments, at = np.unique(self._of[places], return_index=True)
        rows[departments] = self._frame["row"].to_numpy()[places[at]]
        return rows

    def total(self, owner: str, field: str) -> Quantity:
        """A column, a row per department: the sum of the rows that belong to an indicator, a group or `items` (all that belong
        to any). Of `item_max` the points that count: the rulebook's, where the standard fixes them."""
        return self.summed(self._chosen(owner), field)

    def shared(self, owners: Collection[str], field: str) -> Quantity:
        """The same over some indicators."""
        return self.summed([at for at, each in enumerate(self._rulebook.indicators) if each.id in owners], field)

    def summed(self, chosen: list[int], field: str) -> Quantity:
        """The same over indicators by their positions."""
        if field not in self._sums:
            self._sums[field] = self._added(field)
        added = self._sums[field]
        return Quantity(
            added.num[chosen].sum(axis=0),
            added.den,
            added.slack[chosen].sum(axis=0),
            np.logical_or.reduce(added.known[chosen], axis=0),
            np.logical_or.reduce(added.tainted[chosen], axis=0),
        )

    def _chosen(self, owner: str) -> list[int]:
        """Positions of the indicators meant."""
        if owner == "items":
            return [*range(len(self._rulebook.indicators))]
        return [
            at for at, indicator in enumerate(self._rulebook.indicators) if owner in (indicator.id, indicator.group)
        ]

    def _added(self, field: str) -> Quantity:
        """Sums by indicator and department, in two dimensions."""
        column = number_column(self._frame, field)
        shape, where = (len(self._rulebook.indicators) + 1, self._departments), (self.indicators, self._of)

        def added(values: Ints, into: Any) -> Any:
            sums = np.zeros(shape, dtype=into)
            if values.any():
                np.add.at(sums, where, values)
            return sums

        num, known = added(np.where(column.known, column.num, 0), np.int64), added(column.known, bool)
        if field == self._rulebook.roles.item_max:
            for at, indicator in enumerate(self._rulebook.indicators):
                if not indicator.editable and not indicator.rule.by_rows:
                    num[at] = np.where(known[at], int(indicator.points * SCALE), 0)
        return Quantity(
            num,
            column.den,
            added(np.where(column.known, column.slack, 0), np.int64),
            known,
            added(column.tainted, bool),
        )
