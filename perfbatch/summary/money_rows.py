"""The rows of a sheet of figures: every department, with its units below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import Array, arrays, texts
from perfbatch.rulebook.model import AmountColumn

__all__ = ["LEVELS", "MoneyRows", "money_rows"]

LEVELS = ("部门汇总", "局机关", "二级机构")


@dataclass(frozen=True, slots=True)
class MoneyRows:
    """The rows of the table as columns: departments (level 0), each with its units below it. `owners` are positions in the
    departments' frame; `counts`, `filled` and `steps` (what each figure is rounded to, as a count) a column per amount."""

    owners: Array
    levels: Array
    names: Sequence[str]
    counts: Sequence[Array]
    filled: Sequence[Array]
    steps: Sequence[Array]

    def __len__(self) -> int:
        return len(self.owners)


def money_rows(result: BatchResult, fields: Sequence[AmountColumn], units: pd.DataFrame) -> MoneyRows:
    """The departments of a night with these units below them."""
    frame = result.departments
    size = len(frame)
    owners, levels = np.arange(size), np.zeros(size, np.int64)
    names = texts(frame["entity_title"])
    amounts = [(*arrays(frame[field.id]), _steps(frame, field)) for field in fields]
    if len(units):
        nothing = np.zeros(len(units), np.int64)
        own = [
            (*arrays(units[field.id]), _steps(units, field))
            if field.id in units
            else (nothing, nothing.astype(np.bool_), nothing)
            for field in fields
        ]
        named, row = texts(units[result.rulebook.roles.sub_unit]), units["row"].to_numpy(dtype="int64")
        # A unit without a name and without a figure is a row that nobody filled.
        shown = (row != 0) & (np.array([bool(name) for name in named]) | np.any([column[1] for column in own], axis=0))
        level = np.where(row == 1, 1, 2)
        names += [
            name or LEVELS[at]
            for name, at, is_shown in zip(named, level.tolist(), shown.tolist(), strict=True)
            if is_shown
        ]
        owners = np.concatenate([owners, units["department"].to_numpy(dtype="int64")[shown]])
        levels = np.concatenate([levels, level[shown]])
        amounts = [
            (
                np.concatenate([counts, more[shown]]),
                np.concatenate([filled, given[shown]]),
                np.concatenate([steps, finer[shown]]),
            )
            for (counts, filled, steps), (more, given, finer) in zip(amounts, own, strict=True)
        ]
    order = np.argsort(owners, kind="stable")
    return MoneyRows(
        owners[order],
        levels[order],
        [names[at] for at in order.tolist()],
        [counts[order] for counts, _, _ in amounts],
        [filled[order] for _, filled, _ in amounts],
        [steps[order] for _, _, steps in amounts],
    )


def _steps(frame: pd.DataFrame, field: AmountColumn) -> Array:
    """What each figure is rounded to; 0 where it is exact, or nothing is known of it."""
    name = f"{field.id}.step"
    return frame[name].to_numpy(dtype=np.int64) if name in frame else np.zeros(len(frame), np.int64)
