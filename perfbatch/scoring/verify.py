"""Computed, self and verified scores with their status; totals, grades, ranks.

The computed score stands where it could be computed; elsewhere the self-score stands, marked, within 0 … points. A
reviewer's score stands over both (复核). Units: counts of 1/SCALE point in frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.district.frames import Frames
from perfbatch.district.scopes import DepartmentScope, adds_up
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.rulebook.quantity import Ints, Quantity, quantise
from perfbatch.scoring.caps import CappedTotals, capped_totals
from perfbatch.scoring.indicator_scores import (
    ADJUSTED,
    COMPUTED,
    NOT_APPLICABLE,
    SELF_REPORTED,
    STATUSES,
    IndicatorScores,
)
from perfbatch.scoring.known import known_columns
from perfbatch.scoring.row_scores import RowScores, score_rows, together
from perfbatch.scoring.rules import HUNDREDTH, compute, lacking

__all__ = [
    "Adjustment",
    "Scored",
    "computed_points",
    "score",
]

_CENT = SCALE // 100


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A reviewer's score for one indicator of one department, with the reason (财政复核)."""

    score: int
    reason: str


@dataclass(frozen=True)
class Scored:
    """The district scored: frames as `BatchResult` has them, the columns behind each indicator and the totals, and those behind
    the rows that are indicators of their own."""

    departments: pd.DataFrame
    scores: pd.DataFrame
    indicators: Mapping[str, IndicatorScores]
    capped: CappedTotals
    rows: tuple[RowScores, ...] = ()

    @property
    def bare(self) -> Scored:
        """The frames alone, without the columns behind them."""
        return replace(self, indicators={}, rows=())


def score(
    frames: Frames, rulebook: Rulebook, adjustments: Mapping[tuple[str, str], Adjustment] | None = None
) -> Scored:
    """Score every department. `adjustments` is (entity_code, indicator id) → the reviewer's score."""
    scope = DepartmentScope(frames.departments, rulebook, frames=frames)
    maxima = _maxima(scope, rulebook)
    codes = frames.departments["entity_code"].to_numpy(dtype=object)
    rows = tuple(score_rows(spec, frames, rulebook) for spec in rulebook.indicator_rows)
    by_row = {scores.spec.id: scores for scores in rows}
    by_indicator = {
        indicator.id: _indicator(indicator, scope, maxima[indicator.id], codes, adjustments or {}, by_row)
        for indicator in rulebook.indicators
    }
    capped = capped_totals(_verified_total(by_indicator, scope, rulebook), scope, rulebook)
    departments = _totals(frames, by_indicator, scope, capped.totals)
    return Scored(departments, _scores_frame(by_indicator, scope), by_indicator, capped, rows)


def _maxima(scope: DepartmentScope, rulebook: Rulebook) -> dict[str, Ints]:
    """A department may re-cut the points of an adaptable set; where the set no longer adds up, and everywhere else, the
    rulebook's points hold. What a set that adds up gives to others is gone from where it was."""
    maxima = {
        indicator.id: np.full(scope.length, int(indicator.points * SCALE), dtype=np.int64)
        for indicator in rulebook.indicators
    }
    for adaptable in rulebook.adaptable_sets:
        sound = adds_up(scope.item_rows, adaptable)
        for name in adaptable.indicators:
            stated = scope.item_rows.total(name, rulebook.roles.item_max)
            maxima[name] = np.where(sound, np.where(stated.usable, stated.num, 0), maxima[name])
    return maxima


def _indicator(
    indicator: Indicator,
    scope: DepartmentScope,
    maximum: Ints,
    codes: np.ndarray,
    adjustments: Mapping[tuple[str, str], Adjustment],
    by_row: Mapping[str, RowScores],
) -> IndicatorScores:
    self_score = scope.member(indicator.id, scope.rulebook.roles.item_self)
    assert isinstance(self_score, Quantity)
    if indicator.id in scope.rulebook.score_places.rows_behind:
        table = by_row[scope.rulebook.score_places.rows_behind[indicator.id].id]
        scores = together(table, indicator, self_score, scope.length, scope.rulebook)
        _adjust(indicator, scores.verified, scores.status, codes, adjustments)
        return scores
    computation = compute(indicator, scope)
    # As typed: only what is computed is quantised.
    verified = np.where(self_score.usable, np.clip(self_score.num, 0, maximum), 0)
    status = np.full(scope.length, SELF_REPORTED, dtype=np.int8)
    if computation is not None:
        verified = np.where(computation.computed, computation.points * _CENT, verified)
        status[computation.computed] = COMPUTED
        idle = ~computation.applicable
        status[idle] = NOT_APPLICABLE
        if (indicator.not_applicable or scope.rulebook.not_applicable) == "full":
            verified = np.where(idle, maximum, verified)
    _adjust(indicator, verified, status, codes, adjustments)
    return IndicatorScores(indicator, computation, maximum, self_score, verified, status)


def _adjust(
    indicator: Indicator,
    verified: Ints,
    status: np.ndarray,
    codes: np.ndarray,
    adjustments: Mapping[tuple[str, str], Adjustment],
) -> None:
    """Put a reviewer's scores in place of what stands."""
    for row, code in enumerate(codes) if adjustments else ():
        adjustment = adjustments.get((code, indicator.id))
        if adjustment is not None:
            verified[row], status[row] = adjustment.score, ADJUSTED


def _totals(
    frames: Frames, by_indicator: Mapping[str, IndicatorScores], scope: DepartmentScope, verified: Ints
) -> pd.DataFrame:
    rulebook = scope.rulebook
    departments = frames.departments.copy(deep=False)
    summed = scope.total("items", rulebook.roles.item_self)
    has_total = rulebook.roles.self_total in rulebook.field_by_id
    stated = scope.name(rulebook.roles.self_total) if has_total else summed
    assert isinstance(stated, Quantity)
    self_total = np.where(stated.usable, stated.num, summed.num)
    # A sum over scores of which one cannot be read is not what the department claims.
    departments["self_total"] = _nullable(self_total, stated.usable | summed.usable)
    # A form without scores has no total, no grade and no rank.
    scored = np.full(scope.length, rulebook.is_scored)
    departments["verified_total"] = _nullable(verified, scored)
    for code, status in enumerate(STATUSES):
        points = sum(
            (scores.points(code) for scores in by_indicator.values()),
            np.zeros(scope.length, np.int64),
        )
        departments[f"points.{status}"] = _nullable(points, np.ones(scope.length, bool))
    for name, column in known_columns(by_indicator, rulebook, scope.length).items():
        departments[name] = column
    none = np.zeros(scope.length, np.int64)
    departments["grade"] = scope.grade(Quantity(verified, SCALE, none, scored, np.zeros(scope.length, bool))).values
    departments["rank"] = departments["verified_total"].rank(method="min", ascending=False).astype("Int64")
    return departments


def _verified_total(by_indicator: Mapping[str, IndicatorScores], scope: DepartmentScope, rulebook: Rulebook) -> Ints:
    """The sum; under the policy `exclude`, what does not apply leaves the total, which is rescaled to all points."""
    total = np.zeros(scope.length, np.int64)
    excluded = np.zeros(scope.length, np.int64)
    for scores in by_indicator.values():
        policy = scores.indicator.not_applicable or rulebook.not_applicable
        out = (scores.status == NOT_APPLICABLE) & (policy == "exclude")
        total += np.where(out, 0, scores.verified)
        excluded += scores.points(NOT_APPLICABLE) if policy == "exclude" else 0
    whole = int(rulebook.total_points * SCALE)
    left = whole - excluded
    rescaled = Quantity(
        total.astype(object) * whole,
        np.where(left > 0, left, 1).astype(object) * SCALE,
        np.zeros(scope.length, np.int64),
        np.ones(scope.length, bool),
        np.zeros(scope.length, bool),
    )
    cents = quantise(rescaled, HUNDREDTH).astype(np.int64)
    # No reviewer's score takes a department past all points.
    return np.minimum(np.where(excluded > 0, cents * _CENT, total), whole)


def _scores_frame(by_indicator: Mapping[str, IndicatorScores], scope: DepartmentScope) -> pd.DataFrame:
    """25 rows a department, in the rulebook's order."""
    length, width = scope.length, len(by_indicator)
    one_by_one = list(by_indicator.values())
    if not one_by_one:
        return _no_scores()
    sure = np.ones(length, bool)

    def interleaved(columns: list[Any]) -> Any:
        return np.stack(columns, axis=1).reshape(-1) if length else np.concatenate(columns)

    computed, is_computed, missing = [], [], []
    for scores in one_by_one:
        computation = scores.computation
        worked_out = computation.computed if computation else ~sure
        points = computation.points * _CENT if computation else np.zeros(length, np.int64)
        if scores.parts is not None:
            worked_out, points = scores.points(SELF_REPORTED) + scores.points(ADJUSTED) == 0, scores.parts.reached
        computed.append(points)
        is_computed.append(worked_out)
        missing.append(_missing(scores, length, scope.rulebook.score_places.own_fields.get(scores.indicator.id)))
    frame = pd.DataFrame(
        {
            "department": np.repeat(np.arange(length), width),
            "indicator": np.tile(np.array(list(by_indicator), dtype=object), length),
            "max": _nullable(interleaved([scores.maximum for scores in one_by_one]), np.tile(sure, width)),
            "self": _nullable(
                interleaved([scores.self_score.num for scores in one_by_one]),
                interleaved([scores.self_score.usable for scores in one_by_one]),
            ),
            "computed": _nullable(interleaved(computed), interleaved(is_computed)),
            "verified": _nullable(interleaved([scores.verified for scores in one_by_one]), np.tile(sure, width)),
            "status": np.array(STATUSES, dtype=object)[interleaved([scores.status for scores in one_by_one])],
        }
    )
    frame["missing"] = interleaved(missing)
    return frame


def _no_scores() -> pd.DataFrame:
    """The scores of a form that has none."""
    counted = {name: pd.array([], dtype="Int64") for name in ("max", "self", "computed", "verified")}
    texts = {name: np.zeros(0, dtype=object) for name in ("indicator", "status", "missing")}
    return pd.DataFrame({"department": np.zeros(0, np.int64), **counted, **texts})


def _missing(scores: IndicatorScores, length: int, self_score: str | None) -> np.ndarray:
    """Per department the ids whose lack kept the score from being computed, as a tuple."""
    named = np.empty(length, dtype=object)
    named[:] = [()] * length
    inputs = [*(scores.computation.missing if scores.computation else ())]
    if scores.parts is not None:
        inputs += scores.parts.missing.items()
    if self_score is not None:
        inputs.append((self_score, ~scores.self_score.usable))
    for names, rows in lacking(inputs, scores.status == SELF_REPORTED) if inputs else ():
        shared = np.empty(1, dtype=object)
        shared[0] = names
        named[rows] = shared
    return named


def _nullable(values: Ints, known: np.ndarray) -> Any:
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype(np.int64), ~known)


def computed_points(scored: Scored) -> dict[str, Quantity]:
    """Indicator id → computed points as a column, unknown where not computed; what `points(…)` in a check means."""
    columns: dict[str, Quantity] = {}
    for name, scores in scored.indicators.items():
        if scores.computation is not None:
            none = np.zeros(len(scores.maximum), np.int64)
            known = scores.computation.computed
            columns[name] = Quantity(scores.computation.points, 100, none, known, np.zeros(len(none), bool))
    return columns
