"""The scores of one indicator over the district, and where each of them comes from: a place in `STATUSES`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfbatch.rulebook.model import Indicator
from perfbatch.rulebook.quantity import Bools, Ints, Quantity
from perfbatch.scoring.rules import Computation

__all__ = ["ADJUSTED", "COMPUTED", "NOT_APPLICABLE", "SELF_REPORTED", "STATUSES", "IndicatorScores", "Parts"]

STATUSES = ("computed", "self_reported", "not_applicable", "adjusted")
COMPUTED, SELF_REPORTED, NOT_APPLICABLE, ADJUSTED = range(len(STATUSES))


@dataclass(frozen=True)
class Parts:
    """Of an indicator that is made of rows, what each department's rows come to, in counts of 1/SCALE point: the points of the rows
    that were computed and what they `reached`, and those of the rows that do not apply (`idle`). `missing`: column → where its lack
    kept a row from being computed."""

    computed: Ints
    reached: Ints
    idle: Ints
    missing: Mapping[str, Bools]


@dataclass(frozen=True)
class IndicatorScores:
    """One indicator over the district; `self_score`, `maximum`, `verified` count 1/SCALE points, `status` are positions in
    `STATUSES`."""

    indicator: Indicator
    computation: Computation | None
    maximum: Ints
    self_score: Quantity
    verified: Ints
    status: NDArray[np.int8]
    parts: Parts | None = None

    def points(self, status: int) -> Ints:
        """The points whose score has a status: all or none of the indicator's, of one that is made of rows those of its rows."""
        here = self.status == status
        if self.parts is None or status == ADJUSTED:
            return np.where(here, self.maximum, 0)
        of_rows = {
            COMPUTED: self.parts.computed,
            NOT_APPLICABLE: self.parts.idle,
            SELF_REPORTED: np.maximum(self.maximum - self.parts.computed - self.parts.idle, 0),
        }
        return np.where(self.status == ADJUSTED, 0, of_rows[status])

    def reached(self) -> Ints:
        """Of the points that were computed or reviewed, those that were given."""
        if self.parts is None:
            return np.where((self.status == COMPUTED) | (self.status == ADJUSTED), self.verified, 0)
        return np.where(self.status == ADJUSTED, self.verified, self.parts.reached)
