"""One frame as a scope: the columns of its fields as exact quantities and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.model.submission import SCALE, State
from perfbatch.rulebook.columns import Texts, Truth
from perfbatch.rulebook.model import Grade, Rulebook
from perfbatch.rulebook.quantity import Bools, Quantity, alike

__all__ = ["FrameScope", "frame_column", "number_column"]


def frame_column(frame: pd.DataFrame, name: str) -> Quantity | Texts:
    """A field's column; known where the cell is filled (or, without states, not NA), tainted where it is unreadable."""
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
    slack = frame[steps].to_numpy(dtype=np.int64) if steps in frame else alike(np.int64(0), len(frame))
    if not slack.any():
        slack = alike(np.int64(0), len(frame))
    return Quantity(values.to_numpy(dtype=np.int64, na_value=0), SCALE, slack, known, tainted)


def number_column(frame: pd.DataFrame, name: str) -> Quantity:
    """The column of a field that holds numbers. Raises `TypeError` for any other."""
    column = frame_column(frame, name)
    if not isinstance(column, Quantity):
        raise TypeError(f"{name} is not a number")
    return column


@dataclass
class FrameScope:
    """The columns of one frame under their field ids. Enough for the rows of a table."""

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
            self._cache[name] = frame_column(self.frame, name)
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

    def days_late(self, name: str) -> Quantity:
        """The days that a date lies past the deadline, 0 up to it."""
        dates, deadline = self.name(name), self.rulebook.deadline
        assert isinstance(dates, Texts)
        assert deadline is not None
        late = [(day - deadline).days if isinstance(day, date) else 0 for day in dates.values]
        num = np.maximum(np.array(late, dtype=np.int64), 0)
        return Quantity(num, 1, np.zeros(self.length, np.int64), dates.known, dates.tainted)

    def grade(self, score: Quantity) -> Texts:
        """The grade's name for each score."""
        names = np.full(self.length, None, dtype=object)
        for level in self.rulebook.grades:
            names[_inside(score, level)] = level.name
        return Texts(names, score.known, score.tainted)

    def _number(self, name: str) -> Quantity:
        column = self.name(name)
        if not isinstance(column, Quantity):
            raise TypeError(f"{name} is not a number")
        return column


def _inside(score: Quantity, grade: Grade) -> Bools:
    """Whether the exact score lies in a grade's half-open band."""
    inside = score.known
    for bound, is_minimum in ((grade.minimum, True), (grade.below, False)):
        if bound is not None:
            limit = Fraction(bound)
            gap = score.num * limit.denominator - limit.numerator * score.den
            inside = inside & ((gap >= 0) if is_minimum else (gap < 0))
    return np.asarray(inside, dtype=bool)
