"""Points off in steps: every so many percentage points past a threshold cost the same."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import percent_text, plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.kinds.deduction import Deduction, Side
from perfbatch.rulebook.kinds.readings import Reading
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["StepsRule"]

_NAMES: Mapping[Reading, str] = {"whole": "不足一档不扣分", "ceil": "不足一档按一档扣分"}


class StepsRule(ScoringRule):
    """Full points up to (or from) a threshold, then `per_step` off for every `step` percentage points past it, down to 0.
    `part_step` says whether a step that is not full costs nothing or as much as a full one."""

    word: ClassVar[str] = "按档扣分"
    titles: ClassVar[Mapping[str, str]] = {
        "rule.step": "每档百分点",
        "per_step": "每档扣分",
        "part_step": "不足一档",
    }
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {"part_step": {"whole": "不足不扣", "ceil": "不足按一档计"}}
    needs_figure: ClassVar[bool] = True

    kind: Literal["steps"]
    side: Side
    threshold: Decimal
    step: Annotated[Decimal, Field(gt=0)]
    per_step: Annotated[Decimal, Field(gt=0)]
    part_step: Literal["whole", "ceil"] = "whole"

    @property
    def falls(self) -> bool:
        return self.side == "above"

    @property
    def limit(self) -> Decimal:
        return self.threshold

    @property
    def rounding(self) -> str:
        size = f"{plain_decimal(self.step)} 个百分点"
        return f"不足 {size}的不扣" if self.part_step == "whole" else f"不足 {size}的按 {size}扣"

    def reading_name(self, reading: Reading) -> str:
        return _NAMES[reading]

    @property
    def _deduction(self) -> Deduction:
        threshold, step, each = (Fraction(figure) for figure in (self.threshold, self.step, self.per_step))
        return Deduction(self.side, threshold, step, each, self.part_step)

    def words(self, indicator: Judged) -> str:
        threshold, figure = f"{plain_decimal(self.threshold)}%", indicator.ratio_name or "比率"
        relation, past = ("≤", "超过") if self.side == "above" else ("≥", "低于")
        return (
            f"{figure} {relation} {threshold}：{plain_decimal(indicator.points)} 分；每{past} {plain_decimal(self.step)} 个百分点"
            f"扣 {plain_decimal(self.per_step)} 分（{self.rounding}），扣完为止"
        )

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        return self._deduction.compute(indicator, scope, tuple(_NAMES))

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
            f"{account.figure_words()}，{word} {percent_text(past)} 个百分点，每 {plain(deduction.step)} 个百分点为一档，"
            f"计 {plain(counted)} 档（{_NAMES[self.part_step]}），{plain(full)} − {plain(counted)} × {plain(deduction.per_step)}"
            f" = {plain(left).replace('-', '−')}，扣完为止"
        )
