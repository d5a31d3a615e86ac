"""Points off for every case counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import plain
from perfbatch.model.words.catalogue import placed
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.kinds.figure_cells import counted_formulas
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, FormWords, Ground, Judged, Question, RuleCells
from perfbatch.rulebook.marks import Expression
from perfbatch.rulebook.tree import Name

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["PerCaseRule"]

_BREACHES = "breaches"


class PerCaseRule(ScoringRule):
    """`per_case` off for every case counted, down to 0. `count` is a field id, or `breaches` for the evidence row; `whole`
    is the field that counts all of them. With `none_is_zero` a stated none (无) counts 0 cases."""

    word: ClassVar[str] = "按例扣分"
    titles: ClassVar[Mapping[str, str]] = {
        "rule.count": "计数栏目",
        "whole": "总数栏目",
        "none_is_zero": "“无”计为零",
        "per_case": "每例扣分",
        "question": "核对问题",
    }

    kind: Literal["per_case"]
    count: Expression
    whole: Expression | None = None
    none_is_zero: bool = True
    per_case: Annotated[Decimal, Field(gt=0)]
    question: str = ""

    @property
    def _asks(self) -> bool:
        return self.count == _BREACHES

    def _counted(self, indicator: Judged) -> str:
        return indicator.evidence_ids[0] if self._asks else self.count

    def sources(self) -> tuple[str, ...]:
        return () if self._asks else (self.count,)

    def questions(self, indicator: Judged) -> tuple[Question, ...]:
        text = self.question or indicator.name
        return (Question(_BREACHES, text, text, indicator.points, self.per_case),) if self._asks else ()

    def none_is_zero_of(self) -> frozenset[str]:
        return frozenset({self.count} if self.none_is_zero and not self._asks else ())

    def whole_of_count(self) -> tuple[str, str] | None:
        return None if self.whole is None else (self.count, self.whole)

    def words(self, indicator: Judged) -> str:
        of = f"（{self.question.removesuffix('（例）')}）" if self.question else ""
        full, each = plain_decimal(indicator.points), plain_decimal(self.per_case)
        return f"满分 {full} 分；每出现 1 例{of}扣 {each} 分，扣完为止"

    def figure_words(self, wording: FormWords) -> str:
        return self.question if self._asks else wording.expression(self.count)

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        if not self._asks and not ground.counts(self.count):
            yield placed("count", "lint.count", field=self.count, breaches=_BREACHES)
        if self.whole is not None and not ground.counts(self.whole):
            yield placed("whole", "lint.whole", field=self.whole)

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        import numpy as np

        from perfbatch.rulebook.kinds.arithmetic import Computation, less, nowhere, number, points_within, scaled
        from perfbatch.rulebook.quantity import arithmetic

        name, full = self._counted(indicator), Fraction(indicator.points)
        count = number(Name(name), scope)
        points = points_within(less(full, scaled(count, Fraction(self.per_case))), full)
        everywhere, over = np.ones(scope.length, bool), nowhere(scope.length)
        if self.whole is not None:
            whole = number(Name(self.whole), scope)
            over = count.usable & whole.usable & np.asarray(arithmetic("-", count, whole).num > 0, dtype=bool)
        return Computation(points, count.usable, everywhere, everywhere, count, over, ((name, ~count.usable),))

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        return counted_formulas(indicator, cells.cell, cells.counted(self._counted(indicator)), self.per_case)

    def explained(self, indicator: Judged, account: Account) -> str:
        full, each = plain(Fraction(indicator.points)), plain(Fraction(self.per_case))
        return f"{full} − {each} × {plain(account.figure)}（扣完为止）"
