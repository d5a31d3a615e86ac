"""Points off for every percentage point past a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import percent_text, plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.formula_terms import times
from perfbatch.rulebook.kinds.figure_cells import capped, costs_all, figure_formulas, figure_state
from perfbatch.rulebook.kinds.readings import READING_NAMES, READING_WORDS, READINGS, Reading
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation
    from perfbatch.rulebook.quantity import Quantity

__all__ = ["DeductRule"]


class DeductRule(ScoringRule):
    """Full points up to (or from) a threshold, then `per_point` off for every percentage point past it, down to 0."""

    word: ClassVar[str] = "超标扣分"
    titles: ClassVar[Mapping[str, str]] = {
        "side": "扣分方向",
        "threshold": "标准（%）",
        "per_point": "每百分点扣分",
        "reading": "不足一个百分点",
        "other_side": "另一侧",
    }
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "side": {"above": "高于标准时扣", "below": "低于标准时扣"},
        "reading": {"pro_rata": "按比例折算", "whole": "不足不扣", "ceil": "不足按一个计"},
        "other_side": {"full": "计满分", "finding": "列为问题"},
    }
    needs_figure: ClassVar[bool] = True

    kind: Literal["deduct"]
    side: Literal["above", "below"]
    threshold: Decimal
    per_point: Annotated[Decimal, Field(gt=0)]
    reading: Reading = "pro_rata"
    other_side: Literal["full", "finding"] = "full"

    @property
    def falls(self) -> bool:
        return self.side == "above"

    @property
    def takes_part(self) -> bool:
        return self.other_side == "finding" and self.threshold == 100

    @property
    def limit(self) -> Decimal:
        return self.threshold

    @property
    def rounding(self) -> str:
        return READING_WORDS[self.reading]

    def words(self, indicator: Judged) -> str:
        threshold, figure = f"{plain_decimal(self.threshold)}%", indicator.ratio_name or "比率"
        relation, past, beyond = ("≤", "超过", "低于") if self.side == "above" else ("≥", "低于", "超过")
        if self.other_side == "finding":
            relation = "="
        text = (
            f"{figure} {relation} {threshold}：{plain_decimal(indicator.points)} 分；"
            f"每{past} 1 个百分点扣 {plain_decimal(self.per_point)} 分（{self.rounding}），扣完为止"
        )
        if self.other_side == "finding":
            text += f"；{beyond} {threshold} 的列为问题，按 {threshold} 计分"
        return text

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
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
        readings = {}
        for reading in READINGS:
            lost = scaled(_read(excess, reading), Fraction(self.per_point))
            points = np.where(beyond, points_within(less(full, lost), full), cents(indicator.points))
            readings[reading] = np.where(nothing, 0, points)
        other_side = self.other_side == "finding" and not indicator.is_part
        past_other_side = np.asarray(excess.num < 0, dtype=bool) & exact.usable
        return Computation(
            points=readings[self.reading],
            computed=(exact.usable & figure.applicable) | nothing,
            applicable=figure.applicable,
            covered=np.ones(len(exact.num), bool),
            figure=exact,
            over=past_other_side if other_side else figure.over,
            missing=figure.missing,
            readings=readings,
            over_rounding=figure.over_rounding,
            over_zero=figure.over_zero,
            below_zero=figure.below_zero,
        )

    def _past(self, figure: Quantity) -> Quantity:
        """Percentage points past the threshold on the side that costs points."""
        from perfbatch.rulebook.kinds.arithmetic import less
        from perfbatch.rulebook.quantity import negated

        gap = less(Fraction(self.threshold), figure)
        return gap if self.side == "below" else negated(gap)

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        """`excess` is the points past the threshold, times `d` and the threshold's denominator: whole."""
        cell = cells.cell
        full, n = Fraction(indicator.points), capped(indicator, cell)
        threshold, each = Fraction(self.threshold), Fraction(self.per_point)
        past = f"100*{times(n, threshold.denominator)}-{times(str(threshold.numerator), cell['d'])}"
        excess = past if self.side == "above" else f"-({past})"
        scale = times(cell["d"], threshold.denominator)
        points = full * 100
        if self.reading == "pro_rata":
            dividend = f"{points * each.denominator}*{scale}-{100 * each.numerator}*{cell['excess']}"
            divisor = f"{each.denominator}*{scale}"
        else:
            # The whole points past the threshold, taken down or up.
            floor = f"INT({cell['excess']}/({scale}))"
            whole = floor if self.reading == "whole" else f"-INT(-{cell['excess']}/({scale}))"
            dividend = f"{points * each.denominator}-{100 * each.numerator}*({whole})"
            divisor = str(each.denominator)
        guarded = "1" if self.reading != "pro_rata" else cell["d"]
        quotient = f"INT({cell['dividend']}/{cell['divisor']})"
        right = f"N(({cell['quotient']}+1)*{cell['divisor']}<={cell['dividend']})"
        wrong = f"N({cell['quotient']}*{cell['divisor']}>{cell['dividend']})"
        score = f"MAX(0,{cell['quotient']}-{wrong}+{right})"
        return {
            **figure_formulas(indicator, cells),
            "excess": f"={excess}",
            # Half a cent on top turns the quotient rounded down into the nearest.
            "dividend": f"=2*({dividend})+{divisor}",
            "divisor": f"=2*{divisor}",
            "quotient": f"=IF({guarded}=0,0,{quotient})",
            "cents": f"=IF({costs_all(indicator, cell)},0,IF({cell['excess']}<=0,{points},{score}))",
            "state": figure_state(indicator, cell, "TRUE"),
        }

    def explained(self, indicator: Judged, account: Account) -> str:
        return f"{account.figure_words()}，{self._deduction(indicator, account.scored)}"

    def _deduction(self, indicator: Judged, figure: Fraction) -> str:
        threshold = Fraction(self.threshold)
        past = figure - threshold if self.side == "above" else threshold - figure
        bound = f"{plain(threshold)}%"
        if past <= 0:
            return f"未{'超过' if self.side == 'above' else '低于'} {bound}，不扣分"
        word = "超" if self.side == "above" else "低"
        counted = (
            past
            if self.reading == "pro_rata"
            else Fraction(past.__floor__() if self.reading == "whole" else past.__ceil__())
        )
        lost = counted * Fraction(self.per_point)
        return (
            f"{word} {percent_text(past)} 个百分点（{READING_NAMES[self.reading]}），"
            f"{plain(Fraction(indicator.points))} − {percent_text(counted)} × {plain(Fraction(self.per_point))}"
            f" = {percent_text(Fraction(indicator.points) - lost).replace('-', '−')}，扣完为止"
        )


def _read(excess: Quantity, reading: Reading) -> Quantity:
    """A fraction of a percentage point: in proportion, not at all, or as a whole one."""
    import numpy as np

    from perfbatch.rulebook.quantity import Quantity

    if reading == "pro_rata":
        return excess
    whole = excess.num // excess.den if reading == "whole" else -(-excess.num // excess.den)
    return Quantity(whole, 1, np.zeros(len(whole), np.int64), excess.known, excess.tainted)
