"""Two years' figures side by side as columns, and by how much they changed, in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from perfbatch.model.figures import Array, arrays
from perfbatch.model.submission import SCALE

__all__ = ["TEN_FOLD", "Change", "Pair", "change_of"]

TEN_FOLD = "十倍变动"
_MORE, _LESS = 9 * SCALE, -9 * SCALE // 10
"""Ten times as much is nine times more, a tenth is nine tenths less."""


@dataclass(frozen=True, slots=True)
class Change:
    """By how much each figure changed, as counts of 1/SCALE: of points, or of the share of last year's figure."""

    counts: Array
    filled: Array

    @property
    def ten_fold(self) -> Array:
        """1 where a share is ten times as much, or a tenth."""
        moved: Array = (self.filled & ((self.counts >= _MORE) | (self.counts <= _LESS))).astype(np.int64)
        return moved


@dataclass(frozen=True, slots=True)
class Pair:
    """Counts and where they are filled, of this year and of the last."""

    now: tuple[Array, Array]
    then: tuple[Array, Array]

    @classmethod
    def of(cls, now: pd.Series, then: Sequence[int | None]) -> Pair:
        """A column of a night beside what is on record."""
        counts = np.array([count or 0 for count in then], np.int64)
        return cls(arrays(now), (counts, np.array([count is not None for count in then], np.bool_)))

    @property
    def both(self) -> Array:
        """Where both years have a figure."""
        both: Array = self.now[1] & self.then[1]
        return both

    def difference(self) -> Change:
        """This year's less last year's."""
        return Change(np.where(self.both, self.now[0] - self.then[0], 0), self.both)


def change_of(pair: Pair) -> Change:
    """The change as a share of last year's figure, rounded at the sixth decimal as Excel's ROUND does; none of a figure of 0."""
    filled = pair.both & (pair.then[0] > 0)
    # Beyond 64 bits in between.
    base = np.where(filled, pair.then[0], 1).astype(object)
    gap = np.where(filled, pair.now[0], 1).astype(object) - base
    share = np.where(gap < 0, -1, 1) * ((2 * abs(gap) * SCALE + base) // (2 * base))
    return Change(np.where(filled, share, 0), filled)
