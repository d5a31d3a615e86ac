"""Points in proportion to a figure: 100 % has all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from perfbatch.model.figures import percent_text, plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.kinds.deduction import Deduction
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["ProportionalRule"]


class ProportionalRule(ScoringRule):
    """The figure times the points, at least 0 and at most all of them."""

    word: ClassVar[str] = "按比例计分"
    needs_figure: ClassVar[bool] = True

    kind: Literal["proportional"]

    def words(self, indicator: Judged) -> str:
        full = plain_decimal(indicator.points)
        return f"得分 = {indicator.ratio_name or '比率'} × {full} 分，最高 {full} 分，最低 0 分"

    def _deduction(self, indicator: Judged) -> Deduction:
        """Every percentage point short of 100 costs a hundredth of the points."""
        return Deduction("below", Fraction(100), Fraction(1), Fraction(indicator.points) / 100, "pro_rata")

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        return self._deduction(indicator).compute(indicator, scope, ("pro_rata",))

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        return self._deduction(indicator).formulas(indicator, cells)

    def explained(self, indicator: Judged, account: Account) -> str:
        full = Fraction(indicator.points)
        earned = percent_text(account.scored * full / 100).replace("-", "−")
        return (
            f"{account.figure_words()}，{percent_text(account.scored)}% × {plain(full)} = {earned}，"
            f"最高 {plain(full)} 分，最低 0 分"
        )
