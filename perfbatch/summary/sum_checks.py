"""The check columns of a sheet of figures: what is left over of a total against its parts, live, and whether rounding
accounts for it (尾差)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from xlsxwriter.utility import xl_col_to_name, xl_range

from perfbatch.model.figures import Array, count_text
from perfbatch.rulebook.model import AmountColumn, Rulebook
from perfbatch.summary.money_rows import MoneyRows
from perfbatch.summary.strips import Formulas, Look
from perfbatch.summary.styles import DIFFERENCE, ROUNDING

__all__ = ["Residue", "SumCheck", "residue_of", "sum_checks"]

_SHOWN = "0.00####"
_SHOWN_PLACES = 2


@dataclass(frozen=True, slots=True)
class SumCheck:
    """A check column, by positions among the amounts: a total against its parts in the same row, or, without parts, a department
    against its units."""

    title: str
    total: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Residue:
    """What a check leaves over in each row: `comparable` where that can be told, `slack` twice what rounding accounts for; both
    as counts of 1/SCALE."""

    counts: Array
    comparable: Array
    slack: Array

    @property
    def rounding(self) -> Array:
        """Where something is left over, and rounding accounts for it."""
        rounding: Array = self.comparable & (self.counts != 0) & (2 * abs(self.counts) <= self.slack)
        return rounding

    @property
    def broken(self) -> int:
        """The rows that do not add up."""
        return int((self.comparable & (self.counts != 0) & ~self.rounding).sum())

    def strip(self, check: SumCheck, rows: MoneyRows, first: int, amounts: int) -> Formulas:
        """The column of live formulas. `first` is the first row of the sheet's, `amounts` the column of the first amount."""
        formula = _formula(check, rows, first, amounts)
        exceptions = {
            at: (
                _rounded(formula if isinstance(formula, str) else formula[at], first + at + 1, int(self.slack[at])),
                f"{ROUNDING} {count_text(int(self.counts[at]), _SHOWN_PLACES)}",
            )
            for at in np.flatnonzero(self.rounding).tolist()
        }
        return Formulas(formula, self.counts, self.comparable, [Look("check", DIFFERENCE)], exceptions)


def sum_checks(rulebook: Rulebook, fields: Sequence[AmountColumn], *, leveled: bool) -> list[SumCheck]:
    """The checks of a sheet: every total against its parts, and where there are units, the totals that are no part of another
    against the units'."""
    at = {field.id: index for index, field in enumerate(fields)}
    checks = [
        SumCheck(f"核对：{field.label}", at[field.id], tuple(at[part] for part in field.parts if part in at))
        for field in fields
        if field.parts
    ]
    whole = [field for field in fields if leveled and field.parts and field.id not in rulebook.siblings]
    return checks + [SumCheck(f"汇总−机构：{field.label}", at[field.id]) for field in whole]


def residue_of(check: SumCheck, rows: MoneyRows) -> Residue:
    """What a check leaves over. It can be told where the total and a part of it are filled."""
    total, filled = rows.counts[check.total], rows.filled[check.total]
    steps = np.where(filled, rows.steps[check.total], 0)
    if check.parts:
        comparable = filled & np.any([rows.filled[part] for part in check.parts], axis=0)
        slack = steps + np.sum([np.where(rows.filled[part], rows.steps[part], 0) for part in check.parts], axis=0)
        return Residue(total - np.sum([rows.counts[part] for part in check.parts], axis=0), comparable, slack)
    heads, unit = rows.levels == 0, rows.levels > 0
    sums, slack, given = np.zeros(len(rows), np.int64), np.where(heads, steps, 0), np.zeros(len(rows), np.bool_)
    head = np.flatnonzero(heads)[rows.owners]
    np.add.at(sums, head[unit], total[unit])
    np.add.at(slack, head[unit], steps[unit])
    np.logical_or.at(given, head[unit], filled[unit])
    return Residue(total - sums, heads & filled & given, slack)


def _formula(check: SumCheck, rows: MoneyRows, first: int, amounts: int) -> str | list[str]:
    """A check's formula: one for all rows, or one for each department that has units. `amounts` is the column of the first
    amount."""
    total = xl_col_to_name(amounts + check.total)
    if check.parts:
        parts = ",".join(f"{xl_col_to_name(amounts + part)}{{row}}" for part in check.parts)
        return _left_over(f"{total}{{row}}", parts)
    heads = np.flatnonzero(rows.levels == 0).tolist()
    formulas = [""] * len(rows)
    for head, end in pairwise([*heads, len(rows)]):
        if end > head + 1:
            units = xl_range(first + head + 1, amounts + check.total, first + end - 1, amounts + check.total)
            formulas[head] = _left_over(f"{total}{first + head + 1}", units)
    return formulas


_LEFT_OVER = ',"",'
"""What stands before the difference in a check's formula."""


def _left_over(total: str, parts: str) -> str:
    return f'=IF(OR({total}="",COUNT({parts})=0){_LEFT_OVER}ROUND({total}-SUM({parts}),6))'


def _rounded(formula: str, row: int, slack: int) -> str:
    """The formula of a row where rounding accounts for the difference: it says so, as long as that is so. How much that is, no
    other cell shows: it hangs on the decimals to which each figure was stated."""
    condition, _, gap = formula.removesuffix(")").rpartition(_LEFT_OVER)
    again = gap.replace("{row}", str(row))
    # Twice the difference: half a step has more decimals than a figure.
    within = f"AND({gap}<>0,ROUND(2*ABS({again}),6)<={count_text(slack)})"
    return f'{condition}{_LEFT_OVER}IF({within},"{ROUNDING} "&TEXT({again},"{_SHOWN}"),{again}))'
