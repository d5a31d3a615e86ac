"""Conditions in order over named figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.form import Model
from perfbatch.rulebook.formula_terms import NO, Condition, all_of, any_of, none_of, some
from perfbatch.rulebook.kinds.band import within
from perfbatch.rulebook.kinds.figure_cells import state
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, FormWords, Ground, Judged, RuleCells
from perfbatch.rulebook.marks import Expression, Identifier
from perfbatch.rulebook.tree import Binary, Call, Name, Node, bind, leaves

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["Case", "CasesRule"]


class Case(Model):
    """The first case whose condition holds gives the points."""

    when: Expression
    points: Decimal
    text: str = ""


class CasesRule(ScoringRule):
    """Conditions in order over named figures (`labels`: what people call them); where none holds the form says nothing, and a person scores."""

    word: ClassVar[str] = "分情形计分"
    titles: ClassVar[Mapping[str, str]] = {"let": "算式", "labels": "算式名称", "cases": "情形"}

    kind: Literal["cases"]
    let: dict[Identifier, Expression] = Field(default_factory=dict)
    labels: dict[Identifier, str] = Field(default_factory=dict)
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    def sources(self) -> tuple[str, ...]:
        return (*self.let.values(), *(case.when for case in self.cases))

    def own_names(self) -> frozenset[str]:
        return frozenset(self.let)

    def words(self, indicator: Judged) -> str:
        cases = "；".join(f"{case.text or case.when}：{plain_decimal(case.points)} 分" for case in self.cases)
        return f"{cases}；其他情形由人工核定"

    def figure_words(self, wording: FormWords) -> str:
        return "；".join(wording.expression(source) for source in self.let.values())

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        yield from within([case.points for case in self.cases], indicator.points)
        figures: dict[str, Node] = {}
        for name, source in self.let.items():
            faults = list(ground.expression(f"let.{name}", source, "number"))
            yield from faults
            if not faults:
                figures[name] = parse(source)
        if len(figures) == len(self.let):
            for number, case in enumerate(self.cases, start=1):
                yield from ground.expression(f"cases[{number}].when", case.when, "condition", figures)

    def _figures(self) -> dict[str, Node]:
        return {name: parse(source) for name, source in self.let.items()}

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        import numpy as np

        from perfbatch.rulebook.columns import Truth, evaluate
        from perfbatch.rulebook.kinds.arithmetic import Computation, cents, missing_of, nowhere, number

        figures = self._figures()
        points = np.zeros(scope.length, np.int64)
        decided = nowhere(scope.length)
        known = np.ones(scope.length, bool)
        for case in self.cases:
            truth = evaluate(bind(parse(case.when), figures), scope, tolerant=False)
            assert isinstance(truth, Truth)
            # A case counts only while every case before it was known to fail.
            hit = truth.value & truth.known & ~truth.tainted & ~decided & known
            points[hit] = cents(case.points)
            decided = decided | hit
            known = known & (truth.known & ~truth.tainted | decided)
        # A figure that could be worked out misses nothing, whatever blank stands in its expression.
        lacking = dict(lack for tree in figures.values() for lack in missing_of(tree, number(tree, scope), scope))
        in_figures = {leaf.id for tree in figures.values() for leaf in leaves(tree) if isinstance(leaf, Name)}
        read = (leaf.id for source in self.sources() for leaf in leaves(parse(source)) if isinstance(leaf, Name))
        for name in dict.fromkeys(read):
            if name not in in_figures and name not in figures:
                lacking[name] = ~scope.name(name).known | scope.name(name).tainted
        missing = tuple((name, mask & ~known & ~decided) for name, mask in lacking.items())
        figure = number(next(iter(figures.values())), scope) if figures else None
        everywhere = np.ones(scope.length, bool)
        return Computation(points, decided, everywhere, decided | ~known, figure, nowhere(scope.length), missing)

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        figures = self._figures()
        score, decided = NO, "FALSE"
        for case in reversed(self.cases):
            condition = cells.compiled(bind(parse(case.when), figures))
            assert isinstance(condition, Condition)
            sound = all_of(some(condition.known), none_of(some(condition.tainted)))
            hit = all_of(sound, condition.value)
            score = f"IF({hit},{int(case.points * 100)},{score})"
            decided = any_of(hit, all_of(sound, decided))
        return {"cents": f"={score}", "state": state(decided)}

    def explained(self, indicator: Judged, account: Account) -> str:
        steps, trees = [], self._figures()
        for name, tree in trees.items():
            worked, value = account.with_values(tree), account.value(tree)
            equals = f"{worked} = {value}" if isinstance(tree, Binary | Call) and worked != value else value
            steps.append(f"{self.labels.get(name, name)} = {equals}")
        hit = next((case.text for case in self.cases if account.holds(bind(parse(case.when), trees))), "")
        return "，".join([*steps, hit] if hit else steps)

    def uncovered(self, indicator: Judged, account: Account) -> str:
        return self.explained(indicator, account)
