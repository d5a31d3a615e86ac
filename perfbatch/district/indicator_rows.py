"""Rows of a table that are indicators: which rows are, and which of the rulebook's indicators each belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from perfbatch.district.frame_scope import FrameScope
from perfbatch.rulebook.columns import Texts, Truth, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.indicator_rows import IndicatorRows
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools

__all__ = ["indicators_of_rows", "item_rows_of", "rows_in_use"]


def rows_in_use(frame: pd.DataFrame, spec: IndicatorRows, rulebook: Rulebook) -> Bools:
    """Which rows of a table are indicators: those that the department filled in."""
    truth = evaluate(parse(spec.filled), FrameScope(frame, rulebook), tolerant=False)
    assert isinstance(truth, Truth)
    return truth.value & truth.known & ~truth.tainted


def indicators_of_rows(frame: pd.DataFrame, spec: IndicatorRows, rulebook: Rulebook) -> Any:
    """Of each row the id of the indicator that it belongs to, "" where it belongs to none (object)."""
    used = rows_in_use(frame, spec, rulebook)
    headings = FrameScope(frame, rulebook).name(spec.group.by)
    assert isinstance(headings, Texts)
    known = rulebook.indicator_by_id
    of_heading = {heading: spec.indicator_of(group) for heading, group in spec.group.map.items()}
    names = [
        of_heading.get(heading, "") if is_used else ""
        for heading, is_used in zip(headings.values.tolist(), used.tolist(), strict=True)
    ]
    return np.array([*(name if name in known else "" for name in names), None], dtype=object)[:-1]


def item_rows_of(frame: pd.DataFrame, spec: IndicatorRows, rulebook: Rulebook) -> pd.DataFrame:
    """The rows in use as rows of the items' frame: points and own scores under the names that a scorecard has for them."""
    roles, indicators = rulebook.roles, indicators_of_rows(frame, spec, rulebook)
    used = rows_in_use(frame, spec, rulebook)
    columns: dict[str, Any] = {"department": frame["department"], "row": frame["row"]}
    for name, column in ((roles.item_max, spec.max), (roles.item_self, spec.self)):
        # A points column of text could not be summed; lint has seen to it that it is none.
        columns[name] = frame[column]
        columns[f"{name}.state"] = frame[f"{column}.state"].to_numpy(dtype=np.int8)
        columns[f"{name}.step"] = frame[f"{column}.step"]
    columns |= {"indicator": indicators, "split": np.zeros(len(frame), bool), "field": [spec.self] * len(frame)}
    return pd.DataFrame(columns)[used].reset_index(drop=True)
