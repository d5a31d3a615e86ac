"""How much of a score is known: what rests on figures, on a reviewer or on a rule, and what on the department's own word.

A score is confirmed (核定) when nothing in it rests on the department's word any more: what the program could not compute has
been reviewed (财政复核), or the rulebook says what becomes of it where it does not apply. Until then it is provisional (暂核).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from perfbatch.model.figures import Array
from perfbatch.model.submission import SCALE
from perfbatch.scoring.statuses import ADJUSTED, COMPUTED, NOT_APPLICABLE

if TYPE_CHECKING:
    from perfbatch.rulebook.model import Indicator, Rulebook

__all__ = ["known_columns"]


class _Scores(Protocol):
    """An indicator's scores over the district, as `verify` has them."""

    @property
    def indicator(self) -> Indicator: ...
    @property
    def maximum(self) -> Any: ...
    @property
    def verified(self) -> Any: ...
    @property
    def status(self) -> Any: ...


def known_columns(by_indicator: Mapping[str, _Scores], rulebook: Rulebook, departments: int) -> dict[str, Array]:
    """What is known of each department's score.

    `known.points`: what the indicators are worth whose points were computed or reviewed; `known.score`: what they came to;
    `known.rate`: the one over the other, 0 where none is known (all int64 counts of 1/SCALE); `known.rank`: 1 for the
    highest rate, ties share it; `confirmed`: whether no point rests on the department's own word.
    """
    points, came_to = np.zeros(departments, np.int64), np.zeros(departments, np.int64)
    confirmed = np.ones(departments, np.bool_)
    for scores in by_indicator.values():
        known = (scores.status == COMPUTED) | (scores.status == ADJUSTED)
        points += np.where(known, scores.maximum, 0)
        came_to += np.where(known, scores.verified, 0)
        ruled = (scores.indicator.not_applicable or rulebook.not_applicable) != "manual"
        confirmed &= known | ((scores.status == NOT_APPLICABLE) & ruled)
    # Two quotients of counts below 2³¹ that differ, differ as floats too.
    rate = came_to / np.maximum(points, 1)
    return {
        "known.points": points,
        "known.score": came_to,
        "known.rate": np.rint(rate * SCALE).astype(np.int64),
        "known.rank": pd.Series(rate).rank(method="min", ascending=False).to_numpy(np.int64, na_value=0),
        "confirmed": confirmed,
    }
