"""The scores of a night as matrices: a row per indicator in the rulebook's order, a column per department in the frame's."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.figures import Array, arrays

__all__ = ["STATUSES", "ScoreMatrix"]

STATUSES = tuple(STATUS_LABELS)
"""What the numbers of `ScoreMatrix.statuses` stand for."""


class ScoreMatrix:
    """Looked up once for all sheets."""

    def __init__(self, result: BatchResult) -> None:
        self.indicators = [indicator.id for indicator in result.rulebook.indicators]
        self._scores = result.scores
        self._shape = (len(self.indicators), len(result.departments))
        self._place = (
            pd.Index(self.indicators).get_indexer(pd.Index(result.scores["indicator"])),
            result.scores["department"].to_numpy(dtype="int64"),
        )

    def counts(self, name: str) -> tuple[Array, Array]:
        """A column of the scores (max, self, computed, verified): int64 counts, 0 where there is none, and where there is
        one."""
        own, given = arrays(self._scores[name])
        counts, filled = np.zeros(self._shape, np.int64), np.zeros(self._shape, np.bool_)
        counts[self._place], filled[self._place] = own, given
        return counts, filled

    @cached_property
    def verified(self) -> tuple[Array, Array]:
        """The verified scores, as `counts` has them."""
        return self.counts("verified")

    @cached_property
    def statuses(self) -> Array:
        """Places in `STATUSES`; -1 where there is no score."""
        places = np.full(self._shape, -1, np.int8)
        places[self._place] = pd.Index(STATUSES).get_indexer(pd.Index(self._scores["status"]))
        return places
