"""The scores of one indicator over the district, and where each of them comes from: a place in `STATUSES`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfbatch.rulebook.model import Indicator
from perfbatch.rulebook.quantity import Ints, Quantity
from perfbatch.scoring.rules import Computation

__all__ = ["ADJUSTED", "COMPUTED", "NOT_APPLICABLE", "SELF_REPORTED", "STATUSES", "IndicatorScores"]

STATUSES = ("computed", "self_reported", "not_applicable", "adjusted")
COMPUTED, SELF_REPORTED, NOT_APPLICABLE, ADJUSTED = range(len(STATUSES))


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
