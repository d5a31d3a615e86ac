"""Points off for every day past the deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula_terms import Figure
from perfbatch.rulebook.kinds.figure_cells import counted_formulas
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, FormWords, Ground, Judged, RuleCells
from perfbatch.rulebook.marks import FieldId

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["LateRule"]


class LateRule(ScoringRule):
    """Full points up to the rulebook's deadline, then `per_day` off for every day that the field `date` lies past it, down
    to 0."""

    word: ClassVar[str] = "逾期扣分"
    titles: ClassVar[Mapping[str, str]] = {"rule.date": "日期栏目", "per_day": "每逾期一天扣分"}

    kind: Literal["late"]
    date: FieldId
    per_day: Annotated[Decimal, Field(gt=0)]

    def sources(self) -> tuple[str, ...]:
        return (self._days,)

    @property
    def _days(self) -> str:
        return f"days_late({self.date})"

    def words(self, indicator: Judged) -> str:
        return (
            f"按期报送：{plain_decimal(indicator.points)} 分；每逾期 1 天扣 {plain_decimal(self.per_day)} 分，扣完为止"
        )

    def figure_words(self, wording: FormWords) -> str:
        return wording.expression(self._days)

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        yield from ground.expression("date", self._days, "number")

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        import numpy as np

        from perfbatch.rulebook.kinds.arithmetic import (
            Computation,
            less,
            missing_of,
            nowhere,
            number,
            points_within,
            scaled,
        )

        tree, full = parse(self._days), Fraction(indicator.points)
        days = number(tree, scope)
        points = points_within(less(full, scaled(days, Fraction(self.per_day))), full)
        everywhere = np.ones(scope.length, bool)
        missing = missing_of(tree, days, scope)
        return Computation(points, days.usable, everywhere, everywhere, days, nowhere(scope.length), missing)

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        days = cells.compiled(parse(self._days))
        assert isinstance(days, Figure)
        return counted_formulas(indicator, cells.cell, days, self.per_day)

    def explained(self, indicator: Judged, account: Account) -> str:
        full, days = plain(Fraction(indicator.points)), account.figure
        if not days:
            return "按期报送，不扣分"
        return f"逾期 {plain(days)} 天，{full} − {plain(Fraction(self.per_day))} × {plain(days)}（扣完为止）"
