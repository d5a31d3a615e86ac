"""Scored by people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope

__all__ = ["JudgementRule"]


class JudgementRule(ScoringRule):
    """Scored by people: the self-score stands until the bureau's reviewer enters another."""

    word: ClassVar[str] = "人工评定"
    titles: ClassVar[Mapping[str, str]] = {"basis": "评定依据"}
    objective: ClassVar[bool] = False

    kind: Literal["judgement"]
    basis: str

    def words(self, indicator: Judged) -> str:
        return f"人工评定，0 至 {plain_decimal(indicator.points)} 分：{self.basis}"

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> None:
        return None

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        return {"state": f"={quoted('self_reported')}"}

    def explained(self, indicator: Judged, account: Account) -> str:
        return "由人工评定，系统不核算"
