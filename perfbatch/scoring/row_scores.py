"""Scores of indicators that departments write row by row: each row by the first case that holds, then a group's rows together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perfbatch.district.frame_scope import FrameScope
from perfbatch.district.frames import Frames
from perfbatch.district.indicator_rows import indicators_of_rows
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.columns import Truth, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.indicator_rows import IndicatorRows
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.rulebook.quantity import Bools, Ints, Quantity, quantise
from perfbatch.rulebook.tree import Call, Name, Node, children
from perfbatch.scoring.indicator_scores import (
    COMPUTED,
    NOT_APPLICABLE,
    SELF_REPORTED,
    STATUSES,
    IndicatorScores,
    Parts,
)
from perfbatch.scoring.rules import HUNDREDTH

__all__ = ["RowScores", "row_frame", "score_rows", "together"]

_CENT = SCALE // 100


@dataclass(frozen=True)
class RowScores:
    """The rows of a table that are indicators, over the district. `indicators` are ids, `maximum`, `own`, `computed`, `verified`
    count 1/SCALE points; `status` are positions in `STATUSES`; `low` and `high` bound the own score where people score within a range
    (−1 elsewhere); `missing` are the columns whose lack kept a row from being computed."""

    spec: IndicatorRows
    frame: pd.DataFrame
    indicators: NDArray[np.object_]
    maximum: Quantity
    own: Quantity
    computed: Ints
    verified: Ints
    status: NDArray[np.int8]
    low: Ints
    high: Ints
    missing: Mapping[str, Bools]

    @property
    def departments(self) -> Ints:
        """Whose row each is: positions in the departments' frame."""
        places: Ints = self.frame["department"].to_numpy()
        return places

    def of(self, indicator: str) -> Bools:
        """The rows of an indicator."""
        return np.asarray(self.indicators == indicator, dtype=bool)


def score_rows(spec: IndicatorRows, frames: Frames, rulebook: Rulebook) -> RowScores:
    """Score the rows of a table one by one."""
    frame = frames.tables[spec.rows]
    scope, length = FrameScope(frame, rulebook), len(frame)
    indicators = indicators_of_rows(frame, spec, rulebook)
    maximum, own = scope.name(spec.max), scope.name(spec.self)
    assert isinstance(maximum, Quantity)
    assert isinstance(own, Quantity)
    most = np.where(maximum.usable, maximum.num, 0)
    waiting, status = np.asarray(indicators != "", dtype=bool), np.full(length, SELF_REPORTED, np.int8)
    computed, verified = np.zeros(length, np.int64), np.where(own.usable, np.clip(own.num, 0, most), 0)
    low, high = np.full(length, -1, np.int64), np.full(length, -1, np.int64)
    missing: dict[str, Bools] = {}

    def lacking(tree: Node, rows: Bools) -> None:
        for name in _asked(tree):
            column = scope.name(name)
            missing[name] = missing.get(name, np.zeros(length, bool)) | (rows & (~column.known | column.tainted))

    for case in spec.cases:
        when = parse(case.when)
        truth = evaluate(when, scope, tolerant=False)
        assert isinstance(truth, Truth)
        sure = truth.known & ~truth.tainted
        lacking(when, waiting & ~sure)
        hit = waiting & sure & truth.value
        # A case counts only while every case before it was known to fail.
        waiting = waiting & sure & ~truth.value
        if case.not_applicable:
            status[hit] = NOT_APPLICABLE
        elif case.range is not None:
            low[hit], high[hit] = (_share(most, end)[hit] for end in case.range)
        elif case.points is not None:
            tree = parse(case.points)
            points = evaluate(tree, scope, tolerant=False)
            assert isinstance(points, Quantity)
            lacking(tree, hit & ~points.usable)
            hit = hit & points.usable
            rows = np.flatnonzero(hit)
            cents = quantise(points.at(rows), HUNDREDTH).astype(np.int64)
            computed[rows] = np.clip(cents * _CENT, 0, most[rows])
            status[hit] = COMPUTED
    verified = np.where(status == COMPUTED, computed, verified)
    idle = status == NOT_APPLICABLE
    verified = np.where(idle & (rulebook.not_applicable == "full"), most, verified)
    verified = np.where(idle & (rulebook.not_applicable == "exclude"), 0, verified)
    return RowScores(spec, frame, indicators, maximum, own, computed, verified, status, low, high, missing)


def row_frame(tables: Sequence[RowScores]) -> pd.DataFrame:
    """All rows in use as one frame: department (position), indicator (that of their group), row (`<id>.<number from 1>`), name, max,
    self, computed, verified (Int64 counts of 1/SCALE point), status (text), missing (tuple of columns)."""
    frames = [_framed(rows) for rows in tables]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _framed(rows: RowScores) -> pd.DataFrame:
    places = np.flatnonzero(rows.indicators != "")
    names, lacking_of = rows.frame[rows.spec.name].tolist(), list(rows.missing.items())
    numbers = (rows.frame["row"].to_numpy() + 1).tolist()

    def figures(values: Ints, known: Bools) -> Any:
        return pd.arrays.IntegerArray(np.where(known, values, 0)[places].astype(np.int64), ~known[places])

    everywhere = np.ones(len(rows.status), bool)
    frame = pd.DataFrame(
        {
            "department": rows.departments[places],
            "indicator": rows.indicators[places],
            "row": [f"{rows.spec.id}.{numbers[at]}" for at in places],
            "name": [names[at] if isinstance(names[at], str) else "" for at in places],
            "max": figures(rows.maximum.num, rows.maximum.usable),
            "self": figures(rows.own.num, rows.own.usable),
            "computed": figures(rows.computed, np.asarray(rows.status == COMPUTED, dtype=bool)),
            "verified": figures(rows.verified, everywhere),
            "status": [STATUSES[rows.status[at]] for at in places],
        }
    )
    waiting = rows.status == SELF_REPORTED
    lacking = [tuple(name for name, mask in lacking_of if mask[at] and waiting[at]) for at in places]
    frame["missing"] = pd.Series(lacking, dtype=object)
    return frame


def together(
    rows: RowScores, indicator: Indicator, own: Quantity, departments: int, rulebook: Rulebook
) -> IndicatorScores:
    """A group's rows as one indicator: a row per department. What its rows come to beyond its points does not count."""
    here = rows.of(indicator.id)
    owners = rows.departments
    most = np.where(rows.maximum.usable, rows.maximum.num, 0)
    whole = int(indicator.points * SCALE)

    def added(values: Ints, chosen: Bools) -> Ints:
        sums = np.zeros(departments, np.int64)
        np.add.at(sums, owners[here & chosen], values[here & chosen])
        return np.minimum(sums, whole)

    all_rows = np.ones(len(here), bool)
    computed, idle = rows.status == COMPUTED, rows.status == NOT_APPLICABLE
    counts = [np.bincount(owners[here & chosen], minlength=departments) for chosen in (all_rows, computed, idle)]
    status = np.full(departments, SELF_REPORTED, np.int8)
    status[(counts[0] > 0) & (counts[0] == counts[1] + counts[2])] = COMPUTED
    status[(counts[0] > 0) & (counts[0] == counts[2])] = NOT_APPLICABLE
    parts = Parts(
        computed=added(most, computed),
        reached=added(rows.computed, computed),
        idle=added(most, idle),
        missing={
            name: np.bincount(owners[here & mask], minlength=departments) > 0 for name, mask in rows.missing.items()
        },
    )
    # What does not apply and leaves the total takes its points along.
    left = whole - parts.idle if rulebook.not_applicable == "exclude" else np.full(departments, whole)
    verified = np.minimum(added(rows.verified, all_rows), left)
    return IndicatorScores(indicator, None, np.full(departments, whole, np.int64), own, verified, status, parts)


def _asked(node: Node) -> set[str]:
    """The names whose values an expression needs; what is only asked whether it is filled is not among them."""
    if isinstance(node, Name):
        return {node.id}
    if isinstance(node, Call) and node.function == "filled":
        return set()
    return {name for child in children(node) for name in _asked(child)}


def _share(most: Ints, percent: Any) -> Ints:
    """A share of points, exact to 1/SCALE."""
    shares: Ints = most * int(percent * 100) // 10_000
    return shares
