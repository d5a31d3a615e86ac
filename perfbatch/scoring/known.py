"""How much of a score is known: what rests on figures, on a reviewer or on a rule, and what on the department's own word.

A score is confirmed (核定) when nothing in it rests on the department's word any more: what the program could not compute has
been reviewed (财政复核), or the rulebook says what becomes of it where it does not apply. Until then it is provisional (暂核).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.scoring.indicator_scores import ADJUSTED, COMPUTED, NOT_APPLICABLE, SELF_REPORTED, IndicatorScores

__all__ = ["known_columns"]


def known_columns(by_indicator: Mapping[str, IndicatorScores], rulebook: Rulebook, departments: int) -> dict[str, Any]:
    """What is known of each department's score, as columns of the departments.

    `known.points`: what the indicators are worth whose points were computed or reviewed; `known.rate`: the share of them that
    was reached, 0 where none is known (both Int64 counts of 1/SCALE); `known.rank`: 1 for the highest rate, ties share it
    (Int64); `confirmed`: whether no point rests on the department's own word (bool).
    """
    points, reached = np.zeros(departments, np.int64), np.zeros(departments, np.int64)
    confirmed = np.ones(departments, np.bool_)
    for scores in by_indicator.values():
        points += scores.points(COMPUTED) + scores.points(ADJUSTED)
        reached += scores.reached()
        ruled = (scores.indicator.not_applicable or rulebook.not_applicable) != "manual"
        confirmed &= (scores.points(SELF_REPORTED) == 0) & (ruled | (scores.points(NOT_APPLICABLE) == 0))
    whole = np.maximum(points, 1)
    rate = pd.Series((2 * reached * SCALE + whole) // (2 * whole), dtype="Int64")
    return {
        "known.points": pd.array(points, dtype="Int64"),
        "known.rate": rate.array,
        "known.rank": rate.rank(method="min", ascending=False).astype("Int64").array,
        "confirmed": confirmed,
    }
