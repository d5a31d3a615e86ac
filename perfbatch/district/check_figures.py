"""What a check states of its figures: reported, expected, difference, as text and as exact counts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from perfbatch.model.figures import count_text
from perfbatch.model.submission import SCALE, Fact
from perfbatch.rulebook.columns import Texts
from perfbatch.rulebook.quantity import Ints, Quantity

__all__ = ["NO_FIGURE", "CheckFigure", "column_figures", "counted", "stated"]


class CheckFigure(NamedTuple):
    """What a finding shows of a figure, and the figure itself as a count of 1/SCALE; "" and None where there is none."""

    text: str
    number: int | None = None


NO_FIGURE = CheckFigure("")


def stated(facts: Sequence[Fact]) -> Quantity:
    """What the cells say, as exact figures."""
    numbers = [fact.value if isinstance(fact.value, int) else None for fact in facts]
    known = np.array([number is not None for number in numbers], dtype=bool)
    num = np.array([number or 0 for number in numbers], dtype=np.int64)
    return Quantity(num, SCALE, np.zeros(len(num), np.int64), known, np.zeros(len(num), bool))


def counted(count: int, places: int) -> CheckFigure:
    return CheckFigure(count_text(count, places), count)


def column_figures(column: object, rows: Ints, places: int) -> list[CheckFigure]:
    """A column's figures in these rows, to six decimals, half up; none where the column has none."""
    if isinstance(column, Texts):
        return [CheckFigure(str(value or "")) for value in column.values[rows].tolist()]
    if not isinstance(column, Quantity):
        return [NO_FIGURE] * len(rows)
    known, num = column.known[rows].tolist(), column.num[rows].tolist()
    if isinstance(column.den, int) and SCALE % column.den == 0:
        up = SCALE // column.den
        return [counted(count * up, places) if sure else NO_FIGURE for count, sure in zip(num, known, strict=True)]
    return [
        counted(_rounded(column.fraction(row)), places) if sure else NO_FIGURE
        for row, sure in zip(rows.tolist(), known, strict=True)
    ]


def _rounded(value: Fraction) -> int:
    """The count of 1/SCALE nearest to a figure, half up."""
    doubled = 2 * value * SCALE + 1
    return doubled.numerator // (2 * doubled.denominator)
