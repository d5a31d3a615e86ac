"""Points off for every percentage point past a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import percent_text, plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.kinds.deduction import Deduction, Side
from perfbatch.rulebook.kinds.readings import READING_NAMES, READING_WORDS, READINGS, Reading
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

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
    side: Side
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

    @property
    def _deduction(self) -> Deduction:
        threshold, each = Fraction(self.threshold), Fraction(self.per_point)
        return Deduction(self.side, threshold, Fraction(1), each, self.reading, self.other_side == "finding")

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        return self._deduction.compute(indicator, scope, READINGS)

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        return self._deduction.formulas(indicator, cells)

    def explained(self, indicator: Judged, account: Account) -> str:
        deduction = self._deduction
        past, counted = deduction.counted(account.scored)
        if past <= 0:
            return f"{account.figure_words()}，{deduction.none_lost()}"
        word, full = "超" if self.side == "above" else "低", Fraction(indicator.points)
        left = full - counted * deduction.per_step
        return (
            f"{account.figure_words()}，{word} {percent_text(past)} 个百分点（{READING_NAMES[self.reading]}），"
            f"{plain(full)} − {percent_text(counted)} × {plain(deduction.per_step)}"
            f" = {percent_text(left).replace('-', '−')}，扣完为止"
        )
