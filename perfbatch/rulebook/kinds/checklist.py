"""Questions answered 是 or 否."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import plain
from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.form import Model
from perfbatch.rulebook.formula_terms import all_of, any_of, plus, quoted
from perfbatch.rulebook.kinds.band import has_cents
from perfbatch.rulebook.kinds.figure_cells import state
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, FormWords, Ground, Judged, Question, RuleCells
from perfbatch.rulebook.tree import Compare, Name, Text

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["ChecklistItem", "ChecklistRule"]


class ChecklistItem(Model):
    """A question answered 是 or 否, and what 是 earns."""

    id: Annotated[str, Field(pattern=r"^\d+$")]
    text: str
    points: Annotated[Decimal, Field(gt=0)]


class ChecklistRule(ScoringRule):
    """The points of the items answered 是."""

    word: ClassVar[str] = "清单计分"
    titles: ClassVar[Mapping[str, str]] = {"items": "核对项"}

    kind: Literal["checklist"]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]

    def questions(self, indicator: Judged) -> tuple[Question, ...]:
        return tuple(Question(item.id, item.text, f"核对清单第{item.id}项", item.points) for item in self.items)

    def words(self, indicator: Judged) -> str:
        answers = [
            f"{_circled(number)}{item.text}，{plain_decimal(item.points)} 分"
            for number, item in enumerate(self.items, 1)
        ]
        return f"按核对清单逐项计分：{'；'.join(answers)}"

    def figure_words(self, wording: FormWords) -> str:
        return f"核对清单 {len(self.items)} 项"

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        total = sum((item.points for item in self.items), Decimal())
        if total != indicator.points:
            yield worded("lint.items", total=total, wanted=indicator.points)
        for item in self.items:
            if not has_cents(item.points):
                yield worded("lint.cents", points=item.points)
        repeated = [item for item, times in Counter(entry.id for entry in self.items).items() if times > 1]
        if repeated:
            yield worded("lint.item_twice", items=", ".join(repeated))

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        import numpy as np

        from perfbatch.rulebook.columns import compare
        from perfbatch.rulebook.kinds.arithmetic import Computation, cents, nowhere

        points = np.zeros(scope.length, np.int64)
        computed = np.ones(scope.length, bool)
        missing = []
        for item, evidence_id in zip(self.items, indicator.evidence_ids, strict=True):
            answer = scope.name(evidence_id)
            is_yes = compare(Compare("==", Name(evidence_id), Text(yes)), scope, tolerant=False).truth
            there = answer.known & ~answer.tainted
            points += np.where(is_yes.value & there, cents(item.points), 0)
            computed &= there
            missing.append((evidence_id, ~there))
        everywhere = np.ones(scope.length, bool)
        return Computation(points, computed, everywhere, everywhere, None, nowhere(scope.length), tuple(missing))

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        answers = [cells.answer(evidence_id) for evidence_id in indicator.evidence_ids]
        earned = [
            f"{int(item.points * 100)}*N({answer}={quoted(cells.yes)})"
            for item, answer in zip(self.items, answers, strict=True)
        ]
        given = [any_of(f"{answer}={quoted(cells.yes)}", f"{answer}={quoted(cells.no)}") for answer in answers]
        return {"cents": f"={plus(*earned)}", "state": state(all_of(*given))}

    def explained(self, indicator: Judged, account: Account) -> str:
        parts = []
        for item, evidence_id in zip(self.items, indicator.evidence_ids, strict=True):
            answer = account.answer(evidence_id)
            points = plain(Fraction(item.points)) if answer == account.yes else "0"
            parts.append(f"第{item.id}项{answer} {points}")
        return " + ".join(parts)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"（{number}）"
