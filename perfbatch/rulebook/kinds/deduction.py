"""Points off for what lies past a threshold, by proportion or by whole steps: the arithmetic of the kinds that deduct so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from perfbatch.model.figures import plain
from perfbatch.rulebook.formula_terms import times
from perfbatch.rulebook.kinds.figure_cells import capped, costs_all, figure_formulas, figure_state
from perfbatch.rulebook.kinds.readings import Reading
from perfbatch.rulebook.kinds.surroundings import Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation
    from perfbatch.rulebook.quantity import Quantity

__all__ = ["Deduction", "Side"]

Side = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Deduction:
    """Full points up to (or from) a threshold, then `per_step` off for every `step` percentage points past it, down to 0.

    Threshold and step are in percent, exact. `reading` says what part of a step counts for. With `tells_other_side` a figure
    on the side that costs nothing is told (S03).
    """

    side: Side
    threshold: Fraction
    step: Fraction
    per_step: Fraction
    reading: Reading
    tells_other_side: bool = False

    def compute(self, indicator: Judged, scope: Scope, readings: Sequence[Reading]) -> Computation:
        """The points of the whole district, and those under each of the `readings`, among which is its own."""
        import numpy as np

        from perfbatch.rulebook.kinds.arithmetic import (
            Computation,
            cents,
            figure_column,
            less,
            points_within,
            scaled,
        )

        figure, full = figure_column(indicator, scope), Fraction(indicator.points)
        exact, nothing = figure.exact, figure.nothing_left(indicator)
        excess = self._past(figure.scored)
        beyond = np.asarray(excess.num > 0, dtype=bool)
        steps = scaled(excess, 1 / self.step)
        points_by_reading = {}
        for reading in readings:
            lost = scaled(_read(steps, reading), self.per_step)
            points = np.where(beyond, points_within(less(full, lost), full), cents(indicator.points))
            points_by_reading[reading] = np.where(nothing, 0, points)
        other_side = self.tells_other_side and not indicator.is_part
        past_other_side = np.asarray(excess.num < 0, dtype=bool) & exact.usable
        return Computation(
            points=points_by_reading[self.reading],
            computed=(exact.usable & figure.applicable) | nothing,
            applicable=figure.applicable,
            covered=np.ones(len(exact.num), bool),
            figure=exact,
            over=past_other_side if other_side else figure.over,
            missing=figure.missing,
            readings=points_by_reading,
            over_rounding=figure.over_rounding,
            over_zero=figure.over_zero,
            below_zero=figure.below_zero,
        )

    def _past(self, figure: Quantity) -> Quantity:
        """Percentage points past the threshold on the side that costs points."""
        from perfbatch.rulebook.kinds.arithmetic import less
        from perfbatch.rulebook.quantity import negated

        gap = less(self.threshold, figure)
        return gap if self.side == "below" else negated(gap)

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        """`excess` is the steps past the threshold, times `d` and what makes them whole."""
        cell = cells.cell
        full, n = Fraction(indicator.points), capped(indicator, cell)
        threshold, each, step = self.threshold, self.per_step, self.step
        past = f"100*{times(n, threshold.denominator)}-{times(str(threshold.numerator), cell['d'])}"
        excess = times(past if self.side == "above" else f"-({past})", step.denominator)
        scale = times(cell["d"], threshold.denominator * step.numerator)
        points = full * 100
        if self.reading == "pro_rata":
            lost, per_cent = cell["excess"], f"{each.denominator}*{scale}"
            dividend = f"{points * each.denominator}*{scale}-{100 * each.numerator}*{lost}"
            guard = cell["d"]
        else:
            lost = self._whole_steps(cell["excess"], scale)
            dividend, per_cent = f"{points * each.denominator}-{100 * each.numerator}*({lost})", str(each.denominator)
            guard = "1"
        quotient = _put_right(cell["dividend"], cell["divisor"], cell["quotient"])
        return {
            **figure_formulas(indicator, cells),
            "excess": f"={excess}",
            # Half a cent on top turns the quotient rounded down into the nearest.
            "dividend": f"=2*({dividend})+{per_cent}",
            "divisor": f"=2*{per_cent}",
            "quotient": f"=IF({guard}=0,0,INT({cell['dividend']}/{cell['divisor']}))",
            "cents": f"=IF({costs_all(indicator, cell)},0,IF({cell['excess']}<=0,{points},MAX(0,{quotient})))",
            "state": figure_state(indicator, cell, "TRUE"),
        }

    def _whole_steps(self, excess: str, scale: str) -> str:
        """The steps past the threshold, a part of one taken down or up."""
        down = f"({_put_right(excess, f'({scale})', f'INT({excess}/({scale}))')})"
        return down if self.reading == "whole" else f"{down}+N({down}*({scale})<{excess})"

    def counted(self, figure: Fraction) -> tuple[Fraction, Fraction]:
        """Of one figure in percent: the percentage points past the threshold (negative before it), and the steps that count."""
        past = figure - self.threshold if self.side == "above" else self.threshold - figure
        steps = past / self.step
        match self.reading:
            case "pro_rata":
                return past, steps
            case "whole":
                return past, Fraction(steps.__floor__())
            case "ceil":
                return past, Fraction(steps.__ceil__())

    def none_lost(self) -> str:
        """What is said of a figure before the threshold."""
        return f"未{'超过' if self.side == 'above' else '低于'} {plain(self.threshold)}%，不扣分"


def _put_right(dividend: str, divisor: str, quotient: str) -> str:
    """A quotient rounded down in floats, put right by multiplying back: both sides are whole."""
    right = f"N(({quotient}+1)*{divisor}<={dividend})"
    wrong = f"N({quotient}*{divisor}>{dividend})"
    return f"{quotient}-{wrong}+{right}"


def _read(steps: Quantity, reading: Reading) -> Quantity:
    """A part of a step: in proportion, not at all, or as a whole one."""
    import numpy as np

    from perfbatch.rulebook.quantity import Quantity

    if reading == "pro_rata":
        return steps
    whole = steps.num // steps.den if reading == "whole" else -(-steps.num // steps.den)
    return Quantity(whole, 1, np.zeros(len(whole), np.int64), steps.known, steps.tainted)
